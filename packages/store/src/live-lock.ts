// Who is writing a recording. Across processes DuckDB's file lock decides; within one process such
// locks do not conflict, so the writer leaves a note that its own process recognizes.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isErrno } from "./io-error.ts";

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

type Note = { readonly pid: number; readonly startedMs: number };

/** True when a writer in this very process (in any of its threads) left its note and did not close. */
export function isLockedByThisProcess(folder: string): boolean {
  const note = readNote(folder);
  // a pid alone may be that of a dead predecessor: in containers they repeat
  return note?.pid === process.pid && Math.abs(note.startedMs - processStart()) < TOLERANCE_MS;
}

/** For lists: whether a writer seems to be at work. (A reader finds out for certain by DuckDB's lock.) */
export function seemsLive(folder: string): boolean {
  const note = readNote(folder);
  if (note === null) return false;
  return note.pid === process.pid ? isLockedByThisProcess(folder) : processIsAlive(note.pid);
}

function readNote(folder: string): Note | null {
  try {
    const note: unknown = JSON.parse(readFileSync(path.join(folder, NAME), "utf8"));
    if (typeof note !== "object" || note === null) return null;
    if (!("pid" in note) || !("startedMs" in note)) return null;
    return { pid: Number(note.pid), startedMs: Number(note.startedMs) };
  } catch {
    // no note, or one cut off by a crash: nobody to wait for
    return null;
  }
}

export function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // a process of another user answers with EPERM
    return isErrno(cause, "EPERM");
  }
}
