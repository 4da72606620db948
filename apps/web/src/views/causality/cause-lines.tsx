// The lines of the drawing: lanes, arrows from causes to effects, and a node for each event.

import type { CauseArrow, CauseLanes } from "@elixirscope/timeline";
import type { CauseNode } from "@elixirscope/wire";
import type { JSX } from "preact";

const COLOURS = 8;

/** A process keeps its colour in lanes, nodes and words. */
export function laneColour(lane: number): string {
  return `var(--lane-${lane % COLOURS})`;
}

export function CauseLines(props: {
  readonly drawn: CauseLanes;
  readonly nodes: readonly CauseNode[];
  readonly event: number;
  readonly rowPx: number;
}): JSX.Element {
  const { drawn, nodes, event, rowPx } = props;
  const yOf = (row: number): number => rowPx * (row + 0.5);
  return (
    <svg
      class="cause-lanes"
      width={drawn.widthPx}
      height={drawn.heightPx}
      role="img"
      aria-label="Arrows from causes to effects; the events are listed beside it"
    >
      {drawn.lanes.map(({ process, x, first, last }) => (
        <path key={process.pid} class="lane-life" d={`M${x} ${yOf(first)}V${yOf(last)}`} />
      ))}
      {drawn.arrows.map((arrow) => (
        <Arrow key={`${arrow.edge.source} ${arrow.edge.target} ${arrow.edge.type}`} {...arrow} />
      ))}
      {nodes.map((node, row) => {
        const lane = drawn.laneOf[row] ?? 0;
        return (
          <circle
            key={node.event}
            class={`cause-node ${node.isMain ? "main" : ""} ${node.event === event ? "focus" : ""}`}
            cx={drawn.lanes[lane]?.x ?? 0}
            cy={yOf(row)}
            r={node.event === event ? 6 : node.isMain ? 4.5 : 3.5}
            style={{ "--lane": laneColour(lane) }}
          />
        );
      })}
    </svg>
  );
}

function Arrow({ edge, path, x, y, isMain }: CauseArrow): JSX.Element {
  const main = isMain ? "main" : "";
  return (
    <g class={`cause-arrow ${main}`}>
      <path class={`cause-edge by-${edge.type} ${edge.confidence} ${main}`} d={path} />
      <path class={`cause-head by-${edge.type}`} d={`M${x - 3} ${y - 5}h6l-3 5z`} />
    </g>
  );
}
