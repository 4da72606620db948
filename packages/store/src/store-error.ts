// The one error of this package: recordings that cannot be opened or written, and SQL that fails.

import { CodedError } from "@elixirscope/base";

export type StoreErrorCode =
  | "not_a_recording"
  | "newer_format"
  | "corrupt_recording"
  | "recording_is_live"
  | "pinned"
  | "exists"
  | "unwritable"
  | "disk_full"
  | "io_error"
  | "sql_error"
  | "sql_forbidden"
  | "timeout"
  | "cancelled"
  | "closed";

export class StoreError extends CodedError<StoreErrorCode> {
  /** character offset in the SQL text where DuckDB points at, when it does */
  readonly position: number | null;

  constructor(
    code: StoreErrorCode,
    message: string,
    options?: ErrorOptions & { position?: number },
  ) {
    super(code, message, options);
    this.position = options?.position ?? null;
  }
}
