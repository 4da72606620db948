// From an analysed project to a plan: how often functions run, what recording them costs against what
// they do, and so which of them are recorded how deeply.

import type { Cfg, FileFacts, FunctionData, ModuleData } from "@elixirscope/codegraph";
import type {
  Capture,
  InstrumentationPlan,
  Level,
  PlannedFunction,
  Strategy,
} from "@elixirscope/trace";
import { callFrequencies, type Profile } from "./call-frequency.ts";
import { type Candidate, chooseLevels, costOf } from "./choose-levels.ts";
import { GATE_NS, levelNs } from "./costs.ts";
import { type FunctionModel, functionModel } from "./function-model.ts";
import { type Role, roleOf } from "./roles.ts";

export type PlanOptions = {
  readonly strategy: Strategy;
  /** 0.01 is 1%; null for no limit */
  readonly budget: number | null;
  /** counts and times of a recording of the same project */
  readonly profile: Profile | null;
};

type Entry = { readonly model: FunctionModel; readonly role: Role };

/** Functions of `files` that run in the program: macros, scripts and what stands in mix.exs are left out. */
export function buildPlan(files: Iterable<FileFacts>, options: PlanOptions): InstrumentationPlan {
  const entries = entriesOf(files);
  const models = entries.map((entry) => entry.model);
  const { runs, tailLoop } = callFrequencies(models, entryRuns(entries), options.profile);
  const ownNs = models.map((model) => {
    const measured = options.profile?.get(model.data.key);
    return measured === undefined || measured.calls === 0
      ? model.ownNs
      : measured.selfNs / measured.calls;
  });
  const totalNs = ownNs.reduce((sum, ns, i) => sum + ns * (runs[i] ?? 0), 0);
  const candidates = entries.map(({ model, role }, i): Candidate => ({
    runs: runs[i] ?? 0,
    steps: model.steps,
    value: role.value,
    keepsState: role.keepsState,
    mandatory: role.mandatory,
  }));
  const allowedNs = options.budget === null ? null : options.budget * totalNs;
  const { levels, sample } = chooseLevels(options.strategy, candidates, allowedNs);

  let addedNs = 0;
  const functions = entries.map(({ model, role }, i): PlannedFunction => {
    const level = levels[i] ?? "off";
    const candidate = candidates[i];
    if (candidate !== undefined && level !== "off") {
      const gateNs = sample < 1 ? candidate.runs * GATE_NS : 0;
      addedNs += sample * costOf(candidate, level) + gateNs;
    }
    return {
      function: model.data.key,
      level,
      captures: capturesAt(level, role, tailLoop[i] === 1),
      why: reason(role, level, model, runs[i] ?? 0, ownNs[i] ?? 0, options.strategy),
      tailLoop: tailLoop[i] === 1,
      costNs: Math.round(levelNs(level, model.steps, role.keepsState) * 10) / 10,
      share: totalNs === 0 ? 0 : ((ownNs[i] ?? 0) * (runs[i] ?? 0)) / totalNs,
    };
  });
  const measured = models.filter((model) => options.profile?.has(model.data.key)).length;
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

function entriesOf(files: Iterable<FileFacts>): Entry[] {
  const found: { data: FunctionData; module: ModuleData; cfg: Cfg | null; role: Role }[] = [];
  const keys = new Set<string>();
  for (const file of files) {
    if (file.path.endsWith(".exs")) continue;
    const cfgs = new Map(file.cfgs.map((cfg) => [cfg.function, cfg]));
    const metrics = new Map(file.metrics.map((metric) => [metric.function, metric]));
    for (const module of file.modules) {
      for (const data of module.functions) {
        if (!runsInTheProgram(data) || keys.has(data.key)) continue;
        keys.add(data.key);
        const role = roleOf(data, module, metrics.get(data.key));
        found.push({ data, module, cfg: cfgs.get(data.key) ?? null, role });
      }
    }
  }
  return found.map(({ data, cfg, role }) => ({
    model: functionModel(data, cfg, (key) => keys.has(key)),
    role,
  }));
}

function runsInTheProgram(data: FunctionData): boolean {
  return data.kind === "def" || data.kind === "defp" || data.kind === "defdelegate";
}

function entryRuns(entries: readonly Entry[]): (model: FunctionModel, called: boolean) => number {
  const roles = new Map(entries.map(({ model, role }) => [model, role]));
  return (model, hasCaller) => {
    const role = roles.get(model);
    if (role === undefined) return 0;
    // a callback is called by its behaviour; anything else is an entry point only when nobody calls it
    return role.mandatory || !hasCaller ? role.entryRuns : 0;
  };
}

function capturesAt(level: Level, role: Role, tailLoop: boolean): readonly Capture[] {
  const state: Capture[] = role.keepsState ? ["state"] : [];
  const result: Capture[] = tailLoop ? [] : ["result"];
  switch (level) {
    case "off":
      return [];
    case "minimal":
      return ["exception", ...state];
    case "boundaries":
      return ["arguments", ...result, "exception", ...state];
    case "full":
      return ["arguments", ...result, "exception", ...state, "bindings", "branches", "messages"];
  }
}

function reason(
  role: Role,
  level: Level,
  model: FunctionModel,
  runs: number,
  ownNs: number,
  strategy: Strategy,
): string {
  if (strategy !== "balanced") return role.why;
  if (level === "off" || level === "minimal") {
    const added = Math.round(levelNs("boundaries", model.steps, role.keepsState));
    return `${role.why}; its boundaries would add ${added} ns to about ${Math.round(ownNs)} ns of work, ${times(runs)}`;
  }
  return role.why;
}

function times(runs: number): string {
  if (runs >= 10) return `run about ${Math.round(runs)} times`;
  return runs >= 1 ? "run a few times" : "run rarely";
}
