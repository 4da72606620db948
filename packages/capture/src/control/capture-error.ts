// Why recording a node failed. `message` is one or two sentences for the person at the terminal: what
// failed and what to do.

import { CodedError } from "@elixirscope/base";

export type CaptureErrorCode =
  | "aborted"
  | "bad_budget"
  | "bad_selector"
  | "cookie_rejected"
  | "disk_full"
  | "epmd_down"
  | "name_type_mismatch"
  | "no_functions_match"
  | "node_unknown"
  | "otp_too_old"
  | "probe_busy"
  | "probe_failed"
  | "target_down"
  | "target_refused"
  | "unwritable";

export class CaptureError extends CodedError<CaptureErrorCode> {}
