// Every function with what its calls took; the one that is chosen beside it, in detail.

import { formatDuration } from "@elixirscope/timeline";
import { FUNCTION_ORDERS, type FunctionOrder, type FunctionTimes } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import { durationText } from "./amounts.ts";
import type { ModeProps } from "./asked-range.ts";
import { FunctionDetail } from "./function-detail.tsx";
import { Mfa } from "./mfa.tsx";
import { oneOf } from "./params.ts";
import { VirtualTable, type Column } from "./virtual-table.tsx";
import { Whose } from "./whose.tsx";

const MOST_ROWS = 2_000;

export function FunctionsMode({ range }: ModeProps): JSX.Element {
  const { cinema } = useApp();
  const sort = cinema.param("performance.sort");
  const chosen = cinema.param("performance.function");
  const order = oneOf(sort.value, FUNCTION_ORDERS, "self");
  const loaded = useLoader(
    "times",
    () => {
      const asked = range.value;
      if (asked === null) return null;
      const pid = cinema.param("performance.pid").value;
      return {
        subject: "",
        params: {
          t0: asked.t0,
          t1: asked.t1,
          order: oneOf(sort.value, FUNCTION_ORDERS, "self"),
          limit: MOST_ROWS,
          ...(pid === "" ? {} : { pid }),
        },
      };
    },
    "still",
  );
  const waiting = waitingNote(loaded, "functions");
  const times = loaded.value;
  const name = cinema.param("performance.search").value.trim().toLowerCase();
  const rows = (times?.functions ?? []).filter(({ mfa }) => mfa.toLowerCase().includes(name));
  return (
    <>
      <div class="perf-tools" role="toolbar" aria-label="Functions">
        <Whose />
        <input
          type="search"
          class="perf-search"
          placeholder="Filter functions"
          aria-label="Filter functions by name"
          value={cinema.param("performance.search").value}
          onInput={(event) =>
            (cinema.param("performance.search").value = event.currentTarget.value)
          }
        />
        <span class="grow" />
        {times !== null && (
          <span class="muted small tabular" role="status">
            {rows.length.toLocaleString("en")} functions
            {times.moreFunctions > 0 &&
              `, ${times.moreFunctions.toLocaleString("en")} more with less ${order}`}
            {" · "}running {formatDuration(times.sums.runningNs)}, waiting{" "}
            {formatDuration(times.sums.waitingNs)}
          </span>
        )}
      </div>
      <div class={chosen.value === "" ? "perf-split" : "perf-split open"} aria-busy={loaded.busy}>
        <div class="perf-side" data-functions>
          {waiting ??
            (rows.length === 0 ? (
              <PanelNote title={name === "" ? "No call was recorded here" : "No function matches"}>
                {name === ""
                  ? "Only traced functions are recorded. Widen the range or choose other processes."
                  : "The filter looks for a part of the name."}
              </PanelNote>
            ) : (
              <VirtualTable
                label="Functions"
                rows={rows}
                columns={COLUMNS}
                keyOf={({ mfa }) => mfa}
                chosen={chosen.value}
                onChoose={({ mfa }) => {
                  cinema.param("performance.durations").value = "";
                  chosen.value = chosen.value === mfa ? "" : mfa;
                }}
                sort={order}
                onSort={(by) => (sort.value = by === "self" ? "" : by)}
              />
            ))}
          {times !== null && <Limits limits={times.limits} />}
        </div>
        {chosen.value !== "" && <FunctionDetail key={chosen.value} range={range} />}
      </div>
    </>
  );
}

type FunctionColumn = Column<FunctionTimes> & { readonly sort?: FunctionOrder };

const about = (one: FunctionTimes, ns: number | null): string =>
  one.durations.precision === "histogram" && ns !== null
    ? `≤ ${durationText(ns)}`
    : durationText(ns);

const COLUMNS: readonly FunctionColumn[] = [
  {
    name: "Function",
    title: "Module, function and arity",
    wide: true,
    cell: ({ mfa }) => <Mfa mfa={mfa} />,
  },
  {
    name: "Calls",
    sort: "calls",
    title: "Calls that ran in this stretch of time",
    cell: ({ calls }) => calls.toLocaleString("en"),
  },
  {
    name: "Self",
    sort: "self",
    title: "Running, without the recorded calls that it made and without waiting",
    cell: ({ selfRunningNs }) => durationText(selfRunningNs),
  },
  {
    name: "Total",
    sort: "total",
    title: "Of its outermost calls, with all that they called and waited for",
    cell: ({ totalNs }) => durationText(totalNs),
  },
  {
    name: "Waiting",
    sort: "waiting",
    title: "Of the total: until a message came",
    cell: ({ waitingNs }) => (waitingNs === 0 ? "" : durationText(waitingNs)),
  },
  {
    name: "p50",
    sort: "p50",
    title: "Half of its calls took at most so long; ≤: from a histogram, at most 9 % above",
    spare: true,
    cell: (one) => about(one, one.durations.p50),
  },
  {
    name: "p95",
    sort: "p95",
    title: "95 % of its calls took at most so long; ≤: from a histogram, at most 9 % above",
    cell: (one) => about(one, one.durations.p95),
  },
  {
    name: "p99",
    sort: "p99",
    title: "99 % of its calls took at most so long; ≤: from a histogram, at most 9 % above",
    spare: true,
    cell: (one) => about(one, one.durations.p99),
  },
  {
    name: "Max",
    sort: "max",
    title: "The longest call",
    cell: ({ durations }) => durationText(durations.max),
  },
  {
    name: "Errors",
    sort: "errors",
    title: "Calls that raised, threw or exited",
    cell: ({ errors }) => (errors === 0 ? "" : errors.toLocaleString("en")),
    isBad: ({ errors }) => errors > 0,
  },
];
