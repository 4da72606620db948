// Looking into states and other terms: the versions of a process as a strip, one version with its change,
// two versions compared, and any recorded term by pages, so that a large one is never sent whole.
//
// A part of a term is addressed by the positions of its children from the root, in the order of `term`: exact
// for keys of any kind. Its `path` says the same in the words of `DiffEntry.path`, for people.

import { err } from "@elixirscope/base";
import type { DiffEntry, TermView, TimeRange } from "./protocol.ts";
import { id, pid, range, rows, words } from "./param-shapes.ts";
import {
  array,
  integer,
  isRecord,
  object,
  oneOf,
  optional,
  time,
  type Shape,
  type Shapes,
} from "./shape.ts";

/** A term of the recording: the state that a process had, what an event carries, what a message says. */
export type TermSource =
  | { readonly kind: "state"; readonly pid: string; readonly t: number }
  | { readonly kind: "event"; readonly id: number }
  | { readonly kind: "message"; readonly id: number };

/** One term without what is inside of it. */
export type TermNode = {
  readonly kind: TermView["kind"];
  /** as Elixir's inspect prints it, cut to one line */
  readonly text: string;
  /** children that can be asked for */
  readonly size: number;
  /** of a binary */
  readonly bytes?: number;
};

export type TermChild = TermNode & {
  /** what stands before it in Elixir source: `name:`, `"apple" =>`; null by position, `|` for a tail */
  readonly key: string | null;
  /** what it adds to the path of its parent */
  readonly step: string;
};

export type TermPage = {
  readonly path: string;
  readonly node: TermNode;
  readonly offset: number;
  readonly children: readonly TermChild[];
  /** children that the recording does not have: they were cut at capture */
  readonly cut: number;
};

/** `page` is null when there is no such term, or no such part of it. */
export type TermAnswer = {
  readonly page: TermPage | null;
  readonly why: string | null;
  /** parts of the whole term were beyond the limits of the recording */
  readonly truncated: boolean;
};

export type TermHit = {
  readonly at: readonly number[];
  readonly path: string;
  readonly text: string;
  readonly in: "key" | "value";
};

export type TermHits = {
  readonly total: number;
  readonly offset: number;
  readonly hits: readonly TermHit[];
  /** the term is larger than what a search looks at */
  readonly incomplete: boolean;
};

export type TermText = {
  readonly path: string;
  /** Elixir source, several lines */
  readonly text: string;
  /** why it is not all of it; null: it is whole */
  readonly cut: string | null;
};

/** One version, or `count` that are too close to draw apart (then `version` and `event` are of the last). */
export type StateCell = TimeRange & {
  readonly count: number;
  /** differ from the version before them */
  readonly changed: number;
  readonly first: number;
  readonly version: number;
  readonly event: number;
  /** null: not known, or not the same in all of them */
  readonly callback: string | null;
  /** places that changed; null: not counted */
  readonly changes: number | null;
};

export type StateStrip = {
  readonly pid: string;
  /** versions of the range; those of the whole recording are in `versions` */
  readonly total: number;
  readonly versions: number;
  readonly cells: readonly StateCell[];
  readonly why: string | null;
  readonly limits: readonly string[];
};

/** The message that was handled when the state came to be. */
export type StateCause = {
  readonly message: number;
  /** null: the message itself is not in the recording any more */
  readonly from: string | null;
  readonly kind: string | null;
  readonly body: string | null;
  readonly t: number | null;
  /** of its arrival */
  readonly event: number | null;
};

export type StateMoment = {
  readonly version: number;
  readonly t: number;
  readonly event: number;
  readonly callback: string | null;
};

/** As `StateView`, without the term. */
export type StateVersionView = {
  readonly pid: string;
  readonly state:
    | (StateMoment & {
        readonly cause: StateCause | null;
        /** encoded; null: not recorded */
        readonly bytes: number | null;
        readonly truncated: boolean;
      })
    | null;
  readonly previous: { readonly version: number; readonly t: number } | null;
  readonly next: { readonly version: number; readonly t: number } | null;
  readonly versions: number;
  readonly diff: readonly DiffEntry[];
  readonly diffTruncated: boolean;
  readonly why: string | null;
};

