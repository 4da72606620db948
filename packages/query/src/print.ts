// Payload bytes as text, at the two lengths that views need. Bytes that do not decode are said to be
// so in place: one broken payload must not hide the rest of a page.

import { decode, inspect, type Term } from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";

/** `line`: one row of a list; `full`: a panel of its own. */
export type Length = "line" | "full";

const LENGTHS: Readonly<Record<Length, { limit: number; printableLimit: number; chars: number }>> =
  {
    line: { limit: 20, printableLimit: 200, chars: 400 },
    full: { limit: 1_000, printableLimit: 20_000, chars: 100_000 },
  };

export function printTerm(payload: Uint8Array | Term, length: Length): string {
  if (!(payload instanceof Uint8Array)) return printDecoded(payload, length);
  const term = decode(payload);
  if (term.ok) return printDecoded(term.value, length);
  return `#Unreadable<${term.error.code} at byte ${term.error.offset} of ${payload.length}>`;
}

function printDecoded(term: Term, length: Length): string {
  const { limit, printableLimit, chars } = LENGTHS[length];
  const text = inspect(term, { limit, printableLimit, cutMarker: CUT_ATOM });
  return text.length > chars ? `${text.slice(0, chars - 3)}...` : text;
}
