// Travelling in time: one step by a unit, and on (or back) to where a condition held.

import type { EventKind } from "@elixirscope/trace";
import { id, pid } from "./param-shapes.ts";
import { object, oneOf, optional, text, time, type Shapes } from "./shape.ts";

/** `line` steps over calls, `into` also stops in them; `out` is the end of the running call, back its beginning. */
export const STEP_UNITS = ["event", "line", "into", "out", "call", "message", "state"] as const;
export type StepUnit = (typeof STEP_UNITS)[number];

export type Direction = "next" | "previous";

/** Where a step ends. */
export type StepPlace = {
  readonly event: number;
  readonly t: number;
  readonly pid: string;
  readonly kind: EventKind;
  readonly title: string;
};

export type StepReply = {
  /** null: there is none, `why` says what that means */
  readonly to: StepPlace | null;
  readonly why: string | null;
  readonly limits: readonly string[];
};

export type RunToReply =
  | (StepReply & {
      readonly kind: "ran";
      /** of the match: what the variables of the condition were */
      readonly values: Readonly<Record<string, string>>;
    })
  /** the condition cannot be read; `at` as `1:7`, `lines` show the place */
  | {
      readonly kind: "unreadable";
      readonly message: string;
      readonly at: { readonly start: number; readonly end: number };
      readonly lines: string;
    }
  /** nothing that it names is in the recording */
  | {
      readonly kind: "unknown";
      readonly message: string;
      readonly nearest: readonly string[];
    };

export type TravelApi = {
  /** one step in one process; null: the recording has no such event or process */
  stepBy: {
    params: {
      readonly pid: string;
      readonly t: number;
      /** brings its own process and time */
      readonly event?: number;
      readonly by: StepUnit;
      readonly direction: Direction;
    };
    reply: StepReply | null;
  };
  /** to the nearest place, in any process, at which `until` held */
  runTo: {
    params: {
      readonly t: number;
      readonly event?: number;
      /** as `find --when` has it: `Shop.Cart.add/3: qty < 0` */
      readonly until: string;
      readonly direction: Direction;
    };
    reply: RunToReply;
  };
};

type Params<M extends keyof TravelApi> = TravelApi[M]["params"];

const direction = oneOf<Direction>(["next", "previous"]);

export const TRAVEL_SHAPES: Shapes<TravelApi> = {
  stepBy: object<Params<"stepBy">>({
    pid,
    t: time,
    event: optional(id),
    by: oneOf(STEP_UNITS),
    direction,
  }),
  runTo: object<Params<"runTo">>({
    t: time,
    event: optional(id),
    until: text(2_000),
    direction,
  }),
};
