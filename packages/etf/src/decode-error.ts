// What is wrong with some bytes, and where. Readers throw `Malformed` inside; entries turn it into a Result.

import { err, ok, type Result } from "@elixirscope/base";

export type DecodeErrorCode =
  /** the bytes end inside a term */
  | "truncated"
  /** the first byte is not 131 */
  | "not_external_term"
  /** no term type has this tag */
  | "unknown_tag"
  /** the tag is known but what follows breaks its rules */
  | "malformed"
  /** a complete term, and then more bytes */
  | "trailing_bytes"
  /** more than `maxBytes` after inflating, or an integer of more than 1 MiB */
  | "too_large"
  /** the compressed part does not inflate to what it says */
  | "bad_compression";

export type DecodeError = {
  readonly code: DecodeErrorCode;
  /** of the byte that broke the rule; counted in the inflated bytes when `compressed` */
  readonly offset: number;
  readonly message: string;
  readonly compressed?: true;
};

export class Malformed extends Error {
  readonly code: DecodeErrorCode;
  readonly offset: number;

  constructor(code: DecodeErrorCode, offset: number, message: string) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}

/** Runs a reader; what it throws about the bytes becomes an error value, our own bugs stay thrown. */
export function attempt<T>(read: () => T): Result<T, DecodeError> {
  // A stack trace per hostile frame would cost more than the frame.
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return ok(read());
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown;
    return err({ code: thrown.code, offset: thrown.offset, message: thrown.message });
  } finally {
    Error.stackTraceLimit = limit;
  }
}
