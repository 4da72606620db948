// A recording of a command: it begins when the first Erlang VM that the command starts has code to
// record, and ends with the command. One VM is recorded; others run as if we were not there.

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@elixirscope/base";
import { atom, inspect, tuple, type Term } from "@elixirscope/etf";
import {
  SESSION_TOKEN_BYTES,
  type CapturePlan,
  type Manifest,
  type SiteManifest,
  type StopReason,
} from "@elixirscope/trace";
import { CaptureError } from "../control/capture-error.ts";
import { reasonOfBye } from "../control/session/end-reason.ts";
import { PROBE_FOLDER } from "../control/session/probe-files.ts";
import { instrumentedConfig } from "../control/session/probe-terms.ts";
import { textOf } from "../control/target/read-term.ts";
import { newManifest } from "../new-manifest.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import { BeamCache } from "./beam-cache.ts";
import { ControlServer, type Vm, type VmRequest } from "./control-server.ts";
import type { Instrumenter } from "./instrumenter.ts";
import { ModuleServer, wantedModules, type SkippedModule } from "./module-server.ts";
import { SessionSites, SharedSites, type SiteNumbers } from "./site-numbers.ts";
import { targetEnvironment, type TargetEnvironment } from "./target-environment.ts";

export type RunOptions = {
  /** the recording's folder; must not exist */
  readonly out: string;
  readonly plan: CapturePlan;
  readonly instrumenter: Instrumenter;
  /** of instrumented code; null keeps none */
  readonly cacheFolder: string | null;
  readonly env?: NodeJS.ProcessEnv;
  readonly probeFolder?: string;
  /** Told of the recording when the VM begins to record, and before it is closed. */
  readonly observer?: RecordingObserver;
};

export type RecordingObserver = {
  /** `stop` ends the recording; the command goes on as if we had never been there. */
  readonly opened: (pipeline: Pipeline, stop: (reason: StopReason) => void) => void;
  readonly closing: () => Promise<void>;
};

/** How the command ended. */
export type CommandEnd = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type RunResult = {
  /** null: there was nothing to record, and there is no recording */
  readonly recording: Manifest | null;
  /** Erlang VMs that the command started */
  readonly vms: number;
  /** sites by module, of what was instrumented */
  readonly modules: ReadonlyMap<string, SiteManifest>;
  /** every module of the project that was there, wanted or not */
  readonly seen: ReadonlySet<string>;
  readonly modulesFromCache: number;
  readonly skipped: readonly SkippedModule[];
  /** what went wrong on our side; the command did not notice */
  readonly faults: readonly string[];
};

const HOST = "127.0.0.1";
const TOKEN_BYTES = 16;
/** The socket of a VM that has ended closes at once. */
const GONE_MS = 2_000;
const GONE_POLL_MS = 10;
/** Nothing comes any more from a VM that was killed. */
const DEAD_GRACE_MS = 200;

/** What is recorded is known when it has called. */
const NO_TARGET: Manifest["target"] = { node: "", otpRelease: "", elixir: null, system: "" };

type Recorded = {
  readonly vm: Vm;
  readonly modules: ModuleServer;
  readonly cache: BeamCache | null;
  isGone: boolean;
};

export class RunSession {
  readonly #options: RunOptions;
  readonly #token = randomBytes(SESSION_TOKEN_BYTES);
  readonly #faults: string[] = [];
  readonly #seen = new Set<string>();
  #control: ControlServer | null = null;
  #environment: TargetEnvironment | null = null;
  #vms = 0;
  #pipeline: Promise<Pipeline> | null = null;
  #recorded: Recorded | null = null;
  #bye: StopReason | null = null;
  #stopped = false;
  #isEnding = false;

  private constructor(options: RunOptions) {
    this.#options = options;
  }

