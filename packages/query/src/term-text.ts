// A term in words for the page: as Elixir prints it, except that characters which change the direction of
// text are escaped. Printed raw they let a value reorder what stands beside it on screen.

import { inspect, type InspectOptions, type Term } from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";

const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export function termText(term: Term, options: InspectOptions): string {
  return withoutDirection(inspect(term, { cutMarker: CUT_ATOM, ...options }));
}

/** `\u202E` for the character: as it can be written in Elixir source. */
export function withoutDirection(text: string): string {
  return text.replace(DIRECTION, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return `\\u${code}`;
  });
}
