// What a server shows: a recording on disk, or one that is being made.

import { endedStatus, info } from "@elixirscope/query";
import type { Recording } from "@elixirscope/store";
import type {
  ChangePlan,
  Instrumentation,
  LiveSession,
  Reply,
  SessionChange,
  Status,
} from "@elixirscope/wire";

/** A recording in progress, as the server needs it; a capture session fits. */
export type LiveSource = {
  /** answers from the writer */
  readonly recording: Recording;
  status(): Status;
  /** told at once when something changes that a person should see, at the latest when it ends */
  onStatus(listener: (status: Status) => void): Disposable;
  /** resolves when the recording is closed */
  stop(): Promise<void>;
  /** null where code cannot be instrumented */
  readonly code: LiveCode | null;
  /** null where what is recorded cannot be changed */
  readonly control: LiveControl | null;
};

/** Changes what a session records, on behalf of the page. */
export type LiveControl = {
  now(): LiveSession;
  /** what a change would be about and cost; changes nothing */
  plan(change: SessionChange): Promise<ChangePlan>;
  change(change: SessionChange): Promise<Reply<"changeSession">>;
};

/** Changes the code of the target's modules in place; selectors as `attach` takes them. */
export type LiveCode = {
  instrument(selectors: readonly string[]): Promise<Instrumentation>;
  restore(selectors: readonly string[]): Promise<Instrumentation>;
};

export type ServedSource = Recording | LiveSource;

export function isLive(source: ServedSource): source is LiveSource {
  return "recording" in source;
}

/** Null: nobody is making it, or it has ended. */
export function underWay(source: ServedSource): LiveSource | null {
  return isLive(source) && source.status().state === "recording" ? source : null;
}

export function recordingOf(source: ServedSource): Recording {
  return isLive(source) ? source.recording : source;
}

export function statusOf(source: ServedSource): Status {
  return isLive(source) ? source.status() : endedStatus(source);
}

export async function infoOf(source: ServedSource): Promise<Reply<"info">> {
  const status = statusOf(source);
  const facts = await info(recordingOf(source));
  return { ...facts, live: isLive(source) && status.state === "recording", status };
}
