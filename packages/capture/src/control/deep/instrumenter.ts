// What deep recording asks of the transformer. It is passed in, as this package knows nothing of code.

import type { Result } from "@elixirscope/base";
import type { Detail, Level } from "@elixirscope/trace";
import type {
  InstrumentedForms,
  Instrumenter,
  ModuleForms,
  NotInstrumented,
} from "../../run/instrumenter.ts";

/** How deeply one function is recorded. */
export type DeepLevel = { readonly level: Level; readonly detail: Detail };

/** By `add/3`; functions that are not there stay as they are. */
export type DeepLevels = ReadonlyMap<string, DeepLevel>;

/** What a function made in the last second, counted in the recording. */
export type DeepRate = {
  /** `Shop.Cart.add/3` */
  readonly function: string;
  readonly eventsPerSecond: number;
  readonly callsPerSecond: number;
  /** of the events, those of single lines and values */
  readonly detailsPerSecond: number;
};

export type DeepChange = {
  readonly function: string;
  readonly to: DeepLevel;
  /** for the recording and the person who looks at it */
  readonly text: string;
};

export type DeepInstrumenter = {
  readonly instrument: (
    module: ModuleForms,
    levels: DeepLevels,
  ) => Promise<Result<InstrumentedForms, NotInstrumented>>;
  readonly place: Instrumenter["place"];
  /** Which functions to record less deeply so that the rest fits; `levels` by `Shop.Cart.add/3`. */
  readonly demote: (
    rates: readonly DeepRate[],
    levels: DeepLevels,
    eventsPerSecond: number,
  ) => Promise<readonly DeepChange[]>;
};
