// One request from the page to its outcome. What fails comes back as a code and a sentence, never as a
// broken connection.

import { CodedError, messageOf } from "@elixirscope/base";
import { answer, type RecordingMethod, type Source } from "@elixirscope/query";
import {
  packReply,
  type Method,
  type Params,
  type Reply,
  type Request,
  type WireError,
} from "@elixirscope/wire";
import { OWN, type Asking, type OwnMethod } from "./methods.ts";
import type { Outcome } from "./requests.ts";
import { recordingOf } from "./served.ts";

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
  if (isOwn(request)) return await ownAnswer(asking, request);
  const recording = cancellable(recordingOf(await asking.source()), signal);
  return await answer(recording, request);
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
): Promise<Reply<M>> {
  return await OWN[request.method](asking, request.params);
}

function cancellable(recording: Source, signal: AbortSignal): Source {
  return {
    manifest: recording.manifest,
    query: (sql, options) => recording.query(sql, { ...options, signal }),
  };
}

export function wireError(thrown: unknown): WireError {
  const code = thrown instanceof CodedError ? String(thrown.code) : "internal";
  return { code, message: messageOf(thrown) };
}
