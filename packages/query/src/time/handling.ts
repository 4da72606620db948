// The message that an OTP behaviour is at work on at an instant: taken, and no state reported since.

import { MESSAGE_KINDS, type MessageKind } from "@elixirscope/trace";
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
import { takenSql } from "./waiting-messages.ts";

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

/** Of those among `pids` that were at work on one. */
export async function handlingAt(
  source: Source,
  pids: readonly number[],
  t: number,
): Promise<ReadonlyMap<number, Handling>> {
  const rows = await select(
    source,
    sql`SELECT h.pid, h.t, h.event, payload(h.payload), m.message, f.text, m.kind
      FROM (SELECT h.* FROM (${takenSql(pids, t)}) h
          LEFT JOIN (SELECT pid, max(event) AS event FROM raw.states WHERE t <= ${t} AND pid IN ${pids} GROUP BY pid) s
            ON s.pid = h.pid WHERE s.event IS NULL OR s.event < h.event) h
        LEFT JOIN raw.messages m ON m.to_pid = h.pid AND m.body = h.payload AND m.t_received <= ${t}
        LEFT JOIN base.pids f ON f.id = m.from_pid`,
  );
  const style = styleOf(source.manifest);
  return new Map(
    rows.map((row) => {
      const body = asBytesOrNull(row[3]);
      const kind = asNumberOrNull(row[6]);
      const handling = {
        message: asNumberOrNull(row[4]),
        from: asTextOrNull(row[5]),
        kind: kind === null ? null : (MESSAGE_KINDS[kind] ?? "plain"),
        body: body === null ? "" : printTerm(body, "line", style),
        t: asNumber(row[1]),
        event: asNumber(row[2]),
      };
      return [asNumber(row[0]), handling];
    }),
  );
}