export type StateComparison = {
  readonly pid: string;
  /** null: none was recorded by then, `why` says whether that means anything */
  readonly before: StateMoment | null;
  readonly after: StateMoment | null;
  /** from `before` to `after`; null: one of the two is not known */
  readonly diff: readonly DiffEntry[] | null;
  readonly diffTruncated: boolean;
  /** recorded after the earlier of the two, up to the later one */
  readonly versions: number;
  readonly why: string | null;
  readonly limits: readonly string[];
};

export type FieldChange = StateMoment & {
  readonly kind: DiffEntry["kind"];
  readonly before: string | null;
  readonly after: string | null;
  readonly cause: StateCause | null;
};

export type FieldHistory = {
  readonly pid: string;
  readonly path: string;
  /** newest first */
  readonly changes: readonly FieldChange[];
  /** versions that were looked at */
  readonly looked: number;
  /** where to go on; null: the first recorded version was reached */
  readonly older: { readonly t: number; readonly version: number } | null;
  readonly why: string | null;
  readonly limits: readonly string[];
};

export type StateApi = {
  term: {
    params: {
      readonly of: TermSource;
      readonly at: readonly number[];
      readonly offset: number;
      readonly limit: number;
    };
    reply: TermAnswer;
  };
  /** everywhere in the term: keys, atoms, numbers, text; not case sensitive */
  termSearch: {
    params: {
      readonly of: TermSource;
      readonly text: string;
      readonly offset: number;
      readonly limit: number;
    };
    reply: TermHits;
  };
  termText: {
    params: { readonly of: TermSource; readonly at: readonly number[] };
    reply: TermText | null;
  };
  stateStrip: {
    params: TimeRange & {
      readonly pid: string;
      readonly cells: number;
      /** each as wide as it lasted, or all of the same width */
      readonly by: "time" | "version";
    };
    reply: StateStrip;
  };
  stateVersion: {
    params: { readonly pid: string; readonly t: number };
    reply: StateVersionView;
  };
  /** from another version, or the one of another instant, to the one at `t` */
  stateCompare: {
    params: {
      readonly pid: string;
      readonly t: number;
      readonly against: { readonly t: number } | { readonly version: number };
    };
    reply: StateComparison;
  };
  /** versions up to `t` in which the part changed that is `at` in the state of `at.t` */
  fieldHistory: {
    params: {
      readonly pid: string;
      readonly field: { readonly t: number; readonly at: readonly number[] };
      readonly t: number;
      /** only versions before this one */
      readonly below?: number;
      readonly limit: number;
    };
    reply: FieldHistory;
  };
};

const at = array(id, 1_000);

const SOURCES = {
  state: object<Extract<TermSource, { kind: "state" }>>({ kind: oneOf(["state"]), pid, t: time }),
  event: object<Extract<TermSource, { kind: "event" }>>({ kind: oneOf(["event"]), id }),
  message: object<Extract<TermSource, { kind: "message" }>>({ kind: oneOf(["message"]), id }),
};
const KINDS = ["state", "event", "message"] as const;

const source: Shape<TermSource> = (value, where) => {
  if (!isRecord(value)) return err(`${where} must be an object`);
  const kind = oneOf(KINDS)(value["kind"], `${where}.kind`);
  return kind.ok ? SOURCES[kind.value](value, where) : kind;
};

const instant = object<{ readonly t: number }>({ t: time });
const versioned = object<{ readonly version: number }>({ version: id });

const against: Shape<{ readonly t: number } | { readonly version: number }> = (value, where) =>
  isRecord(value) && value["version"] !== undefined
    ? versioned(value, where)
    : instant(value, where);

export const STATE_SHAPES: Shapes<StateApi> = {
  term: object<StateApi["term"]["params"]>({ of: source, at, offset: id, limit: rows }),
  termSearch: object<StateApi["termSearch"]["params"]>({
    of: source,
    text: words,
    offset: id,
    limit: rows,
  }),
  termText: object<StateApi["termText"]["params"]>({ of: source, at }),
  stateStrip: object<StateApi["stateStrip"]["params"]>({
    pid,
    ...range,
    cells: integer(1, 4_096),
    by: oneOf(["time", "version"]),
  }),
  stateVersion: object<StateApi["stateVersion"]["params"]>({ pid, t: time }),
  stateCompare: object<StateApi["stateCompare"]["params"]>({ pid, t: time, against }),
  fieldHistory: object<StateApi["fieldHistory"]["params"]>({
    pid,
    field: object<{ readonly t: number; readonly at: readonly number[] }>({ t: time, at }),
    t: time,
    below: optional(id),
    limit: integer(1, 200),
  }),
};
