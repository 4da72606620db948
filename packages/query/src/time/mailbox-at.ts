// The messages that lay in a process's mailbox at an instant: sent by then and not yet taken.

import { CONFIDENCES, MESSAGE_KINDS, type Confidence, type MessageKind } from "@elixirscope/trace";
import { limitsOf } from "../limits.ts";
import { timeText } from "../names.ts";
import { pidIndex } from "../interned.ts";
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
import { processFacts } from "../process-facts.ts";
import { arrivals } from "./arrived-messages.ts";
import { handlingAt, type Handling } from "./handling.ts";
import { unseenSql } from "./waiting-messages.ts";

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
  const [{ taken, waiting, truncated }, unseen] = await Promise.all([
    arrivals(source, [index], t),
    select(
      source,
      sql`SELECT message, t_sent, confidence, count(*) OVER () FROM (${unseenSql([index], t)})
        ORDER BY t_sent, message LIMIT ${limit}`,
    ),
  ]);
  const known: Known[] = [
    ...waiting.map(({ message, confidence }) => ({ message, confidence, hasArrived: true })),
    ...unseen.map(([message, tSent, confidence]) => ({
      message: asNumber(message),
      tSent: asNumber(tSent),
      confidence: asNumber(confidence),
      hasArrived: false,
    })),
  ];
  const handling = await handlingAt(source, taken, t);
  return {
    pid,
    t,
    messages: await described(source, index, known.slice(0, limit), t),
    total: waiting.length + (asNumberOrNull(unseen[0]?.[3]) ?? 0),
    handling: handling.get(index) ?? null,
    why: null,
    limits: [
      ...limits,
      ...(truncated ? ["there were more arrivals than are looked at: more messages waited"] : []),
      ...alwaysUnknown(taken.has(index)),
    ],
  };
}

type Known = {
  readonly message: number;
  readonly confidence: number;
  readonly hasArrived: boolean;
  /** of a signal that has no send: when its cause happened */
  readonly tSent?: number;
};

async function described(
  source: Source,
  pid: number,
  known: readonly Known[],
  t: number,
): Promise<readonly WaitingMessage[]> {
  if (known.length === 0) return [];
  const ids = known.map(({ message }) => message);
  const rows = await select(
    source,
    sql`SELECT m.message, f.text, m.kind, payload(m.body), m.t_sent, m.t_received, m.send_event, m.receive_event
      FROM (SELECT * FROM raw.messages WHERE message BETWEEN ${Math.min(...ids)} AND ${Math.max(...ids)}
          AND message IN ${ids} AND to_pid = ${pid}) m
        LEFT JOIN base.pids f ON f.id = m.from_pid`,
  );
  const found = new Map(rows.map((row) => [asNumber(row[0]), row]));
  const style = styleOf(source.manifest);
  return known.flatMap((one) => {
    const row = found.get(one.message);
    return row === undefined ? [] : [waitingMessage(row, one, t, style)];
  });
}

function waitingMessage(row: Row, known: Known, t: number, style: TermStyle): WaitingMessage {
  const body = asBytesOrNull(row[3]);
  const tSent = asNumberOrNull(row[4]) ?? known.tSent ?? null;
  const tArrived = known.hasArrived ? asNumberOrNull(row[5]) : null;
  const [sendEvent, receiveEvent] = [asNumberOrNull(row[6]), asNumberOrNull(row[7])];
  return {
    message: known.message,
    from: asTextOrNull(row[1]),
    kind: MESSAGE_KINDS[asNumber(row[2])] ?? "plain",
    body: body === null ? "" : printTerm(body, "line", style),
    tSent,
    tArrived,
    dwellNs: t - (tSent ?? tArrived ?? t),
    confidence: CONFIDENCES[known.confidence] ?? "inferred",
    event: known.hasArrived ? receiveEvent : (sendEvent ?? receiveEvent),
  };
}

async function whyNone(source: Source, pid: number, t: number): Promise<string | null> {
  if (!source.manifest.plan.messages) return "the recording was made without messages";
  const { spawned, exited } = await processFacts(source, pid);
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

function alwaysUnknown(hasReported: boolean): readonly string[] {
  const limits = [
    "what was sent before the recording, by the VM, timers or untraced processes is known only from its arrival on",
  ];
  if (!hasReported) {
    limits.push(
      "the process had not reported what it takes: messages that had arrived and that it had not taken may be missing",
    );
  }
  return limits;
}
