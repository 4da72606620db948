// A branch of a term as Elixir source for the clipboard, bounded. What is not all of it says why.

import { inspect, type Term } from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";
import { pushAll } from "@elixirscope/base";
import type { Params, TermText } from "@elixirscope/wire";
import { hasCut } from "../cut.ts";
import { styleOf } from "../print.ts";
import type { Source } from "../sql.ts";
import { withoutDirection } from "../term-text.ts";
import { termOf } from "./term-of.ts";
import { partAt, pathText } from "./term-parts.ts";

const MOST_PARTS = 50_000;
const MOST_BYTES = 200_000;
const MOST_CHARS = 400_000;
/** The printer ends there. */
const MOST_LEVELS = 199;
/** Of a branch that is too large the beginning of each container is printed. */
const LARGE = { limit: 1_000, printableLimit: 20_000 } as const;
const WHOLE = { limit: 1_000_000_000, printableLimit: 1_000_000_000 } as const;

export async function termText(
  source: Source,
  { of, at }: Params<"termText">,
): Promise<TermText | null> {
  const found = await termOf(source, of);
  const part = found.term === null ? undefined : partAt(found.term, at);
  if (part === undefined) return null;
  const style = styleOf(source.manifest);
  const large = isLarge(part.term);
  const limits = large ? LARGE : WHOLE;
  const text = withoutDirection(
    inspect(part.term, { ...style, ...limits, pretty: true, width: 98, cutMarker: CUT_ATOM }),
  );
  const tooLong = text.length > MOST_CHARS;
  const reasons = [
    large || tooLong ? "it is larger than what is copied" : null,
    hasCut(part.term) ? "parts of it were not recorded" : null,
  ].filter((reason) => reason !== null);
  return {
    path: pathText(part.steps, style),
    text: tooLong ? `${text.slice(0, MOST_CHARS - 3)}...` : text,
    cut: reasons.length === 0 ? null : reasons.join("; "),
  };
}

function isLarge(branch: Term): boolean {
  let parts = 0;
  let bytes = 0;
  let level: Term[] = [branch];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_LEVELS) return true;
    const next: Term[] = [];
    for (const term of level) {
      parts += 1;
      if (term.kind === "binary") bytes += term.bytes.length;
      if (parts > MOST_PARTS || bytes > MOST_BYTES) return true;
      if (term.kind === "list" || term.kind === "tuple") pushAll(next, term.items);
      if (term.kind === "map") for (const [key, value] of term.entries) next.push(key, value);
    }
    level = next;
  }
  return false;
}
