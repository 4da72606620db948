// Messages between processes, from both their ends: which send a receive ends (`PendingSends`), which
// request a reply answers (`Requests`), and the row that comes of it (`MessageRows`).

import { CONFIDENCES, FLAG, LINK_TYPES } from "@elixirscope/trace";
import type { Peek } from "../term-peek.ts";
import type { Definitions } from "./definitions.ts";
import { lengthOf, type MessageEnd } from "./message-end.ts";
import { KIND_CODE, MessageRows, REPLY } from "./message-rows.ts";
import type { MessageRow } from "./output.ts";
import { PendingSend } from "./pair.ts";
import type { Party, Process } from "./party.ts";
import { PendingSends } from "./pending-sends.ts";
import { Requests, type Request } from "./requests.ts";
import type { CorrelatorSession } from "./session.ts";

const REPLY_LINK = LINK_TYPES.indexOf("reply");
const EXACTLY = CONFIDENCES.indexOf("exact");
/** A process whose messages were awaited this often in vain is not one whose sends are reported. */
const VAIN_HOLDS = 8;

export class Messages {
  readonly #session: CorrelatorSession;
  readonly #definitions: Definitions;
  readonly #requests: Requests;
  readonly #rows: MessageRows;
  readonly #pending: PendingSends;

  constructor(session: CorrelatorSession, definitions: Definitions) {
    this.#session = session;
    this.#definitions = definitions;
    this.#requests = new Requests(session);
    this.#rows = new MessageRows(session);
    this.#pending = new PendingSends(session, this.#rows);
  }

  /** Answers the receiver when it is known which process that is. */
  send(sender: Process, end: MessageEnd): Process | null {
    sender.vainHolds = 0;
    const { record, peek, event } = end;
    const send = this.#newSend(sender, end);
    let receiver = this.#resolve(record.other);
    if (peek.kind === "call") {
      send.unique = peek.tagEnd > 0;
      this.#requests.open(record.bytes, peek, { message: event, t: record.t, requester: sender });
    } else if (peek.kind === "tagged") {
      const request = this.#answered(end);
      if (request !== null) {
        send.kind = REPLY;
        send.unique = true;
        send.replyTo = request.message;
        receiver ??= request.requester;
      }
    }
    send.receiver = receiver;
    send.to = receiver?.pid ?? numberOf(record.other);
    if (
      (record.flags & FLAG.NO_PROCESS) !== 0 ||
      (receiver !== null && (receiver.foreign || receiver.exit !== null))
    ) {
      this.#rows.unreceived(send);
      return receiver;
    }
    this.#pending.add(sender, send);
    return receiver;
  }

  /** The send that this receive ends, taken out; null when there is none (yet). */
  match(receiver: Process, sender: Process, end: MessageEnd): PendingSend | null {
    return this.#pending.match(receiver, sender, end);
  }

  /** The send of such a receive may still come. */
  mayCome(sender: Process, kind: Peek["kind"]): boolean {
    if (!sender.traced || sender.foreign || sender.exit !== null) return false;
    return kind !== "down" && kind !== "exit" && sender.vainHolds < VAIN_HOLDS;
  }

  received(receiver: Process, sender: Process, end: MessageEnd, send: PendingSend): void {
    this.#rows.received(receiver, sender, end, send);
  }

  /** Seen only where it arrived. `sender` null: the VM, a timer, a port. */
  receivedAlone(receiver: Process, sender: Process | null, end: MessageEnd): void {
    const { record, peek, event } = end;
    if (sender?.traced === true && peek.kind !== "down" && peek.kind !== "exit") {
      this.#pending.doubt(sender, receiver);
    }
    let kind = KIND_CODE[peek.kind];
    let replyTo = 0;
    if (peek.kind === "call" && !this.#requests.isOpen(record.bytes, peek)) {
      this.#requests.open(record.bytes, peek, { message: event, t: record.t, requester: sender });
    } else if (peek.kind === "tagged") {
      const request = this.#answered(end);
      if (request !== null) {
        kind = REPLY;
        replyTo = request.message;
      }
    }
    this.#rows.receivedAlone(receiver, sender, end, kind, replyTo);
  }

  /** Nothing more is received by a process that ended. */
  close(receiver: Process): void {
    this.#pending.close(receiver);
  }

  /** Gives up what waited too long. */
  expire(now: number): void {
    this.#pending.expire(now);
    this.#requests.expire(now);
  }

  visitOpen(visit: (row: MessageRow) => void, limit: number): void {
    this.#pending.visitOpen(visit, limit);
  }

  #newSend(sender: Process, end: MessageEnd): PendingSend {
    const { record } = end;
    const send = new PendingSend();
    send.event = end.event;
    send.t = record.t;
    send.hash = end.hash;
    send.length = lengthOf(end);
    send.truncated = (record.flags & FLAG.TRUNCATED) !== 0;
    send.correlation = end.correlation;
    send.kind = KIND_CODE[end.peek.kind];
    send.body = end.body;
    send.sender = sender;
    send.gaps = this.#session.gaps + sender.gaps;
    return send;
  }

  /** The request that this message is the reply to, now linked to it; null: none that is open. */
  #answered(end: MessageEnd): Request | null {
    const request = this.#requests.take(end.record.bytes, end.peek);
    if (request === null) return null;
    this.#session.out.link(request.message, end.event, REPLY_LINK, EXACTLY);
    return request;
  }

  #resolve(party: Party | null): Process | null {
    if (party === null || party.kind === "alias") return null;
    return party.kind === "process" ? party : this.#definitions.named(party.name);
  }
}

function numberOf(party: Party | null): number {
  return party === null || party.kind === "alias" ? 0 : party.pid;
}
