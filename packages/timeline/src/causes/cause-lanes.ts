// Where things stand in a drawing of causes and effects: time runs down, one row per event; one lane per process,
// in the order in which processes come in. Pure: rows and lanes in, places and paths out.

import type { CauseEdge, CauseNode, ProcessRef } from "@elixirscope/wire";

export type CauseLane = {
  readonly process: ProcessRef;
  readonly x: number;
  /** rows of its first and last event */
  readonly first: number;
  readonly last: number;
};

export type CauseArrow = {
  readonly edge: CauseEdge;
  /** an SVG path from the cause to the effect */
  readonly path: string;
  /** where its head is: the point above the effect */
  readonly x: number;
  readonly y: number;
  /** on the line that a person would tell first */
  readonly isMain: boolean;
};

export type CauseLanes = {
  readonly lanes: readonly CauseLane[];
  /** of each node, by its row: which lane */
  readonly laneOf: readonly number[];
  readonly arrows: readonly CauseArrow[];
  readonly widthPx: number;
  readonly heightPx: number;
};

export type CauseMetrics = {
  readonly rowPx: number;
  /** for all lanes together, at the most */
  readonly mostPx: number;
  readonly nodePx: number;
};

const NARROWEST = 18;
const WIDEST = 72;
/** How far an edge in its own lane goes aside when it passes other events there. */
const ASIDE = 9;

export function causeLanes(
  nodes: readonly CauseNode[],
  edges: readonly CauseEdge[],
  { rowPx, mostPx, nodePx }: CauseMetrics,
): CauseLanes {
  const rowOf = new Map(nodes.map(({ event }, row) => [event, row]));
  const places = new Map<string, { process: ProcessRef; first: number; last: number }>();
  for (const [row, { process }] of nodes.entries()) {
    const known = places.get(process.pid);
    if (known === undefined) places.set(process.pid, { process, first: row, last: row });
    else known.last = row;
  }
  const step = Math.max(NARROWEST, Math.min(WIDEST, Math.floor(mostPx / Math.max(1, places.size))));
  const lanes = [...places.values()].map((lane, i) => ({ ...lane, x: step * i + step / 2 }));
  const laneOfPid = new Map(lanes.map(({ process }, i) => [process.pid, i]));
  const laneOf = nodes.map(({ process }) => laneOfPid.get(process.pid) ?? 0);
  const occupied = lanes.map((_, lane) =>
    nodes.flatMap((_node, row) => (laneOf[row] === lane ? [row] : [])),
  );
  const main = nodes.filter(({ isMain }) => isMain).map(({ event }) => event);
  const nextMain = new Map(main.slice(1).map((event, i) => [main[i] ?? 0, event]));
  const arrows = edges.flatMap((edge): readonly CauseArrow[] => {
    const [from, to] = [rowOf.get(edge.source), rowOf.get(edge.target)];
    if (from === undefined || to === undefined || from === to) return [];
    const [lane, other] = [laneOf[from] ?? 0, laneOf[to] ?? 0];
    const [x0, x1] = [lanes[lane]?.x ?? 0, lanes[other]?.x ?? 0];
    const [y0, y1] = [rowPx * (from + 0.5), rowPx * (to + 0.5)];
    const passes =
      lane === other &&
      (occupied[lane] ?? []).some((row) => row > Math.min(from, to) && row < Math.max(from, to));
    const isMain = nextMain.get(edge.source) === edge.target;
    return [{ edge, path: pathOf(x0, y0, x1, y1, passes), x: x1, y: y1 - nodePx, isMain }];
  });
  return {
    lanes,
    laneOf,
    arrows,
    widthPx: step * lanes.length,
    heightPx: rowPx * nodes.length,
  };
}

/** Leaves downwards and arrives from above; past other events of the same lane it goes aside. */
function pathOf(x0: number, y0: number, x1: number, y1: number, passes: boolean): string {
  if (x0 === x1 && !passes) return `M${x0} ${y0}V${y1}`;
  if (x0 === x1) {
    const bend = Math.min(14, (y1 - y0) / 2);
    return `M${x0} ${y0}q${-ASIDE} 0 ${-ASIDE} ${bend}V${y1 - bend}q0 ${bend} ${ASIDE} ${bend}`;
  }
  const bend = Math.min(60, Math.abs(y1 - y0) * 0.6);
  return `M${x0} ${y0}C${x0} ${y0 + bend} ${x1} ${y1 - bend} ${x1} ${y1}`;
}

/** The event to go to from one: its cause on the main line or else its latest, its first effect. */
export function neighbourAlong(
  nodes: readonly CauseNode[],
  edges: readonly CauseEdge[],
  event: number,
  direction: "cause" | "effect",
): number | null {
  const main = new Set(nodes.flatMap((node) => (node.isMain ? [node.event] : [])));
  const others =
    direction === "cause"
      ? edges.flatMap(({ source, target }) => (target === event ? [source] : [])).toReversed()
      : edges.flatMap(({ source, target }) => (source === event ? [target] : []));
  return others.find((other) => main.has(other)) ?? others[0] ?? null;
}
