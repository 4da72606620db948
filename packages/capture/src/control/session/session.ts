// A recording under way. It has two lines to the target, the distribution connection for control and
// the probe's event socket; whichever breaks, and whoever ends it, it ends the same way once: probe
// stopped, data drained, recording closed with the reason.

import { Emitter, messageOf, type Listener } from "@elixirscope/base";
import type { Connection } from "@elixirscope/dist";
import { atom, boolean, list, tuple } from "@elixirscope/etf";
import type { Budgets, CapturePlan, Manifest, Sampling, StopReason } from "@elixirscope/trace";
import { functionKey } from "../beam/tail-cycles.ts";
import { CaptureError } from "../capture-error.ts";
import { DeepControl, requireDeep, type DeepChanged } from "../deep/deep-control.ts";
import type { DeepReport } from "../deep/deep-modules.ts";
import type { DeepInstrumenter } from "../deep/instrumenter.ts";
import type { Pipeline, PipelineEvents, PipelineStats } from "../../pipeline/pipeline.ts";
import { changedBudgets, checkSampling, type Used } from "../plan/budgets.ts";
import type { Estimate, NoEstimate } from "../plan/estimate.ts";
import {
  mergeFunctions,
  parseProcesses,
  planFunctions,
  processTexts,
  type PlannedFunction,
  type PreparedPlan,
} from "../plan/prepare-plan.ts";
import type { TargetSurvey } from "../target/survey.ts";
import { chooseTraced } from "../plan/choose-traced.ts";
import type { Actor } from "../../pipeline/threads.ts";
import { Audit, estimateText, reportOutcome, subjectOf } from "./audit.ts";
import { estimateChange, type ChangeEstimate } from "./change-estimate.ts";
import { Deadline } from "./deadline.ts";
import { reasonOfBye, reasonOfClose, reasonOfError } from "./end-reason.ts";
import type { ProbeClient, ProbeCounters } from "./probe-client.ts";
import { budgetsTerm, functionTerm, mfaTerm, processesTerm, samplingTerm } from "./probe-terms.ts";

export type Adjustment =
  | { readonly kind: "deepen" | "shallow"; readonly selectors: readonly string[] }
  | { readonly kind: "add_functions" | "remove_functions"; readonly selectors: readonly string[] }
  | { readonly kind: "add_processes" | "remove_processes"; readonly processes: readonly string[] }
  | { readonly kind: "sampling"; readonly sampling: Sampling }
  /** those that are not named stay; the duration counts from the session's start */
  | { readonly kind: "budgets"; readonly budgets: Partial<Budgets> }
  /** nothing is recorded, at next to no cost, until `resume` */
  | { readonly kind: "pause" | "resume" };

type DeepAdjustment = Extract<Adjustment, { readonly kind: "deepen" | "shallow" }>;
type PlainAdjustment = Exclude<Adjustment, DeepAdjustment>;

export type SessionStatus = {
  readonly elapsedMs: number;
  readonly pipeline: PipelineStats;
  /** counters of the probe; null when it did not answer in time */
  readonly probe: ProbeCounters | null;
};

export type SessionEvents = {
  status: SessionStatus;
  /** it was paused, or goes on */
  paused: boolean;
  /** once, when everything is undone and the recording is closed */
  stopped: Manifest;
};

export type SessionParts = {
  readonly connection: Connection;
  readonly survey: TargetSurvey;
  readonly prepared: PreparedPlan;
  readonly estimate: Estimate | NoEstimate;
  readonly pipeline: Pipeline;
  readonly probe: ProbeClient;
  /** null: code cannot be instrumented in this session */
  readonly instrumenter: DeepInstrumenter | null;
  /** who began it */
  readonly actor: Actor;
};

const STATUS_MS = 500;
/** The two lines of a dying target break one after the other: the one that says why is waited for. */
const BREAK_MS = 1_000;
/** Nothing comes any more from a target that is gone. */
const DEAD_GRACE_MS = 200;

