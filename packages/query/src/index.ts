export {
  CAUSE_TYPES,
  type CauseEdge,
  type CauseMap,
  type CauseNode,
  type CauseType,
  type ClausesAnswer,
  type ClausesView,
  type ClauseVerdict,
  type ClauseView,
  type Crash,
  type CrashContext,
  type Crashes,
  type CrashView,
  type Evaluation,
  type EventStory,
  type GuardFailure,
  type NeverChosen,
  type NeverChosenView,
  type NoClauses,
  type NoTest,
  type OriginAnswer,
  type OriginEnd,
  type OriginHop,
  type OriginPlace,
  type OriginView,
  type PatternFailure,
  type PlaceKind,
  type ProcessRef,
  type RecordedTest,
  type StoryStep,
  type WhyView,
} from "@elixirscope/wire";
export {
  answer,
  endedStatus,
  info,
  processes,
  query,
  type RecordingMethod,
  type RecordingRequest,
} from "./answer.ts";
export { calls } from "./calls.ts";
export { backward } from "./causality/backward.ts";
export { forward } from "./causality/forward.ts";
export { causeMap } from "./causality/cause-map.ts";
export { crashContext } from "./causality/crash-context.ts";
export { causeSteps, type CauseSteps } from "./causality/cause-steps.ts";
export type { CauseGraph, WalkOptions } from "./causality/cause-graph.ts";
export { crashes } from "./causality/crashes.ts";
export { causesOf, effectsOf } from "./causality/edges.ts";
export { why, type WhyOptions } from "./causality/why.ts";
export { clauses, type ClausesOptions } from "./clauses/clauses.ts";
export type { SourceFile } from "./clauses/source-file.ts";
export { neverChosen, type NeverChosenOptions } from "./clauses/never-chosen.ts";
export { areEqual, order } from "./condition/compare-values.ts";
export type { Evaluated } from "./condition/evaluated.ts";
export { dag } from "./dag/build-dag.ts";
export { dagDrawing, dagNotes } from "./dag/dag-drawing.ts";
export {
  DAG_DETAILS,
  DAG_KINDS,
  type Dag,
  type DagDetail,
  type DagEdge,
  type DagKind,
  type DagNode,
  type DagParams,
  type DagWeight,
} from "./dag/dag.ts";
export { LiveDag, type DagChange } from "./dag/live-dag.ts";
export { DagScopeError } from "./dag/scope.ts";
export { diffEntry } from "./diff-view.ts";
export { diffTerms, type Change, type Difference, type Step } from "./diff.ts";
export { formatConditionError, type ConditionError } from "./condition/condition-error.ts";
export {
  compileCondition,
  parseTerm,
  type Condition,
  type ConditionOptions,
  type ConditionVerdict,
} from "./condition/condition.ts";
export type {
  CallCycle,
  DeadlockView,
  UnansweredCall,
  WaitEnd,
  WaitView,
} from "./deadlocks/deadlock-view.ts";
export { deadlocks, type DeadlockOptions } from "./deadlocks/deadlocks.ts";
export { executions } from "./code/executions.ts";
export { source } from "./code/source.ts";
export { sources } from "./code/sources.ts";
export { variable } from "./code/variable.ts";
export { printNear, printsReply } from "./prints/prints-reply.ts";
export { event } from "./event.ts";
export type { ExportOptions } from "./export/export-options.ts";
export { otlpLines } from "./export/otlp.ts";
export { perfettoTrace } from "./export/perfetto.ts";
export { lanes } from "./lanes.ts";
export { messages } from "./messages.ts";
export { mfaText, moduleText } from "./names.ts";
export { limitsOf, type Extent, type Ingredient } from "./limits.ts";
export {
  placesOfNode,
  placesOfPattern,
  type CodePlace,
  type CodePlaces,
} from "./find/code-places.ts";
export { findAtPlaces } from "./find/find-places.ts";
export { findValue, type ValueAnswer } from "./find/find-value.ts";
export { LiveWatch, type LiveHit, type LiveWatchOptions } from "./find/live-watch.ts";
export type { Sighting, SightingKind, ValueResult } from "./find/sighting.ts";
export { find, type FindAnswer, type FindOptions } from "./find/find.ts";
export type { FindResult, Hit } from "./find/hit.ts";
export type { NoSubject } from "./find/subject.ts";
export { parseWatch, parseWhere, whereText, type Watch, type Where } from "./find/where.ts";
export { gapsIn, overview } from "./overview.ts";
export { bottlenecks } from "./performance/bottlenecks.ts";
export { boundedRange, type BoundedRange } from "./performance/bounded-range.ts";
export { compare, type Side } from "./performance/compare.ts";
export { compareCalls, type CallsSide } from "./performance/compare-calls.ts";
export { comparedCalls, comparedSides } from "./performance/performance-answers.ts";
export { criticalPath } from "./performance/critical-path.ts";
export { callsByDuration, durationHistogram } from "./performance/duration-histogram.ts";
export { flameChart } from "./performance/flame-chart.ts";
export { foldedStacks, speedscope, type SpeedscopeFile } from "./performance/flame-formats.ts";
export { flame } from "./performance/flame.ts";
export { latency, type LatencyAnswer } from "./performance/latency.ts";
export { namedFunctions } from "./performance/named-functions.ts";
export { queues } from "./performance/queues.ts";
export { slowCalls, type SlowAnswer } from "./performance/slow-calls.ts";
export { slowRequests } from "./performance/slow-requests.ts";
export { times } from "./performance/times.ts";
export type {
  Bottleneck,
  Bottlenecks,
  Comparison,
  CriticalPath,
  Explanation,
  Flame,
  FlameNode,
  FlameTime,
  FunctionChange,
  FunctionTimes,
  Latency,
  Mailbox,
  PathPiece,
  PathShare,
  PieceKind,
  ProcessChange,
  ProcessTimes,
  Queues,
  SlowCalls,
  Times,
} from "@elixirscope/wire";
export type { ExpressionCounters } from "./prints/expressions.ts";
export type { Printed } from "@elixirscope/wire";
export {
  prints,
  type NoPrints,
  type Print,
  type PrintsParams,
  type PrintsView,
} from "./prints/prints.ts";
export { printTerm, styleOf, type TermStyle } from "./print.ts";
export type {
  Race,
  RaceAccess,
  RaceExample,
  RaceKind,
  RaceSubject,
  RaceView,
} from "./races/race-view.ts";
export { races, type RaceOptions } from "./races/races.ts";
export type { Need, Question, QuestionParameter } from "./questions/question.ts";
export { recordedTest } from "./recorded-test/recorded-test.ts";
export { askQuestion, QUESTIONS, type QuestionParams } from "./questions/questions.ts";
export type { NoAnswer, QuestionView } from "@elixirscope/wire";
export { origin, type OriginOptions } from "./provenance/origin.ts";
export { recordingRange } from "./recording-range.ts";
export { search } from "./search.ts";
export { mailboxDepths } from "./sequence/mailbox-depths.ts";
export { messageArrows } from "./sequence/message-arrows.ts";
export { partners } from "./sequence/partners.ts";
export { sequenceStep } from "./sequence/sequence-step.ts";
export { sequence } from "./sequence/sequence.ts";
export type { Source } from "./sql.ts";
export { findProcess, type FoundProcess, type ProcessLookup } from "./stack/find-process.ts";
export type { FrameView, LocalView, PlaceView, StackView } from "@elixirscope/wire";
export type { Instant } from "./stack/instant.ts";
export { stack } from "./stack/stack.ts";
export { schema } from "./schema.ts";
export { state, stateVersion } from "./state.ts";
export { step } from "./step.ts";
export { history, type HistoryEntry, type HistoryView } from "./time/history.ts";
export type { StateCause } from "@elixirscope/wire";
export { systemMessages } from "./system/system-messages.ts";
export { system } from "./system/system.ts";
export type { Handling } from "./time/handling.ts";
export { mailboxAt, type MailboxView, type WaitingMessage } from "./time/mailbox-at.ts";
export {
  processesAt,
  type Doing,
  type MailboxSize,
  type ProcessAtView,
  type ProcessesAtView,
} from "./time/processes-at.ts";
export { runTo, type RunToAnswer, type RunToView } from "./time/run-to.ts";
export type { Landing, StateChange } from "./time/landing.ts";
export type { Position } from "./time/order.ts";
export { stepBy, type StepView } from "./time/step-by.ts";
export { STEP_UNITS, type Direction, type StepUnit } from "@elixirscope/wire";
export { stateDiff, type StateAt, type StateDiffView } from "./time/state-diff.ts";
export { fieldHistory } from "./time/field-history.ts";
export { stateCompare } from "./time/state-compare.ts";
export { stateStrip } from "./time/state-strip.ts";
export { term } from "./terms/term-page.ts";
export { termSearch } from "./terms/term-search.ts";
export { termText } from "./terms/term-source-text.ts";
export { termView } from "./term-view.ts";
export { sessionFacts } from "./session-facts.ts";
