// Messages between the page and the server: JSON over one WebSocket, request/reply by id plus pushes.
//
// The page asks for what fits on screen: a time range, a bucket count, a page of lanes. The server
// aggregates; it never sends all events. Times are ns since the recording's start, pids are text
// (`#PID<0.1.0>` without the prefix: `<0.1.0>`), terms arrive printed and as a bounded tree.

import type { CallOutcome, EventKind, Manifest } from "@elixirscope/trace";
import type { SequenceApi } from "./sequence-api.ts";
import type { CodeApi } from "./code-api.ts";
import type { RecordingsApi } from "./recordings-api.ts";
import type { SessionApi } from "./session-api.ts";
import type { SystemApi } from "./system-api.ts";
import type { TravelApi } from "./travel-api.ts";
import type { CausalityApi } from "./causality-api.ts";
import type { ClausesApi } from "./clauses-api.ts";
import type { InsightsApi } from "./insights-api.ts";
import type { LanePage } from "./lane-columns.ts";
import type { OriginApi } from "./origin-api.ts";
import type { QueryApi } from "./query-api.ts";
import type { StateApi } from "./state-api.ts";
import type { PerformanceApi } from "./performance-api.ts";

export type TimeRange = { readonly t0: number; readonly t1: number };

/** One term as the page shows it: a tree cut to a budget; `id` addresses the rest of a cut branch. */
export type TermView = {
  readonly kind:
    | "atom"
    | "number"
    | "string"
    | "binary"
    | "list"
    | "tuple"
    | "map"
    | "struct"
    | "pid"
    | "ref"
    | "fun"
    | "other"
    | "cut";
  /** as Elixir's inspect prints it, cut to one line */
  readonly text: string;
  readonly children?: readonly { readonly key: string | null; readonly value: TermView }[];
  /** children that were left out */
  readonly more?: number;
};

export type DiffEntry = {
  /** Elixir-like path, e.g. `.items["apple"].qty`, `[0]`, `{1}`; empty for the root */
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  readonly before: string | null;
  readonly after: string | null;
};

export type Overview = TimeRange & {
  /** per bucket, left to right, all the same length */
  readonly events: readonly number[];
  readonly errors: readonly number[];
  readonly loss: readonly number[];
};

export type GapView = TimeRange & {
  readonly pid: string | null;
  readonly reason: string;
  readonly count: number | null;
  readonly detail: string | null;
};

/** A box in a lane: one call, or `count` calls too small to draw apart (then `call` is null). */
export type SpanView = {
  readonly t0: number;
  readonly t1: number;
  readonly depth: number;
  readonly label: string;
  readonly count: number;
  readonly call: number | null;
  /** mixed: of several calls that ended differently */
  readonly outcome: CallOutcome | "mixed";
};

/** Kinds of instants that a lane tells apart. */
export const MARKS = ["send", "receive", "state", "exit", "spawn", "exception", "link"] as const;

export type MarkView = {
  readonly t: number;
  readonly kind: (typeof MARKS)[number];
  readonly count: number;
  readonly event: number | null;
};

/** Which processes stand together: those of an application, or those with the same supervisor (or other parent). */
export const LANE_GROUPS = ["application", "supervisor"] as const;
export type LaneGroups = (typeof LANE_GROUPS)[number];

export type LaneHead = {
  readonly pid: string;
  readonly name: string | null;
  /** the application, or the supervisor's name or pid */
  readonly group: string;
  readonly tSpawned: number | null;
  readonly tExited: number | null;
  /** rows of calls that the lane needs */
  readonly depth: number;
  /** deeper or later boxes were left out to bound the answer */
  readonly truncated?: boolean;
};

export type ProcessView = {
  readonly pid: string;
  readonly name: string | null;
  readonly label: string | null;
  readonly initialCall: string | null;
  readonly parent: string | null;
  readonly behaviour: string | null;
  readonly application: string | null;
  readonly tSpawned: number | null;
  readonly tExited: number | null;
  readonly exitReason: string | null;
  readonly events: number;
};

export type CallView = {
  readonly call: number;
  readonly parent: number | null;
  readonly depth: number;
  readonly mfa: string;
  /** comma separated, without the brackets of the list; null when not recorded */
  readonly args: string | null;
  readonly result: string | null;
  readonly outcome: SpanView["outcome"];
  readonly t0: number;
  readonly t1: number | null;
  readonly selfNs: number | null;
  /** children not sent; ask for them by `parent` */
  readonly childCount: number;
};

export type MessageView = {
  readonly message: number;
  readonly direction: "in" | "out";
  readonly from: string | null;
  readonly to: string | null;
  readonly tSent: number | null;
  readonly tReceived: number | null;
  readonly dwellNs: number | null;
  readonly kind: string;
  readonly body: string;
  readonly replyTo: number | null;
  readonly match: "exact" | "ordered" | "none";
  /** what this process had to do with it: its receive or its send; the other end when that is not recorded */
  readonly event: number | null;
};

export type StateView = {
  readonly pid: string;
  /** null: no state of this process was recorded at or before `t`; `why` says whether that means anything */
  readonly state: {
    readonly version: number;
    readonly t: number;
    readonly event: number;
    readonly text: string;
    readonly term: TermView;
    readonly causeMessage: number | null;
    readonly callback: string | null;
  } | null;
  readonly previous: { readonly version: number; readonly t: number } | null;
  readonly next: { readonly version: number; readonly t: number } | null;
  /** states of this process in the whole recording, when known */
  readonly versions?: number;
  /** against `previous` */
  readonly diff: readonly DiffEntry[];
  /** there were more differences than were sent */
  readonly diffTruncated?: boolean;
  readonly why: string | null;
};

