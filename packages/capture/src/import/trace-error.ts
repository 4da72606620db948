// Why a trace could not be read, and where it stops making sense.

import { CodedError } from "@elixirscope/base";

export type ImportErrorCode =
  /** not a trace at all, or nothing of it can be used */
  "bad_trace" | "exists" | "unreadable" | "cancelled";

export class ImportError extends CodedError<ImportErrorCode> {}

/** From here on the file is cut off or damaged; what came before is good. */
export type TraceFault = {
  readonly file: string;
  /** bytes */
  readonly offset: number;
  readonly message: string;
};
