// One request from the page to its outcome. What fails comes back as a code and a sentence, never as a
// broken connection.

import { setTimeout as sleep } from "node:timers/promises";
import { CodedError, messageOf } from "@elixirscope/base";
import { answer, type RecordingMethod } from "@elixirscope/query";
import {
  packReply,
  type Method,
  type Params,
  type Reply,
  type Request,
  type WireError,
} from "@elixirscope/wire";
import { cancellable } from "./cancellable.ts";
import { OWN, type Asking, type OwnMethod } from "./methods.ts";
import type { Outcome } from "./requests.ts";
import { recordingOf, type ServedSource } from "./served.ts";

const CLOSED_WITHIN_MS = 5_000;
const LOOK_MS = 50;

export async function runRequest(
  asking: Asking,
  request: Request,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const result = await resultOf(asking, request, signal);
    return { kind: "reply", result: packReply(request.method, result) };
  } catch (thrown) {
    return { kind: "error", error: wireError(thrown) };
  }
}

async function resultOf(asking: Asking, request: Request, signal: AbortSignal): Promise<unknown> {
  if (isOwn(request)) return await ownAnswer(asking, request, signal);
  const source = await asking.source();
  try {
    return await answer(cancellable(recordingOf(source), signal), request);
  } catch (thrown) {
    if (!(thrown instanceof CodedError && thrown.code === "stopped")) throw thrown;
    const closed = await shownAfter(asking, source, signal);
    if (closed === null) throw thrown;
    return await answer(cancellable(recordingOf(closed), signal), request);
  }
}

/** A recording in progress has ended; whoever shows it shows it closed in a moment. Null: it does not come. */
async function shownAfter(
  asking: Asking,
  ended: ServedSource,
  signal: AbortSignal,
): Promise<ServedSource | null> {
  for (let waited = 0; waited < CLOSED_WITHIN_MS; waited += LOOK_MS) {
    const source = await asking.source();
    if (source !== ended) return source;
    await sleep(LOOK_MS, undefined, { signal, ref: false });
  }
  return null;
}

type Asked<M extends Method> = {
  readonly [K in M]: { readonly method: K; readonly params: Params<K> };
}[M];

function isOwn(request: Asked<OwnMethod> | Asked<RecordingMethod>): request is Asked<OwnMethod> {
  return Object.hasOwn(OWN, request.method);
}

async function ownAnswer<M extends OwnMethod>(
  asking: Asking,
  request: { readonly method: M; readonly params: Params<M> },
  signal: AbortSignal,
): Promise<Reply<M>> {
  return await OWN[request.method](asking, request.params, signal);
}

export function wireError(thrown: unknown): WireError {
  const code = thrown instanceof CodedError ? String(thrown.code) : "internal";
  return { code, message: messageOf(thrown) };
}
