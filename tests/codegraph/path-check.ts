// Is what was observed a path of the control-flow graph?
//
// The graph is run as a nondeterministic automaton. A node that stands for an observable operation must
// be seen exactly when control passes it; it is left by an exception edge if and only if the operation
// raised. A clause is entered exactly where it was seen chosen. All other nodes are passed unseen.

import type { CfgEdge } from "@elixirscope/codegraph";
import type { Frame, Step } from "./frames.ts";
import type { Walkable } from "./graphs.ts";

export type PathFound =
  /** edges taken, by index into `cfg.edges` */
  | { readonly ok: true; readonly edges: readonly number[] }
  | { readonly ok: false; readonly reason: string };

type Token = Exclude<Step, { readonly kind: "bind" }>;

/** `without` is an edge to do without, with those between the same nodes. */
export function findPath(graph: Walkable, frame: Frame, without = -1): PathFound {
  const { cfg } = graph;
  const outgoing = edgesByNode(graph, without);
  const tokens = frame.steps.filter((step): step is Token => {
    if (step.kind === "bind") return false;
    const head = step.kind === "clause" || step.kind === "tried";
    return !head || graph.heads.includes(step.line);
  });
  const width = tokens.length + 1;
  const goal = frame.outcome === "returned" ? cfg.exit : cfg.errorExit;
  /** product state: the edge by which it was reached and the state before */
  const reached = new Map<number, { readonly edge: number; readonly from: number }>();
  const first = cfg.entry * width;
  reached.set(first, { edge: -1, from: -1 });
  const stack = [first];
  let furthest = 0;
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    const node = Math.floor(state / width);
    const seen = state % width;
    furthest = Math.max(furthest, seen);
    if (node === goal && seen === tokens.length) return { ok: true, edges: trace(reached, state) };
    const carrier = graph.carriers[node] ?? null;
    const token = tokens[seen];
    let after = seen;
    if (carrier !== null) {
      if (token?.kind !== carrier.kind || token.line !== carrier.line) continue;
      after += 1;
    }
    for (const index of outgoing[node] ?? []) {
      const edge = cfg.edges[index];
      if (edge === undefined || edge.kind === "closure") continue;
      if (carrier !== null && token !== undefined && !leavesBy(token, edge)) continue;
      let next = after;
      const line = chosenClause(graph, edge);
      if (line !== 0) {
        const chosen = tokens[after];
        if (chosen?.kind !== "clause" || chosen.line !== line) continue;
        next += 1;
      }
      const to = edge.to * width + next;
      if (reached.has(to)) continue;
      reached.set(to, { edge: index, from: state });
      stack.push(to);
    }
  }
  return { ok: false, reason: explain(frame, tokens, furthest, reached, graph, width) };
}

function edgesByNode({ cfg }: Walkable, without: number): readonly number[][] {
  const outgoing: number[][] = cfg.nodes.map(() => []);
  const avoided = cfg.edges[without];
  cfg.edges.forEach(({ from, to }, index) => {
    if (from !== avoided?.from || to !== avoided.to) outgoing[from]?.push(index);
  });
  return outgoing;
}

function leavesBy(token: Token, { kind }: CfgEdge): boolean {
  if (token.kind === "call") return (kind === "exception") === (token.value === null);
  if (token.kind === "match" || token.kind === "tried")
    return (kind === "no_match") === !token.matched;
  return true;
}

/** The line of the clause that is entered by this edge, from its last pattern or guard; 0 for none. */
function chosenClause({ cfg, heads }: Walkable, { from, to, kind }: CfgEdge): number {
  const line = heads[from] ?? 0;
  if (line === 0 || kind === "no_match" || kind === "guard_fail" || kind === "exception") return 0;
  return heads[to] === line && cfg.nodes[to]?.kind === "guard" ? 0 : line;
}

function trace(
  reached: ReadonlyMap<number, { readonly edge: number; readonly from: number }>,
  end: number,
): readonly number[] {
  const edges: number[] = [];
  for (let at = reached.get(end); at !== undefined && at.edge >= 0; at = reached.get(at.from)) {
    edges.push(at.edge);
  }
  return edges.toReversed();
}

function explain(
  frame: Frame,
  tokens: readonly Token[],
  furthest: number,
  reached: ReadonlyMap<number, unknown>,
  { cfg }: Walkable,
  width: number,
): string {
  const said = tokens.map((token) => {
    if (token.kind === "call") return `${String(token.line)}${token.value === null ? "!" : ""}`;
    if (token.kind === "match" || token.kind === "tried")
      return `${String(token.line)}${token.matched ? "=" : "≠"}`;
    return `${String(token.line)}→`;
  });
  said.splice(furthest, 0, "⟪stuck⟫");
  const nodes = [...reached.keys()]
    .filter((state) => state % width === furthest)
    .map((state) => cfg.nodes[Math.floor(state / width)])
    .map((node) => `${node?.kind ?? "?"} ${String(node?.line)} ${node?.label ?? ""}`);
  const name =
    frame.kind === "def"
      ? `${frame.name}/${String(frame.number)}`
      : `fn at ${String(frame.number)}`;
  return `${name} ${frame.outcome}: ${said.join(" ")}\n  there: ${nodes.join("; ")}`;
}
