// Sends, receives, and the moment when a behaviour takes a message to its callback.

import { bodyHash } from "../body-hash.ts";
import { peekMessage, type Peek } from "../term-peek.ts";
import type { Causality } from "./causality.ts";
import type { EventWriter } from "./event-writer.ts";
import { emptyEnd, lengthOf, type MessageEnd } from "./message-end.ts";
import type { Messages } from "./messages.ts";
import type { PendingSend } from "./pair.ts";
import type { Process } from "./party.ts";
import type { ProcessRecord } from "./process-record.ts";
import type { CorrelatorSession } from "./session.ts";

/** What is kept of the inbox of a process that may yet turn out to be a behaviour. */
const STRANGERS_INBOX = 8;

/** Told of processes whose records wait for a send. */
export interface Waiting {
  /** The record, a receive, may be of a message whose send is not heard yet. */
  wait(p: Process, r: ProcessRecord, sender: Process, hash: number): void;
  /** The send was heard that the process waits for. */
  resume(p: Process): void;
  /** The spawn of the process was taken, for which its own records may wait. */
  born(child: Process): void;
}

export class MailEvents {
  readonly #session: CorrelatorSession;
  readonly #events: EventWriter;
  readonly #messages: Messages;
  readonly #causality: Causality;
  readonly #waiting: Waiting;
  readonly #end: MessageEnd = emptyEnd();

  constructor(
    session: CorrelatorSession,
    events: EventWriter,
    messages: Messages,
    causality: Causality,
    waiting: Waiting,
  ) {
    this.#session = session;
    this.#events = events;
    this.#messages = messages;
    this.#causality = causality;
    this.#waiting = waiting;
  }

  send(p: Process, r: ProcessRecord): void {
    const end = this.#read(r);
    const id = this.#events.newId();
    end.event = id;
    end.body = this.#events.payload(r);
    end.correlation = this.#events.correlation(p, id);
    this.#events.write(p, r, id, end.body, p.captured?.takeSendSite() ?? 0);
    const { hash } = end;
    const receiver = this.#messages.send(p, end);
    if (receiver !== null && receiver.awaitedFrom === p && receiver.awaitedHash === hash) {
      this.#waiting.resume(receiver);
    }
  }

  /** Answers false when the record has to wait. */
  receive(p: Process, r: ProcessRecord, mayWait: boolean): boolean {
    const end = this.#read(r);
    const sender = r.other !== null && r.other.kind === "process" ? r.other : null;
    const send = sender === null ? null : this.#messages.match(p, sender, end);
    if (send === null && sender !== null && this.#messages.mayCome(sender, end.peek.kind)) {
      if (mayWait) {
        this.#waiting.wait(p, r, sender, end.hash);
        return false;
      }
      sender.vainHolds += 1;
    }
    this.#accept(p, end, sender, send);
    return true;
  }

  /** What the process does from now on is for the message that it handles. */
  handle(p: Process, r: ProcessRecord): void {
    p.reportsHandling = true;
    p.isBehaviour = true;
    const end = this.#read(r);
    const length = lengthOf(end);
    const at = p.received.findIndex((one) => one.hash === end.hash && one.length === length);
    const inbox = at >= 0 ? p.received[at] : undefined;
    // what came earlier and was not handled was received inside a callback
    if (at >= 0) p.received.splice(0, at + 1);
    const id = this.#events.newId();
    p.correlation = inbox?.correlation ?? id;
    p.lastMessage = inbox?.message ?? 0;
    p.lastReceiveEvent = inbox?.receiveEvent ?? 0;
    p.lastCallback = this.#session.out.name(callbackOf(p, end.peek));
    this.#events.write(p, r, id, inbox?.body ?? this.#events.payload(r));
  }

  #accept(p: Process, end: MessageEnd, sender: Process | null, send: PendingSend | null): void {
    const { record, hash, peek } = end;
    const id = this.#events.newId();
    const body = send?.body ?? this.#events.payload(record);
    const message = send?.event ?? id;
    const correlation = send?.correlation ?? id;
    end.event = id;
    end.body = body;
    end.correlation = correlation;
    // one that reports what it handles goes on with what it was doing
    if (!p.reportsHandling) {
      p.correlation = correlation;
      p.lastMessage = message;
      p.lastReceiveEvent = id;
    }
    const room = p.isBehaviour ? this.#session.limits.inbox : STRANGERS_INBOX;
    if (p.received.length >= room) p.received.shift();
    const length = lengthOf(end);
    p.received.push({ message, receiveEvent: id, hash, length, correlation, body });
    this.#events.writeIn(p, record, id, body, this.#events.frame(p), correlation);
    if (send !== null && sender !== null) this.#messages.received(p, sender, end, send);
    else this.#messages.receivedAlone(p, sender, end);
    if (peek.kind === "down" || peek.kind === "exit") {
      this.#causality.announced(record.bytes, peek, id);
    }
  }

  /** What the body alone tells; event, body and correlation are to be filled in. */
  #read(r: ProcessRecord): MessageEnd {
    const end = this.#end;
    end.record = r;
    end.hash = bodyHash(r.bytes, r.start, r.end);
    peekMessage(r.bytes, r.start, r.end, end.peek);
    return end;
  }
}

function callbackOf(process: Process, peek: Peek): string {
  const { behaviour } = process;
  if (behaviour === "gen_statem" || behaviour === "gen_event") return "handle_event";
  if (peek.kind === "call") return "handle_call";
  return peek.kind === "cast" ? "handle_cast" : "handle_info";
}
