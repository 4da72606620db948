// The one error of this package: a server that cannot start, and a live recording that cannot be asked.

import { CodedError } from "@elixirscope/base";

export type ServerErrorCode =
  | "port_in_use"
  | "cannot_listen"
  | "remote_refused"
  | "not_live"
  | "no_recording"
  | "no_shelf"
  | "no_such_recording"
  | "in_use"
  | "too_large"
  | "stale"
  | "unreachable"
  | "refused";

export class ServerError extends CodedError<ServerErrorCode> {}
