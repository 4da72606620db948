// The one table from error codes to exit codes; whatever is not listed ends with 1.
//
// 2 the command line is wrong, 3 the target cannot be used, 4 the recording cannot be used,
// 5 the SQL is wrong, 130 interrupted.

import { CodedError, messageOf } from "@elixirscope/base";

const EXIT_CODES: Readonly<Record<string, number>> = {
  usage: 2,
  bad_selector: 2,
  bad_budget: 2,
  bad_name: 2,
  no_functions_match: 2,
  bad_host: 2,
  unreadable: 2,
  epmd_down: 3,
  epmd_unreachable: 3,
  node_unknown: 3,
  connection_refused: 3,
  cookie_rejected: 3,
  cookie_missing: 3,
  name_type_mismatch: 3,
  name_taken: 3,
  flags_refused: 3,
  otp_too_old: 3,
  probe_busy: 3,
  target_down: 3,
  timeout: 3,
  tls_failed: 3,
  not_allowed: 3,
  target_refused: 3,
  probe_failed: 3,
  not_a_recording: 4,
  bad_trace: 4,
  newer_format: 4,
  corrupt_recording: 4,
  recording_is_live: 4,
  exists: 4,
  unwritable: 4,
  disk_full: 4,
  sql_error: 5,
  sql_forbidden: 5,
  cancelled: 130,
  aborted: 130,
};

/** The command line is wrong in a way that only we can know. */
export class UsageError extends CodedError<"usage"> {
  constructor(message: string) {
    super("usage", message);
  }
}

export type Failure = {
  readonly message: string;
  readonly code: string;
  readonly exitCode: number;
};

/** How a failure leaves the process. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof CodedError) {
    return { message: thrown.message, code: thrown.code, exitCode: EXIT_CODES[thrown.code] ?? 1 };
  }
  return { message: messageOf(thrown), code: "internal", exitCode: 1 };
}
