// Parameters that many methods have, checked the same everywhere.

import type { TimeRange } from "./protocol.ts";
import { integer, text, time, type Shape } from "./shape.ts";

/** The most that one request may ask for; a page on a large screen needs a fraction. */
export const LIMITS = {
  buckets: 8_192,
  lanes: 200,
  rows: 1_000,
  queryRows: 100_000,
  textLength: 1_000,
  sqlLength: 100_000,
  slotLength: 200,
  selectors: 100,
} as const;

/** Of an event, a call or a message; also a place in a list. */
export const id: Shape<number> = integer(0, Number.MAX_SAFE_INTEGER);
export const pid: Shape<string> = text(200);
export const words: Shape<string> = text(LIMITS.textLength);
export const rows: Shape<number> = integer(1, LIMITS.rows);
/** The fields of a range of time. */
export const range: { readonly [K in keyof TimeRange]: Shape<number> } = { t0: time, t1: time };
