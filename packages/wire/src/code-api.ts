// Code as it ran: sources with how often each line was executed, the stack with its variables, every execution of a
// line, and what an expression would have printed there.
//
// `at` is a place as a watch names it: `lib/cart.ex:42`, or `Shop.Cart.add/3` where only calls were recorded.

import type { TermView, TimeRange } from "./protocol.ts";
import { id, pid, range, rows, words } from "./param-shapes.ts";
import { integer, object, oneOf, optional, text, time, type Shapes } from "./shape.ts";
import type { Direction } from "./travel-api.ts";

export type LocalView = {
  readonly name: string;
  readonly text: string;
  /** parts of the value were beyond the recording's limits */
  readonly truncated: boolean;
  readonly event: number;
  readonly t: number;
  /** false: the clause or block that bound it is over, or it cannot be told (null) */
  readonly inScope: boolean | null;
  /** where it was bound */
  readonly line: number;
};

export type PlaceView = {
  readonly file: string;
  readonly line: number;
  readonly column: number | null;
  /** of the site: `match`, `case_clause`, … */
  readonly kind: string;
  readonly event: number;
  readonly t: number;
  /** the line's text, when the recording has the source */
  readonly source: string | null;
};

export type FrameView = {
  readonly call: number;
  readonly module: string;
  readonly function: string;
  readonly arity: number;
  readonly mfa: string;
  readonly t: number;
  /** as they were at the call; null: recorded without arguments */
  readonly args: string | null;
  /** null: only the call is known, its function is not instrumented */
  readonly place: PlaceView | null;
  readonly locals: readonly LocalView[];
  /** of the frame that ends at the instant */
  readonly ends: { readonly outcome: string; readonly result: string | null } | null;
  /** why something of this frame may be missing */
  readonly limits: readonly string[];
};

export type StackView = {
  readonly pid: string;
  readonly name: string | null;
  readonly t: number;
  readonly event: number | null;
  /** innermost last */
  readonly frames: readonly FrameView[];
  /** outer frames that were left out */
  readonly more: number;
  /** why the stack may not be all there was */
  readonly limits: readonly string[];
  /** of an empty stack: what was recorded of the process around the instant */
  readonly why: string | null;
};

export type SourceFileView = {
  /** what `source` is asked for: the file, or the module where no file is known */
  readonly name: string;
  readonly modules: readonly string[];
  /** the recording holds its text */
  readonly hasText: boolean;
  /** places inside of its functions were recorded, not only calls */
  readonly isInstrumented: boolean;
  /** of its functions, in the whole recording */
  readonly calls: number;
};

export type SourcesView = {
  /** of those that the filter lets through */
  readonly total: number;
  readonly files: readonly SourceFileView[];
  /** files of the recording whose text it holds */
  readonly texts: number;
};

export type SourceLine = {
  readonly line: number;
  readonly hits: number;
  /** `calls`: a function's head of which only calls were recorded; `function` names it */
  readonly kind: "line" | "calls";
  readonly function: string | null;
};

export type SourceFunction = {
  readonly mfa: string;
  /** null: where it stands is not known */
  readonly line: number | null;
  readonly endLine: number | null;
  /** null: its calls were not recorded */
  readonly calls: number | null;
  readonly isInstrumented: boolean;
};

export type SourceView = {
  readonly name: string;
  readonly modules: readonly string[];
  /** null: the recording does not hold it, `why` says what would */
  readonly text: string | null;
  readonly why: string | null;
  /** lines of which executions are recorded, also when there were none; nothing is known of the others */
  readonly lines: readonly SourceLine[];
  /** in the order of the source */
  readonly functions: readonly SourceFunction[];
  readonly limits: readonly string[];
};

export type ExecutionView = {
  readonly event: number;
  readonly t: number;
  readonly pid: string;
  readonly call: number | null;
  readonly mfa: string | null;
  /** variables of the line; of a call its arguments */
  readonly values: readonly {
    readonly name: string;
    readonly text: string;
    /** that bound it */
    readonly event: number;
  }[];
};

/** Nothing of that name is in the recording. */
export type UnknownPlace = {
  readonly kind: "unknown";
  readonly message: string;
  readonly nearest: readonly string[];
};

export type ExecutionsReply =
  | {
      readonly kind: "executions";
      readonly total: number;
      /** at or before the instant */
      readonly before: number;
      /** in their order, around the instant; the first is number `first` from 0 */
      readonly executions: readonly ExecutionView[];
      readonly first: number;
      readonly limits: readonly string[];
    }
  | UnknownPlace;

