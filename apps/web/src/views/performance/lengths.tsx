// How long a mailbox was over time, as a line in a cell of a table.

import type { JSX } from "preact";

const WIDTH = 110;
const HEIGHT = 18;

export function Lengths(props: {
  readonly lengths: readonly number[];
  readonly longest: number;
}): JSX.Element {
  const { lengths, longest } = props;
  const most = Math.max(1, longest);
  const step = WIDTH / Math.max(1, lengths.length);
  const points = lengths
    .map((length, i) => {
      const y = HEIGHT - 1 - (length / most) * (HEIGHT - 3);
      return `${(i * step).toFixed(1)},${y.toFixed(1)} ${((i + 1) * step).toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
  const text = `the line: at the end of each of ${lengths.length} intervals; at most ${longest.toLocaleString("en")} at once, also between them`;
  return (
    <span class="lengths">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        width={WIDTH}
        height={HEIGHT}
        role="img"
        aria-label={text}
      >
        <polyline points={points} />
      </svg>
      <span class="tabular" title={text}>
        {longest.toLocaleString("en")}
      </span>
    </span>
  );
}
