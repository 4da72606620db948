// One function per method of the wire protocol that only needs the recording.

import { messageOf } from "@elixirscope/base";
import type {
  Method,
  Params,
  QueryResult,
  RecordingsApi,
  Reply,
  SessionApi,
  Status,
} from "@elixirscope/wire";
import { calls } from "./calls.ts";
import { causeMap } from "./causality/cause-map.ts";
import { crashContext } from "./causality/crash-context.ts";
import { crashes } from "./causality/crashes.ts";
import { why } from "./causality/why.ts";
import { clauses } from "./clauses/clauses.ts";
import { neverChosen } from "./clauses/never-chosen.ts";
import { executions } from "./code/executions.ts";
import { source as codeSource } from "./code/source.ts";
import { sources } from "./code/sources.ts";
import { variable } from "./code/variable.ts";
import { partsOf } from "./digests.ts";
import { event } from "./event.ts";
import { clauseFindings } from "./insights/clause-findings.ts";
import { crashFindings } from "./insights/crash-findings.ts";
import { deadlockFindings } from "./insights/deadlock-findings.ts";
import { lossFindings } from "./insights/loss-findings.ts";
import { queueFindings } from "./insights/queue-findings.ts";
import { raceFindings } from "./insights/race-findings.ts";
import { slowFindings } from "./insights/slow-findings.ts";
import { lanes } from "./lanes.ts";
import { messages } from "./messages.ts";
import { gapsIn, isLoss, overview } from "./overview.ts";
import { originOfWritten } from "./provenance/written-place.ts";
import { printNear, printsReply } from "./prints/prints-reply.ts";
import { PERFORMANCE_ANSWERS } from "./performance/performance-answers.ts";
import { processPage, processView } from "./process-list.ts";
import { recordedTest } from "./recorded-test/recorded-test.ts";
import { recordingRange } from "./recording-range.ts";
import { search } from "./search.ts";
import { mailboxDepths } from "./sequence/mailbox-depths.ts";
import { messageArrows } from "./sequence/message-arrows.ts";
import { partners } from "./sequence/partners.ts";
import { sequenceStep } from "./sequence/sequence-step.ts";
import { sequence } from "./sequence/sequence.ts";
import type { Source } from "./sql.ts";
import { ask, questions } from "./questions/ask.ts";
import { schema } from "./schema.ts";
import { state, stateVersion } from "./state.ts";
import { stackOf } from "./stack/stack.ts";
import { step } from "./step.ts";
import { systemMessages } from "./system/system-messages.ts";
import { system } from "./system/system.ts";
import { runToReply, stepReply } from "./time/travel.ts";
import { term } from "./terms/term-page.ts";
import { termSearch } from "./terms/term-search.ts";
import { termText } from "./terms/term-source-text.ts";
import { fieldHistory } from "./time/field-history.ts";
import { stateCompare } from "./time/state-compare.ts";
import { stateStrip } from "./time/state-strip.ts";

/** Methods that a recording answers alone; `info` and `stop` also need to know of the session. */
export type RecordingMethod = Exclude<
  Method,
  "cancel" | "info" | "stop" | "instrument" | "restore" | keyof RecordingsApi | keyof SessionApi
>;

export type RecordingRequest = {
  [M in RecordingMethod]: { readonly method: M; readonly params: Params<M> };
}[RecordingMethod];

type Answers = {
  readonly [M in RecordingMethod]: (source: Source, params: Params<M>) => Promise<Reply<M>>;
};

const ANSWERS: Answers = {
  crashFindings,
  raceFindings,
  deadlockFindings,
  queueFindings,
  slowFindings,
  clauseFindings,
  lossFindings,

  ...PERFORMANCE_ANSWERS,
  overview: async (source, params) => await overview(source, params, params.buckets),
  gaps: gapsIn,
  processes,
  lanes,
  calls,
  messages,
  state,
  event: async (source, { id }) => await event(source, id),
  step,
  stepBy: stepReply,
  runTo: runToReply,
  search,
  query,
  crashes: async (source, { limit }) => await crashes(source, limit),
  why: async (source, params) => await why(source, params.event),
  crashContext: async (source, params) => await crashContext(source, params.event),
  causeMap,
  clauses: async (source, params) => await clauses(source, params.event),
  neverChosen: async (source, { limit }) => await neverChosen(source, { limit }),
  recordedTest: async (source, { call }) => {
    const made = await recordedTest(source, call);
    return made.ok ? { ok: true, test: made.value } : { ok: false, refused: made.error };
  },
  origin: async (source, params) => await originOfWritten(source, params.event, params.what),
  messageArrows,
  sequence,
  mailboxDepths,
  partners,
  sequenceStep,
  schema,
  questions,
  ask,
  term,
  termSearch,
  termText,
  stateStrip,
  stateVersion,
  stateCompare,
  fieldHistory,
  sources,
  source: codeSource,
  stack: stackOf,
  variable,
  executions,
  prints: printsReply,
  printNear,
  system,
  systemMessages,
};

export async function answer<M extends RecordingMethod>(
  source: Source,
  request: { readonly method: M; readonly params: Params<M> },
): Promise<Reply<M>> {
  try {
    return await ANSWERS[request.method](source, request.params);
  } catch (thrown) {
    if (source.manifest.state !== "recording" || !isOfExpired(thrown)) throw thrown;
    return await ANSWERS[request.method](source, request.params);
  }
}

/** The oldest partition went while an answer was on its way from one statement to the next. */
function isOfExpired(thrown: unknown): boolean {
  return /^Catalog Error: Table with name "p\d+\./.test(messageOf(thrown));
}

export async function processes(
  source: Source,
  params: Params<"processes">,
): Promise<Reply<"processes">> {
  const { total, rows } = await processPage(source, await partsOf(source), params);
  return { total, rows: rows.map(processView) };
}

export async function query(source: Source, params: Params<"query">): Promise<QueryResult> {
  return await source.query(params.sql, { limit: params.limit });
}

/** What `info` says of a recording that nobody is making. */
export async function info(source: Source): Promise<Omit<Reply<"info">, "live" | "status">> {
  return { manifest: source.manifest, range: await recordingRange(source) };
}

/** The status of a recording that has ended. */
export function endedStatus(source: Source): Status {
  const { state: recordingState, durationNs, counts, loss, stopped } = source.manifest;
  return {
    state: recordingState,
    paused: false,
    durationNs,
    events: counts["events"] ?? 0,
    eventsPerSecond: 0,
    lost: Object.entries(loss).reduce((sum, [reason, n]) => (isLoss(reason) ? sum + n : sum), 0),
    targetProbeBytes: null,
    ringUse: null,
    message: stopped?.message ?? null,
  };
}
