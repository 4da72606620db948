// A recording as the views of `query` want it, whether it lies on disk or another process is making it:
// then its SQL goes there, as text alone, and bytes come back as hexadecimal digits.

import { queryLive, readLive } from "@elixirscope/server";
import type { Source } from "@elixirscope/query";
import {
  type QueryOptions,
  type QueryResult,
  readManifest,
  RecordingReader,
  type SqlValue,
} from "@elixirscope/store";
import { recordingFolder } from "./recording-folder.ts";

const LIVE_ROWS = 100_000;

/** Runs `work` on the recording and closes it; an abort ends the query that is running. */
export async function withRecording(
  name: string,
  signal: AbortSignal,
  work: (source: Source) => Promise<void>,
): Promise<void> {
  const folder = await recordingFolder(name, signal);
  if ((await readLive(folder)) !== null) return await work(await liveRecording(folder));
  const reader = await RecordingReader.open(folder);
  try {
    await work({
      manifest: reader.manifest,
      query: async (sql, options) => await reader.query(sql, { ...options, signal }),
    });
  } finally {
    await reader.close();
  }
}

async function liveRecording(folder: string): Promise<Source> {
  const manifest = await readManifest(folder);
  return {
    manifest,
    query: async (sql, { params, limit = LIVE_ROWS } = {}) => {
      const { columns, rows, truncated } = await queryLive(
        folder,
        inlined(sql, params),
        Math.min(limit, LIVE_ROWS),
      );
      const blobs = columns.map(({ type }) => type === "BLOB");
      return { columns, truncated, rows: rows.map((row) => sqlValues(row, blobs)) };
    },
  };
}

/** The views bind text only, by position. */
function inlined(sql: string, params: QueryOptions["params"]): string {
  const values = params === undefined ? [] : Object.values(params);
  return sql.replaceAll(/\$(\d+)::VARCHAR/g, (_written, position: string) => {
    const value = values[Number(position) - 1];
    return `'${String(value ?? "").replaceAll("'", "''")}'::VARCHAR`;
  });
}

function sqlValues(
  row: readonly unknown[],
  blobs: readonly boolean[],
): QueryResult["rows"][number] {
  return row.map((value, i) => {
    if (blobs[i] === true && typeof value === "string") return Buffer.from(value, "hex");
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: our own server made it from a QueryResult
    return value as SqlValue;
  });
}
