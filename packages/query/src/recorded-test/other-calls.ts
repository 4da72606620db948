// Calls of which there can be a test where there can be none of the one that was asked for: the public caller
// of a private function, or what a server did that was asked.

import { decode, equal, type Term } from "@elixirscope/etf";
import type { OtherCall } from "@elixirscope/wire";
import { mfaText } from "../names.ts";
import { openFrames, type OpenFrame } from "../stack/open-frames.ts";
import { asBytesOrNull, asNumber, asText, select, sql, type Source } from "../sql.ts";
import type { CallFacts } from "./call-facts.ts";
import { publicityOf } from "./publicity.ts";

/** The innermost call around it of a public function whose arguments were recorded. */
export async function publicCaller(
  source: Source,
  { process, entered, call }: CallFacts,
): Promise<OtherCall | null> {
  const { frames } = await openFrames(source, process, { t: entered, event: call });
  const around = frames.filter((frame) => frame.call !== call && frame.args !== null);
  const publicity = await publicityOf(source, around.flatMap(functionOf));
  const found = around.findLast(
    (frame) => frame.function !== null && publicity.get(frame.function) !== "private",
  );
  if (found === undefined) return null;
  return { call: found.call, mfa: mfaText(found.module, found.name, found.arity) };
}

function functionOf(frame: OpenFrame): readonly number[] {
  return frame.function === null ? [] : [frame.function];
}

const MAX_MESSAGES = 20;
const MAX_HANDLERS = 200;

/** The handler that took a message of the call: a server's tag for who waits, or the message, is the same. */
export async function servedCall(
  source: Source,
  { process, entered, left }: CallFacts,
): Promise<OtherCall | null> {
  const during = sql`BETWEEN ${entered} AND ${left ?? entered}`;
  const sent = sql`SELECT to_pid, body FROM raw.messages
    WHERE t_sent ${during} AND from_pid = ${process} ORDER BY t_sent LIMIT ${MAX_MESSAGES}`;
  const [messages, handlers] = await Promise.all([
    select(source, sql`SELECT payload(body) FROM (${sent})`),
    select(
      source,
      sql`SELECT c.call, f.module, f."function", f.arity, payload(c.args)
        FROM (SELECT * FROM raw.calls WHERE t_enter ${during} AND pid <> ${process} AND args IS NOT NULL
            AND pid IN (SELECT to_pid FROM (${sent}))
            AND "function" IN (SELECT id FROM base.functions WHERE starts_with("function", 'handle_'))
          ORDER BY t_enter LIMIT ${MAX_HANDLERS}) c
          JOIN base.functions f ON f.id = c."function" ORDER BY c.t_enter, c.call`,
    ),
  ]);
  const bodies = messages.flatMap(([body]) => termOf(body) ?? []);
  const found = handlers.find((row) => {
    const args = itemsOf(termOf(row[4]));
    return bodies.some((body) => isHandlerOf(args, body));
  });
  if (found === undefined) return null;
  const mfa = mfaText(asText(found[1]), asText(found[2]), asNumber(found[3]));
  return { call: asNumber(found[0]), mfa };
}

/** A call is known by who waits for its reply, a cast and anything else by what was sent. */
function isHandlerOf([message, from]: readonly Term[], body: Term): boolean {
  const [kind, inner] = itemsOf(body);
  const name = kind?.kind === "atom" ? kind.name : null;
  if (name === "$gen_call") return isSame(from, inner);
  return isSame(message, name === "$gen_cast" ? inner : body);
}

function isSame(one: Term | undefined, other: Term | undefined): boolean {
  return one !== undefined && other !== undefined && equal(one, other);
}

function itemsOf(term: Term | null): readonly Term[] {
  return term?.kind === "tuple" || term?.kind === "list" ? term.items : [];
}

function termOf(column: unknown): Term | null {
  const bytes = asBytesOrNull(column);
  const term = bytes === null ? null : decode(bytes);
  return term?.ok === true ? term.value : null;
}
