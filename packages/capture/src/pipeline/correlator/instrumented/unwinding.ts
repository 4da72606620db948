// An exception on its way through instrumented frames: where it passed each source file first. That is
// what links a failed test to the place in its file, however deep below the exception was raised.

import type { Frame } from "../frame.ts";
import type { CapturedStream } from "./captured-stream.ts";

/** The innermost frame of a file that an exception passed. */
export type RaisedFrame = {
  readonly file: string;
  readonly call: number;
  /** the latest event within it before the exception */
  readonly event: number;
  readonly site: number;
};

/** The exception ends `frame`, whose entry is in `file`. */
export function passed(stream: CapturedStream, frame: Frame, file: string): void {
  if (!stream.isUnwinding) stream.raised = [];
  stream.isUnwinding = true;
  if (stream.raised.some((one) => one.file === file)) return;
  stream.raised.push({ file, call: frame.call, event: frame.lastEvent, site: frame.lastSite });
}

/** The compiler's name of a file and a test's are of the same file; one may be relative. */
export function isSameFile(one: string, other: string): boolean {
  return one === other || one.endsWith(`/${other}`) || other.endsWith(`/${one}`);
}
