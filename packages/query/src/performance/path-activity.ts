// What made a process go on: its receives and the messages that it took, newest last, each with the
// message behind it. Read once per process for the time of the request, so that the walk is in memory.

import { MESSAGE_KINDS } from "@elixirscope/trace";
import { kindCode } from "../event-kinds.ts";
import { asNumber, asNumberOrNull, select, sql, type Row, type Source } from "../sql.ts";

/** More is read again when the walk gets there. */
const MOST_ROWS = 20_000;

const REPLY = MESSAGE_KINDS.indexOf("reply");
const SIGNALS = [MESSAGE_KINDS.indexOf("down"), MESSAGE_KINDS.indexOf("exit")];

export type Cause = {
  readonly id: number;
  readonly t: number;
  readonly kind: "receive" | "handle";
  /** the event before in the process, in the time of the request */
  readonly before: number | null;
  /** the event before that was no receive: until then the process did something else */
  readonly busyUntil: number | null;
  readonly message: MessageBehind | null;
};

export type MessageBehind = {
  readonly from: number | null;
  readonly sendEvent: number | null;
  readonly tSent: number | null;
  readonly tReceived: number | null;
  /** of what the VM tells of a process that ended: its end */
  readonly exit: { readonly event: number; readonly t: number } | null;
  /** of a reply: the send of the call that it answers */
  readonly call: { readonly sendEvent: number; readonly pid: number; readonly t: number } | null;
};

export type Activity = {
  readonly isBehaviour: boolean;
  readonly spawned: { readonly t: number; readonly parent: number } | null;
  readonly causes: readonly Cause[];
  /** false: there are earlier ones */
  readonly isWhole: boolean;
};

export async function activityOf(
  source: Source,
  pid: number,
  from: number,
  upTo: { readonly t: number; readonly id: number },
): Promise<Activity> {
  const [receive, handle] = [kindCode("receive"), kindCode("handle")];
  const [rows, [life]] = await Promise.all([
    select(
      source,
      sql`WITH own AS (
          SELECT id, t, kind, payload, lag(t) OVER w AS before,
            last_value(CASE WHEN kind <> ${receive} THEN t END IGNORE NULLS)
              OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy
          FROM raw.events WHERE pid = ${pid} AND t BETWEEN ${from} AND ${upTo.t} AND id < ${upTo.id}
          WINDOW w AS (ORDER BY id)),
        causes AS (SELECT * FROM own WHERE kind IN ${[receive, handle]} ORDER BY id DESC LIMIT ${MOST_ROWS + 1}),
        mail AS (SELECT * FROM raw.messages WHERE to_pid = ${pid} AND t_received BETWEEN ${from} AND ${upTo.t})
      SELECT c.id::DOUBLE, c.t::DOUBLE, c.kind, c.before::DOUBLE, c.busy::DOUBLE, m.message::DOUBLE, m.from_pid,
        m.send_event::DOUBLE, m.t_sent::DOUBLE, m.t_received::DOUBLE, m.kind, a.message::DOUBLE, a.from_pid, a.t_sent::DOUBLE,
        x.id::DOUBLE, x.t::DOUBLE
      FROM causes c
        LEFT JOIN mail m ON CASE WHEN c.kind = ${receive} THEN m.receive_event = c.id ELSE m.body = c.payload END
        LEFT JOIN (SELECT message, from_pid, t_sent FROM raw.messages
          WHERE from_pid = ${pid} AND t_sent BETWEEN ${from} AND ${upTo.t}) a ON a.message = m.reply_to
        LEFT JOIN (SELECT id, t, pid FROM raw.events WHERE kind = ${kindCode("exit")} AND t BETWEEN ${from} AND ${upTo.t}) x
          ON x.pid = m.from_pid AND m.kind IN ${SIGNALS}
      ORDER BY c.id`,
    ),
    select(source, sql`SELECT t_spawned::DOUBLE, parent FROM base.processes WHERE pid = ${pid}`),
  ]);
  const isWhole = rows.length <= MOST_ROWS;
  const causes = (isWhole ? rows : rows.slice(1)).map((row) => causeOf(row, receive));
  const [tSpawned, parent] = [asNumberOrNull(life?.[0]), asNumberOrNull(life?.[1])];
  return {
    isBehaviour: causes.some(({ kind }) => kind === "handle"),
    spawned: tSpawned === null || parent === null ? null : { t: tSpawned, parent },
    causes,
    isWhole,
  };
}

function causeOf(row: Row, receive: number): Cause {
  return {
    id: asNumber(row[0]),
    t: asNumber(row[1]),
    kind: asNumber(row[2]) === receive ? "receive" : "handle",
    before: asNumberOrNull(row[3]),
    busyUntil: asNumberOrNull(row[4]),
    message: row[5] === null ? null : messageOf(row),
  };
}

function messageOf(row: Row): MessageBehind {
  const [send, caller, tCall] = [
    asNumberOrNull(row[11]),
    asNumberOrNull(row[12]),
    asNumberOrNull(row[13]),
  ];
  const [exit, tExit] = [asNumberOrNull(row[14]), asNumberOrNull(row[15])];
  const isReply = asNumberOrNull(row[10]) === REPLY;
  return {
    from: asNumberOrNull(row[6]),
    sendEvent: asNumberOrNull(row[7]),
    tSent: asNumberOrNull(row[8]),
    tReceived: asNumberOrNull(row[9]),
    exit: exit === null || tExit === null ? null : { event: exit, t: tExit },
    call:
      !isReply || send === null || caller === null || tCall === null
        ? null
        : { sendEvent: send, pid: caller, t: tCall },
  };
}
