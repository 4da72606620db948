// What a plan will cost, measured before it starts: how often its functions are called right now, by the
// VM's own call counters, times what a traced call costs.

import type { Connection } from "@elixirscope/dist";
import { atom, integer, list, tuple, type Term } from "@elixirscope/etf";
import type { Budgets } from "@elixirscope/trace";
import { functionText } from "../selector/selector.ts";
import { evaluate, type EvaluateOptions } from "../target/evaluate.ts";
import { itemsOf, numberOf } from "../target/read-term.ts";
import type { TargetSurvey } from "../target/survey.ts";
import type { PlannedFunction, PreparedPlan } from "./prepare-plan.ts";

/** ns of CPU in the traced process: call, result and timestamps (architecture.md section 3). */
const CALL_AND_RETURN_NS = 1_600;
const CALL_NS = 600;
/** Of the tracer process and the writer, for each event. */
const PROBE_NS = 700;
/** A record with a usual payload on its way, and stored. */
const WIRE_BYTES = 110;
const DISK_BYTES = 70;
const WINDOW_MS = 250;
const MAX_NAMED = 5;

export type CallRate = { readonly function: string; readonly callsPerSecond: number };

export type Estimate = {
  readonly functions: number;
  readonly callsPerSecond: number;
  /** of calls; messages, life and state come on top */
  readonly eventsPerSecond: number;
  /** of one core */
  readonly cpuPercent: number;
  readonly wireBytesPerSecond: number;
  readonly diskBytesPerSecond: number;
  /** the busiest functions, most calls first */
  readonly busiest: readonly CallRate[];
  /** those that alone, or together, do not fit into the budget */
  readonly tooHot: readonly CallRate[];
};

/** Why there is no estimate. */
export type NoEstimate = { readonly reason: string };

// A process of its own counts, so that the counters go away whatever happens to the caller. What it
// does itself while they run is one compiled loop: interpreting this source calls much of stdlib.
const COUNT = `(fun() ->
  Caller = self(),
  Ref = make_ref(),
  spawn(fun() ->
    Monitor = erlang:monitor(process, Caller),
    Flags = [[local, call_count] || _ <- All],
    [On, Restart, Pause] = [[How || _ <- All] || How <- [true, restart, pause]],
    Trace = fun erlang:trace_pattern/3,
    Result = try
      lists:zipwith3(Trace, All, On, Flags),
      lists:zipwith3(Trace, All, Restart, Flags),
      From = erlang:monotonic_time(microsecond),
      receive {'DOWN', Monitor, _, _, _} -> ok after Window -> ok end,
      lists:zipwith3(Trace, All, Pause, Flags),
      Us = erlang:monotonic_time(microsecond) - From,
      {Us, [{F, N} || F <- Functions, {call_count, N} <- [erlang:trace_info(F, call_count)], is_integer(N), N > 0]}
    after
      lists:zipwith3(Trace, All, [false || _ <- All], Flags)
    end,
    Caller ! {Ref, Result}
  end),
  receive {Ref, Result} -> Result end
end)()`;

export async function estimateCost(
  connection: Connection,
  survey: TargetSurvey,
  prepared: PreparedPlan,
  options: EvaluateOptions = {},
): Promise<Estimate | NoEstimate> {
  const problem = countingProblem(survey);
  if (problem !== null) return problem;
  const { functions } = prepared;
  const rates = await countCalls(connection, functions, new Set(), options);
  return costOf(functions, rates, prepared.plan.budgets);
}

/** Null: the VM's counters can be used without disturbing anybody. */
export function countingProblem({ traceSessions, tracers }: TargetSurvey): NoEstimate | null {
  if (traceSessions || tracers.length === 0) return null;
  return { reason: "another tracer is on the node, and before OTP 27 counters would disturb it" };
}

/**
 * Calls per second of functions, by their text. In modules that are traced (`singly`) each function is counted for
 * itself: a counter of all would take the trace of the others away.
 */
export async function countCalls(
  connection: Connection,
  functions: readonly PlannedFunction[],
  singly: ReadonlySet<string>,
  options: EvaluateOptions,
): Promise<ReadonlyMap<string, number>> {
  const mfas = functions.map(({ module, name, arity }) => [module, name, arity] as const);
  const whole = new Set(mfas.flatMap(([module]) => (singly.has(module) ? [] : [module])));
  const mfaTerms = (chosen: typeof mfas): Term =>
    list(chosen.map(([module, name, arity]) => tuple(atom(module), atom(name), integer(arity))));
  const single = mfas.filter(([module]) => singly.has(module));
  const any = atom("_");
  const bindings = {
    All: list([
      ...[...whole].map((module) => tuple(atom(module), any, any)),
      ...itemsOf(mfaTerms(single)),
    ]),
    Functions: mfaTerms(mfas),
    Window: integer(WINDOW_MS),
  };
  const [time, counts] = itemsOf(await evaluate(connection, COUNT, bindings, options));
  const seconds = numberOf(time) / 1e6;
  const rates = new Map<string, number>();
  for (const entry of itemsOf(counts)) {
    const [mfa, count] = itemsOf(entry);
    const [module, name, arity] = itemsOf(mfa);
    if (module?.kind !== "atom" || name?.kind !== "atom") continue;
    rates.set(functionText(module.name, name.name, numberOf(arity)), numberOf(count) / seconds);
  }
  return rates;
}

/** The cost of calls at `rates` (by function text, calls per second). */
export function costOf(
  functions: readonly PlannedFunction[],
  rates: ReadonlyMap<string, number>,
  budgets: Budgets,
): Estimate {
  let [calls, events, ns] = [0, 0, 0];
  const all: (CallRate & { readonly events: number })[] = [];
  for (const { module, name, arity, returns } of functions) {
    const text = functionText(module, name, arity);
    const rate = rates.get(text) ?? 0;
    if (rate === 0) continue;
    const eventsOfCall = returns === "value" ? 2 : 1;
    calls += rate;
    events += rate * eventsOfCall;
    ns +=
      rate * (returns === "value" ? CALL_AND_RETURN_NS : CALL_NS) + rate * eventsOfCall * PROBE_NS;
    all.push({ function: text, callsPerSecond: rate, events: rate * eventsOfCall });
  }
  all.sort((a, b) => b.callsPerSecond - a.callsPerSecond);
  return {
    functions: functions.length,
    callsPerSecond: calls,
    eventsPerSecond: events,
    cpuPercent: ns / 1e7,
    wireBytesPerSecond: events * WIRE_BYTES,
    diskBytesPerSecond: events * DISK_BYTES,
    busiest: all.slice(0, MAX_NAMED).map(rateOf),
    tooHot: tooHot(all, events, budgets.eventsPerSecond).map(rateOf),
  };
}

/** The busiest, as few as it takes for the rest to fit. */
function tooHot<Rate extends { readonly events: number }>(
  rates: readonly Rate[],
  events: number,
  budget: number,
): readonly Rate[] {
  const hot: Rate[] = [];
  let left = events;
  for (const rate of rates) {
    if (left <= budget) break;
    hot.push(rate);
    left -= rate.events;
  }
  return hot;
}

function rateOf({ function: name, callsPerSecond }: CallRate): CallRate {
  return { function: name, callsPerSecond };
}
