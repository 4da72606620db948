// Where a value came from: places in time at which it was seen, from the one that was asked about back to where it
// was made, or to where what was recorded ends.

import type { Confidence } from "@elixirscope/trace";
import { id, words } from "./param-shapes.ts";
import { object, type Shapes } from "./shape.ts";

export type PlaceKind =
  | "argument"
  | "result"
  | "exception"
  | "sent"
  | "received"
  | "binding"
  | "state"
  | "spawn";

/** `event` is the id that everything else in the recording is found by. */
export type OriginPlace = {
  readonly kind: PlaceKind;
  readonly event: number;
  readonly t: number;
  readonly pid: string;
  /** the function whose argument, result or variable it is; null: none is known */
  readonly mfa: string | null;
  readonly file: string | null;
  readonly line: number | null;
  /** where in it: `args[1].qty`, `result{1}`, `cart.items`, `body{2}` */
  readonly where: string;
  /** the value at that place, as Elixir prints it */
  readonly value: string;
  /** of a message: the other process */
  readonly peer: string | null;
};

export type OriginHop = {
  readonly place: OriginPlace;
  /** how it came from there to the place before */
  readonly how:
    | "message"
    | "argument passed on"
    | "variable"
    | "returned"
    | "received"
    | "pattern"
    | "state"
    | "spawned with";
  /** `exact`: a matched message, or data flow of the code with the same value at both ends; else by equal values */
  readonly confidence: Confidence;
  /** places that could have been it, by equal values: 1 where there is no other */
  readonly candidates: number;
  /** more places in between that only passed it on unchanged */
  readonly copies: number;
  /** of those the nearest, at most 20 */
  readonly passed: readonly OriginPlace[];
};

export type OriginEnd = {
  readonly kind:
    /** by an expression, or in a function that nothing is known of inside */
    | "made"
    /** from a process, a timer or a port that was not recorded */
    | "outside"
    /** equal values are everywhere */
    | "too_common"
    /** nothing recorded before it has the value */
    | "not_recorded"
    | "too_far";
  readonly text: string;
  /** the expression that made it, where data flow tells */
  readonly expression: {
    readonly text: string;
    readonly file: string;
    readonly line: number;
  } | null;
  /** variables and arguments that the expression was made of, with their values then */
  readonly inputs: readonly {
    readonly name: string;
    readonly text: string;
    readonly event: number;
  }[];
  /** of a value that was put together here: where its parts were before */
  readonly parts: readonly { readonly path: string; readonly place: OriginPlace }[];
  /** of `too_common`: the nearest places that hold an equal value */
  readonly maybe: readonly OriginPlace[];
};

export type OriginView = {
  readonly value: string;
  readonly asked: OriginPlace;
  /** nearest first */
  readonly hops: readonly OriginHop[];
  readonly end: OriginEnd;
  readonly limits: readonly string[];
};

export type OriginAnswer =
  | { readonly ok: true; readonly view: OriginView }
  | {
      readonly ok: false;
      readonly missing: { readonly message: string; readonly nearest: readonly string[] };
    };

export type OriginApi = {
  /**
   * `what` as `args[1].qty`, `result{1}`, `body{0}`, `state.items`, or a variable with a path into it: `cart.items[0]`;
   * empty: what the event holds
   */
  origin: { params: { readonly event: number; readonly what: string }; reply: OriginAnswer };
};

export const ORIGIN_SHAPES: Shapes<OriginApi> = {
  origin: object<OriginApi["origin"]["params"]>({
    event: id,
    what: words,
  }),
};
