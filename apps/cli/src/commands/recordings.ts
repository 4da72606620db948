// `elixirscope recordings`: what has been recorded, newest first.

import { existsSync } from "node:fs";
import { bytesText } from "@elixirscope/base";
import { listRecordings, type ListedRecording } from "@elixirscope/store";
import { formatTable } from "../format/table.ts";
import { formatCount, formatDurationMs } from "../format/units.ts";
import { recordingsFolder } from "../recording-path.ts";

export type RecordingsOptions = { readonly json?: true };

export async function recordings(
  folder: string | undefined,
  options: RecordingsOptions,
): Promise<void> {
  const where = folder ?? recordingsFolder();
  const listed = folder === undefined && !existsSync(where) ? [] : await listRecordings(where);
  if (options.json === true) {
    console.log(JSON.stringify(listed.map(asJson), null, 1));
  } else if (listed.length === 0) {
    console.log(`no recordings in ${where}`);
  } else {
    const columns = ["name", "target", "state", "length", "events", "lost", "size"];
    console.log(
      formatTable({
        columns: columns.map((name) => ({ name, type: "VARCHAR" })),
        rows: listed.map(asRow),
      }),
    );
  }
}

function asRow(listed: ListedRecording): readonly string[] {
  const { name, manifest, bytes, pinned } = listed;
  const pin = pinned ? ", pinned" : "";
  if (manifest === null) {
    return [name, "", `${listed.error.message}${pin}`, "", "", "", bytesText(bytes)];
  }
  const events = manifest.counts["events"];
  return [
    name,
    manifest.target.node,
    `${manifest.stopped === null ? manifest.state : `${manifest.state} (${manifest.stopped.code})`}${pin}`,
    // only an end tells; a recording that has none yet, or was interrupted, is not opened for it
    manifest.durationNs === 0 ? "" : formatDurationMs(manifest.durationNs / 1e6),
    events === undefined ? "" : formatCount(events),
    formatCount(sum(manifest.loss)),
    bytesText(bytes),
  ];
}

function asJson(listed: ListedRecording): unknown {
  const { name, path, bytes, modifiedMs, pinned, manifest, error } = listed;
  return { name, path, bytes, modifiedMs, pinned, manifest, error: error?.message ?? null };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
