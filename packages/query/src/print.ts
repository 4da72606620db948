// Payload bytes as text, at the two lengths that views need. Bytes that do not decode are said to be
// so in place: one broken payload must not hide the rest of a page.

import { decode, type InspectOptions, type Term } from "@elixirscope/etf";
import type { Manifest } from "@elixirscope/trace";
import { termText } from "./term-text.ts";

/** What printing depends on in the target: its own pids print short, its Elixir decides about charlists. */
export type TermStyle = Pick<InspectOptions, "charlists" | "localNode">;

export function styleOf({ target }: Pick<Manifest, "target">): TermStyle {
  const [, major = "1", minor = "0"] = /^(\d+)\.(\d+)/.exec(target.elixir ?? "") ?? [];
  // since 1.15 a charlist is ~c"text"; a target without Elixir has no say
  const isOld = Number(major) === 1 && Number(minor) < 15 && target.elixir !== null;
  return { charlists: isOld ? "single" : "sigil", localNode: target.node };
}

/** `line`: one row of a list; `full`: a panel of its own. */
export type Length = "line" | "full";

const LENGTHS: Readonly<Record<Length, { limit: number; printableLimit: number; chars: number }>> =
  {
    line: { limit: 20, printableLimit: 200, chars: 400 },
    full: { limit: 1_000, printableLimit: 20_000, chars: 100_000 },
  };

export function printTerm(
  payload: Uint8Array | Term,
  length: Length,
  style: TermStyle = {},
): string {
  if (!(payload instanceof Uint8Array)) return printDecoded(payload, length, style);
  const term = decode(payload);
  if (term.ok) return printDecoded(term.value, length, style);
  return `#Unreadable<${term.error.code} at byte ${term.error.offset} of ${payload.length}>`;
}

/** Arguments as they stand between the brackets of a call: a list `[97]` is one argument, no charlist. */
export function printArguments(payload: Uint8Array, length: Length, style: TermStyle = {}): string {
  const list = decode(payload);
  if (!list.ok || list.value.kind !== "list") return printTerm(payload, length, style);
  const { items, tail } = list.value;
  const args = items.map((item) => printDecoded(item, length, style));
  // the probe cuts a long list at its end
  if (tail !== null) args.push("...");
  return shorten(args.join(", "), length);
}

function printDecoded(term: Term, length: Length, style: TermStyle): string {
  const { limit, printableLimit } = LENGTHS[length];
  return shorten(termText(term, { limit, printableLimit, ...style }), length);
}

function shorten(text: string, length: Length): string {
  const { chars } = LENGTHS[length];
  return text.length > chars ? `${text.slice(0, chars - 3)}...` : text;
}
