// Branded primitives: a number that is a time and a number that is an id do not mix.

declare const brand: unique symbol;

/** A `T` that only its constructor makes; free at run time. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Nanoseconds since the start of a recording (exact below 2^53, good for 104 days). */
export type Nanoseconds = Brand<number, "Nanoseconds">;

/** A row of `events`; calls, messages and states carry the id of the event that opened them. */
export type EventId = Brand<number, "EventId">;

export function nanoseconds(value: number): Nanoseconds {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- brand constructor
  return value as Nanoseconds;
}

export function eventId(value: number): EventId {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- brand constructor
  return value as EventId;
}
