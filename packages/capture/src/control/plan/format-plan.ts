// A plan and its estimate as people read them before it starts.

import { bytesText } from "@elixirscope/base";
import { moduleText } from "../selector/selector.ts";
import type { Estimate, NoEstimate } from "./estimate.ts";
import type { PreparedPlan } from "./prepare-plan.ts";

const MAX_MODULES = 8;
const MAX_HOT = 8;

export function formatPlan(prepared: PreparedPlan, estimate: Estimate | NoEstimate): string {
  return [...planLines(prepared), ...estimateLines(prepared, estimate)].join("\n");
}

function planLines({ plan, own, notes, deep }: PreparedPlan): readonly string[] {
  const modules = new Map<string, number>();
  for (const { module } of plan.functions) modules.set(module, (modules.get(module) ?? 0) + 1);
  const names = [...modules]
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, MAX_MODULES)
    .map(([module, count]) => `${moduleText(module)} (${count})`);
  const more = modules.size - names.length;
  if (more > 0) names.push(`and ${more} more`);
  const loops = plan.functions.filter(({ returns }) => returns === "none").length;
  const lines = [
    `selectors   ${plan.selectors.join(" · ")}${ownText(plan.selectors, own)}`,
    `functions   ${plan.functions.length} in ${counted(modules.size, "module")}: ${names.join(", ")}`,
  ];
  if (loops > 0) {
    lines.push(
      `            ${counted(loops, "function")} without results, because they may loop by tail calls`,
    );
  }
  const kinds = [
    plan.messages ? "messages" : "",
    plan.lifecycle ? "life" : "",
    plan.state ? "state" : "",
  ].filter((kind) => kind !== "");
  const whose = plan.processes === "all" ? "all processes" : plan.processes.join(", ");
  if (kinds.length > 0) lines.push(`processes   ${kinds.join(", ")} of ${whose}`);
  lines.push(...deepLines(deep));
  lines.push(...samplingLines(plan.sampling), ...notes.map((note) => `note        ${note}`));
  return lines;
}

function deepLines(deep: PreparedPlan["deep"]): readonly string[] {
  if (deep === null) return [];
  const { modules, callsPerSecond, nsPerCall } = deep;
  const taken = modules.filter(({ refusal }) => refusal === null);
  const names = taken
    .slice(0, MAX_MODULES)
    .map(({ module, functions }) => `${moduleText(module)} (${functions})`);
  if (taken.length > names.length) names.push(`and ${taken.length - names.length} more`);
  const cost =
    callsPerSecond === null
      ? `about ${nsPerCall} ns a call`
      : `${rate(callsPerSecond)} calls/s now, about ${nsPerCall} ns each: ${((callsPerSecond * nsPerCall) / 1e7).toFixed(1)}% of one core`;
  return [
    ...(taken.length === 0
      ? ["deep        nothing: the code of no module can be changed"]
      : [`deep        ${names.join(", ")}: instrumented in place; ${cost}`]),
    ...modules.flatMap(({ module, refusal }) =>
      refusal === null ? [] : [`not deep    ${moduleText(module)}: ${refusal}`],
    ),
  ];
}

function ownText(selectors: readonly string[], own: PreparedPlan["own"]): string {
  if (!selectors.includes("*")) return "";
  if (own.applications.length === 0) return " (modules that belong to no application)";
  return ` (the target's own: ${own.applications.join(", ")})`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

function samplingLines(sampling: PreparedPlan["plan"]["sampling"]): readonly string[] {
  switch (sampling.kind) {
    case "always":
      return [];
    case "rate":
      return [`sampling    at most ${sampling.chainsPerSecond} call chains per second and process`];
    case "chains":
      return [`sampling    ${percent(sampling.probability)} of call chains`];
    case "windows":
      return [`sampling    what begins in ${percent(sampling.share)} of the time`];
    default:
      return sampling satisfies never;
  }
}

function estimateLines({ plan }: PreparedPlan, estimate: Estimate | NoEstimate): readonly string[] {
  const { budgets } = plan;
  const limits =
    `budgets     ${rate(budgets.eventsPerSecond)} events/s, ${bytesText(budgets.targetMemoryBytes)} in the target, ` +
    `${bytesText(budgets.recordingBytes)} on disk${budgets.durationMs === null ? "" : `, ${budgets.durationMs / 1000} s`}`;
  if ("reason" in estimate) return [`estimate    none: ${estimate.reason}`, limits];
  const lines = [
    `estimate    ${rate(estimate.eventsPerSecond)} call events/s, ${estimate.cpuPercent.toFixed(1)}% of one core in the target, ${bytesText(estimate.diskBytesPerSecond)}/s on disk`,
  ];
  if (estimate.busiest.length > 0) {
    const busiest = estimate.busiest.slice(0, 3).map(callText);
    lines.push(`            busiest: ${busiest.join(", ")}`);
  }
  lines.push(limits);
  if (estimate.tooHot.length > 0) {
    lines.push(
      `warning     too hot for the budget: ${tooHotText(estimate.tooHot)}`,
      `            leave them out with \`not FUNCTION\`, sample, or raise the budget; else events will be dropped`,
    );
  }
  return lines;
}

function tooHotText(rates: Estimate["tooHot"]): string {
  const more = rates.length - MAX_HOT;
  const names = rates.slice(0, MAX_HOT).map(callText).join(", ");
  return more > 0 ? `${names} and ${more} more` : names;
}

function callText({ function: name, callsPerSecond }: Estimate["busiest"][number]): string {
  return `${name} (${rate(callsPerSecond)}/s)`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function rate(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