/** What one expression came to at one place in time. */
export type Printed =
  | { readonly kind: "value"; readonly text: string }
  /** part of what it needs was cut or not recorded */
  | { readonly kind: "unknown" }
  /** as Elixir would have raised it */
  | { readonly kind: "raised"; readonly message: string };

export type PrintView = {
  readonly event: number;
  readonly t: number;
  readonly pid: string;
  readonly call: number | null;
  readonly printed: Printed;
};

/** An expression or a condition cannot be read. */
export type UnreadablePrint = {
  readonly kind: "unreadable";
  readonly part: "expression" | "when" | "at";
  readonly message: string;
  /** offsets into the text of that part */
  readonly start: number;
  readonly end: number;
};

export type PrintsReply =
  | {
      readonly kind: "prints";
      readonly prints: readonly PrintView[];
      /** there are, or may be, more */
      readonly more: boolean;
      /** the search ended here, as its time was over; null: it did not */
      readonly searchedTo: number | null;
      readonly unknown: number;
      readonly raised: number;
      readonly firstRaised: string | null;
      readonly limits: readonly string[];
    }
  | UnreadablePrint
  | UnknownPlace;

export type PrintNearReply =
  | { readonly kind: "print"; readonly print: PrintView | null }
  | UnreadablePrint
  | UnknownPlace;

type PrintParams = {
  readonly at: string;
  readonly expression: string;
  /** only where this holds */
  readonly when?: string;
};

export type CodeApi = {
  /** files and modules that the recording knows of, by name */
  sources: {
    params: { readonly filter?: string; readonly offset: number; readonly limit: number };
    reply: SourcesView;
  };
  /** null: the recording knows no such file or module; the range is that of the counts */
  source: {
    params: { readonly name: string; readonly range?: TimeRange };
    reply: SourceView | null;
  };
  /** what was running in a process, innermost last; null: there is no such event or process */
  stack: {
    params: { readonly pid: string; readonly t: number; readonly event?: number };
    reply: StackView | null;
  };
  /** the value that an event gave a variable, in full */
  variable: {
    params: { readonly event: number; readonly name: string };
    reply: { readonly text: string; readonly term: TermView } | null;
  };
  /** of a line or a function, around an instant */
  executions: {
    params: {
      readonly at: string;
      readonly t: number;
      readonly event?: number;
      readonly pid?: string;
      /** at or before the instant at most this many, and after it */
      readonly before: number;
      readonly after: number;
    };
    reply: ExecutionsReply;
  };
  /** from the beginning of the range */
  prints: {
    params: PrintParams & { readonly range?: TimeRange; readonly limit: number };
    reply: PrintsReply;
  };
  /** the latest at or before an instant (`at`), or the next or previous one beyond it */
  printNear: {
    params: PrintParams & {
      readonly t: number;
      readonly event?: number;
      readonly pid?: string;
      readonly direction: Direction | "at";
    };
    reply: PrintNearReply;
  };
};

type Params<M extends keyof CodeApi> = CodeApi[M]["params"];

const page = integer(0, 200);
const within = optional(object<TimeRange>(range));
const print = { at: words, expression: text(2_000), when: optional(text(2_000)) };

export const CODE_SHAPES: Shapes<CodeApi> = {
  sources: object<Params<"sources">>({
    filter: optional(words),
    offset: id,
    limit: rows,
  }),
  source: object<Params<"source">>({ name: words, range: within }),
  stack: object<Params<"stack">>({ pid, t: time, event: optional(id) }),
  variable: object<Params<"variable">>({ event: id, name: text(300) }),
  executions: object<Params<"executions">>({
    at: words,
    t: time,
    event: optional(id),
    pid: optional(pid),
    before: page,
    after: page,
  }),
  prints: object<Params<"prints">>({ ...print, range: within, limit: rows }),
  printNear: object<Params<"printNear">>({
    ...print,
    t: time,
    event: optional(id),
    pid: optional(pid),
    direction: oneOf<Direction | "at">(["next", "previous", "at"]),
  }),
};

/** One of the two is the other's end, from a `/` on: compilers name files in several ways. */
export function isSameFile(one: string, other: string): boolean {
  return one === other || one.endsWith(`/${other}`) || other.endsWith(`/${one}`);
}
