// What a condition is asked about, in the order in which it happened.

import type { Term } from "@elixirscope/etf";

type Happened = {
  readonly t: number;
  readonly id: number;
  /** number of the process in the recording */
  readonly pid: number;
  /** null: not instrumented */
  readonly site: number | null;
};

/** Values by name, of those that the condition asks for. */
export type Values = ReadonlyMap<string, Term>;

export type Step =
  | (Happened & {
      readonly kind: "enter";
      readonly call: number;
      readonly function: number | null;
      readonly values: Values;
    })
  | (Happened & { readonly kind: "bind"; readonly call: number; readonly values: Values })
  | (Happened & {
      readonly kind: "exit";
      readonly call: number;
      /** null: it did not return, or nothing was recorded of it */
      readonly result: Term | null;
    })
  | (Happened & { readonly kind: "state"; readonly state: Term | null });
