// Values that are written out in a way of their own: maps, `~w` and `~s`.

import { atom, binary, charlist, list, map, type Term } from "@elixirscope/etf";
import { isCall, type LocalCall } from "@elixirscope/syntax";
import { areEqual } from "./compare-values.ts";
import { ConditionFault } from "./condition-error.ts";

/** `~w(a b)a` and `~s(text)` without interpolation. */
export function sigilTerm({ callee, args, start, end }: LocalCall): Term {
  const [content, modifiers] = args;
  const [text, ...more] = content !== undefined && isCall(content, "<<>>") ? content.args : [];
  const kind = callee.slice("sigil_".length).toLowerCase();
  const modifier = modifiers?.kind === "charlist" ? modifiers.value : "";
  if (text?.kind === "string" && more.length === 0) {
    if (kind === "s") return binary(text.value);
    const words = text.value.split(/\s+/).filter((word) => word !== "");
    if (kind === "w") return list(words.map((word) => wordTerm(word, modifier)));
  }
  throw new ConditionFault("of sigils a condition knows ~w and ~s without interpolation", {
    start,
    end,
  });
}

function wordTerm(word: string, modifier: string): Term {
  if (modifier === "a") return atom(word);
  return modifier === "c" ? charlist(word) : binary(word);
}

/** Of two equal keys the later one counts. */
export function mapOf(terms: readonly Term[]): Term {
  const entries: (readonly [Term, Term])[] = [];
  for (let i = 0; i + 1 < terms.length; i += 2) {
    const [key, value] = [terms[i], terms[i + 1]];
    if (key === undefined || value === undefined) continue;
    const at = entries.findIndex(
      ([other]) => areEqual(other, key, { exact: true, signedZero: true }) === true,
    );
    if (at < 0) entries.push([key, value]);
    else entries[at] = [key, value];
  }
  return map(entries);
}
