// Percentiles of a function's durations over time. The line breaks where no call began: nothing is known of
// how long one would have taken.

import { formatDuration } from "@elixirscope/timeline";
import type { Latency } from "@elixirscope/wire";
import { untracked } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useApp } from "../../frame/app-context.ts";
import { timeText } from "../../model/time-text.ts";

const HEIGHT = 130;
const LINES = [
  ["p50", "--ok"],
  ["p95", "--accent"],
  ["max", "--danger"],
] as const;

export function LatencyChart({ latency }: { readonly latency: Latency }): JSX.Element {
  const { cinema } = useApp();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const chart = new uPlot(
      optionsOf(
        element,
        (t) => untracked(() => timeText(cinema, t, 1e6)),
        (t) => cinema.goTo({ t, event: null }),
      ),
      dataOf(latency),
      element,
    );
    const resized = new ResizeObserver(() =>
      chart.setSize({ width: Math.max(100, element.clientWidth), height: HEIGHT }),
    );
    resized.observe(element);
    return () => {
      resized.disconnect();
      chart.destroy();
    };
  }, [latency, cinema.settings.times.value]);
  const isExact = latency.buckets.every(({ precision }) => precision === "exact");
  return (
    <div class="section" data-latency>
      <h3>
        Over time
        <span class="perf-legend muted">
          {LINES.map(([name]) => (
            <span key={name}>
              <i class={`swatch line-${name}`} /> {name}
            </span>
          ))}
        </span>
      </h3>
      <div
        ref={place}
        class="latency"
        role="img"
        aria-label="Percentiles of durations over time, on a logarithmic axis"
      />
      {!isExact && (
        <p class="muted small">From histograms: at most 9 % above the true percentiles.</p>
      )}
    </div>
  );
}

function dataOf({ buckets }: Latency): uPlot.AlignedData {
  return [
    buckets.map(({ t }) => t),
    ...LINES.map(([name]) => buckets.map((bucket) => atLeast1(bucket[name]))),
  ];
}

/** A logarithmic axis has no place for 0. */
function atLeast1(ns: number | null): number | null {
  return ns === null ? null : Math.max(1, ns);
}

function optionsOf(
  element: HTMLElement,
  tell: (t: number) => string,
  goTo: (t: number) => void,
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--muted"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
    font: "11px system-ui, sans-serif",
  };
  return {
    width: Math.max(100, element.clientWidth),
    height: HEIGHT,
    legend: { show: false },
    scales: { x: { time: false }, y: { distr: 3 } },
    cursor: { y: false, drag: { x: false, y: false } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map(tell), size: 24, space: 80 },
      {
        ...axis,
        filter: roundOnes,
        grid: { ...axis.grid, filter: roundOnes },
        ticks: { ...axis.ticks, filter: roundOnes },
        values: (_, ticks) =>
          ticks.map((ns) => (Number.isFinite(ns) && isRound(ns) ? formatDuration(ns) : "")),
        size: 64,
      },
    ],
    series: [
      {},
      ...LINES.map(([name, variable]) => ({
        label: name,
        stroke: colour(variable),
        width: 1.25,
        points: { show: true, size: 3, fill: colour(variable) },
        spanGaps: false,
      })),
    ],
    hooks: {
      ready: [
        (chart) => {
          chart.over.addEventListener("click", () => {
            const left = chart.cursor.left ?? -1;
            if (left >= 0) goTo(Math.round(chart.posToVal(left, "x")));
          });
        },
      ],
    },
  };
}

/** 1, 10, 100, … of what a logarithmic axis has ticks of. */
function isRound(ns: number): boolean {
  const power = Math.log10(ns);
  return Math.abs(power - Math.round(power)) < 1e-6;
}

/** Only round ones have a line and a text. */
function roundOnes(_: uPlot, ticks: readonly number[]): (number | null)[] {
  return ticks.map((ns) => (isRound(ns) ? ns : null));
}
