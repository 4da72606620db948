// A session under way or over: what it records at what cost, how it is doing, what may be changed, and the audit of
// all that was. A change is planned first (`planChange`, which changes nothing) and then made (`changeSession`).

import { err, ok } from "@elixirscope/base";
import type { Budgets, PayloadLimits, Sampling } from "@elixirscope/trace";
import { LIMITS, words } from "./param-shapes.ts";
import {
  array,
  integer,
  isRecord,
  nullable,
  object,
  oneOf,
  optional,
  type Shape,
  type Shapes,
} from "./shape.ts";

export type AuditView = {
  readonly t: number;
  /** `session`: it ended by itself */
  readonly who: "page" | "cli" | "session";
  /** `start`, `add_functions`, `deepen`, `sampling`, `budgets`, `pause`, `resume`, `stop`, … */
  readonly action: string;
  readonly subject: string;
  readonly outcome: "done" | "partly" | "refused";
  readonly detail: string;
};

export type CallRateView = { readonly function: string; readonly callsPerSecond: number };

/** Of calls; messages, life and states come on top. */
export type CostView =
  | {
      readonly kind: "measured";
      readonly functions: number;
      readonly callsPerSecond: number;
      readonly eventsPerSecond: number;
      /** of one core */
      readonly cpuPercent: number;
      readonly diskBytesPerSecond: number;
      readonly busiest: readonly CallRateView[];
      /** those that do not fit into the budget */
      readonly tooHot: readonly CallRateView[];
    }
  | { readonly kind: "unknown"; readonly reason: string };

export type PlanView = {
  readonly selectors: readonly string[];
  /** whose code was to be instrumented in place */
  readonly deep: readonly string[];
  readonly functions: number;
  /** of them, recorded without their results, because they may loop by tail calls */
  readonly withoutResults: number;
  /** with most functions first */
  readonly modules: readonly { readonly module: string; readonly functions: number }[];
  readonly moreModules: number;
  readonly processes: "all" | readonly string[];
  readonly messages: boolean;
  readonly lifecycle: boolean;
  readonly state: boolean;
  readonly arguments: boolean;
  readonly sampling: Sampling;
  readonly limits: PayloadLimits;
  readonly budgets: Budgets;
};

export type LiveSession = {
  /** of the plan that it began with */
  readonly cost: CostView;
  readonly meters: {
    readonly eventsPerSecond: number;
    /** 0 to 1 */
    readonly ringUse: number;
    readonly recordingBytes: number;
    readonly lost: number;
    /** of the probe; null: the target answers late */
    readonly probeBytes: number | null;
    readonly inFlightBytes: number | null;
    readonly processes: number | null;
  };
  /** modules that are recorded from inside now */
  readonly inside: readonly { readonly module: string; readonly functions: number }[];
  /** single processes can be added and removed only where the session began with single ones */
  readonly canListProcesses: boolean;
  /** code of the target can be instrumented */
  readonly canInstrument: boolean;
};

export type SessionView = {
  readonly plan: PlanView;
  /** newest first */
  readonly audit: readonly AuditView[];
  readonly moreAudit: number;
  /** null: nobody is making this recording any more, or another process is */
  readonly live: LiveSession | null;
};

export type SessionChange =
  | {
      readonly kind: "add_functions" | "remove_functions" | "deepen" | "shallow";
      readonly selectors: readonly string[];
    }
  | {
      readonly kind: "add_processes" | "remove_processes";
      readonly processes: readonly string[];
    }
  | { readonly kind: "sampling"; readonly sampling: Sampling }
  /** those that are not named stay */
  | { readonly kind: "budgets"; readonly budgets: Partial<Budgets> }
  | { readonly kind: "pause" | "resume" };

export type ChangePlan = {
  /** why it cannot be made; with its place where the text is to blame */
  readonly problem: {
    readonly message: string;
    readonly place: { readonly text: string; readonly start: number; readonly end: number } | null;
  } | null;
  /** functions that it is about, some of them by name */
  readonly functions: number;
  readonly sample: readonly string[];
  /** added, or saved where something is taken away */
  readonly cost: CostView;
  readonly notes: readonly string[];
};

