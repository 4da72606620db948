// A recording as one request of a page reads it.

import type { Source } from "@elixirscope/query";

/** A page of a recording that goes on asks ten questions at once: one commit is enough for them all. */
const STALE_MS = 400;

export function cancellable(recording: Source, signal: AbortSignal): Source {
  const read = recording.payloads?.bind(recording);
  return {
    manifest: recording.manifest,
    ...(read === undefined ? {} : { payloads: read }),
    query: (sql, options) => recording.query(sql, { staleMs: STALE_MS, ...options, signal }),
  };
}
