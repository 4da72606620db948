// The calls of one function on both sides: durations, and the dimensions that differ most, each as paired
// histograms of its values.

import { formatDuration } from "@elixirscope/timeline";
import type { CallComparison, DimensionPair } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { Limits } from "../../panels/limits-note.tsx";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import { DurationAxis, logAxis } from "./duration-chart.tsx";
import { Pair } from "./explanations.tsx";
import { percent } from "./amounts.ts";
import { useCallComparison } from "./compared.ts";

const MOST_DIMENSIONS = 8;
/** Beyond what chance makes, so much more is worth looking at. */
const LEAST_EXCESS = 0.05;
const WIDTH = 600;
const HALF = 40;

export function CallComparisonPane(): JSX.Element {
  const { cinema } = useApp();
  const chosen = cinema.param("performance.changed");
  const loaded = useCallComparison(cinema);
  const found = loaded.value;
  return (
    <section class="perf-detail" aria-label={`Calls of ${chosen.value} in A and B`}>
      <header class="perf-detail-head">
        <h2 class="mono clip" title={chosen.value}>
          {chosen.value}
        </h2>
        <button
          type="button"
          class="icon-button"
          aria-label="Close"
          title="Close"
          onClick={() => (chosen.value = "")}
        >
          <Icon name="close" />
        </button>
      </header>
      {waitingNote(loaded, "calls") ??
        (found?.ok === false ? (
          <PanelNote title="No such function">{found.missing.message}</PanelNote>
        ) : (
          found !== null && <Both comparison={found.result} />
        ))}
    </section>
  );
}

function Both({ comparison }: { readonly comparison: CallComparison }): JSX.Element {
  const { calls, sampled, dimensions } = comparison;
  const differing = dimensions.filter(
    ({ distance, byChance }) => distance - byChance >= LEAST_EXCESS,
  );
  const alike = dimensions.filter((one) => !differing.includes(one));
  return (
    <>
      <p class="perf-facts small tabular" data-calls={calls.join(" ")}>
        <span>
          <i class="swatch side-a" /> A <b>{calls[0].toLocaleString("en")}</b> calls
        </span>
        <span>
          <i class="swatch side-b" /> B <b>{calls[1].toLocaleString("en")}</b> calls
        </span>
      </p>
      <PairedDurations comparison={comparison} />
      <div class="section" data-dimensions>
        <h3>What differs most</h3>
        {differing.length === 0 ? (
          <p class="muted small">
            {Math.min(...sampled) === 0
              ? "One side has no call to compare with."
              : "No argument, process, caller or clause differs by more than chance makes, as far as they are recorded."}
          </p>
        ) : (
          differing
            .slice(0, MOST_DIMENSIONS)
            .map((one) => <Dimension key={one.dimension} of={one} />)
        )}
        {alike.length > 0 && differing.length > 0 && (
          <p class="muted small">
            Not more different than by chance: {alike.map(({ dimension }) => dimension).join(", ")}
          </p>
        )}
        <p class="muted small">
          Looked into {sampled[0].toLocaleString("en")} calls of A and{" "}
          {sampled[1].toLocaleString("en")} of B.
        </p>
      </div>
      <Limits limits={comparison.limits} />
    </>
  );
}

function Dimension({ of }: { readonly of: DimensionPair }): JSX.Element {
  return (
    <div class="dimension" data-dimension={of.dimension}>
      <h4 class="small">
        {of.dimension}{" "}
        <span
          class="muted"
          title="Half of the sum of all differences of shares; by chance: what two samples of the same calls would differ by"
        >
          {percent(of.distance)} different, {percent(of.byChance)} by chance
        </span>
      </h4>
      <ul class="perf-pairs">
        {of.values.map(({ value, a, b }) => (
          <li key={value}>
            <span class="mono clip" title={value}>
              {value}
            </span>
            <Pair a={a} b={b} names={["A", "B"]} />
          </li>
        ))}
        {of.rest.values > 0 && (
          <li>
            <span class="muted">{of.rest.values.toLocaleString("en")} other values</span>
            <Pair a={of.rest.a} b={of.rest.b} names={["A", "B"]} />
          </li>
        )}
      </ul>
    </div>
  );
}

/** A upwards, B downwards, each as a share of its own calls. */
function PairedDurations({
  comparison,
}: {
  readonly comparison: CallComparison;
}): JSX.Element | null {
  const { durations, calls } = comparison;
  const [first, last] = [durations[0], durations.at(-1)];
  if (first === undefined || last === undefined) return null;
  const axis = logAxis(first.fromNs, last.toNs);
  const shares = durations.map((bin) => ({
    ...bin,
    a: calls[0] === 0 ? 0 : bin.a / calls[0],
    b: calls[1] === 0 ? 0 : bin.b / calls[1],
  }));
  const most = shares.reduce((max, { a, b }) => Math.max(max, a, b), 0.001);
  return (
    <figure class="durations" aria-label="Durations in A and B">
      <svg
        viewBox={`0 0 ${WIDTH} ${2 * HALF}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Durations from ${formatDuration(first.fromNs)} to ${formatDuration(last.toNs)}: A above, B below the line`}
      >
        {shares.map(({ fromNs, toNs, a, b }) => {
          const x = axis.xOf(fromNs) * WIDTH;
          const width = Math.max(1, axis.xOf(toNs) * WIDTH - x - 0.6);
          const [up, down] = [(a / most) * (HALF - 2), (b / most) * (HALF - 2)];
          return (
            <g key={fromNs}>
              <title>{`${formatDuration(fromNs)} to ${formatDuration(toNs)}: A ${percent(a)}, B ${percent(b)}`}</title>
              <rect class="hit" x={x} y={0} width={width} height={2 * HALF} />
              <rect class="bar a" x={x} y={HALF - up} width={width} height={up} />
              <rect class="bar b" x={x} y={HALF} width={width} height={down} />
            </g>
          );
        })}
        <line x1="0" x2={WIDTH} y1={HALF} y2={HALF} />
      </svg>
      <DurationAxis axis={axis} />
    </figure>
  );
}
