// The answer of `stack`: what was being executed in one process at one instant, with its variables.

/** After everything that happened at `t`, or right after one event. */
export type Instant =
  | { readonly kind: "time"; readonly t: number }
  | { readonly kind: "event"; readonly event: number };

export type LocalView = {
  readonly name: string;
  readonly text: string;
  /** parts of the value were beyond the recording's limits */
  readonly truncated: boolean;
  readonly event: number;
  readonly t: number;
  /** false: the clause or block that bound it is over, or it cannot be told (null) */
  readonly inScope: boolean | null;
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
