// The next or previous message of a sequence diagram, in the order in which messages began.

import type { Params, Reply } from "@elixirscope/wire";
import { begunSql } from "../messages-in-range.ts";
import { recordingRange } from "../recording-range.ts";
import {
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
} from "../sql.ts";
import { growingWindows } from "../time/windows.ts";
import { knownPids, membership } from "./members.ts";

type Place = { readonly began: number; readonly message: number };

export async function sequenceStep(
  source: Source,
  { pids, others, t, event, direction }: Params<"sequenceStep">,
): Promise<Reply<"sequenceStep">> {
  const indexes = [...(await knownPids(source, pids)).keys()];
  if (indexes.length === 0) return null;
  const isNext = direction === "next";
  const from =
    (event === undefined ? null : await placeOf(source, event)) ??
    // of an instant alone all that began in it are behind, whichever way one goes
    ({ began: t, message: isNext ? Number.MAX_SAFE_INTEGER : 0 } satisfies Place);
  const { belongs } = membership(indexes, others);
  const bounds = await recordingRange(source);
  const further = isNext
    ? sql`(began > ${from.began} OR message > ${from.message})`
    : sql`(began < ${from.began} OR message < ${from.message})`;
  const order = isNext ? sql`began, message` : sql`began DESC, message DESC`;
  const end = isNext ? bounds.t1 : bounds.t0;
  for (const window of growingWindows(from.began, direction, end)) {
    const range = { t0: window.from, t1: window.to };
    const [row] = await select(
      source,
      sql`SELECT m.message, m.t_sent, m.t_received, m.send_event, m.receive_event, f.text, o.text
        FROM (SELECT * FROM (${await begunSql(source, range, belongs)}) WHERE ${further} ORDER BY ${order} LIMIT 1) m
          LEFT JOIN base.pids f ON f.id = m.from_pid LEFT JOIN base.pids o ON o.id = m.to_pid`,
    );
    if (row !== undefined) return landing(row);
  }
  return null;
}

/** Where it arrived, as far as that is known. */
function landing([message, sent, received, sendEvent, receiveEvent, from, to]: Row): NonNullable<
  Reply<"sequenceStep">
> {
  const tReceived = asNumberOrNull(received);
  const hasArrived = tReceived !== null;
  return {
    message: asNumber(message),
    t: tReceived ?? asNumber(sent),
    event: asNumberOrNull(hasArrived ? receiveEvent : sendEvent),
    pid: asTextOrNull(to) ?? asTextOrNull(from),
  };
}

async function placeOf(source: Source, event: number): Promise<Place | null> {
  const columns = sql`SELECT coalesce(t_sent, t_received), message FROM raw.messages`;
  const [row] = await select(
    source,
    sql`${columns} WHERE message = ${event} UNION ALL ${columns} WHERE receive_event = ${event} LIMIT 1`,
  );
  return row === undefined ? null : { began: asNumber(row[0]), message: asNumber(row[1]) };
}
