// The answer of `races`: accesses that nothing but luck put in order, grouped by what they race about.

import type { Confidence } from "@elixirscope/trace";
import type { ProcessRef } from "../process-refs.ts";

export type RaceSubject =
  | { readonly kind: "server"; readonly process: ProcessRef }
  | { readonly kind: "ets"; readonly table: string };

/**
 * `lost_update`: read, then written in another step, where somebody else can write in between.
 * `write_write`, `read_write`: of an ETS key, with nothing that orders them.
 */
export type RaceKind = "lost_update" | "write_write" | "read_write";

export type RaceAccess = {
  readonly kind: "read" | "write";
  readonly process: ProcessRef;
  /** of the request's send, or of the call of `:ets` */
  readonly event: number;
  readonly t: number;
  readonly text: string;
  /** null: none, or not recorded */
  readonly result: string | null;
  readonly function: string | null;
  /** its value was not known to the write that followed */
  readonly isLost: boolean;
};

export type RaceExample = {
  /** false: in this recording it went well, and nothing but timing saw to that */
  readonly happened: boolean;
  /** the part of the state, or the key */
  readonly what: string;
  /** in the order in which they took effect */
  readonly accesses: readonly RaceAccess[];
};

export type Race = {
  readonly kind: RaceKind;
  readonly subject: RaceSubject;
  /** like `{:level, _}` or `:ets.lookup/2`; null where nothing is read */
  readonly read: string | null;
  readonly write: string;
  /** the innermost traced function around read and write of the first example */
  readonly function: string | null;
  /** how often it went wrong in this recording */
  readonly happened: number;
  /** how often it only went well by timing */
  readonly possible: number;
  /** `exact`: recorded states, or ETS operations, show it; `inferred`: told from requests and replies */
  readonly confidence: Confidence;
  readonly examples: readonly RaceExample[];
};

export type RaceView = {
  readonly races: readonly Race[];
  /** races that were left out */
  readonly more: number;
  readonly looked: { readonly requests: number; readonly ets: number };
  readonly limits: readonly string[];
};
