// One request from the page to its outcome. What fails comes back as a code and a sentence, never as a
// broken connection.

import { CodedError, messageOf } from "@elixirscope/base";
import { answer, type Source } from "@elixirscope/query";
import type { Request, WireError } from "@elixirscope/wire";
import type { Outcome } from "./requests.ts";
import { infoOf, isLive, type LiveCode, recordingOf, type ServedSource } from "./served.ts";
import { ServerError } from "./server-error.ts";

export async function runRequest(
  source: ServedSource,
  request: Request,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    return { kind: "reply", result: await resultOf(source, request, signal) };
  } catch (thrown) {
    return { kind: "error", error: wireError(thrown) };
  }
}

async function resultOf(
  source: ServedSource,
  request: Request,
  signal: AbortSignal,
): Promise<unknown> {
  if (request.method === "info") return await infoOf(source);
  if (request.method === "stop") return await stop(source);
  if (request.method === "instrument" || request.method === "restore") {
    return await codeOf(source)[request.method](request.params.selectors);
  }
  if (request.method === "cancel") return { cancelled: false };
  return await answer(cancellable(recordingOf(source), signal), request);
}

async function stop(source: ServedSource): Promise<{ readonly stopped: boolean }> {
  if (!isLive(source) || source.status().state !== "recording") return { stopped: false };
  await source.stop();
  return { stopped: true };
}

function codeOf(source: ServedSource): LiveCode {
  if (!isLive(source) || source.status().state !== "recording") {
    throw new ServerError("not_live", "only a recording that is being made can change its target");
  }
  if (source.code !== null) return source.code;
  throw new ServerError("refused", "code cannot be changed in this recording");
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
