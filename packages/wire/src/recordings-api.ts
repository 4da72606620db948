// The recordings of a folder, and what the page may do with them. The page says names, never paths: the server
// looks each up in the folder's own listing.

import { range, words } from "./param-shapes.ts";
import type { CallComparison, Comparison } from "./path-views.ts";
import type { OrMissing } from "./performance-views.ts";
import type { TimeRange } from "./protocol.ts";
import { array, integer, nullable, object, oneOf, optional, text, type Shapes } from "./shape.ts";

export type RecordingView = {
  /** `shop-2026.escope` */
  readonly name: string;
  /** `corrupt`: it cannot be opened; `problem` says why */
  readonly state: "live" | "closed" | "interrupted" | "corrupt";
  readonly problem: string | null;
  /** why it ended */
  readonly stopped: string | null;
  readonly target: string | null;
  /** wall clock, ms since 1970; null: unknown */
  readonly startedMs: number | null;
  readonly modifiedMs: number;
  /** null: only its end or opening it tells */
  readonly durationNs: number | null;
  readonly events: number | null;
  readonly lost: number | null;
  readonly bytes: number;
  readonly pinned: boolean;
  /** one file, not a folder */
  readonly packed: boolean;
  /** this page shows it */
  readonly shown: boolean;
};

export type RecordingList = {
  readonly folder: string;
  readonly recordings: readonly RecordingView[];
  /** of them, that many are in the folder; the newest are listed */
  readonly total: number;
  readonly totalBytes: number;
  /** what was chosen last */
  readonly keep: KeepRule;
  /** this server can begin recordings */
  readonly canAttach: boolean;
};

/** Null: no limit. */
export type KeepRule = { readonly maxAgeMs: number | null; readonly maxBytes: number | null };

export type CleanUpPlan = {
  readonly deleted: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly why: "too_old" | "too_large";
  }[];
  readonly bytesBefore: number;
  readonly bytesAfter: number;
};

/** `a` is a stretch of the recording that is shown, `b` one of the other; without it all of that one. */
type WithOther = { readonly other: string; readonly a: TimeRange; readonly b?: TimeRange };

export type RecordingsApi = {
  recordings: { params: Record<string, never>; reply: RecordingList };
  /** where to look at it: here (`name` null: what the server began with), or at the page of the process that makes it */
  openRecording: {
    params: { readonly name: string };
    reply:
      | { readonly kind: "here"; readonly name: string | null }
      | { readonly kind: "elsewhere"; readonly url: string };
  };
  deleteRecording: { params: { readonly name: string }; reply: { readonly bytes: number } };
  pinRecording: {
    params: { readonly name: string; readonly pin: "on" | "off" };
    reply: { readonly pinned: boolean };
  };
  /** what the rule would delete; nothing is deleted */
  planCleanUp: { params: KeepRule; reply: CleanUpPlan };
  /** deletes what the rule chooses of those named: nothing that was not shown before */
  cleanUp: {
    params: KeepRule & { readonly names: readonly string[] };
    reply: { readonly deleted: readonly string[]; readonly problems: readonly string[] };
  };
  /** the recording as one file, ready to be fetched once from `path` */
  packRecording: {
    params: { readonly name: string };
    reply: { readonly path: string; readonly file: string; readonly bytes: number };
  };
  /** as `compare` */
  compareWith: { params: WithOther & { readonly limit: number }; reply: Comparison };
  /** as `compareCalls`; a function that only one of the two knows has no calls in the other */
  compareCallsWith: {
    params: WithOther & { readonly function: string };
    reply: OrMissing<CallComparison>;
  };
};

/** What an upload is answered with. */
export type Imported = {
  readonly name: string;
  readonly kind: "archive" | "trace";
  /** what the trace does not say, or where it was damaged */
  readonly notes: readonly string[];
};

type Params<M extends keyof RecordingsApi> = RecordingsApi[M]["params"];

/** A listing of more is cut: the newest are shown. */
export const MOST_RECORDINGS = 2_000;
const MOST_CHANGES = 2_000;

const name = text(255);
const limit = nullable(integer(0, Number.MAX_SAFE_INTEGER));
const ranges = object<TimeRange>(range);
const withOther = { other: name, a: ranges, b: optional(ranges) };
const rule = { maxAgeMs: limit, maxBytes: limit };

export const RECORDINGS_SHAPES: Shapes<RecordingsApi> = {
  recordings: object<Params<"recordings">>({}),
  openRecording: object<Params<"openRecording">>({ name }),
  deleteRecording: object<Params<"deleteRecording">>({ name }),
  pinRecording: object<Params<"pinRecording">>({ name, pin: oneOf(["on", "off"]) }),
  planCleanUp: object<Params<"planCleanUp">>(rule),
  cleanUp: object<Params<"cleanUp">>({ ...rule, names: array(name, MOST_RECORDINGS) }),
  packRecording: object<Params<"packRecording">>({ name }),
  compareWith: object<Params<"compareWith">>({ ...withOther, limit: integer(1, MOST_CHANGES) }),
  compareCallsWith: object<Params<"compareCallsWith">>({ ...withOther, function: words }),
};
