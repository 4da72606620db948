// The message that an OTP behaviour is at work on at an instant: taken, and no state reported since.

import { MESSAGE_KINDS, type MessageKind } from "@elixirscope/trace";
import { printTerm, styleOf } from "../print.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  listed,
  select,
  sql,
  type Source,
} from "../sql.ts";
import type { Taken } from "./arrived-messages.ts";

export type Handling = {
  /** null: its arrival was not recorded */
  readonly message: number | null;
  readonly from: string | null;
  readonly kind: MessageKind | null;
  readonly body: string;
  /** when it was taken, and the event that says so */
  readonly t: number;
  readonly event: number;
};

/** Of those that were still at work at `t` on what they had taken. */
export async function handlingAt(
  source: Source,
  taken: ReadonlyMap<number, Taken>,
  t: number,
): Promise<ReadonlyMap<number, Handling>> {
  if (taken.size === 0) return new Map();
  const since = [...taken.values()].reduce((first, one) => Math.min(first, one.t), t);
  const states = await select(
    source,
    sql`SELECT pid, max(event) FROM raw.states
      WHERE t BETWEEN ${since} AND ${t} AND pid IN ${[...taken.keys()]} GROUP BY pid`,
  );
  const done = new Map(states.map(([pid, event]) => [asNumber(pid), asNumber(event)]));
  const busy = [...taken].filter(([pid, { event }]) => (done.get(pid) ?? 0) < event);
  if (busy.length === 0) return new Map();
  const list = listed(
    busy.map(
      ([pid, { payload, message }]) => sql`(${pid}, ${payload}::UBIGINT, ${message}::UBIGINT)`,
    ),
  );
  const messages = busy.flatMap(([, { message }]) => message ?? []);
  const rows = await select(
    source,
    sql`SELECT b.pid, payload(nullif(b.payload, 0)), f.text, m.kind FROM (VALUES ${list}) b(pid, payload, message)
      LEFT JOIN (SELECT message, from_pid, kind FROM raw.messages WHERE message IN ${messages}) m ON m.message = b.message
      LEFT JOIN base.pids f ON f.id = m.from_pid`,
  );
  const style = styleOf(source.manifest);
  const found = new Map<number, Handling>();
  for (const row of rows) {
    const one = taken.get(asNumber(row[0]));
    if (one === undefined) continue;
    const body = asBytesOrNull(row[1]);
    const kind = asNumberOrNull(row[3]);
    found.set(asNumber(row[0]), {
      message: one.message,
      from: asTextOrNull(row[2]),
      kind: kind === null ? null : (MESSAGE_KINDS[kind] ?? "plain"),
      body: body === null ? "" : printTerm(body, "line", style),
      t: one.t,
      event: one.event,
    });
  }
  return found;
}
