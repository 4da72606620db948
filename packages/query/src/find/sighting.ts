// Places in time at which a value was seen: data flow as it happened.

export type SightingKind =
  | "argument"
  | "result"
  | "binding"
  | "expression"
  | "exception"
  | "message"
  | "state";

export type Sighting = {
  readonly t: number;
  readonly event: number;
  readonly pid: string;
  readonly kind: SightingKind;
  /** the variable or argument, and the way to the value inside it: `cart.items[0]` */
  readonly where: string;
  readonly mfa: string | null;
  readonly file: string | null;
  readonly line: number | null;
  /** of a message: who received it */
  readonly to: string | null;
  /** it is where the search was to end */
  readonly reaches: boolean;
};

export type ValueResult = {
  /** in the order of time; with a target only those there */
  readonly sightings: readonly Sighting[];
  readonly more: boolean;
  /** the first of all, where the value comes from as far as is known */
  readonly origin: Sighting | null;
  /** with a target: how often it was seen elsewhere until the last sighting there */
  readonly elsewhere: number;
  readonly looked: number;
  /** values that were cut, so that it may have been in them */
  readonly unknown: number;
  readonly notes: readonly string[];
};
