// What goes with slow calls: each value with its share among the slow ones and among the others, side by side.

import { formatDuration } from "@elixirscope/timeline";
import type { SlowCalls } from "@elixirscope/wire";
import type { JSX } from "preact";
import { percent } from "./amounts.ts";

const MOST = 6;

export function Explanations({ slow }: { readonly slow: SlowCalls }): JSX.Element {
  return (
    <div class="section" data-explanations>
      <h3>
        What sets the {slow.slow.toLocaleString("en")} calls of at least{" "}
        {formatDuration(slow.thresholdNs)} apart
      </h3>
      {slow.explanations.length === 0 ? (
        <p class="muted small">
          Nothing that is known of them: no argument, process, caller or clause is clearly more
          frequent among them.
        </p>
      ) : (
        <ul class="perf-pairs">
          {slow.explanations.slice(0, MOST).map((one) => (
            <li key={one.dimension}>
              <span class="clip" title={`${one.dimension} = ${one.value}`}>
                <span class="muted">{one.dimension}</span> <b class="mono">{one.value}</b>
              </span>
              <Pair
                a={one.slow === 0 ? 0 : one.slowWith / one.slow}
                b={one.rest === 0 ? 0 : one.restWith / one.rest}
                names={["slow", "other"]}
              />
            </li>
          ))}
        </ul>
      )}
      {slow.isSampled && (
        <p class="muted small">Counted in at most 400 slow and 400 other calls.</p>
      )}
    </div>
  );
}

/** Two shares of 1, one above the other. */
export function Pair(props: {
  readonly a: number;
  readonly b: number;
  readonly names: readonly [string, string];
}): JSX.Element {
  const { a, b, names } = props;
  const text = `${names[0]} ${percent(a)}, ${names[1]} ${percent(b)}`;
  return (
    <span class="pair" title={text} role="img" aria-label={text}>
      {[a, b].map((share, i) => (
        <span key={i} class="pair-row">
          <i class={i === 0 ? "bar first" : "bar second"}>
            <i style={{ width: `${share * 100}%` }} />
          </i>
          <span class="tabular small">{percent(share)}</span>
        </span>
      ))}
    </span>
  );
}
