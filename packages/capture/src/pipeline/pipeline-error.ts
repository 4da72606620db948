// Why the data path of a recording failed.

import { CodedError } from "@elixirscope/base";

export type PipelineErrorCode =
  /** the address to listen on cannot be used */
  | "cannot_listen"
  /** the writer died again and again */
  | "writer_crashed"
  | "ingest_crashed"
  /** asked of a pipeline that has ended */
  | "stopped"
  | "bad_options";

export class PipelineError extends CodedError<PipelineErrorCode> {}
