// What the system or DuckDB says when a file cannot be read or written, as this package's error.

import { messageOf } from "@elixirscope/base";
import { StoreError, type StoreErrorCode } from "./store-error.ts";

export function isErrno(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === code;
}

/** DuckDB only has a message; these are the system's own words in it. */
const FULL = /No space left on device|File too large|Disk quota exceeded|ENOSPC|EFBIG|EDQUOT/;
const REFUSED = /Permission denied|Read-only file system|EACCES|EPERM|EROFS/;
const LOCKED = /Conflicting lock is held|Could not set lock on file/;

export function ioError(what: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const text = `${cause instanceof Error && "code" in cause ? String(cause.code) : ""} ${messageOf(cause)}`;
  const [code, advice] = verdict(text);
  return new StoreError(code, `${what}: ${advice}${messageOf(cause).trim()}`, { cause });
}

/** Of a file or folder that is written whole or not at all. */
export function outputError(target: string, cause: unknown): StoreError {
  const error = ioError(`cannot write ${target}`, cause);
  if (error.code !== "disk_full") return error;
  return new StoreError(
    "disk_full",
    `cannot write ${target}: the disk is full; nothing of it was left there`,
    { cause },
  );
}

function verdict(text: string): [StoreErrorCode, string] {
  if (FULL.test(text))
    return ["disk_full", "the disk is full; free some space (what was flushed is kept). "];
  if (REFUSED.test(text)) return ["unwritable", "no permission. "];
  if (LOCKED.test(text)) return ["recording_is_live", "it is being recorded. "];
  return ["io_error", ""];
}
