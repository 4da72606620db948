// A result as a picture: line, bars or how often a value occurs, of columns that the user chooses.

import type { QueryResult } from "@elixirscope/wire";
import { untracked } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useApp } from "../../frame/app-context.ts";
import { timeText } from "../../model/time-text.ts";
import {
  chartChoice,
  chartData,
  CHARTS,
  chartText,
  type ChartChoice,
  type ChartData,
} from "./chart-data.ts";
import { isNumeric } from "./result-data.ts";

export function ResultChart({ result }: { readonly result: QueryResult }): JSX.Element {
  const { cinema } = useApp();
  const param = cinema.param("query.chart");
  const text = param.value;
  const chosen = useMemo(() => chartChoice(result.columns, text), [result, text]);
  const data = useMemo(() => (chosen === null ? null : chartData(result, chosen)), [chosen]);
  if (chosen === null || data === null) {
    return <p class="muted small chart-note">No column of this result is a number to be drawn.</p>;
  }
  const set = (change: Partial<ChartChoice>): void => {
    param.value = chartText(result.columns, { ...chosen, ...change });
  };
  return (
    <div class="result-chart">
      <div class="chart-bar">
        <div class="segmented" role="group" aria-label="Kind of chart">
          {CHARTS.map((kind) => (
            <button
              key={kind}
              type="button"
              aria-pressed={chosen.kind === kind}
              onClick={() => set({ kind })}
            >
              {kind}
            </button>
          ))}
        </div>
        {chosen.kind !== "histogram" && (
          <ColumnSelect
            name="x"
            result={result}
            value={chosen.x}
            isOffered={() => true}
            onChange={(x) => set({ x })}
          />
        )}
        <ColumnSelect
          name={chosen.kind === "histogram" ? "of" : "y"}
          result={result}
          value={chosen.y}
          isOffered={(i) => isNumeric(result.columns[i] ?? { name: "", type: "" })}
          onChange={(y) => set({ y })}
        />
        {data.note !== null && (
          <span class="small muted clip" title={data.note}>
            {data.note}
          </span>
        )}
      </div>
      {data.xs.length === 0 ? (
        <p class="muted small chart-note">There is no number to draw in these columns.</p>
      ) : (
        <Plot data={data} kind={chosen.kind} />
      )}
    </div>
  );
}

function ColumnSelect(props: {
  readonly name: string;
  readonly result: QueryResult;
  readonly value: number;
  readonly isOffered: (index: number) => boolean;
  readonly onChange: (index: number) => void;
}): JSX.Element {
  const { name, result, value, isOffered, onChange } = props;
  return (
    <label class="small muted nowrap">
      {name}{" "}
      <select
        aria-label={`Column of ${name}`}
        value={String(value)}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      >
        {result.columns.map((column, i) =>
          isOffered(i) ? (
            <option key={column.name} value={String(i)}>
              {column.name}
            </option>
          ) : null,
        )}
      </select>
    </label>
  );
}

function Plot(props: {
  readonly data: ChartData;
  readonly kind: ChartChoice["kind"];
}): JSX.Element {
  const { data, kind } = props;
  const host = useRef<HTMLDivElement>(null);
  const { cinema } = useApp();
  const { dark, times } = cinema.settings;
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const size = (): { readonly width: number; readonly height: number } => ({
      width: Math.max(120, element.clientWidth),
      // uPlot's legend stands below its canvas
      height: Math.max(80, element.clientHeight - 26),
    });
    const tell = (t: number): string => untracked(() => timeText(cinema, t, 1_000_000));
    const plot = new uPlot(
      { ...optionsOf(data, kind, element, tell), ...size() },
      [[...data.xs], [...data.ys]],
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize(size()));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [data, kind, dark.value, times.value]);
  const name = `${kind} of ${data.yName} by ${data.xName}, ${data.xs.length} points`;
  return <div ref={host} class="plot" role="img" aria-label={name} />;
}

function optionsOf(
  data: ChartData,
  kind: ChartChoice["kind"],
  element: HTMLElement,
  tell: (t: number) => string,
): Omit<uPlot.Options, "width" | "height"> {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--muted"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line-strong"), width: 1 },
    font: "11px system-ui, sans-serif",
  };
  const { labels } = data;
  const xText = (value: number): string => {
    if (labels !== null) return Number.isInteger(value) ? shortened(labels[value] ?? "") : "";
    return data.xIsTime ? tell(value) : compact(value);
  };
  const yText = (value: number): string => (data.yIsTime ? tell(value) : compact(value));
  const bars = kind === "line" ? undefined : uPlot.paths.bars?.({ size: [0.8, 60], align: 0 });
  return {
    scales: {
      x: { time: false, ...(labels === null ? {} : { range: [-0.6, labels.length - 0.4] }) },
    },
    axes: [
      { ...axis, values: (_, splits) => splits.map(xText) },
      { ...axis, size: 64, values: (_, splits) => splits.map(yText) },
    ],
    series: [
      { label: data.xName, value: (_, value) => (value === null ? "–" : xText(value)) },
      {
        label: data.yName,
        stroke: colour("--accent"),
        width: 1.5,
        value: (_, value) => (value === null ? "–" : value.toLocaleString("en")),
        ...(bars === undefined ? {} : { paths: bars, fill: colour("--accent-soft") }),
        points: { show: kind === "line" && data.xs.length < 200 },
      },
    ],
    // the last label stands on both sides of the edge
    padding: [null, 32, null, null],
    cursor: { drag: { x: true, y: false } },
  };
}

function compact(value: number): string {
  return new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 }).format(
    value,
  );
}

function shortened(text: string): string {
  return text.length > 18 ? `${text.slice(0, 17)}…` : text;
}
