// What a change of a running session would be about, and cost or save. What is recorded already is counted in the
// recording; what is not, by the VM's counters; where neither tells, that is said.

import type { Connection } from "@elixirscope/dist";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import { deepFunctions, requireDeep, type DeepControl } from "../deep/deep-control.ts";
import { EVENTS_PER_CALL, NS_PER_CALL } from "../deep/deep-plan.ts";
import { changedBudgets, checkSampling, type Used } from "../plan/budgets.ts";
import { chooseTraced } from "../plan/choose-traced.ts";
import {
  costOf,
  countCalls,
  countingProblem,
  type Estimate,
  type NoEstimate,
} from "../plan/estimate.ts";
import { rate } from "../plan/format-plan.ts";
import { parseProcesses, planFunctions, type PlannedFunction } from "../plan/prepare-plan.ts";
import { functionText } from "../selector/selector.ts";
import type { TargetSurvey } from "../target/survey.ts";
import type { Budgets, CapturePlan } from "@elixirscope/trace";
import type { Adjustment } from "./session.ts";

export type ChangeEstimate = {
  /** what it is about, as `Shop.Cart.add/3` or `Shop.Cart` */
  readonly subjects: readonly string[];
  readonly cost: Estimate | NoEstimate;
  readonly notes: readonly string[];
};

export type Running = {
  readonly connection: Connection;
  readonly survey: TargetSurvey;
  readonly pipeline: Pipeline;
  readonly plan: CapturePlan;
  readonly functions: readonly PlannedFunction[];
  readonly deep: DeepControl | null;
  readonly used: Used;
  readonly isPaused: boolean;
};

/** Counting changes code of the VM, about 0.3 ms for each function. */
const MOST_COUNTED = 2_000;
const WINDOW_NS = 5e9;

export async function estimateChange(
  running: Running,
  change: Adjustment,
): Promise<ChangeEstimate> {
  switch (change.kind) {
    case "add_functions":
      return await added(running, change.selectors);
    case "remove_functions":
      return await removed(running, chooseTraced(running.functions, change.selectors));
    case "deepen":
      return await deepened(running, change.selectors);
    case "shallow": {
      const deep = requireDeep(running.deep);
      const reason = "what instrumented code costs is not measured; its events end";
      return { subjects: deep.chosen(change.selectors), cost: { reason }, notes: [] };
    }
    case "add_processes":
    case "remove_processes": {
      parseProcesses(change.processes);
      const reason = "how busy a process will be cannot be known before";
      return { subjects: change.processes, cost: { reason }, notes: [] };
    }
    case "sampling": {
      checkSampling(change.sampling);
      const reason = "how many calls begin a chain is not counted; watch the meters";
      return { subjects: [], cost: { reason }, notes: [] };
    }
    case "budgets":
      return await budgeted(running, change.budgets);
    case "pause":
    case "resume": {
      const reason = "a pause takes nearly all of the cost away, its end brings it back";
      return { subjects: [], cost: { reason }, notes: [] };
    }
    default:
      return change satisfies never;
  }
}

async function added(running: Running, selectors: readonly string[]): Promise<ChangeEstimate> {
  const { connection, survey, plan, deep } = running;
  const { functions, notes } = await planFunctions(connection, survey, selectors);
  const traced = new Set(running.functions.map(textOf));
  const wanted = functions.filter((of) => !traced.has(textOf(of)) && deep?.has(of) !== true);
  const known = functions.length - wanted.length;
  const also = known === 0 ? [] : [`${known} of them are recorded already`];
  const counted = await counts(running, wanted);
  const cost = isReason(counted) ? counted : costOf(wanted, counted, plan.budgets);
  return { subjects: wanted.map(textOf), cost, notes: [...notes, ...also] };
}

