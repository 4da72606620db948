// One end of a message, its send or its receive. `MailEvents` fills the same object for each of them;
// nobody keeps it.

import { newPeek, type Peek } from "../term-peek.ts";
import { emptyRecord, type ProcessRecord } from "./process-record.ts";

export type MessageEnd = {
  record: ProcessRecord;
  /** fingerprint of the body */
  hash: number;
  /** what the body looks like from outside */
  readonly peek: Peek;
  event: number;
  /** where the body is kept */
  body: number;
  correlation: number;
};

export function emptyEnd(): MessageEnd {
  return { record: emptyRecord(), hash: 0, peek: newPeek(), event: 0, body: 0, correlation: 0 };
}

export function lengthOf({ record }: MessageEnd): number {
  return record.end - record.start;
}