export type EventView = {
  readonly id: number;
  readonly t: number;
  readonly pid: string;
  readonly kind: EventKind;
  readonly title: string;
  readonly mfa: string | null;
  readonly frame: number | null;
  readonly correlation: number | null;
  readonly payload: TermView | null;
  readonly payloadText: string | null;
  readonly truncated: boolean;
  readonly links: readonly {
    readonly event: number;
    readonly direction: "cause" | "effect";
    readonly type: string;
    readonly confidence: string;
    readonly title: string;
  }[];
};

export type SearchHit = {
  readonly kind: "function" | "process" | "event" | "message";
  readonly title: string;
  readonly t: number | null;
  readonly pid: string | null;
  readonly event: number | null;
};

export type Status = {
  readonly state: Manifest["state"];
  /** live, but nothing is recorded until somebody resumes it */
  readonly paused: boolean;
  readonly durationNs: number;
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly lost: number;
  readonly targetProbeBytes: number | null;
  readonly ringUse: number | null;
  readonly message: string | null;
};

export type QueryResult = {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly truncated: boolean;
};

/** What came of changing the code of a live target's modules, or of giving it back. */
export type Instrumentation = {
  readonly modules: readonly {
    /** `Shop.Cart`, `:lists` */
    readonly module: string;
    /** that report what happens inside of them now */
    readonly functions: number;
    readonly sites: number;
    /** of the sites, those that were found in the source */
    readonly placed: number;
  }[];
  /** left as they were; the message says why */
  readonly refused: readonly {
    readonly module: string;
    readonly code: string;
    readonly message: string;
  }[];
};

type CoreApi = {
  info: {
    params: Record<string, never>;
    reply: {
      readonly manifest: Manifest;
      readonly range: TimeRange;
      readonly live: boolean;
      readonly status: Status;
    };
  };
  overview: { params: TimeRange & { readonly buckets: number }; reply: Overview };
  gaps: { params: TimeRange; reply: readonly GapView[] };
  processes: {
    params: { readonly filter?: string; readonly offset: number; readonly limit: number };
    reply: { readonly total: number; readonly rows: readonly ProcessView[] };
  };
  lanes: {
    params: TimeRange & {
      readonly buckets: number;
      readonly pids?: readonly string[];
      readonly filter?: string;
      /** absent: by application */
      readonly groups?: LaneGroups;
      readonly offset: number;
      readonly limit: number;
    };
    reply: LanePage;
  };
  /** the stack at `t`, the children of `parent`, or outermost calls around `t` */
  calls: {
    params: {
      readonly pid: string;
      readonly t: number;
      readonly parent?: number;
      readonly limit: number;
    };
    reply: { readonly stack: readonly CallView[]; readonly calls: readonly CallView[] };
  };
  messages: {
    params: { readonly pid: string; readonly t: number; readonly limit: number };
    reply: readonly MessageView[];
  };
  state: { params: { readonly pid: string; readonly t: number }; reply: StateView };
  event: { params: { readonly id: number }; reply: EventView | null };
  /** the next or previous event, optionally of one process or kind */
  step: {
    params: {
      readonly t: number;
      readonly event?: number;
      readonly direction: "next" | "previous";
      readonly pid?: string;
      readonly kinds?: readonly EventKind[];
    };
    reply: { readonly event: number; readonly t: number; readonly pid: string } | null;
  };
  search: {
    params: { readonly text: string; readonly limit: number };
    reply: readonly SearchHit[];
  };
  query: { params: { readonly sql: string; readonly limit: number }; reply: QueryResult };
  /** stops a live recording; refused for a closed one */
  stop: { params: Record<string, never>; reply: { readonly stopped: boolean } };
  /** of a live recording: records what happens inside of functions, by changing their code in place */
  instrument: { params: { readonly selectors: readonly string[] }; reply: Instrumentation };
  /** gives modules their original code back */
  restore: { params: { readonly selectors: readonly string[] }; reply: Instrumentation };
};
/** Every request the page may make: its parameters and its reply. */
export type Api = CoreApi &
  CodeApi &
  TravelApi &
  CausalityApi &
  ClausesApi &
  OriginApi &
  SequenceApi &
  QueryApi &
  StateApi &
  RecordingsApi &
  SessionApi &
  SystemApi &
  InsightsApi &
  PerformanceApi;
export type Method = keyof Api;
export type Params<M extends Method> = Api[M]["params"];
export type Reply<M extends Method> = Api[M]["reply"];

export type ClientMessage = {
  readonly id: number;
  readonly method: Method;
  readonly params: unknown;
  /**
   * A request that still waits is dropped (error `superseded`) when a newer one with the same slot
   * comes. `overview`, `gaps` and `lanes` have a slot of their own per page of lanes.
   */
  readonly slot?: string;
};
export type WireError = { readonly code: string; readonly message: string };
export type ServerMessage =
  | { readonly kind: "reply"; readonly id: number; readonly result: unknown }
  /** `id` is null when the request was too broken to have one */
  | { readonly kind: "error"; readonly id: number | null; readonly error: WireError }
  /** pushed about twice a second while a recording is live, and once when it ends */
  | { readonly kind: "status"; readonly status: Status };