async function removed(
  running: Running,
  functions: readonly PlannedFunction[],
): Promise<ChangeEstimate> {
  const rates = await recordedRates(running.pipeline);
  const notes = running.plan.sampling.kind === "always" ? [] : ["counted in what was sampled"];
  const cost = costOf(functions, rates, running.plan.budgets);
  return { subjects: functions.map(textOf), cost, notes };
}

async function deepened(running: Running, selectors: readonly string[]): Promise<ChangeEstimate> {
  requireDeep(running.deep);
  const functions = await deepFunctions(running.connection, running.survey, selectors);
  const traced = new Set(running.functions.map(textOf));
  const others = functions.filter((of) => !traced.has(textOf(of)));
  const counted = await counts(running, others);
  const subjects = functions.map(textOf);
  if (isReason(counted)) return { subjects, cost: counted, notes: [] };
  const rates = new Map([...(await recordedRates(running.pipeline)), ...counted]);
  const base = costOf(functions, rates, running.plan.budgets);
  const { callsPerSecond: calls } = base;
  const cost: Estimate = {
    ...base,
    eventsPerSecond: calls * EVENTS_PER_CALL,
    cpuPercent: (calls * NS_PER_CALL) / 1e7,
    diskBytesPerSecond: (base.diskBytesPerSecond * EVENTS_PER_CALL) / 2,
    wireBytesPerSecond: (base.wireBytesPerSecond * EVENTS_PER_CALL) / 2,
  };
  const model = `calls are counted, ${EVENTS_PER_CALL} events and ${NS_PER_CALL} ns for each are a usual function's`;
  return { subjects, cost, notes: [model] };
}

/** What comes now, held against the budgets as they would be. */
async function budgeted(
  { plan, functions, pipeline, used, isPaused }: Running,
  given: Partial<Budgets>,
): Promise<ChangeEstimate> {
  const budgets = changedBudgets(plan.budgets, given, used);
  if (isPaused) {
    return { subjects: [], cost: { reason: "nothing comes while it is paused" }, notes: [] };
  }
  const cost = costOf(functions, await recordedRates(pipeline), budgets);
  const { eventsPerSecond } = pipeline.stats();
  const isOver = eventsPerSecond > budgets.eventsPerSecond;
  const [now, most] = [eventsPerSecond, budgets.eventsPerSecond].map(rate);
  const note = `${now} events/s come now: beyond ${most} recording stops for a second or more, and after some such stops for good`;
  return { subjects: [], cost, notes: isOver ? [note] : [] };
}

/** By the VM's counters; they must not touch what is traced. */
async function counts(
  { connection, survey, functions }: Running,
  wanted: readonly PlannedFunction[],
): Promise<ReadonlyMap<string, number> | NoEstimate> {
  if (wanted.length === 0) return new Map();
  const problem = countingProblem(survey);
  if (problem !== null) return problem;
  const traced = new Set(survey.traceSessions ? [] : functions.map(({ module }) => module));
  const single = wanted.filter(({ module }) => traced.has(module)).length;
  if (single > MOST_COUNTED) {
    return { reason: `${single} functions are too many to count while others are recorded` };
  }
  return await countCalls(connection, wanted, traced, {});
}

/** Calls per second in the last seconds, as they were recorded. */
async function recordedRates(pipeline: Pipeline): Promise<ReadonlyMap<string, number>> {
  const now = pipeline.stats().writer?.now ?? 0;
  const from = Math.max(0, now - WINDOW_NS);
  const seconds = Math.max(1, now - from) / 1e9;
  const { rows } = await pipeline.query(
    `SELECT module || '.' || function || '/' || arity, count(*) FROM calls WHERE t_enter > ${Math.floor(from)} GROUP BY ALL`,
    { limit: 100_000 },
  );
  return new Map(
    rows.map(([text, count]) => [typeof text === "string" ? text : "", Number(count) / seconds]),
  );
}

function textOf({ module, name, arity }: PlannedFunction): string {
  return functionText(module, name, arity);
}

function isReason(value: ReadonlyMap<string, number> | NoEstimate): value is NoEstimate {
  return "reason" in value;
}