export class Session {
  readonly survey: TargetSurvey;
  readonly estimate: Estimate | NoEstimate;
  readonly pipeline: Pipeline;
  /** Resolves with the manifest when the session has ended, for whatever reason. */
  readonly ended: Promise<Manifest>;
  readonly #connection: Connection;
  readonly #probe: ProbeClient;
  readonly #events = new Emitter<SessionEvents>();
  readonly #startedAt = performance.now();
  readonly #audit: Audit;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #deep: DeepControl | null;
  /** what takes long is given up when the session ends */
  readonly #abort = new AbortController();
  #plan: CapturePlan;
  #functions: readonly PlannedFunction[];
  #isAsking = false;
  #isPaused = false;
  readonly #deadline = new Deadline(() => {
    const seconds = (this.#plan.budgets.durationMs ?? 0) / 1000;
    this.#stopLater({ code: "duration", message: `${seconds} s are over` });
  });
  #ending: Promise<Manifest> | null = null;
  #adjusting: Promise<unknown> = Promise.resolve();
  #resolveEnded: (manifest: Manifest) => void = () => undefined;

  constructor(parts: SessionParts) {
    const { connection, survey, prepared, estimate, pipeline, probe, instrumenter } = parts;
    this.survey = survey;
    this.estimate = estimate;
    this.pipeline = pipeline;
    this.#connection = connection;
    this.#probe = probe;
    this.#plan = prepared.plan;
    this.#functions = prepared.functions;
    const budgets = (): Budgets => this.#plan.budgets;
    const { signal } = this.#abort;
    this.#deep =
      instrumenter === null
        ? null
        : new DeepControl({ connection, survey, pipeline, probe, instrumenter, budgets, signal });
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#audit = new Audit(
      async (entry) => await pipeline.audit(entry),
      () => Math.round((performance.now() - this.#startedAt) * 1e6),
    );
    const subject = prepared.plan.selectors.join(", ");
    this.#audit.note(parts.actor, "start", subject, estimateText(this.#functions.length, estimate));
    this.#watch();
  }

  get plan(): CapturePlan {
    return this.#plan;
  }

  get manifest(): Manifest {
    return this.pipeline.manifest;
  }

  on<K extends keyof SessionEvents>(name: K, listener: Listener<SessionEvents[K]>): Disposable {
    return this.#events.on(name, listener);
  }

  /** Modules that are recorded from inside now. */
  get inside(): DeepControl["modules"] {
    return this.#deep?.modules ?? [];
  }

  get canInstrument(): boolean {
    return this.#deep !== null;
  }

  /** Nothing is recorded until it is resumed; its budgets go on. */
  get paused(): boolean {
    return this.#isPaused;
  }

  /** Changes what is recorded. Changes are made one after the other, and kept in the audit. */
  async adjust(adjustment: Adjustment, who: Actor = "cli"): Promise<void> {
    if (isDeep(adjustment)) return void (await this[adjustment.kind](adjustment.selectors, who));
    const { kind } = adjustment;
    const before = this.#functions.length;
    const change = async (): Promise<void> =>
      await this.#inTurn(async () => await this.#adjust(adjustment));
    await this.#audit.around(who, kind, subjectOf(adjustment), change, () => {
      const [now, changed] = [this.#functions.length, this.#functions.length - before];
      const detail = changed === 0 ? "" : `${changed > 0 ? "+" : ""}${changed}, ${now} in all`;
      return { outcome: "done", detail };
    });
  }

  /** What a change would be about and cost. Nothing is changed, but the target's calls may be counted for a moment. */
  async estimateChange(adjustment: Adjustment): Promise<ChangeEstimate> {
    return await this.#inTurn(async () => {
      this.#refuseWhenEnded();
      return await estimateChange(
        {
          connection: this.#connection,
          survey: this.survey,
          pipeline: this.pipeline,
          plan: this.#plan,
          functions: this.#functions,
          deep: this.#deep,
          used: this.#used(),
          isPaused: this.#isPaused,
        },
        adjustment,
      );
    });
  }

  /** Records what happens inside of functions, by instrumenting their modules in place. */
  async deepen(selectors: readonly string[], who: Actor = "cli"): Promise<DeepReport> {
    const change = async (): Promise<DeepReport> =>
      await this.#inTurn(async () =>
        this.#keepDeep(await this.#deepControl().deepen(selectors, this.#functions), selectors),
      );
    return await this.#audit.around(who, "deepen", selectors.join(", "), change, reportOutcome);
  }

  /** Gives modules their original code back. */
  async shallow(selectors: readonly string[], who: Actor = "cli"): Promise<DeepReport> {
    const texts = selectors.map((text) => `not ${text}`);
    const change = async (): Promise<DeepReport> =>
      await this.#inTurn(async () =>
        this.#keepDeep(await this.#deepControl().shallow(selectors, this.#functions), texts),
      );
    return await this.#audit.around(who, "shallow", selectors.join(", "), change, reportOutcome);
  }

  /** Ends the recording; the target is as before when this resolves. */
  stop(
    reason: StopReason = { code: "user", message: "stopped by the user" },
    who: Actor = "cli",
  ): Promise<Manifest> {
    this.#ending ??= this.#end(reason, who);
    return this.#ending;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const made = this.#adjusting.then(change);
    this.#adjusting = made.catch(() => undefined);
    return await made;
  }

  #watch(): void {
    const { pipeline } = this;
    pipeline.on("bye", ({ term }) => this.#stopLater(reasonOfBye(term)));
    pipeline.on("lost", ({ reason }) => void this.#lost(reason));
    pipeline.on("budget", ({ bytes }) =>
      this.#stopLater({ code: "budget", message: `the recording has reached ${bytes} bytes` }),
    );
    pipeline.on("error", (error) => this.#stopLater(reasonOfError(error)));
    const clock = pipeline.on("clock", (first) => {
      clock[Symbol.dispose]();
      void this.#keepStart(first);
    });
    void this.#connection.closed.then((closed) => this.#stopLater(reasonOfClose(closed)));
    this.#timers.push(setInterval(() => void this.#report(), STATUS_MS));
    this.#endAfter(this.#plan.budgets.durationMs);
  }

  /** Of the session; null: it has no end. The probe keeps the time as well. */
  #endAfter(durationMs: number | null): void {
    this.#deadline.set(durationMs === null ? null : durationMs - this.#used().elapsedMs);
  }

  #used(): Used {
    const elapsedMs = performance.now() - this.#startedAt;
    return { elapsedMs, recordingBytes: this.pipeline.stats().writer?.recordingBytes ?? 0 };
  }

  /** For events, which have nobody to tell of a failure; `stop` itself never rejects for a broken target. */
  #stopLater(reason: StopReason): void {
    void this.stop(reason, "session");
  }

  /** Attaching took a while: what t = 0 is, only the target can say. */
  async #keepStart({ t, systemTimeNs }: PipelineEvents["clock"]): Promise<void> {
    const startedAtNs = String(systemTimeNs - BigInt(t));
    // a recording that cannot be written says so by an event of its own
    await this.pipeline.updateManifest({ startedAtNs }).catch(() => undefined);
  }

  async #lost(reason: string): Promise<void> {
    const closed = await Promise.race([this.#connection.closed, wait(BREAK_MS)]);
    this.#stopLater(
      closed === undefined
        ? { code: "error", message: `the probe's connection ended: ${reason}` }
        : reasonOfClose(closed),
    );
  }

  async #report(): Promise<void> {
    if (this.#isAsking || this.#ending !== null) return;
    this.#isAsking = true;
    // a target under load may be late; its connection says when it is gone
    const probe = await this.#probe.status().catch(() => null);
    this.#isAsking = false;
    if (this.#ending !== null) return;
    const paused = probe?.["paused"];
    if (paused !== undefined) this.#wasPaused(paused === 1);
    const elapsedMs = performance.now() - this.#startedAt;
    const stats = this.pipeline.stats();
    this.#events.emit("status", { elapsedMs, pipeline: stats, probe });
    // a target that fails here says so by the end of its connection
    void this.#inTurn(() => this.#watchBudget(stats)).catch(() => undefined);
  }

  async #watchBudget(stats: PipelineStats): Promise<void> {
    if (this.#ending !== null || this.#deep === null) return;
    const changed = await this.#deep.watch(stats, this.#functions);
    if (changed !== null) await this.#keepDeep(changed, []);
  }

  #deepControl(): DeepControl {
    this.#refuseWhenEnded();
    return requireDeep(this.#deep);
  }

  #refuseWhenEnded(): void {
    if (this.#ending === null) return;
    throw new CaptureError("target_down", "the session has ended; attach again");
  }

  async #keepDeep(
    { report, traced }: DeepChanged,
    selectors: readonly string[],
  ): Promise<DeepReport> {
    this.#plan = { ...this.#plan, deep: [...(this.#plan.deep ?? []), ...selectors] };
    await this.#keepFunctions(traced, this.#plan.selectors);
    return report;
  }

  async #adjust(adjustment: PlainAdjustment): Promise<void> {
    this.#refuseWhenEnded();
    switch (adjustment.kind) {
      case "add_functions":
        return await this.#addFunctions(adjustment.selectors);
      case "remove_functions":
        return await this.#removeFunctions(adjustment.selectors);
      case "add_processes":
      case "remove_processes": {
        const selectors = parseProcesses(adjustment.processes);
        const processes = await processesTerm(this.#connection, selectors);
        if (processes.kind !== "list") {
          throw new CaptureError("bad_selector", "name single processes to add or remove");
        }
        await this.#probe.adjust(tuple(atom(adjustment.kind), processes));
        return await this.#keepProcesses(adjustment.kind, processTexts(selectors));
      }
      case "sampling": {
        const sampling = checkSampling(adjustment.sampling);
        await this.#probe.adjust(tuple(atom("sampling"), samplingTerm(sampling)));
        return await this.#keepPlan({ ...this.#plan, sampling });
      }
      case "budgets":
        return await this.#setBudgets(adjustment.budgets);
      case "pause":
      case "resume":
        return await this.#pause(adjustment.kind === "pause");
      default:
        return adjustment satisfies never;
    }
  }

  /** The probe may refuse; what is here cannot. */
  async #setBudgets(given: Partial<Budgets>): Promise<void> {
    const budgets = changedBudgets(this.#plan.budgets, given, this.#used());
    await this.#probe.adjust(tuple(atom("budgets"), budgetsTerm(budgets)));
    this.#plan = { ...this.#plan, budgets };
    this.#endAfter(budgets.durationMs);
    await this.pipeline.limit(budgets.recordingBytes);
    await this.#keepPlan(this.#plan);
  }

  async #pause(isPaused: boolean): Promise<void> {
    await this.#probe.adjust(tuple(atom("paused"), boolean(isPaused)));
    this.#wasPaused(isPaused);
  }

  /** Told by the probe: also when its answer to a change came too late to be heard. */
  #wasPaused(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.#events.emit("paused", isPaused);
  }

  async #addFunctions(selectors: readonly string[]): Promise<void> {
    const { functions } = await planFunctions(this.#connection, this.survey, selectors);
    // what reports its calls itself is not traced as well
    const wanted = functions.filter((planned) => this.#deep?.has(planned) !== true);
    const added = mergeFunctions(this.#functions, wanted);
    await this.#probe.adjust(tuple(atom("add_functions"), list(added.map(functionTerm))));
    const keys = new Set(added.map(keyOf));
    const kept = this.#functions.filter((traced) => !keys.has(keyOf(traced)));
    await this.#keepFunctions([...kept, ...added], [...this.#plan.selectors, ...selectors]);
  }

  async #removeFunctions(selectors: readonly string[]): Promise<void> {
    const removed = chooseTraced(this.#functions, selectors);
    await this.#probe.adjust(tuple(atom("remove_functions"), list(removed.map(mfaTerm))));
    const keys = new Set(removed.map(keyOf));
    const kept = this.#functions.filter((traced) => !keys.has(keyOf(traced)));
    const texts = selectors.map((text) => `not ${text}`);
    await this.#keepFunctions(kept, [...this.#plan.selectors, ...texts]);
  }

  async #keepFunctions(
    functions: readonly PlannedFunction[],
    selectors: readonly string[],
  ): Promise<void> {
    this.#functions = functions;
    await this.#keepPlan({
      ...this.#plan,
      selectors,
      functions: functions.map(({ module, name, arity, returns }) => ({
        module,
        function: name,
        arity,
        returns,
      })),
    });
  }

  async #keepProcesses(
    kind: "add_processes" | "remove_processes",
    changed: CapturePlan["processes"],
  ): Promise<void> {
    const { processes } = this.#plan;
    if (processes === "all" || changed === "all") return;
    const others = processes.filter((text) => !changed.includes(text));
    const kept = kind === "add_processes" ? [...others, ...changed] : others;
    await this.#keepPlan({ ...this.#plan, processes: kept });
  }

  async #keepPlan(plan: CapturePlan): Promise<void> {
    this.#plan = plan;
    await this.pipeline.updateManifest({ plan });
  }

  async #end(reason: StopReason, who: Actor): Promise<Manifest> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#deadline.clear();
    this.#abort.abort();
    await this.#adjusting;
    await this.#audit.last(who, "stop", reason.code, reason.message);
    const isClean = await this.#stopProbe();
    const manifest = await this.#closeRecording(reason, isClean);
    // also without an answer the target becomes clean: the janitor sees our node go
    await this.#connection.close();
    this.#events.emit("stopped", manifest);
    this.#resolveEnded(manifest);
    return manifest;
  }

  async #stopProbe(): Promise<boolean> {
    try {
      return await this.#probe.stop();
    } catch {
      return false;
    }
  }

  /** A recording that cannot be closed (disk full) still opens with what was flushed. */
  async #closeRecording(reason: StopReason, isClean: boolean): Promise<Manifest> {
    try {
      return await this.pipeline.stop(reason, isClean ? undefined : DEAD_GRACE_MS);
    } catch (thrown) {
      const stopped =
        reason.code === "user" || reason.code === "duration"
          ? ({ code: "error", message: messageOf(thrown) } as const)
          : reason;
      return { ...this.pipeline.manifest, state: "interrupted", stopped };
    }
  }
}

function isDeep(adjustment: Adjustment): adjustment is DeepAdjustment {
  return adjustment.kind === "deepen" || adjustment.kind === "shallow";
}

function keyOf({ module, name, arity }: PlannedFunction): string {
  return functionKey(module, name, arity);
}

async function wait(ms: number): Promise<undefined> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
