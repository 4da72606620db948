// Calls in the order of time. A click zooms the page into a call, Escape goes back; a double click goes to it.

import {
  bandsHeight,
  formatDuration,
  hitChart,
  layoutBands,
  paintChart,
  spanOf,
  spanText,
  timeScale,
  type ChartHit,
} from "@elixirscope/timeline";
import type { SpanView, TimeRange } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { timeText } from "../../model/time-text.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import { CanvasPane, type Point } from "./canvas-pane.tsx";
import { Tip, type TipAt } from "./flame-tip.tsx";
import type { ModeProps } from "./asked-range.ts";

/** Processes that are drawn, those that were longest in calls. */
const MOST_PROCESSES = 8;
/** Of what is zoomed into, so much more on both sides. */
const AIR = 0.02;

type Before = { readonly selection: TimeRange | null; readonly view: TimeRange };

export function FlameChartPane({ range }: ModeProps): JSX.Element {
  const { cinema } = useApp();
  const width = useSignal(0);
  const hover = useSignal<{ readonly hit: ChartHit; readonly tip: TipAt } | null>(null);
  const before = useSignal<readonly Before[]>([]);
  const loaded = useLoader(
    "flameChart",
    () => {
      const asked = range.value;
      if (asked === null || width.value === 0) return null;
      const pid = cinema.param("performance.pid").value;
      return {
        subject: pid,
        params: {
          t0: asked.t0,
          t1: asked.t1,
          buckets: Math.min(4_096, Math.max(1, Math.round(width.value))),
          limit: MOST_PROCESSES,
          ...(pid === "" ? {} : { pid }),
        },
      };
    },
    "still",
  );
  const chart = loaded.value;
  const bands = useMemo(() => layoutBands(chart?.processes ?? []), [chart]);
  const scale = timeScale(chart?.range ?? { t0: 0, t1: 1 }, width.value);
  const zoomTo = (span: SpanView): void => {
    const air = Math.max(100, spanOf(span) * AIR);
    const wanted = { t0: span.t0 - air, t1: span.t1 + air };
    before.value = [
      ...before.value,
      { selection: cinema.selection.value, view: cinema.view.value },
    ];
    if (cinema.selection.value !== null) cinema.selection.value = wanted;
    cinema.setView(wanted);
  };
  const back = (): void => {
    const last = before.value.at(-1);
    if (last === undefined) return;
    before.value = before.value.slice(0, -1);
    cinema.selection.value = last.selection;
    cinema.setView(last.view);
  };
  const spanAt = (at: Point): SpanView | null => hitChart(bands, at, scale)?.span ?? null;
  const hit = hover.value?.hit;
  // read here, so that their changes are painted
  const cursor = cinema.cursor.value;
  const search = cinema.param("performance.search").value.trim().toLowerCase();
  return (
    <div class="perf-flame" aria-busy={loaded.busy} data-flame-chart>
      <div class="perf-canvas">
        {waitingNote(loaded, "calls") ??
          (chart?.processes.length === 0 && (
            <PanelNote title="No recorded call was running here">
              Only traced functions are recorded. Widen the range or choose other processes.
            </PanelNote>
          ))}
        <CanvasPane
          label="Calls in the order of time, one band of rows per process. Escape goes back to what was shown before."
          heightPx={bandsHeight(bands)}
          onWidth={(widthPx) => (width.value = widthPx)}
          onPoint={(point) => {
            const found = point === null ? null : hitChart(bands, point.at, scale);
            if (found === null || point === null) hover.value = null;
            else hover.value = { hit: found, tip: { x: point.x, y: point.y } };
          }}
          onClick={(at) => {
            const span = spanAt(at);
            if (span !== null && spanOf(span) > 0) zoomTo(span);
          }}
          onDoubleClick={(at) => {
            const found = hitChart(bands, at, scale);
            if (found?.span == null) return;
            const { span, process } = found;
            cinema.goTo({ t: span.t0, event: span.call, pid: process.pid });
          }}
          onKey={(event) => {
            if (event.key !== "Escape" || before.value.length === 0) return;
            event.preventDefault();
            back();
          }}
          paint={(surface, { heightPx, topPx }, palette, measure) => {
            const scene = {
              bands,
              scale,
              topPx,
              heightPx,
              hover: hover.value?.hit.span ?? null,
              cursor,
              search,
            };
            paintChart(surface, scene, palette, measure);
          }}
        />
      </div>
      <div class="perf-foot small">
        <span class="muted clip">
          {chart === null ? "" : chartText(chart.processes.length, chart.more)}
        </span>
        <span class="grow" />
        {before.value.length > 0 && (
          <button type="button" class="inline-link" onClick={back}>
            Back to what was shown before
          </button>
        )}
        <span class="perf-legend muted" aria-label="Legend">
          <i class="swatch own" /> a call <i class="swatch called" /> several
          <i class="swatch waited" /> waited
        </span>
      </div>
      {chart !== null && <Limits limits={chart.limits} />}
      {hit?.span != null && hover.value !== null && (
        <SpanTip span={hit.span} at={hover.value.tip} />
      )}
    </div>
  );
}

function chartText(shown: number, more: number): string {
  if (more === 0) return `${shown} ${shown === 1 ? "process" : "processes"} with calls`;
  return `the ${shown} processes that were longest in calls; ${more.toLocaleString("en")} more are not drawn`;
}

function SpanTip({ span, at }: { readonly span: SpanView; readonly at: TipAt }): JSX.Element {
  const { cinema } = useApp();
  return (
    <Tip at={at}>
      <div class="mono clip">{spanText(span)}</div>
      <div class="muted">
        {formatDuration(spanOf(span))} from {timeText(cinema, span.t0, 1000)}
      </div>
      <div class="muted">
        {span.count > 1
          ? "calls too short to draw apart: click zooms in"
          : "click zooms in, double click goes to the call"}
      </div>
    </Tip>
  );
}
