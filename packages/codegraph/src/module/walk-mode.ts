// How a node is to be read, as bits: what stands around it decides what it means.

/** the value is what the function returns */
export const TAIL = 1;
/** names are bound, not used */
export const PATTERN = 2;
/** inside `quote`: code as data, nothing is called */
export const QUOTED = 4;
/** inside `quote` where `unquote` means nothing: in a quote in a quote, or with `unquote: false` */
export const NO_UNQUOTE = 8;
/** inside a typespec: types are no calls */
export const TYPE = 16;
/** has one argument more, from `|>` */
export const PIPED = 32;
/** inside a query macro (`from`, `where`): only what is pinned is evaluated */
export const QUERY = 64;

/** Of the mode of a construct, what holds for a part of it that is evaluated before. */
export function inner(mode: number): number {
  return mode & ~(TAIL | PIPED | PATTERN);
}