export type Target = {
  readonly node: string;
  /** none: as `attach` finds it */
  readonly cookie?: string;
  readonly cookieFile?: string;
};

export type CheckView = {
  readonly name: string;
  readonly result: "ok" | "warn" | "fail";
  readonly detail: string;
  readonly advice: string;
};

export type SessionApi = {
  session: { params: Record<string, never>; reply: SessionView };
  planChange: { params: { readonly change: SessionChange }; reply: ChangePlan };
  changeSession: {
    params: { readonly change: SessionChange };
    reply: { readonly outcome: "done" | "partly"; readonly detail: string };
  };
  /** begins a recording; the reply comes when it runs */
  attachNode: {
    params: Target & {
      readonly selectors: readonly string[];
      /** null: until it is stopped */
      readonly durationMs: number | null;
    };
    reply: { readonly name: string };
  };
  checkNode: { params: Target; reply: readonly CheckView[] };
  /** nodes that this machine's EPMD knows, by the part before the @ */
  localNodes: {
    params: Record<string, never>;
    reply: { readonly names: readonly string[]; readonly hosts: readonly string[] };
  };
};

type Params<M extends keyof SessionApi> = SessionApi[M]["params"];

const texts = array(words, LIMITS.selectors);

const sampling: Shape<Sampling> = (value, where) => {
  if (!isRecord(value)) return err(`${where} must be an object`);
  const { kind, chainsPerSecond, probability, share } = value;
  if (kind === "always") return ok({ kind });
  if (kind === "rate" && typeof chainsPerSecond === "number") return ok({ kind, chainsPerSecond });
  if (kind === "chains" && typeof probability === "number") return ok({ kind, probability });
  if (kind === "windows" && typeof share === "number") return ok({ kind, share });
  return err(
    `${where} must be always, rate with chainsPerSecond, chains with probability or windows with share`,
  );
};

const amount = optional(integer(0, Number.MAX_SAFE_INTEGER));
const HUNDRED_DAYS_MS = 8_640_000_000;
const duration = nullable(integer(1, HUNDRED_DAYS_MS));

/** What is possible is said by who knows it: the session. */
const budgets = object<Partial<Budgets>>({
  eventsPerSecond: amount,
  eventsPerSecondPerProcess: amount,
  targetMemoryBytes: amount,
  inFlightBytes: amount,
  recordingBytes: amount,
  durationMs: optional(nullable(integer(0, Number.MAX_SAFE_INTEGER))),
});

const bySelectors = oneOf(["add_functions", "remove_functions", "deepen", "shallow"]);
const byProcesses = oneOf(["add_processes", "remove_processes"]);

const change: Shape<SessionChange> = (value, where) => {
  if (!isRecord(value)) return err(`${where} must be an object`);
  const { kind } = value;
  if (kind === "sampling") {
    const checked = sampling(value["sampling"], `${where}.sampling`);
    return checked.ok ? ok({ kind, sampling: checked.value }) : checked;
  }
  if (kind === "budgets") {
    const checked = budgets(value["budgets"], `${where}.budgets`);
    return checked.ok ? ok({ kind, budgets: checked.value }) : checked;
  }
  if (kind === "pause" || kind === "resume") return ok({ kind });
  const processes = byProcesses(kind, where);
  if (processes.ok) {
    const names = texts(value["processes"], `${where}.processes`);
    return names.ok ? ok({ kind: processes.value, processes: names.value }) : names;
  }
  const selectors = bySelectors(kind, `${where}.kind`);
  if (!selectors.ok) return selectors;
  const names = texts(value["selectors"], `${where}.selectors`);
  return names.ok ? ok({ kind: selectors.value, selectors: names.value }) : names;
};

const target = { node: words, cookie: optional(words), cookieFile: optional(words) };

export const SESSION_SHAPES: Shapes<SessionApi> = {
  session: object<Params<"session">>({}),
  planChange: object<Params<"planChange">>({ change }),
  changeSession: object<Params<"changeSession">>({ change }),
  attachNode: object<Params<"attachNode">>({ ...target, selectors: texts, durationMs: duration }),
  checkNode: object<Params<"checkNode">>(target),
  localNodes: object<Params<"localNodes">>({}),
};
