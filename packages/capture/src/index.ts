export { CaptureError, type CaptureErrorCode } from "./control/capture-error.ts";
export {
  readModuleCode,
  type BeamError,
  type FunctionCode,
  type Lambda,
  type ModuleCode,
  type TailCall,
} from "./control/beam/module-code.ts";
export { functionKey, tailCycles } from "./control/beam/tail-cycles.ts";
export { compileSelector, matchSpec, type MatchClause } from "./control/selector/match-spec.ts";
export { parseSelector } from "./control/selector/parse-selector.ts";
export type { Selector } from "./control/selector/selector.ts";
export { formatSelectorError, type SelectorError } from "./control/selector/selector-error.ts";

export {
  Pipeline,
  type PipelineEvents,
  type PipelineOptions,
  type PipelineStats,
} from "./pipeline/pipeline.ts";
export { PipelineError, type PipelineErrorCode } from "./pipeline/pipeline-error.ts";
export { RingBuffer, type RingOptions, type RingStats } from "./pipeline/ring-buffer.ts";
export { RING_OVERFLOWS, type RingOverflow } from "./pipeline/ring-layout.ts";
export {
  RING_START,
  type RingPlace,
  type RingReader,
  type RingRecord,
} from "./pipeline/ring-reader.ts";
export type { RingWriter } from "./pipeline/ring-writer.ts";
export { Correlator, type CorrelatorOptions } from "./pipeline/correlator/correlator.ts";
export type {
  CallRow,
  CorrelatorOutput,
  GapRow,
  MessageRow,
  ModuleRow,
  ProcessFacts,
} from "./pipeline/correlator/output.ts";
export {
  CORRELATOR_LIMITS,
  type CorrelatorCounters,
  type CorrelatorLimits,
} from "./pipeline/correlator/session.ts";
export type { WriterMetrics } from "./pipeline/threads.ts";
