// One function: how its durations are spread, how they change over time, its slowest calls and what sets them
// apart. A drag over the histogram asks for the calls that took so long.

import { formatDuration } from "@elixirscope/timeline";
import { rangeText, type CallsByDuration, type DurationHistogram } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { useLoader } from "../../frame/use-loader.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { MomentLink } from "../../panels/moment-link.tsx";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import type { ModeProps } from "./asked-range.ts";
import { DurationChart } from "./duration-chart.tsx";
import { Explanations } from "./explanations.tsx";
import { LatencyChart } from "./latency-chart.tsx";
import { rangeOf } from "./params.ts";

const MOST_CALLS = 100;
/** Where no durations were chosen. */
const MOST_SLOWEST = 8;
const TIME_BUCKETS = 120;
const LONGEST_NS = Number.MAX_SAFE_INTEGER;

export function FunctionDetail({ range }: ModeProps): JSX.Element {
  const { cinema } = useApp();
  const chosen = cinema.param("performance.function");
  const durations = cinema.param("performance.durations");
  const close = (): void => {
    chosen.value = "";
    durations.value = "";
  };
  const ofFunction = (): { t0: number; t1: number; function: string } | null => {
    const asked = range.value;
    if (asked === null || chosen.value === "") return null;
    return { t0: asked.t0, t1: asked.t1, function: chosen.value };
  };
  const histogram = useLoader(
    "durations",
    () => {
      const params = ofFunction();
      return params === null ? null : { subject: params.function, params };
    },
    "still",
  );
  const overTime = useLoader(
    "latency",
    () => {
      const params = ofFunction();
      if (params === null) return null;
      return { subject: params.function, params: { ...params, buckets: TIME_BUCKETS } };
    },
    "still",
  );
  const calls = useLoader(
    "callsByDuration",
    () => {
      const params = ofFunction();
      if (params === null) return null;
      const filter = rangeOf(durations.value);
      const [fromNs, toNs] = [filter?.t0 ?? 0, filter?.t1 ?? LONGEST_NS];
      const limit = filter === null ? MOST_SLOWEST : MOST_CALLS;
      return { subject: params.function, params: { ...params, fromNs, toNs, limit } };
    },
    "still",
  );
  const slow = useLoader(
    "slowCalls",
    () => {
      const params = ofFunction();
      if (params === null) return null;
      const filter = rangeOf(durations.value);
      return {
        subject: params.function,
        params: filter === null ? params : { ...params, thresholdNs: filter.t0 },
      };
    },
    "still",
  );
  const found = histogram.value;
  const filter = rangeOf(durations.value);
  return (
    <section
      class="perf-detail"
      aria-label={`Calls of ${chosen.value}`}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        if (filter === null) close();
        else durations.value = "";
      }}
    >
      <header class="perf-detail-head">
        <h2 class="mono clip" title={chosen.value}>
          {chosen.value}
        </h2>
        <button type="button" class="icon-button" aria-label="Close" title="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {waitingNote(histogram, "durations") ??
        (found !== null && !found.ok ? (
          <PanelNote title="No such function">
            {found.missing.message}
            {found.missing.nearest.length > 0 && `; near: ${found.missing.nearest.join(", ")}`}
          </PanelNote>
        ) : (
          found !== null && <Facts histogram={found.result} />
        ))}
      {found?.ok === true && (
        <>
          <DurationChart
            bins={found.result.bins}
            chosen={filter}
            onChoose={(next) => (durations.value = next === null ? "" : rangeText(next))}
          />
          <CallList
            found={calls.value?.ok === true ? calls.value.result : null}
            error={calls.error}
            filter={filter === null ? null : [filter.t0, filter.t1]}
            onClear={() => (durations.value = "")}
          />
          {slow.value?.ok === true && <Explanations slow={slow.value.result} />}
          {overTime.value?.ok === true && <LatencyChart latency={overTime.value.result} />}
          <Limits limits={found.result.limits} />
        </>
      )}
    </section>
  );
}

const FACTS = ["p50", "p95", "p99", "max"] as const;

function Facts({ histogram }: { readonly histogram: DurationHistogram }): JSX.Element {
  const { percentiles, calls, unknown } = histogram;
  return (
    <p class="perf-facts small tabular" data-calls={calls}>
      <span>
        <b>{calls.toLocaleString("en")}</b> calls began here
      </span>
      {FACTS.map((name) => {
        const ns = percentiles[name];
        return (
          ns !== null && (
            <span key={name} data-percentile={name} data-ns={ns}>
              <span class="muted">{name}</span>{" "}
              {percentiles.precision === "histogram" && name !== "max" ? "≤ " : ""}
              {formatDuration(ns)}
            </span>
          )
        );
      })}
      {unknown > 0 && (
        <span class="warning-text" title="Tail calls, gaps, or still running: not in the histogram">
          {unknown.toLocaleString("en")} without a known end
        </span>
      )}
    </p>
  );
}

function CallList(props: {
  readonly found: CallsByDuration | null;
  readonly error: string | null;
  readonly filter: readonly [number, number] | null;
  readonly onClear: () => void;
}): JSX.Element {
  const { found, error, filter } = props;
  const total = found?.total ?? 0;
  return (
    <div class="section" data-call-list>
      <h3>
        {filter === null
          ? "Slowest calls"
          : `${total.toLocaleString("en")} calls of ${formatDuration(filter[0])} to ${formatDuration(filter[1])}`}
        {filter !== null && (
          <button type="button" class="inline-link" onClick={props.onClear}>
            all calls
          </button>
        )}
      </h3>
      {found === null ? (
        <p class="muted small">{error ?? "Loading…"}</p>
      ) : (
        <ol class="perf-calls">
          {found.calls.map((call) => (
            <li key={call.call}>
              <span class="tabular">{formatDuration(call.ns)}</span>
              <MomentLink t={call.t} event={call.call} pid={call.pid} />
              <span class="mono clip" title={call.args ?? undefined}>
                {call.outcome === "raised" && <span class="error">raised </span>}
                {call.args === null ? (
                  <i class="muted">arguments not recorded</i>
                ) : (
                  `(${call.args})`
                )}
              </span>
              <span class="muted clip" title={call.pid}>
                {call.name ?? call.pid}
              </span>
            </li>
          ))}
          {filter !== null && total > found.calls.length && (
            <li class="muted">
              {(total - found.calls.length).toLocaleString("en")} more, not listed
            </li>
          )}
        </ol>
      )}
    </div>
  );
}
