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
export type { DeepModule, DeepReport, RefusedModule } from "./control/deep/deep-modules.ts";
export type {
  DeepChange,
  DeepInstrumenter,
  DeepLevel,
  DeepLevels,
  DeepRate,
} from "./control/deep/instrumenter.ts";
export { doctor, type Check, type DoctorOptions } from "./control/doctor.ts";
export { type CallRate, type Estimate, type NoEstimate } from "./control/plan/estimate.ts";
export { formatPlan } from "./control/plan/format-plan.ts";
export type { PlannedFunction, PlanRequest, PreparedPlan } from "./control/plan/prepare-plan.ts";
export { compileSelector, matchSpec, type MatchClause } from "./control/selector/match-spec.ts";
export { parseSelector } from "./control/selector/parse-selector.ts";
export { moduleText, type Selector } from "./control/selector/selector.ts";
export { attach, type AttachOptions } from "./control/session/attach.ts";
export {
  Session,
  type Adjustment,
  type SessionEvents,
  type SessionStatus,
} from "./control/session/session.ts";
export type { ChangeEstimate } from "./control/session/change-estimate.ts";
export type { ProbeCounters } from "./control/session/probe-client.ts";
export type { TargetApplication, TargetSurvey, Tracer } from "./control/target/survey.ts";
export type { OwnCode } from "./control/target/own-applications.ts";
export { formatSelectorError, type SelectorError } from "./control/selector/selector-error.ts";

export { importTrace, type ImportOptions, type ImportResult } from "./import/import-trace.ts";
export { ImportError, type ImportErrorCode, type TraceFault } from "./import/trace-error.ts";

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
  SiteRow,
  TestRow,
} from "./pipeline/correlator/output.ts";
export type { FunctionRate } from "./pipeline/correlator/instrumented/function-rates.ts";
export {
  CORRELATOR_LIMITS,
  type CorrelatorCounters,
  type CorrelatorLimits,
} from "./pipeline/correlator/session.ts";
export type { Actor, AuditEntry, Mark, WriterMetrics } from "./pipeline/threads.ts";
