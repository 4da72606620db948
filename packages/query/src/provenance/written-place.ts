// The value that somebody points at, written in one line: a path from what the event holds, or the name of a
// variable with a path into it.

import type { OriginAnswer } from "@elixirscope/wire";
import { kindOf } from "../event-kinds.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import { origin } from "./origin.ts";

/** What a path may begin with where the event itself holds the value. */
const ROOT = /^(?:args|arg\d+|result|exception|reason|body|state|spawn|value)(?![\p{L}\p{N}_?!])/u;
const VARIABLE = /^([\p{Ll}_][\p{L}\p{N}_]*[?!]?)(.*)$/su;

/** `what` as `args[1].qty`, `result{1}`, `.items[0]` or `cart.items`; empty: all that the event holds. */
export async function originOfWritten(
  source: Source,
  event: number,
  what: string,
): Promise<OriginAnswer> {
  const [, name, path] = VARIABLE.exec(what) ?? [];
  if (name === undefined || path === undefined) return await origin(source, event, { path: what });
  const rows = await select(source, sql`SELECT kind FROM raw.events WHERE id = ${event} LIMIT 1`);
  const kind = rows[0] === undefined ? "none" : kindOf(asNumber(rows[0][0]));
  // where variables were bound any name may be one of them
  const isVariable = kind === "bind" || kind === "branch" || !ROOT.test(what);
  return await origin(source, event, isVariable ? { name, path } : { path: what });
}
