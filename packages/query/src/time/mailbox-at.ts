// The messages that lay in a process's mailbox at an instant: sent by then and not yet taken.

import { CONFIDENCES, MESSAGE_KINDS, type Confidence, type MessageKind } from "@elixirscope/trace";
import { kindCode } from "../event-kinds.ts";
import { limitsOf } from "../limits.ts";
import { timeText } from "../names.ts";
import { pidIndex } from "../pids.ts";
import { printTerm, styleOf, type TermStyle } from "../print.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
} from "../sql.ts";
import { lifeOf } from "../state-why.ts";
import { handlingAt, type Handling } from "./handling.ts";
import { waitingSql } from "./waiting-messages.ts";

export type MailboxParams = {
  readonly pid: string;
  readonly t: number;
  /** messages at most, the oldest ones */
  readonly limit: number;
};

export type WaitingMessage = {
  readonly message: number;
  /** null: the VM, a timer, or not known */
  readonly from: string | null;
  readonly kind: MessageKind;
  readonly body: string;
  /** null: its send was not recorded */
  readonly tSent: number | null;
  /** when the process saw it arrive; null: not yet at the instant */
  readonly tArrived: number | null;
  /** so far; since its arrival where its send is not known */
  readonly dwellNs: number;
  /** `inferred`: no later arrival shows that it was there */
  readonly confidence: Confidence;
  readonly event: number | null;
};

export type MailboxView = {
  readonly pid: string;
  readonly t: number;
  /** in the order in which the process gets them; messages of different senders that had not arrived: as they were sent */
  readonly messages: readonly WaitingMessage[];
  readonly total: number;
  /** what the process was at work on; null: nothing, or not known */
  readonly handling: Handling | null;
  /** why there can be none, or none is known */
  readonly why: string | null;
  readonly limits: readonly string[];
};

const IN_ORDER = sql`queue, CASE WHEN queue = 0 THEN t_received END, CASE WHEN queue = 0 THEN receive_event END, t_sent, message`;

/** Null: no such process was seen. */
export async function mailboxAt(
  source: Source,
  { pid, t, limit }: MailboxParams,
): Promise<MailboxView | null> {
  const index = await pidIndex(source, pid);
  if (index === null) return null;
  const empty = { pid, t, messages: [], total: 0, handling: null };
  const why = await whyNone(source, index, t);
  const limits = await limitsOf(source, { pids: [index], from: 0, to: t }, ["messages"]);
  if (why !== null) return { ...empty, why, limits };
  const [rows, handling, reports] = await Promise.all([
    select(
      source,
      sql`SELECT w.message, f.text, w.kind, payload(w.body), w.t_sent, w.t_received, w.queue, w.certainty, w.send_event, w.receive_event, w.total
        FROM (SELECT *, count(*) OVER () AS total FROM (${waitingSql([index], t)})
            ORDER BY ${IN_ORDER} LIMIT ${limit}) w
          LEFT JOIN base.pids f ON f.id = w.from_pid ORDER BY ${IN_ORDER}`,
    ),
    handlingAt(source, [index], t),
    reportsTaking(source, index),
  ]);
  const style = styleOf(source.manifest);
  return {
    pid,
    t,
    messages: rows.map((row) => waiting(row, t, style)),
    total: asNumberOrNull(rows[0]?.[10]) ?? 0,
    handling: handling.get(index) ?? null,
    why: null,
    limits: [...limits, ...alwaysUnknown(reports)],
  };
}

function waiting(row: Row, t: number, style: TermStyle): WaitingMessage {
  const body = asBytesOrNull(row[3]);
  const tSent = asNumberOrNull(row[4]);
  const hasArrived = asNumber(row[6]) === 0;
  const tArrived = hasArrived ? asNumberOrNull(row[5]) : null;
  const [sendEvent, receiveEvent] = [asNumberOrNull(row[8]), asNumberOrNull(row[9])];
  return {
    message: asNumber(row[0]),
    from: asTextOrNull(row[1]),
    kind: MESSAGE_KINDS[asNumber(row[2])] ?? "plain",
    body: body === null ? "" : printTerm(body, "line", style),
    tSent,
    tArrived,
    dwellNs: t - (tSent ?? tArrived ?? t),
    confidence: CONFIDENCES[asNumber(row[7])] ?? "inferred",
    event: hasArrived ? receiveEvent : (sendEvent ?? receiveEvent),
  };
}

async function whyNone(source: Source, pid: number, t: number): Promise<string | null> {
  if (!source.manifest.plan.messages) return "the recording was made without messages";
  const { spawned, exited } = await lifeOf(source, pid);
  if (spawned !== null && spawned > t) {
    return `the process did not exist yet: it was spawned at ${timeText(spawned)}`;
  }
  if (exited !== null && exited <= t) return `the process had exited at ${timeText(exited)}`;
  const [arrival] = await select(
    source,
    sql`SELECT 1 FROM raw.messages WHERE to_pid = ${pid} AND t_received IS NOT NULL LIMIT 1`,
  );
  return arrival === undefined
    ? "no arrival at this process was recorded: it is not traced, or got no message; what waited cannot be told"
    : null;
}

/** Only OTP behaviours with the probe's state handler do. */
async function reportsTaking(source: Source, pid: number): Promise<boolean> {
  const [row] = await select(
    source,
    sql`SELECT 1 FROM raw.events WHERE pid = ${pid} AND kind = ${kindCode("handle")} LIMIT 1`,
  );
  return row !== undefined;
}

function alwaysUnknown(reports: boolean): readonly string[] {
  const limits = [
    "what was sent before the recording, by the VM, timers or untraced processes is known only from its arrival on",
  ];
  if (!reports) {
    limits.push(
      "the process reports nothing that it takes: messages that had arrived and were not taken yet are not here",
    );
  }
  return limits;
}
