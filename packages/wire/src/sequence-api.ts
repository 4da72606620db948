// The sequence diagram: messages between chosen processes in a range, one by one while they fit, else
// merged per bucket and pair. Times are ns since the recording's start, processes are printed pids.

import type { MessageKind, MessageMatch } from "@elixirscope/trace";
import type { GapView, TimeRange } from "./protocol.ts";
import { id, pid, range } from "./param-shapes.ts";
import { array, integer, object, oneOf, optional, time, type Shapes } from "./shape.ts";

/** A lifeline; in the order in which they were asked for. */
export type SequenceColumn = {
  readonly pid: string;
  readonly name: string | null;
  readonly behaviour: string | null;
  readonly parent: string | null;
  readonly tSpawned: number | null;
  readonly tExited: number | null;
  readonly exitReason: string | null;
  /** it exited, and not by `:normal`, `:shutdown` or `{:shutdown, _}` */
  readonly crashed: boolean;
  /** false: nothing of such a process is in the recording */
  readonly known: boolean;
};

export type SequenceMessage = {
  readonly message: number;
  /** null: not recorded, or none (the VM, a timer) */
  readonly from: string | null;
  readonly to: string | null;
  /** null: its send was not recorded */
  readonly tSent: number | null;
  /** when the process saw it arrive; null: not in this recording */
  readonly tReceived: number | null;
  /** when the behaviour took it to its callback; null: it reports none, or not this one */
  readonly tHandled: number | null;
  readonly kind: MessageKind;
  /** the request of a call or cast, the result of a reply, else the body; printed and cut */
  readonly text: string;
  readonly replyTo: number | null;
  readonly match: MessageMatch;
  readonly sendEvent: number | null;
  readonly receiveEvent: number | null;
};

/** An end of merged messages that is at no shown process. */
export const ELSEWHERE = "elsewhere";

/** `count` messages of one pair that began in one bucket. */
export type MergedMessages = TimeRange & {
  /** a pid, `ELSEWHERE`, or null: not recorded, or none */
  readonly from: string | null;
  readonly to: string | null;
  /** mean of when they began */
  readonly t: number;
  readonly count: number;
  /** of the first of them */
  readonly event: number | null;
};

/** A request at work: from when its receiver took it until the reply was sent. */
export type Activation = TimeRange & {
  readonly pid: string;
  readonly call: number;
  readonly reply: number;
};

export type SequenceMark = {
  readonly pid: string;
  readonly t: number;
  readonly kind: "spawn" | "exit" | "exception" | "link" | "state";
  readonly count: number;
  /** null for several */
  readonly event: number | null;
};

export type OtherMessages = "hidden" | "shown";

export type SequenceView = TimeRange & {
  readonly columns: readonly SequenceColumn[];
  /** in the order in which they began; empty when they come merged */
  readonly messages: readonly SequenceMessage[];
  /** empty when they come one by one */
  readonly merged: readonly MergedMessages[];
  /** messages that were sent or received in the range, drawn in one of both ways */
  readonly total: number;
  /** with processes that are not shown, and therefore not drawn */
  readonly hidden: number;
  readonly activations: readonly Activation[];
  readonly marks: readonly SequenceMark[];
  readonly gaps: readonly GapView[];
  readonly limits: readonly string[];
};

/** How many messages lay in a mailbox: the most in each bucket. */
export type MailboxDepth = {
  readonly pid: string;
  readonly lengths: readonly number[];
  readonly longest: number;
};

export type Partner = {
  readonly pid: string;
  readonly name: string | null;
  /** exchanged in the range: with the process asked about, or at all */
  readonly messages: number;
  /** replies aside it sent more than it got: it asks, the other answers */
  readonly asks: boolean;
};

/** Both ends were recorded. */
export type MessageArrow = {
  readonly message: number;
  readonly from: string;
  readonly to: string;
  readonly tSent: number;
  readonly tReceived: number;
  readonly sendEvent: number | null;
  readonly receiveEvent: number | null;
};

export type SequenceApi = {
  /** messages between processes of which a part lies in the range, one by one; none when they are more than `limit` */
  messageArrows: {
    params: TimeRange & { readonly pids: readonly string[]; readonly limit: number };
    reply: { readonly messages: readonly MessageArrow[]; readonly areAll: boolean };
  };
  sequence: {
    params: TimeRange & {
      readonly pids: readonly string[];
      readonly others: OtherMessages;
      readonly buckets: number;
      /** one by one at most; beyond that merged */
      readonly limit: number;
    };
    reply: SequenceView;
  };
  mailboxDepths: {
    params: TimeRange & { readonly pids: readonly string[]; readonly buckets: number };
    reply: TimeRange & { readonly depths: readonly MailboxDepth[] };
  };
  /** whom a process exchanged most messages with, itself first; without `pid`: who exchanged most of all */
  partners: {
    params: TimeRange & { readonly pid?: string; readonly limit: number };
    reply: { readonly partners: readonly Partner[] };
  };
  /** the next or previous message of a diagram by when it began; `event` is an end of the one to go on from */
  sequenceStep: {
    params: {
      readonly pids: readonly string[];
      readonly others: OtherMessages;
      readonly t: number;
      readonly event?: number;
      readonly direction: "next" | "previous";
    };
    reply: {
      readonly message: number;
      readonly t: number;
      readonly event: number | null;
      readonly pid: string | null;
    } | null;
  };
};

/** Beyond this a screen has no place for lifelines. */
export const MOST_COLUMNS = 24;
/** About 2 MB of JSON. */
const MOST_MESSAGES = 8_500;
const MOST_BUCKETS = 2_000;
/** Lanes in sight, on the highest of screens. */
const MOST_LANES = 128;
const MOST_ARROWS = 1_000;

type Params<M extends keyof SequenceApi> = SequenceApi[M]["params"];

const pids = array(pid, MOST_COLUMNS);
const others = oneOf<OtherMessages>(["hidden", "shown"]);
const buckets = integer(1, MOST_BUCKETS);

export const SEQUENCE_SHAPES: Shapes<SequenceApi> = {
  messageArrows: object<Params<"messageArrows">>({
    ...range,
    pids: array(pid, MOST_LANES),
    limit: integer(0, MOST_ARROWS),
  }),
  sequence: object<Params<"sequence">>({
    ...range,
    pids,
    others,
    buckets,
    limit: integer(0, MOST_MESSAGES),
  }),
  mailboxDepths: object<Params<"mailboxDepths">>({ ...range, pids, buckets }),
  partners: object<Params<"partners">>({
    ...range,
    pid: optional(pid),
    limit: integer(1, 100),
  }),
  sequenceStep: object<Params<"sequenceStep">>({
    pids,
    others,
    t: time,
    event: optional(id),
    direction: oneOf(["next", "previous"]),
  }),
};
