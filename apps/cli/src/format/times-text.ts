// Where time went, as a table of functions or of processes.

import type { FunctionTimes, ProcessTimes, Times } from "@elixirscope/query";
import { columnsText, left, right } from "./columns.ts";
import { noteLines } from "./note-lines.ts";
import { percent, shortDuration } from "./short-duration.ts";
import { styled } from "./style.ts";
import { formatCount } from "./units.ts";

export function timesText(
  { range, functions, processes, moreFunctions, moreProcesses, sums, limits }: Times,
  by: "function" | "process",
  stream: NodeJS.WriteStream,
): string {
  const span = range.t1 - range.t0;
  const title = `${shortDuration(sums.runningNs)} of running and ${shortDuration(sums.waitingNs)} of waiting in calls, in ${shortDuration(span)}`;
  const table =
    by === "function"
      ? functionTable(functions, sums.runningNs, stream)
      : processTable(processes, span, stream);
  const more = by === "function" ? moreFunctions : moreProcesses;
  const guessed =
    sums.waitingNs === 0
      ? []
      : [
          `of the waiting ${percent(sums.exactWaitingNs / sums.waitingNs)} is known from calls and their replies, the rest is inferred: at most so long`,
        ];
  return [
    styled(stream, "bold", title),
    table,
    ...(more > 0 ? [`… ${formatCount(more)} more (--limit)`] : []),
    ...noteLines([...guessed, ...limits], stream),
  ].join("\n");
}

function functionTable(
  functions: readonly FunctionTimes[],
  runningNs: number,
  stream: NodeJS.WriteStream,
): string {
  const isRough = functions.some(({ durations }) => durations.precision === "histogram");
  const rows = functions.map((one) => [
    shortDuration(one.selfRunningNs),
    percent(runningNs === 0 ? 0 : one.selfRunningNs / runningNs),
    shortDuration(one.totalNs),
    shortDuration(one.waitingNs),
    formatCount(one.calls),
    estimate(one.durations.p50, one),
    estimate(one.durations.p95, one),
    shortDuration(one.durations.max),
    one.slowest === null ? "" : `#${one.slowest}`,
    one.mfa,
  ]);
  const columns = ["self", "share", "total", "waiting", "calls", "p50", "p95", "max", "slowest"];
  const table = columnsText([...columns.map(right), left("function")], rows, stream);
  return isRough
    ? `${table}\n~ from a histogram of eight bins per doubling: at most 9 % above`
    : table;
}

function estimate(ns: number | null, { durations }: FunctionTimes): string {
  return ns === null ? "" : `${durations.precision === "histogram" ? "~" : ""}${shortDuration(ns)}`;
}

function processTable(
  processes: readonly ProcessTimes[],
  span: number,
  stream: NodeJS.WriteStream,
): string {
  const rows = processes.map((one) => [
    shortDuration(one.runningNs),
    percent(one.runningNs / span),
    shortDuration(one.waitingFor.reply),
    shortDuration(one.waitingFor.message),
    shortDuration(one.waitingFor.timer),
    shortDuration(one.idleNs),
    formatCount(one.calls),
    whoText(one),
  ]);
  const columns = ["running", "of time", "for replies", "messages", "timers", "idle", "calls"];
  return columnsText([...columns.map(right), left("process")], rows, stream);
}

function whoText({ pid, name, processes }: ProcessTimes): string {
  if (processes > 1) return `${formatCount(processes)} × ${name ?? pid}, most in ${pid}`;
  return name === null ? pid : `${name} ${pid}`;
}
