// Failures of the connection and of the recording's folder, in this package's codes. Their messages already say what to do.

import { DistError, type DistErrorCode } from "@elixirscope/dist";
import { StoreError } from "@elixirscope/store";
import { CaptureError, type CaptureErrorCode } from "../capture-error.ts";

const CODES: Readonly<Record<DistErrorCode, CaptureErrorCode>> = {
  aborted: "aborted",
  bad_frame: "target_down",
  bad_name: "node_unknown",
  closed: "target_down",
  connection_refused: "node_unknown",
  cookie_missing: "cookie_rejected",
  cookie_rejected: "cookie_rejected",
  epmd_unreachable: "epmd_down",
  flags_refused: "target_refused",
  name_taken: "probe_busy",
  name_type_mismatch: "name_type_mismatch",
  node_unknown: "node_unknown",
  not_allowed: "target_refused",
  otp_too_old: "otp_too_old",
  rpc_failed: "target_refused",
  timeout: "target_down",
  tls_failed: "target_refused",
};

/** Whatever went wrong, as this package's error. Bugs stay what they are. */
export function captureErrorOf(thrown: unknown): unknown {
  if (thrown instanceof DistError) {
    return new CaptureError(CODES[thrown.code], thrown.message, { cause: thrown });
  }
  if (thrown instanceof StoreError) {
    const code = thrown.code === "disk_full" ? "disk_full" : "unwritable";
    return new CaptureError(code, thrown.message, { cause: thrown });
  }
  return thrown;
}
