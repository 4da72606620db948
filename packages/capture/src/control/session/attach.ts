// From a node's name to a running session. Until the last step nothing on the target has changed, and
// that step either succeeds or undoes itself; whatever was made here before it is taken down again.

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@elixirscope/base";
import {
  connect,
  Cookie,
  findCookie,
  parseNodeName,
  type Connection,
  type CookieSources,
  type TlsOptions,
} from "@elixirscope/dist";
import { SESSION_TOKEN_BYTES, type Manifest } from "@elixirscope/trace";
import { newManifest } from "../../new-manifest.ts";
import { CaptureError } from "../capture-error.ts";
import type { DeepReport } from "../deep/deep-modules.ts";
import { planDeep } from "../deep/deep-plan.ts";
import type { DeepInstrumenter } from "../deep/instrumenter.ts";
import { Pipeline, type PipelineOptions } from "../../pipeline/pipeline.ts";
import type { Actor } from "../../pipeline/threads.ts";
import { estimateCost, type Estimate, type NoEstimate } from "../plan/estimate.ts";
import {
  checkRequest,
  preparePlan,
  type PlanRequest,
  type PreparedPlan,
} from "../plan/prepare-plan.ts";
import { surveyTarget, type TargetSurvey } from "../target/survey.ts";
import { captureErrorOf } from "./fault.ts";
import { listenAddress } from "./listen-address.ts";
import { ProbeClient } from "./probe-client.ts";
import { readProbe } from "./probe-files.ts";
import { probeConfig } from "./probe-terms.ts";
import { Session } from "./session.ts";

export type AttachOptions = PlanRequest & {
  readonly target: string;
  /** default: where `erl` keeps it */
  readonly cookie?: Cookie | CookieSources | string | undefined;
  readonly tls?: TlsOptions | undefined;
  readonly epmdPort?: number | undefined;
  /** the recording's folder; must not exist */
  readonly out: string;
  readonly ring?: PipelineOptions["ring"];
  readonly retention?: PipelineOptions["retention"];
  /** Sees the plan and what it will cost before anything on the target changes; throws to refuse. */
  readonly onPlan?: (
    prepared: PreparedPlan,
    estimate: Estimate | NoEstimate,
  ) => void | Promise<void>;
  /** False saves the quarter of a second that measuring takes. */
  readonly estimate?: boolean;
  /** who begins it, for the audit; default the command line */
  readonly actor?: Actor;
  readonly signal?: AbortSignal | undefined;
  /** Functions whose code is instrumented as soon as the session runs; see `Session.deepen`. */
  readonly deep?: readonly string[] | undefined;
  /** Without it no code can be instrumented in this session. */
  readonly instrumenter?: DeepInstrumenter | undefined;
  /** What came of `deep`. */
  readonly onDeep?: (report: DeepReport) => void;
  /** Of the compiled probe; default the one shipped. */
  readonly probeDir?: string | undefined;
};

const OLDEST_OTP = 25;
/** How long the janitor of a killed collector may take to leave. */
const LEAVE_MS = 1_500;
const LEAVE_POLL_MS = 100;

export async function attach(options: AttachOptions): Promise<Session> {
  try {
    return await attachTo(options);
  } catch (thrown) {
    if (options.signal?.aborted === true) {
      const message = `attaching to ${options.target} was aborted; nothing was left there`;
      throw new CaptureError("aborted", message, { cause: thrown });
    }
    throw captureErrorOf(thrown);
  }
}

async function attachTo(options: AttachOptions): Promise<Session> {
  checkRequest(options);
  options.signal?.throwIfAborted();
  const { epmdPort, tls, signal, target } = options;
  const [cookie, files] = await Promise.all([
    cookieOf(options.cookie),
    readProbe(options.probeDir),
  ]);
  const connection = await connect({ target, cookie, epmdPort, tls, signal });
  const hadFolder = existsSync(options.out);
  let starting: Promise<Pipeline> | null = null;
  try {
    const survey = await surveyUntilFree(connection, options);
    const prepared = await preparePlan(connection, survey, options, signalOf(options));
    const token = randomBytes(SESSION_TOKEN_BYTES);
    // loading the database takes as long as measuring the target: both at once
    starting = startPipeline(survey, prepared, token, options);
    const [estimate] = await Promise.all([
      agreedEstimate(connection, survey, prepared, options),
      starting,
    ]);
    const pipeline = await starting;
    const { host, port } = pipeline;
    const config = await probeConfig(connection, prepared, { host, port, token });
    signal?.throwIfAborted();
    const probe = new ProbeClient(connection);
    await probe.start(files, config);
    const instrumenter = options.instrumenter ?? null;
    const { actor = "cli" } = options;
    const parts = { connection, survey, prepared, estimate, pipeline, probe, instrumenter, actor };
    const session = new Session(parts);
    await deepen(session, options);
    if (signal?.aborted === true) {
      await session.stop();
      signal.throwIfAborted();
    }
    return session;
  } catch (thrown) {
    await connection.close();
    const pipeline = await starting?.catch(() => null);
    if (pipeline) await discard(pipeline, hadFolder, thrown);
    throw thrown;
  }
}

