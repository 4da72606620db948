// What follows from a graph's shape, against what was observed: what dominates, post-dominates, and what
// is said to be unreachable.

import { cfgDominators, cfgPostDominators, unreachableNodes } from "@elixirscope/codegraph";
import type { Frame } from "./frames.ts";
import type { Walkable } from "./graphs.ts";

/** How many observable operations the graph calls unreachable. */
export function unreachableOperations(graph: Walkable): number {
  return shapeFor(graph).unreachable.size;
}

export type ShapeReport = { checked: number; readonly failures: string[] };

/** Facts about the lines of one graph whose operation has one node. */
type Shape = {
  /** the nearest line that every way to this one passes */
  readonly before: ReadonlyMap<number, number>;
  /** the nearest line that every way from this one to the exit passes */
  readonly after: ReadonlyMap<number, number>;
  readonly unreachable: ReadonlySet<number>;
};

const shapes = new WeakMap<Walkable, Shape>();

export function checkShape(graph: Walkable, frame: Frame, report: ShapeReport): void {
  const shape = shapeFor(graph);
  const lines = frame.steps.flatMap((step) =>
    step.kind === "bind" || step.kind === "clause" ? [] : [step.line],
  );
  const fail = (line: number, what: string): void => {
    report.failures.push(
      `${frame.name} ${String(frame.number)}: line ${String(line)} ${what}: ${lines.join(" ")}`,
    );
  };
  lines.forEach((line, index) => {
    report.checked += 1;
    const before = shape.before.get(line);
    if (before !== undefined && !lines.slice(0, index).includes(before)) {
      fail(line, `ran without ${String(before)}, which dominates it`);
    }
    const after = frame.outcome === "returned" ? shape.after.get(line) : undefined;
    if (after !== undefined && !lines.slice(index + 1).includes(after)) {
      fail(line, `ran and ${String(after)}, which post-dominates it, did not`);
    }
    if (shape.unreachable.has(line)) fail(line, "ran and is called unreachable");
  });
}

function shapeFor(graph: Walkable): Shape {
  const shape = shapes.get(graph) ?? shapeOf(graph);
  shapes.set(graph, shape);
  return shape;
}

function shapeOf({ cfg, carriers }: Walkable): Shape {
  const nodesOf = new Map<number, number[]>();
  carriers.forEach((carrier, node) => {
    if (carrier !== null) nodesOf.set(carrier.line, [...(nodesOf.get(carrier.line) ?? []), node]);
  });
  const lineOf = new Map<number, number>();
  for (const [line, [node, ...others]] of nodesOf) {
    if (node !== undefined && others.length === 0) lineOf.set(node, line);
  }
  const unreachable = new Set<number>();
  for (const node of unreachableNodes(cfg)) {
    const carrier = carriers[node];
    if (carrier) unreachable.add(carrier.line);
  }
  return {
    before: nearest(cfgDominators(cfg), lineOf),
    after: nearest(cfgPostDominators(cfg, "returning"), lineOf),
    unreachable,
  };
}

function nearest(
  tree: { readonly idom: Int32Array },
  lineOf: ReadonlyMap<number, number>,
): Map<number, number> {
  const found = new Map<number, number>();
  for (const [node, line] of lineOf) {
    let at = node;
    for (;;) {
      const above = tree.idom[at];
      if (above === undefined || above < 0 || above === at) break;
      at = above;
      const other = lineOf.get(at);
      if (other === undefined || other === line) continue;
      found.set(line, other);
      break;
    }
  }
  return found;
}