  static async start(options: RunOptions): Promise<RunSession> {
    if (existsSync(options.out)) {
      throw new CaptureError("unwritable", `${options.out} is there already; choose another --out`);
    }
    const session = new RunSession(options);
    await session.#listen();
    // loading the database takes as long as Erlang needs to begin: at once, but after the command
    setImmediate(() => {
      if (!session.#isEnding) void session.#begun();
    });
    return session;
  }

  /** What the command needs in its environment. */
  get variables(): Readonly<Record<string, string>> {
    return this.#environment?.variables ?? {};
  }

  /** Waits for what the VM still sends, closes the recording. */
  async end(command: CommandEnd): Promise<RunResult> {
    this.#isEnding = true;
    await this.#untilGone();
    await this.#control?.close();
    await this.#environment?.remove();
    const recording = await this.#close(command);
    const modules = this.#recorded?.modules;
    if (modules?.hasStored === true) this.#trim();
    return {
      recording,
      vms: this.#vms,
      modules: modules?.manifests ?? new Map(),
      seen: this.#seen,
      modulesFromCache: modules?.fromCache ?? 0,
      skipped: [...(modules?.skipped.values() ?? [])],
      faults: this.#faults,
    };
  }

  /** To the target it looks as if we were gone: it closes its gate and takes its own code back. */
  async #stop(pipeline: Pipeline, reason: StopReason): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#control?.close();
    // a failure is told when the run ends
    await pipeline.stop(reason).catch(() => undefined);
  }

