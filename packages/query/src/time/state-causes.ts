// The messages that states came of: who sent what, and when it arrived.

import { MESSAGE_KINDS } from "@elixirscope/trace";
import type { StateCause } from "@elixirscope/wire";
import { printTerm, styleOf } from "../print.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "../sql.ts";
import { rowsOf } from "../part-rows.ts";
import type { StateVersion } from "./state-versions.ts";

export type StateCauses = ReadonlyMap<number, StateCause>;

export function causeOf(message: number | null, causes: StateCauses): StateCause | null {
  return message === null ? null : (causes.get(message) ?? gone(message));
}

function gone(message: number): StateCause {
  return { message, from: null, kind: null, body: null, t: null, event: null };
}

export async function causesOf(
  source: Source,
  pid: number,
  all: readonly Pick<StateVersion, "causeMessage">[],
): Promise<StateCauses> {
  const ids = [...new Set(all.flatMap(({ causeMessage }) => causeMessage ?? []))];
  if (ids.length === 0) return new Map();
  const [first, last] = [Math.min(...ids), Math.max(...ids)];
  const messages = await rowsOf(source, "messages", { message: [first, last] });
  const rows = await select(
    source,
    sql`SELECT m.message, f.text, m.kind, payload(m.body), coalesce(m.t_received, m.t_sent),
        coalesce(m.receive_event, m.send_event)
      FROM (SELECT * FROM ${messages} WHERE message BETWEEN ${first} AND ${last} AND message IN ${ids} AND to_pid = ${pid}) m
        LEFT JOIN base.pids f ON f.id = m.from_pid`,
  );
  const style = styleOf(source.manifest);
  return new Map(
    rows.map((row) => {
      const message = asNumber(row[0]);
      const body = asBytesOrNull(row[3]);
      const cause = {
        message,
        from: asTextOrNull(row[1]),
        kind: MESSAGE_KINDS[asNumber(row[2])] ?? "plain",
        body: body === null ? null : printTerm(body, "line", style),
        t: asNumberOrNull(row[4]),
        event: asNumberOrNull(row[5]),
      };
      return [message, cause];
    }),
  );
}
