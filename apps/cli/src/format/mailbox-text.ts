// Mailboxes and bottlenecks as tables.

import type { Bottleneck, Bottlenecks, Mailbox, Queues } from "@elixirscope/query";
import { columnsText, left, right } from "./columns.ts";
import { noteLines } from "./note-lines.ts";
import { percent, shortDuration } from "./short-duration.ts";
import { formatCount } from "./units.ts";

const BARS = "▁▂▃▄▅▆▇█";

export function queuesText(
  { mailboxes, more, limits }: Queues,
  stream: NodeJS.WriteStream,
): string {
  const rows = mailboxes.map((one) => [
    length(one.meanLength),
    length(one.littleLength),
    formatCount(one.longest),
    rate(one.arrivalRate),
    rate(one.serviceRate),
    one.busy === null ? "" : percent(one.busy),
    shortDuration(one.dwell.mean),
    shortDuration(one.dwell.p95),
    shortDuration(one.dwell.max),
    one.longestDwell === null ? "" : `#${one.longestDwell}`,
    whoText(one),
    bars(one.lengths),
  ]);
  const titles = ["length", "λ·W", "longest", "came/s", "could/s", "busy", "dwell", "p95", "max"];
  const columns = [...titles.map(right), right("event"), left("process"), left("length over time")];
  return [
    columnsText(columns, rows, stream),
    ...(more > 0 ? [`… ${formatCount(more)} more (--limit)`] : []),
    "length: messages in the mailbox on average; λ·W: arrival rate × mean dwell, the same by Little's law where as much goes as comes",
    ...noteLines(limits, stream),
  ].join("\n");
}

export function bottlenecksText(
  { bottlenecks, limits }: Bottlenecks,
  stream: NodeJS.WriteStream,
): string {
  const rows = bottlenecks.map((one) => [
    percent(one.share),
    one.busy === null ? "" : percent(one.busy),
    length(one.meanLength),
    length(one.meanCallers),
    whoText(one),
    evidence(one),
  ]);
  const titles = ["share", "busy", "queued", "callers"].map(right);
  return [
    columnsText([...titles, left("process"), left("evidence")], rows, stream),
    "share of: busy × (messages queued + callers waiting, on average)",
    ...noteLines(limits, stream),
  ].join("\n");
}

function evidence(one: Bottleneck): string {
  const parts: string[] = [];
  if (one.grows) {
    parts.push(`grows: ${formatCount(one.arrivals)} came, ${formatCount(one.departures)} went`);
  }
  if (one.longestDwell !== null) {
    parts.push(`#${one.longestDwell} lay ${shortDuration(one.dwell.max)}`);
  }
  if (one.longestCall !== null) {
    parts.push(`${formatCount(one.callers)} callers, longest #${one.longestCall}`);
  }
  return parts.join("; ");
}

function whoText({ pid, name }: Mailbox): string {
  return name === null ? pid : `${name} ${pid}`;
}

function length(value: number | null): string {
  if (value === null) return "";
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}

function rate(perSecond: number | null): string {
  return perSecond === null ? "" : formatCount(Math.round(perSecond));
}

function bars(lengths: readonly number[]): string {
  const most = Math.max(1, ...lengths);
  return lengths
    .map((one) => BARS[Math.min(BARS.length - 1, Math.round(((BARS.length - 1) * one) / most))])
    .join("");
}
