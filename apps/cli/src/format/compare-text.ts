// Two sides held against each other, as text.

import type { Comparison, FunctionChange, ProcessChange } from "@elixirscope/query";
import { columnsText, left, right } from "./columns.ts";
import { noteLines } from "./note-lines.ts";
import { shortDuration } from "./short-duration.ts";
import { explanationsText } from "./slow-text.ts";
import { styled } from "./style.ts";
import { formatCount } from "./units.ts";
import { visible } from "./visible.ts";

export function compareText(
  { ranges, functions, moreFunctions, processes, limits }: Comparison,
  stream: NodeJS.WriteStream,
): string {
  const [a, b] = ranges.map(({ t0, t1 }) => `${t0 / 1e9}s..${t1 / 1e9}s`);
  return [
    styled(stream, "bold", `${a} held against ${b}; own time per second of each, waiting included`),
    functionTable(functions, stream),
    ...(moreFunctions > 0 ? [`… ${formatCount(moreFunctions)} more (--limit)`] : []),
    "change = by calls (how many) + by duration (how long each); z beyond ±3: hardly chance",
    ...functions.flatMap((one) => explanationLines(one, stream)),
    "",
    processTable(processes, stream),
    ...noteLines(limits, stream),
  ].join("\n");
}

function functionTable(functions: readonly FunctionChange[], stream: NodeJS.WriteStream): string {
  const rows = functions.map((one) => [
    signed(one.change),
    signed(one.byCalls),
    signed(one.byDuration),
    `${perSecond(one.before.perSecond)} → ${perSecond(one.after.perSecond)}`,
    `${shortDuration(one.before.meanNs)} → ${shortDuration(one.after.meanNs)}`,
    `${shortDuration(one.before.p95Ns)} → ${shortDuration(one.after.p95Ns)}`,
    one.z === null ? "" : one.z.toFixed(1),
    one.mfa,
  ]);
  const titles = ["change/s", "by calls", "by duration", "calls/s", "mean", "p95", "z"].map(right);
  return columnsText([...titles, left("function")], rows, stream);
}

function explanationLines(one: FunctionChange, stream: NodeJS.WriteStream): string[] {
  const lines: string[] = [];
  if (one.slow.length > 0) {
    lines.push(
      "",
      visible(`${one.mfa}: slower than 95 % of the first side's calls, and what goes with it`),
      explanationsText(one.slow, "slow", "others", stream),
    );
  }
  if (one.more.length > 0) {
    lines.push(
      "",
      visible(`${one.mfa}: what the second side has more of`),
      explanationsText(one.more, "second", "first", stream),
    );
  }
  return lines;
}

function processTable(processes: readonly ProcessChange[], stream: NodeJS.WriteStream): string {
  const rows = processes.map((one) => [
    signed(one.change),
    `${shortDuration(one.running[0])} → ${shortDuration(one.running[1])}`,
    `${shortDuration(one.waiting[0])} → ${shortDuration(one.waiting[1])}`,
    one.name ?? one.pid,
  ]);
  return columnsText(
    [...["change/s", "running/s", "waiting/s"].map(right), left("process")],
    rows,
    stream,
  );
}

function signed(ns: number): string {
  return `${ns > 0 ? "+" : ""}${shortDuration(ns)}`;
}

function perSecond(rate: number): string {
  return rate >= 10 ? formatCount(Math.round(rate)) : rate.toPrecision(2);
}
