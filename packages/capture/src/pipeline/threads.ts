// What the main thread, the ingest worker and the writer worker tell each other, and what the records
// of the ring between them are. Everything here is copied from thread to thread, so it is plain data.

import type { CodedError } from "@elixirscope/base";
import type { ManifestPatch, QueryOptions, QueryResult, Retention } from "@elixirscope/store";
import type { MessagePort } from "node:worker_threads";
import type { Manifest, SiteManifest, StopReason } from "@elixirscope/trace";
import type { FunctionRate } from "./correlator/instrumented/function-rates.ts";
import type { CorrelatorCounters } from "./correlator/session.ts";
import type { RingPlace } from "./ring-reader.ts";

/** Kinds of the ring's records. */
export const RING = {
  /** records of one frame */
  batch: 1,
  /** u32: frames of the probe that never came */
  missing: 2,
  /** the probe ended in order */
  bye: 3,
  /** text: why the connection ended without that */
  lost: 4,
  /** f64 events, f64 frames, text: what was read and thrown away, and why */
  discarded: 5,
  /** nothing comes after this */
  end: 6,
} as const;

export type IngestOptions = {
  readonly host: string;
  readonly port: number;
  readonly token: Uint8Array;
  readonly helloTimeoutMs: number;
  readonly ring: SharedArrayBuffer;
  /** only where the ring may drop frames: the records that must reach the reader all the same */
  readonly essentials: SharedArrayBuffer | null;
};

export type ToIngest =
  | { readonly kind: "discard"; readonly reason: string }
  /** take no more connections; end the present one after `graceMs` if it does not end itself */
  | { readonly kind: "close"; readonly graceMs: number; readonly writeEnd: boolean };

export type FromIngest =
  | { readonly kind: "listening"; readonly host: string; readonly port: number }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "hello"; readonly protocol: number; readonly facts: Uint8Array }
  | { readonly kind: "bye"; readonly term: Uint8Array }
  | { readonly kind: "lost"; readonly reason: string }
  | { readonly kind: "refused"; readonly from: string; readonly reason: string }
  | { readonly kind: "closed" };

export type WriterStart = {
  readonly dir: string;
  readonly ring: SharedArrayBuffer;
  readonly essentials: SharedArrayBuffer | null;
  readonly flushMs: number;
  readonly recordingBytes: number | null;
  readonly retention: Retention;
  /** in a new folder; null: go on with what a crashed worker left */
  readonly manifest: Manifest | null;
  /** for going on: the definitions so far, by the ring position at which they were complete */
  readonly definitions: readonly DefinitionsAt[];
  readonly loss: Readonly<Record<string, number>>;
  /** takes `CodeSites`; read when they are needed, as the event loop is too late for that */
  readonly sites: MessagePort;
};

export type DefinitionsAt = { readonly position: number; readonly bytes: Uint8Array };

/** What a watchpoint found, or anybody wants to find again. */
export type Mark = {
  readonly t: number;
  /** event id; null: only a time */
  readonly event: number | null;
  readonly label: string;
  readonly condition: string | null;
};

/** What somebody did to the session, and what came of it. */
export type AuditEntry = {
  /** ns since the recording's start */
  readonly t: number;
  readonly who: Actor;
  /** `start`, `add_functions`, `deepen`, `stop`, … */
  readonly action: string;
  /** what it was about: selectors, processes, a rate */
  readonly subject: string;
  readonly outcome: "done" | "partly" | "refused";
  /** what came of it, or why not */
  readonly detail: string;
};
/** `session`: nobody; a budget, a time limit or the target itself ended it. */
export type Actor = "page" | "cli" | "session";

/** Sites of instrumented code and the texts of their files, by path. */
export type CodeSites = {
  readonly manifest: SiteManifest;
  readonly sources: ReadonlyMap<string, string>;
};

export type WriterRequest =
  | { readonly kind: "query"; readonly sql: string; readonly options: Omit<QueryOptions, "signal"> }
  | { readonly kind: "flush" }
  | { readonly kind: "manifest"; readonly patch: ManifestPatch }
  /** the recording may become so large */
  | { readonly kind: "limit"; readonly bytes: number }
  /** answered when it is stored */
  | { readonly kind: "mark"; readonly mark: Mark }
  | { readonly kind: "audit"; readonly entry: AuditEntry }
  | { readonly kind: "close"; readonly stopped: StopReason }
  /** for fault tests: die without storing anything more */
  | { readonly kind: "crash" };

export type ToWriter = { readonly id: number; readonly request: WriterRequest };

export type WriterValue = QueryResult | Manifest | null;

export type WireError = {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly position: number | null;
};

export type WriterMetrics = CorrelatorCounters & {
  /** time of the latest record, ns since the session's start */
  readonly now: number;
  /** how long ago the frame read last was received */
  readonly lagMs: number;
  /** how long ago the oldest frame not yet visible to queries was received, at the last flush */
  readonly visibleMs: number;
  readonly flushMs: number;
  readonly recordingBytes: number;
  /** instrumented functions with most events in the last second, most first */
  readonly topFunctions: readonly FunctionRate[];
  /** heap and buffers of the worker */
  readonly workerBytes: number;
};

export type FromWriter =
  | { readonly kind: "started"; readonly place: RingPlace }
  | { readonly kind: "reply"; readonly id: number; readonly value: WriterValue }
  | { readonly kind: "error"; readonly id: number; readonly error: WireError }
  | { readonly kind: "definitions"; readonly at: DefinitionsAt }
  | {
      readonly kind: "metrics";
      readonly metrics: WriterMetrics;
      readonly loss: Readonly<Record<string, number>>;
    }
  | { readonly kind: "clock"; readonly t: number; readonly systemTimeNs: bigint }
  | { readonly kind: "failed"; readonly error: WireError }
  /** the worker ends itself because of this */
  | { readonly kind: "crashed"; readonly reason: string }
  | { readonly kind: "budget"; readonly bytes: number }
  /** everything before the end of the ring is stored */
  | { readonly kind: "drained" };

export function wireError(error: CodedError): WireError {
  const position =
    "position" in error && typeof error.position === "number" ? error.position : null;
  return { name: error.name, code: error.code, message: error.message, position };
}
