// From an analysed project to a plan: how often functions run, what recording them costs against what
// they do, and so which of them are recorded how deeply.

import type { Analysis, Cfg, FunctionData, ModuleData } from "@elixirscope/codegraph";
import type { InstrumentationPlan, PlannedFunction, Strategy } from "@elixirscope/trace";
import {
  type CallFrequencies,
  callFrequencies,
  type MeasuredFunction,
  type Profile,
} from "./call-frequency.ts";
import { capturesAt } from "./captures.ts";
import { type Candidate, chooseLevels, costOf } from "./choose-levels.ts";
import { levelNs } from "./costs.ts";
import { type FunctionModel, functionModel, type Sending } from "./function-model.ts";
import { type Role, roleOf } from "./roles.ts";

export type PlanOptions = {
  readonly strategy: Strategy;
  /** 0.01 is 1%; null for no limit */
  readonly budget: number | null;
  /** counts and times of a recording of the same project */
  readonly profile: Profile | null;
};

type Entry = { readonly model: FunctionModel; readonly role: Role };

/** A function that takes less than this many times what recording it adds is no part of the picture. */
const WORTHWHILE = 5;
/** The value of a role that tells of the program, not of how it is written. */
const TELLING = 3;

/** Functions that run in the program: macros, scripts and what stands in mix.exs are left out. */
export function buildPlan(analysis: Analysis, options: PlanOptions): InstrumentationPlan {
  const entries = entriesOf(analysis);
  const models = entries.map((entry) => entry.model);
  const ownNs = models.map((model) => ownTime(model, options.profile?.get(model.data.key)));
  const frequencies = callFrequencies(models, entryRuns(entries), ownNs, options.profile);
  const { runs, tailLoop } = frequencies;
  const candidates = entries.map((entry, i) => candidateOf(entry, i, frequencies));
  const totalNs = ownNs.reduce((sum, ns, i) => sum + ns * (runs[i] ?? 0), 0);
  const allowedNs = options.budget === null ? null : options.budget * totalNs;
  const { levels, sample } = chooseLevels(options.strategy, candidates, allowedNs);
  const addedNs = candidates.reduce(
    (sum, candidate, i) => sum + costOf(candidate, levels[i] ?? "off", sample),
    0,
  );
  const functions = entries.map(({ model, role }, i): PlannedFunction => {
    const level = levels[i] ?? "off";
    const isLeftOut = options.strategy === "balanced" && (level === "off" || level === "minimal");
    const inclusiveNs = frequencies.inclusiveNs[i] ?? 0;
    const isTailLoop = tailLoop[i] === 1;
    return {
      function: model.data.key,
      level,
      detail: "bindings",
      captures: capturesAt(level, { keepsState: role.keepsState, tailLoop: isTailLoop }),
      why: isLeftOut
        ? `${role.why}; ${costText(model, role, runs[i] ?? 0, inclusiveNs)}`
        : role.why,
      tailLoop: isTailLoop,
      costNs: Math.round(levelNs(level, model.steps, role.keepsState) * 10) / 10,
      share: totalNs === 0 ? 0 : ((ownNs[i] ?? 0) * (runs[i] ?? 0)) / totalNs,
    };
  });
  const measured = models.filter((model) => options.profile?.has(model.data.key) === true).length;
  return {
    version: 1,
    strategy: options.strategy,
    budget: options.budget,
    sample,
    estimate: {
      overhead: totalNs === 0 ? 0 : addedNs / totalNs,
      basis: measured > 0 ? "recording" : "model",
      measuredFunctions: measured,
    },
    functions: functions.toSorted((a, b) => (a.function < b.function ? -1 : 1)),
  };
}

/** Of one call, ns. What a recording measured holds waiting too, so where a function may wait it is only a bound. */
function ownTime(model: FunctionModel, measured: MeasuredFunction | undefined): number {
  if (measured === undefined || measured.calls === 0) return model.ownNs;
  const measuredNs = measured.selfNs / measured.calls;
  return model.waits ? Math.min(measuredNs, model.ownNs) : measuredNs;
}

function entriesOf({ files, graphs }: Analysis): Entry[] {
  const found: { data: FunctionData; cfg: Cfg | null; role: Role }[] = [];
  const keys = new Set<string>();
  for (const file of files) {
    if (file.path.endsWith(".exs")) continue;
    const cfgs = new Map(file.cfgs.map((cfg) => [cfg.function, cfg]));
    const metrics = new Map(file.metrics.map((metric) => [metric.function, metric]));
    for (const module of file.modules) {
      for (const data of module.functions) {
        if (!runsInTheProgram(data, module) || keys.has(data.key)) continue;
        keys.add(data.key);
        const role = roleOf(data, module, metrics.get(data.key));
        found.push({ data, cfg: cfgs.get(data.key) ?? null, role });
      }
    }
  }
  const sendings = sendingsOf(graphs.messages, keys);
  return found.map(({ data, cfg, role }) => ({
    model: functionModel(data, cfg, sendings.get(data.key) ?? [], (key) => keys.has(key)),
    role,
  }));
}

function runsInTheProgram(data: FunctionData, module: ModuleData): boolean {
  if (data.kind !== "def" && data.kind !== "defp" && data.kind !== "defdelegate") return false;
  return !module.behaviours.includes("Mix.Task");
}

/** By the function that sends: its sends that functions of the project may handle. */
function sendingsOf(
  messages: Analysis["graphs"]["messages"],
  keys: ReadonlySet<string>,
): ReadonlyMap<string, readonly Sending[]> {
  const found = new Map<string, Sending[]>();
  messages.sends.forEach((send, i) => {
    const handlers = messages.edgesOfSend(i).flatMap((edge) => {
      const key = messages.handlers[edge.handler]?.function;
      return key !== undefined && key !== send.function && keys.has(key) ? [key] : [];
    });
    if (handlers.length === 0) return;
    const sendings = found.get(send.function) ?? [];
    sendings.push({ nodeId: send.nodeId, handlers: [...new Set(handlers)] });
    found.set(send.function, sendings);
  });
  return found;
}

function entryRuns(entries: readonly Entry[]): (model: FunctionModel, called: boolean) => number {
  const roles = new Map(entries.map(({ model, role }) => [model, role]));
  return (model, hasCaller) => (hasCaller ? 0 : (roles.get(model)?.entryRuns ?? 0));
}

function candidateOf(
  { model, role }: Entry,
  index: number,
  { runs, inclusiveNs }: CallFrequencies,
): Candidate {
  const boundariesNs = levelNs("boundaries", model.steps, role.keepsState);
  const isWorthwhile = (inclusiveNs[index] ?? 0) >= WORTHWHILE * boundariesNs;
  return {
    runs: runs[index] ?? 0,
    steps: model.steps,
    value: role.value,
    keepsState: role.keepsState,
    wanted: role.callback || (role.value >= TELLING && isWorthwhile),
  };
}

function costText(model: FunctionModel, role: Role, runs: number, inclusiveNs: number): string {
  const added = Math.round(levelNs("boundaries", model.steps, role.keepsState));
  return `its boundaries would add ${added} ns to about ${Math.round(inclusiveNs)} ns, ${times(runs)}`;
}

function times(runs: number): string {
  if (runs >= 10) return `run about ${Math.round(runs)} times`;
  return runs >= 1 ? "run a few times" : "run rarely";
}
