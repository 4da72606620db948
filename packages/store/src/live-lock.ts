// Who is writing a recording. Across processes DuckDB's file lock decides; within one process such
// locks do not conflict, so the writer leaves a note that its own process recognizes.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const NAME = "writer.lock";
/** two ways of reading the clock do not agree to the millisecond */
const TOLERANCE_MS = 2_000;

function processStart(): number {
  return Date.now() - process.uptime() * 1000;
}

export function writeLock(folder: string): void {
  const note = { pid: process.pid, startedMs: Math.round(processStart()) };
  writeFileSync(path.join(folder, NAME), JSON.stringify(note));
}

export function removeLock(folder: string): void {
  rmSync(path.join(folder, NAME), { force: true });
}

/** True when a writer in this very process (in any of its threads) left its note and did not close. */
export function isLockedByThisProcess(folder: string): boolean {
  let note: unknown;
  try {
    note = JSON.parse(readFileSync(path.join(folder, NAME), "utf8"));
  } catch {
    // no note, or one cut off by a crash: not ours
    return false;
  }
  if (typeof note !== "object" || note === null || !("pid" in note) || !("startedMs" in note))
    return false;
  // a pid alone may be that of a dead predecessor: in containers they repeat
  const sameStart = Math.abs(Number(note.startedMs) - processStart()) < TOLERANCE_MS;
  return note.pid === process.pid && sameStart;
}