/** A session that cannot be deepened goes on as it is; the report says why. */
async function deepen(
  session: Session,
  { deep = [], onDeep, signal, actor = "cli" }: AttachOptions,
): Promise<void> {
  if (deep.length === 0) return;
  const stop = (): void => void session.stop();
  signal?.addEventListener("abort", stop);
  try {
    const report = await session.deepen(deep, actor);
    onDeep?.(report);
  } catch (thrown) {
    await session.stop({ code: "error", message: messageOf(thrown) });
    throw thrown;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

async function startPipeline(
  survey: TargetSurvey,
  { plan }: PreparedPlan,
  token: Uint8Array,
  { target, out: dir, ring = {}, retention = {} }: AttachOptions,
): Promise<Pipeline> {
  const name = parseNodeName(target);
  const host = await listenAddress(name.ok ? name.value.host : target);
  const manifest = newManifest(targetOf(survey), plan);
  return await Pipeline.start({ dir, manifest, token, host, ring, retention });
}

async function agreedEstimate(
  connection: Connection,
  survey: TargetSurvey,
  prepared: PreparedPlan,
  options: AttachOptions,
): Promise<Estimate | NoEstimate> {
  const signal = signalOf(options);
  const estimate = await estimateOf(connection, survey, prepared, options);
  const deep = await planDeep(connection, survey, prepared, options, signal);
  await options.onPlan?.({ ...prepared, deep }, estimate);
  options.signal?.throwIfAborted();
  return estimate;
}

async function cookieOf(given: AttachOptions["cookie"]): Promise<Cookie> {
  if (given instanceof Cookie) return given;
  return await findCookie(typeof given === "string" ? { flag: given } : given);
}

/** A session that was just killed leaves within half a second; another one stays. */
async function surveyUntilFree(
  connection: Connection,
  options: AttachOptions,
): Promise<TargetSurvey> {
  const deadline = performance.now() + LEAVE_MS;
  for (;;) {
    const survey = await surveyTarget(connection, signalOf(options));
    if (survey.otpRelease < OLDEST_OTP) {
      throw new CaptureError(
        "otp_too_old",
        `${survey.node} runs OTP ${survey.otpRelease}; OTP ${OLDEST_OTP} is the oldest that can be recorded`,
      );
    }
    if (survey.probe !== "running") return survey;
    if (performance.now() > deadline) {
      throw new CaptureError(
        "probe_busy",
        `another session records ${survey.node}; stop that one first (elixirscope doctor shows it)`,
      );
    }
    await sleep(LEAVE_POLL_MS, undefined, signalOf(options));
  }
}

async function estimateOf(
  connection: Connection,
  survey: TargetSurvey,
  prepared: PreparedPlan,
  options: AttachOptions,
): Promise<Estimate | NoEstimate> {
  if (options.estimate === false) return { reason: "not asked for" };
  return await estimateCost(connection, survey, prepared, signalOf(options));
}

function targetOf({ node, otpRelease, elixir, system }: TargetSurvey): Manifest["target"] {
  return { node, otpRelease: String(otpRelease), elixir, system };
}

/** The recording of a session that never began; its folder may have been there, empty. */
async function discard(pipeline: Pipeline, hadFolder: boolean, why: unknown): Promise<void> {
  await pipeline.stop({ code: "error", message: messageOf(why) }, 0).catch(() => undefined);
  await rm(pipeline.path, { recursive: true, force: true });
  if (hadFolder) await mkdir(pipeline.path);
}

function signalOf({ signal }: AttachOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
