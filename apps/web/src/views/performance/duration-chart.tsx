// Durations as a histogram with a logarithmic axis. A drag, or the arrow keys, choose a range of durations.

import { formatDuration } from "@elixirscope/timeline";
import type { DurationHistogram, TimeRange } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";

type Bins = DurationHistogram["bins"];

const WIDTH = 600;
const HEIGHT = 84;
const LEAST_BAR = 1.5;

export function DurationChart(props: {
  readonly bins: Bins;
  readonly chosen: TimeRange | null;
  readonly onChoose: (range: TimeRange | null) => void;
}): JSX.Element | null {
  const { bins, chosen } = props;
  const svg = useRef<SVGSVGElement>(null);
  const drag = useSignal<{ readonly from: number; readonly to: number } | null>(null);
  const [first, last] = [bins[0], bins.at(-1)];
  if (first === undefined || last === undefined) {
    return <p class="muted small">No call that began here has a known end.</p>;
  }
  const axis = logAxis(first.fromNs, last.toNs);
  const most = bins.reduce((max, { calls }) => Math.max(max, calls), 1);
  const shown =
    drag.value === null
      ? chosen
      : {
          t0: axis.nsOf(Math.min(drag.value.from, drag.value.to)),
          t1: axis.nsOf(Math.max(drag.value.from, drag.value.to)),
        };
  const xOf = (event: PointerEvent): number => {
    const box = svg.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return 0;
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const choose = (from: number, to: number): void => {
    // whole bins: what is highlighted is what is listed
    const inside = bins.filter(
      (bin) => axis.xOf(bin.toNs) > Math.min(from, to) && axis.xOf(bin.fromNs) < Math.max(from, to),
    );
    const [least, longest] = [inside[0], inside.at(-1)];
    if (least !== undefined && longest !== undefined) {
      props.onChoose({ t0: least.fromNs, t1: longest.toNs });
    }
  };
  return (
    <figure class="durations" aria-label="Durations">
      <svg
        ref={svg}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        tabIndex={0}
        aria-label={`Histogram of durations from ${formatDuration(first.fromNs)} to ${formatDuration(last.toNs)}; drag to list the calls that took so long`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          const at = xOf(event);
          drag.value = { from: at, to: at };
        }}
        onPointerMove={(event) => {
          if (drag.value !== null) drag.value = { from: drag.value.from, to: xOf(event) };
        }}
        onPointerUp={() => {
          if (drag.value === null) return;
          const { from, to } = drag.value;
          drag.value = null;
          choose(from, to === from ? from + 0.001 : to);
        }}
        onKeyDown={(event) => {
          const next = movedBy(bins, chosen, event.key);
          if (next === null) return;
          event.preventDefault();
          props.onChoose(next);
        }}
      >
        {bins.map(({ fromNs, toNs, calls, errors }) => {
          const x = axis.xOf(fromNs) * WIDTH;
          const width = Math.max(1, axis.xOf(toNs) * WIDTH - x - 0.6);
          const height = Math.max(LEAST_BAR, (calls / most) * (HEIGHT - 4));
          const bad = errors === 0 ? 0 : Math.max(LEAST_BAR, (errors / most) * (HEIGHT - 4));
          return (
            <g key={fromNs} data-bin={fromNs} data-count={calls}>
              <title>
                {`${calls.toLocaleString("en")} calls of ${formatDuration(fromNs)} to ${formatDuration(toNs)}${errors > 0 ? `, ${errors} raised` : ""}`}
              </title>
              <rect class="hit" x={x} y={0} width={width} height={HEIGHT} />
              <rect class="bar" x={x} y={HEIGHT - height} width={width} height={height} />
              {bad > 0 && (
                <rect class="bar bad" x={x} y={HEIGHT - bad} width={width} height={bad} />
              )}
            </g>
          );
        })}
        {shown !== null && (
          <rect
            class="chosen"
            x={axis.xOf(shown.t0) * WIDTH}
            y={0}
            width={Math.max(1, (axis.xOf(shown.t1) - axis.xOf(shown.t0)) * WIDTH)}
            height={HEIGHT}
          />
        )}
      </svg>
      <DurationAxis axis={axis} />
    </figure>
  );
}

export function DurationAxis({ axis }: { readonly axis: LogAxis }): JSX.Element {
  return (
    <div class="durations-axis small muted tabular" aria-hidden="true">
      {axis.ticks.map(({ x, ns }) => (
        <span key={ns} style={{ left: `${x * 100}%` }}>
          {formatDuration(ns)}
        </span>
      ))}
    </div>
  );
}

type LogAxis = {
  readonly xOf: (ns: number) => number;
  readonly nsOf: (x: number) => number;
  readonly ticks: readonly { readonly x: number; readonly ns: number }[];
};

/** From 0 to 1; at least one doubling wide. */
export function logAxis(fromNs: number, toNs: number): LogAxis {
  const low = Math.log2(Math.max(1, fromNs));
  const high = Math.max(low + 1, Math.log2(Math.max(1, toNs)));
  const xOf = (ns: number): number =>
    Math.min(1, Math.max(0, (Math.log2(Math.max(1, ns)) - low) / (high - low)));
  const decades = Math.log10(2 ** (high - low));
  const steps = decades > 4 ? [1] : decades > 1.5 ? [1, 3] : [1, 1.5, 2, 3, 5, 7];
  const ticks: { x: number; ns: number }[] = [];
  for (let power = Math.floor(Math.log10(2 ** low)); power <= Math.log10(2 ** high); power++) {
    for (const step of steps) {
      const ns = step * 10 ** power;
      // none so near to an end that its text is cut
      const x = (Math.log2(ns) - low) / (high - low);
      if (x >= 0.03 && x <= 0.95) ticks.push({ x, ns });
    }
  }
  return { xOf, nsOf: (x) => 2 ** (low + x * (high - low)), ticks };
}

/** The bin beside the chosen one, by the arrow keys; the longest one first. */
function movedBy(bins: Bins, chosen: TimeRange | null, key: string): TimeRange | null {
  const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return null;
  const at = chosen === null ? -1 : bins.findIndex(({ fromNs }) => fromNs >= chosen.t0);
  const bin = bins[Math.min(bins.length - 1, Math.max(0, at < 0 ? bins.length - 1 : at + step))];
  return bin === undefined ? null : { t0: bin.fromNs, t1: bin.toNs };
}
