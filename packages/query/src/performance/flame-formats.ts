// Flame graphs in the forms that other tools read: folded stacks (flamegraph.pl, inferno) and the file
// format of speedscope (https://www.speedscope.app/file-format-schema.json), as a sampled profile whose weights are ns.

import type { Flame, FlameNode } from "@elixirscope/wire";

/** One line per stack with time of its own: `outer;inner 1234`, in ns. */
export function foldedStacks({ nodes }: Flame): string {
  return nodes
    .flatMap((node, i) =>
      node.self > 0 ? [`${pathOf(nodes, i).map(folded).join(";")} ${node.self}`] : [],
    )
    .join("\n");
}

/** `;` and line breaks have a meaning there. */
function folded(name: number | string): string {
  return String(name).replaceAll(/[;\r\n]/g, " ");
}

export type SpeedscopeFile = {
  readonly $schema: "https://www.speedscope.app/file-format-schema.json";
  readonly name: string;
  readonly exporter: string;
  readonly activeProfileIndex: 0;
  readonly shared: { readonly frames: readonly { readonly name: string }[] };
  readonly profiles: readonly {
    readonly type: "sampled";
    readonly name: string;
    readonly unit: "nanoseconds";
    readonly startValue: 0;
    readonly endValue: number;
    readonly samples: readonly (readonly number[])[];
    readonly weights: readonly number[];
  }[];
};

export function speedscope({ nodes, time }: Flame, name: string): SpeedscopeFile {
  const frames = [...new Set(nodes.map((node) => node.name))];
  const indexes = new Map(frames.map((frame, i) => [frame, i]));
  const own = [...nodes.entries()].filter(([, { self }]) => self > 0);
  return {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name,
    exporter: "ElixirScope",
    activeProfileIndex: 0,
    shared: { frames: frames.map((frame) => ({ name: frame })) },
    profiles: [
      {
        type: "sampled",
        name: time === "all" ? "time in calls" : `${time} in calls`,
        unit: "nanoseconds",
        startValue: 0,
        endValue: own.reduce((sum, [, { self }]) => sum + self, 0),
        samples: own.map(([i]) => pathOf(nodes, i).map((frame) => indexes.get(frame) ?? 0)),
        weights: own.map(([, { self }]) => self),
      },
    ],
  };
}

/** Names from the bottom up to the node. */
function pathOf(nodes: readonly FlameNode[], index: number): readonly string[] {
  const names: string[] = [];
  for (let at: number | null = index; at !== null;) {
    const node: FlameNode | undefined = nodes[at];
    if (node === undefined) break;
    names.push(node.name);
    at = node.parent;
  }
  return names.toReversed();
}