  #trim(): void {
    try {
      this.#recorded?.cache?.trim();
    } catch (thrown) {
      this.#faults.push(`the cache of instrumented code was not tidied: ${messageOf(thrown)}`);
    }
  }

  async #listen(): Promise<void> {
    const token = randomBytes(TOKEN_BYTES).toString("hex");
    this.#control = await ControlServer.listen(HOST, token, {
      onHello: () => {
        this.#vms += 1;
      },
      onRequest: async (vm, request) => await this.#request(vm, request),
      onGone: (vm) => {
        if (this.#recorded?.vm === vm) this.#recorded.isGone = true;
      },
      onFault: (message) => this.#faults.push(message),
    });
    const { probeFolder = PROBE_FOLDER, env = process.env } = this.#options;
    const address = { host: HOST, port: this.#control.port, token };
    this.#environment = targetEnvironment(probeFolder, address, env);
  }

  #begun(): Promise<Pipeline> {
    this.#pipeline ??= this.#startPipeline();
    // whoever needs it awaits it
    this.#pipeline.catch(() => undefined);
    return this.#pipeline;
  }

  async #request(vm: Vm, request: VmRequest): Promise<Term | null> {
    switch (request.name) {
      case "record":
        await this.#record(vm);
        return null;
      case "wanted":
        return wantedModules(request.args[0], this.#options.instrumenter, this.#seen);
      case "bye":
        return atom("ok");
      case "no_probe":
      case "fault":
        this.#faults.push(faultText(request));
        return null;
      default:
        return this.#recorded?.vm === vm ? await this.#recorded.modules.answer(request) : null;
    }
  }

  /** The VM has code to record and waits for what it is to do. */
  async #record(vm: Vm): Promise<void> {
    if (!(await this.#isFree())) return vm.tell(tuple(atom("skip"), atom("another_vm")));
    try {
      const pipeline = await this.#begun();
      const { cache, sites } = this.#storage();
      const modules = new ModuleServer({
        instrumenter: this.#options.instrumenter,
        sites,
        cache,
        otpRelease: vm.facts.otpRelease,
        seen: this.#seen,
        addSites: (manifest, texts) => pipeline.addSites(manifest, texts),
      });
      this.#recorded = { vm, modules, cache, isGone: false };
      await pipeline.updateManifest({ target: targetOf(vm) });
      const { host, port } = pipeline;
      const config = instrumentedConfig(this.#options.plan, { host, port, token: this.#token });
      vm.tell(tuple(atom("config"), config));
      this.#options.observer?.opened(pipeline, (reason) => void this.#stop(pipeline, reason));
    } catch (thrown) {
      this.#faults.push(messageOf(thrown));
      vm.tell(tuple(atom("skip"), atom("no_recording")));
    }
  }

  /** A VM that ended without a call, as one that only compiled, makes room for the next. */
  async #isFree(): Promise<boolean> {
    if (this.#recorded === null) return true;
    if (!this.#recorded.isGone || this.#pipeline === null) return false;
    const pipeline = await this.#pipeline;
    await pipeline.flush();
    const { rows } = await pipeline.query("select 1 from calls limit 1");
    if (rows.length > 0) return false;
    await discard(pipeline);
    this.#pipeline = null;
    this.#recorded = null;
    return true;
  }

  /** A cache that cannot be used costs time and nothing else. */
  #storage(): { cache: BeamCache | null; sites: SiteNumbers } {
    const { cacheFolder } = this.#options;
    if (cacheFolder === null) return { cache: null, sites: new SessionSites() };
    try {
      const cache = new BeamCache(cacheFolder);
      return { cache, sites: SharedSites.open(path.join(cacheFolder, "sites")) };
    } catch (thrown) {
      this.#faults.push(`instrumented code is not kept: ${messageOf(thrown)}`);
      return { cache: null, sites: new SessionSites() };
    }
  }

  async #startPipeline(): Promise<Pipeline> {
    const { out, plan } = this.#options;
    // not before: it brings the database along, and the command waits for nothing of it
    const pipelines = await import("../pipeline/pipeline.ts");
    const pipeline = await pipelines.Pipeline.start({
      dir: out,
      manifest: newManifest(NO_TARGET, plan),
      token: this.#token,
      host: HOST,
    });
    pipeline.on("bye", ({ term }) => {
      this.#bye = reasonOfBye(term);
    });
    pipeline.on("error", ({ message }) => this.#faults.push(message));
    pipeline.on("budget", ({ bytes }) =>
      this.#faults.push(`the recording has reached its limit of ${String(bytes)} bytes`),
    );
    const clock = pipeline.on("clock", ({ t, systemTimeNs }) => {
      clock[Symbol.dispose]();
      // a recording that cannot be written says so by an event of its own
      pipeline
        .updateManifest({ startedAtNs: String(systemTimeNs - BigInt(t)) })
        .catch(() => undefined);
    });
    return pipeline;
  }

  async #untilGone(): Promise<void> {
    const deadline = performance.now() + GONE_MS;
    while (this.#recorded?.isGone === false && performance.now() < deadline) {
      await sleep(GONE_POLL_MS);
    }
  }

  async #close(command: CommandEnd): Promise<Manifest | null> {
    const pipeline = await this.#pipeline?.catch((thrown: unknown) => {
      this.#faults.push(messageOf(thrown));
      return null;
    });
    if (!pipeline) return null;
    if (this.#recorded === null) return await discard(pipeline);
    await this.#options.observer?.closing();
    const grace = this.#bye === null ? DEAD_GRACE_MS : undefined;
    try {
      return await pipeline.stop(stopReason(command, this.#bye), grace);
    } catch (thrown) {
      this.#faults.push(messageOf(thrown));
      return { ...pipeline.manifest, state: "interrupted" };
    }
  }
}

/** No VM had anything to record. */
async function discard(pipeline: Pipeline): Promise<null> {
  await pipeline.stop({ code: "user", message: "nothing to record" }, 0).catch(() => undefined);
  await rm(pipeline.path, { recursive: true, force: true });
  return null;
}

/** The probe's own end (a budget) says more than that of the command. */
function stopReason({ code, signal }: CommandEnd, bye: StopReason | null): StopReason {
  if (bye !== null && bye.code !== "user") return bye;
  const how = signal === null ? `ended with exit code ${String(code)}` : `was ended by ${signal}`;
  if (bye === null)
    return { code: "target_down", message: `the VM was gone at once; the command ${how}` };
  return { code: "user", message: `the command ${how}` };
}

function targetOf({ facts }: Vm): Manifest["target"] {
  const { node, otpRelease, elixir, system } = facts;
  return { node, otpRelease, elixir, system };
}

function faultText({ args }: VmRequest): string {
  const [fault] = args;
  if (fault === undefined) return "a fault without a text";
  return fault.kind === "binary" ? textOf(fault) : inspect(fault);
}
