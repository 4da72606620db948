// Sends, receives, and the moment when a behaviour takes a message to its callback.

import { bodyHash } from "../body-hash.ts";
import { newPeek, peekMessage, type Peek } from "../term-peek.ts";
import type { Causality } from "./causality.ts";
import type { EventWriter } from "./event-writer.ts";
import type { Matched, Messages } from "./messages.ts";
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
}

export class MailEvents {
  readonly #session: CorrelatorSession;
  readonly #events: EventWriter;
  readonly #messages: Messages;
  readonly #causality: Causality;
  readonly #waiting: Waiting;
  readonly #peek: Peek = newPeek();

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
    const id = this.#events.newId();
    const body = this.#events.payload(r);
    this.#events.write(p, r, id, body);
    const { bytes, start, end } = r;
    peekMessage(bytes, start, end, this.#peek);
    const hash = bodyHash(bytes, start, end);
    const receiver = this.#messages.send(
      {
        sender: p,
        receiver: r.other,
        t: r.t,
        event: id,
        correlation: this.#events.correlation(p, id),
        hash,
        flags: r.flags,
        body,
        bytes,
        length: end - start,
      },
      this.#peek,
    );
    if (receiver !== null && receiver.awaitedFrom === p && receiver.awaitedHash === hash) {
      this.#waiting.resume(receiver);
    }
  }

  /** Answers false when the record has to wait. */
  receive(p: Process, r: ProcessRecord, mayWait: boolean): boolean {
    const { bytes, start, end } = r;
    const sender = r.other !== null && r.other.kind === "process" ? r.other : null;
    const hash = bodyHash(bytes, start, end);
    peekMessage(bytes, start, end, this.#peek);
    const matched =
      sender === null ? null : this.#messages.match(p, sender, r.t, hash, end - start, r.flags);
    if (matched === null && sender !== null && this.#messages.mayCome(sender, this.#peek.kind)) {
      if (mayWait) {
        this.#waiting.wait(p, r, sender, hash);
        return false;
      }
      sender.vainHolds += 1;
    }
    this.#accept(p, r, sender, matched, hash);
    return true;
  }

  /** What the process does from now on is for the message that it handles. */
  handle(p: Process, r: ProcessRecord): void {
    p.reportsHandling = true;
    p.isBehaviour = true;
    const { bytes, start, end } = r;
    const hash = bodyHash(bytes, start, end);
    const at = p.received.findIndex((one) => one.hash === hash && one.length === end - start);
    const inbox = at >= 0 ? p.received[at] : undefined;
    // what came earlier and was not handled was received inside a callback
    if (at >= 0) p.received.splice(0, at + 1);
    const id = this.#events.newId();
    p.correlation = inbox?.correlation ?? id;
    p.lastMessage = inbox?.message ?? 0;
    p.lastReceiveEvent = inbox?.receiveEvent ?? 0;
    peekMessage(bytes, start, end, this.#peek);
    p.lastCallback = this.#session.out.name(callbackOf(p, this.#peek));
    this.#events.write(p, r, id, inbox?.body ?? this.#events.payload(r));
  }

  #accept(
    p: Process,
    r: ProcessRecord,
    sender: Process | null,
    matched: Matched | null,
    hash: number,
  ): void {
    const id = this.#events.newId();
    const body = matched?.send.body ?? this.#events.payload(r);
    const message = matched?.send.event ?? id;
    const correlation = matched?.send.correlation ?? id;
    // one that reports what it handles goes on with what it was doing
    if (!p.reportsHandling) p.correlation = correlation;
    const room = p.isBehaviour ? this.#session.limits.inbox : STRANGERS_INBOX;
    if (p.received.length >= room) p.received.shift();
    const length = r.end - r.start;
    p.received.push({ message, receiveEvent: id, hash, length, correlation, body });
    p.lastMessage = message;
    p.lastReceiveEvent = id;
    this.#events.writeIn(p, r, id, body, this.#events.frame(p), correlation);
    if (matched !== null && sender !== null) this.#messages.received(p, sender, r.t, id, matched);
    else this.#messages.receivedAlone(p, sender, r.t, id, body, r.bytes, this.#peek);
    if (this.#peek.kind === "down" || this.#peek.kind === "exit") {
      this.#causality.announced(r.bytes, this.#peek, id);
    }
  }
}

function callbackOf(process: Process, peek: Peek): string {
  const { behaviour } = process;
  if (behaviour === "gen_statem" || behaviour === "gen_event") return "handle_event";
  if (peek.kind === "call") return "handle_call";
  return peek.kind === "cast" ? "handle_cast" : "handle_info";
}
