// The slow calls of a function, and its durations over time, as text.

import type { Explanation, Latency, SlowCalls } from "@elixirscope/query";
import { columnsText, left, right } from "./columns.ts";
import { noteLines } from "./note-lines.ts";
import { percent, shortDuration } from "./short-duration.ts";
import { styled } from "./style.ts";
import { formatCount } from "./units.ts";
import { visible } from "./visible.ts";

export function slowText(answer: SlowCalls, stream: NodeJS.WriteStream): string {
  const { calls, slow, thresholdNs, explanations, slowest } = answer;
  const title = `${answer.function}: ${formatCount(slow)} of ${formatCount(calls)} calls took ${shortDuration(thresholdNs)} or more`;
  const table =
    explanations.length === 0
      ? [
          "no argument, process, node, caller or clause is more frequent among them than chance makes it",
        ]
      : [explanationsText(explanations, "slow", "others", stream)];
  return [
    styled(stream, "bold", visible(title)),
    ...table,
    ...(slowest.length === 0
      ? []
      : [`slowest: ${slowest.map(({ call, ns }) => `#${call} ${shortDuration(ns)}`).join(", ")}`]),
    ...noteLines(
      [
        ...(answer.isSampled
          ? ["counted in at most 400 of the slow calls and 400 of the others"]
          : []),
        ...answer.limits,
      ],
      stream,
    ),
  ].join("\n");
}

/** `slow` and `rest`: what the two groups are called. */
export function explanationsText(
  explanations: readonly Explanation[],
  slow: string,
  rest: string,
  stream: NodeJS.WriteStream,
): string {
  const rows = explanations.map((one) => [
    one.g.toFixed(0),
    one.p < 1e-9 ? "<1e-9" : one.p.toPrecision(1),
    share(one.slowWith, one.slow),
    share(one.restWith, one.rest),
    shortDuration(one.meanWithNs),
    shortDuration(one.meanWithoutNs),
    isBound(one.value) ? `${one.dimension} ${one.value}` : `${one.dimension} = ${one.value}`,
  ]);
  const titles = ["G", "p", `of ${slow}`, `of ${rest}`, "mean with", "without"].map(right);
  return columnsText([...titles, left("value")], rows, stream);
}

function isBound(value: string): boolean {
  return value.startsWith(">= ") || value.startsWith("<= ");
}

function share(count: number, total: number): string {
  return `${percent(count / total)} (${count}/${total})`;
}

export function latencyText(
  { function: name, buckets, limits }: Latency,
  stream: NodeJS.WriteStream,
): string {
  const rows = buckets.map(({ t, count, p50, p95, p99, max }) => [
    `${(t / 1e9).toFixed(3)} s`,
    formatCount(count),
    ...[p50, p95, p99, max].map(shortDuration),
  ]);
  const isRough = buckets.some(({ precision }) => precision === "histogram");
  return [
    styled(stream, "bold", visible(name)),
    columnsText(["from", "calls", "p50", "p95", "p99", "max"].map(right), rows, stream),
    isRough
      ? "percentiles from a histogram of eight bins per doubling: at most 9 % above"
      : "percentiles are exact",
    ...noteLines(limits, stream),
  ].join("\n");
}
