// The one error of this package: a project that cannot be looked at, or an analysis that was stopped.
// What is wrong inside a file is a diagnostic instead.

import { CodedError } from "@elixirscope/base";

export type AnalysisErrorCode =
  | "unreadable"
  | "unwritable"
  | "cancelled"
  | "closed"
  | "workers_died";

export class AnalysisError extends CodedError<AnalysisErrorCode> {}
