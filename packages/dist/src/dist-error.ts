// Everything that can go wrong between us and a node, as one error class with stable codes.

import { CodedError } from "@elixirscope/base";
import type { Term } from "@elixirscope/etf";

export type DistErrorCode =
  /** the text is not `name@host` */
  | "bad_name"
  /** no cookie was given and none of the usual files holds one */
  | "cookie_missing"
  /** the host's port mapper does not answer */
  | "epmd_unreachable"
  /** the host is there, a node of that name is not */
  | "node_unknown"
  /** the node's own port does not take the connection */
  | "connection_refused"
  | "cookie_rejected"
  /** the node lacks, or misses in us, a capability of the protocol */
  | "flags_refused"
  /** the node does not let our name in (`net_kernel:allow/1`) */
  | "not_allowed"
  | "otp_too_old"
  /** one side uses short names, the other long ones */
  | "name_type_mismatch"
  /** every name we may use is connected to the node already */
  | "name_taken"
  | "tls_failed"
  | "timeout"
  /** the caller's AbortSignal */
  | "aborted"
  /** the connection ended, by `close()` or because the node or the network went away */
  | "closed"
  /** bytes that no node sends */
  | "bad_frame"
  /** the called function raised, threw, exited or was killed: see `rpc` */
  | "rpc_failed";

/** How a remote call ended. `stacktrace` is there for errors of the called code. */
export interface RpcFailure {
  readonly class: "throw" | "exit" | "error";
  readonly reason: Term;
  readonly stacktrace: Term | null;
}

export class DistError extends CodedError<DistErrorCode> {
  /** Only with the code `rpc_failed`. */
  readonly rpc: RpcFailure | null;

  constructor(
    code: DistErrorCode,
    message: string,
    options?: ErrorOptions & { readonly rpc?: RpcFailure },
  ) {
    super(code, message, options);
    this.rpc = options?.rpc ?? null;
  }
}
