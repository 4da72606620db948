// Pairs what was sent with what was received: first in, first out per sender and receiver, as the BEAM
// delivers, with the body's fingerprint as the check that nothing is missing in between.
//
// A match is `exact` while nothing was lost at either end, or when the body names a reference that no
// other message carries (a request, the reply to a known request). Anything less sure is `ordered`.

import { FLAG, LINK_TYPES, CONFIDENCES, MESSAGE_KINDS, MESSAGE_MATCHES } from "@elixirscope/trace";
import type { Peek } from "../term-peek.ts";
import type { Definitions } from "./definitions.ts";
import type { MessageRow } from "./output.ts";
import { Pair, PendingList, PendingSend } from "./pair.ts";
import type { Party, Process } from "./party.ts";
import { Requests } from "./requests.ts";
import type { CorrelatorSession } from "./session.ts";

const NONE = MESSAGE_MATCHES.indexOf("none");
const EXACT = MESSAGE_MATCHES.indexOf("exact");
const ORDERED = MESSAGE_MATCHES.indexOf("ordered");
const PLAIN = MESSAGE_KINDS.indexOf("plain");
const INFO = MESSAGE_KINDS.indexOf("info");
const REPLY = MESSAGE_KINDS.indexOf("reply");
const KINDS: Readonly<Record<Peek["kind"], number>> = {
  plain: PLAIN,
  tagged: PLAIN,
  call: MESSAGE_KINDS.indexOf("call"),
  cast: MESSAGE_KINDS.indexOf("cast"),
  down: MESSAGE_KINDS.indexOf("down"),
  exit: MESSAGE_KINDS.indexOf("exit"),
};
const REPLY_LINK = LINK_TYPES.indexOf("reply");
const EXACTLY = CONFIDENCES.indexOf("exact");

/** How far behind the front a receive looks for its send after a loss. */
const SCAN = 4_096;
/** A process whose messages were awaited this often in vain is not one whose sends are reported. */
const VAIN_HOLDS = 8;

export type Sent = {
  readonly sender: Process;
  readonly receiver: Party | null;
  readonly t: number;
  readonly event: number;
  readonly correlation: number;
  readonly hash: number;
  readonly flags: number;
  readonly body: number;
  readonly bytes: Buffer;
  readonly length: number;
};

export type Matched = { readonly send: PendingSend; readonly match: number };

export class Messages {
  readonly #session: CorrelatorSession;
  readonly #definitions: Definitions;
  readonly requests: Requests;
  /** to processes that report what they receive */
  readonly #awaited: PendingList;
  /** to processes that were never heard */
  readonly #strangers: PendingList;
  readonly #row: MessageRow = {
    message: 0,
    from: 0,
    to: 0,
    tSent: -1,
    tReceived: -1,
    kind: 0,
    body: 0,
    replyTo: 0,
    match: 0,
    sendEvent: 0,
    receiveEvent: 0,
  };

  constructor(session: CorrelatorSession, definitions: Definitions) {
    this.#session = session;
    this.#definitions = definitions;
    this.requests = new Requests(session);
    this.#awaited = new PendingList(session.limits.sendTtlNs);
    this.#strangers = new PendingList(session.limits.strangerTtlNs);
  }

  /** Answers the receiver when it is known which process that is. */
  send(sent: Sent, peek: Peek): Process | null {
    const { sender } = sent;
    sender.vainHolds = 0;
    const entry = new PendingSend();
    entry.event = sent.event;
    entry.t = sent.t;
    entry.hash = sent.hash;
    entry.length = sent.length;
    entry.truncated = (sent.flags & FLAG.TRUNCATED) !== 0;
    entry.correlation = sent.correlation;
    entry.kind = KINDS[peek.kind];
    entry.body = sent.body;
    entry.sender = sender;
    entry.gaps = this.#session.gaps + sender.gaps;
    let receiver = this.#resolve(sent.receiver);
    if (peek.kind === "call") {
      entry.unique = peek.tagEnd > 0;
      this.requests.open(sent.bytes, peek, { message: sent.event, t: sent.t, requester: sender });
    } else if (peek.kind === "tagged") {
      const request = this.requests.take(sent.bytes, peek);
      if (request !== null) {
        entry.kind = REPLY;
        entry.unique = true;
        entry.replyTo = request.message;
        receiver ??= request.requester;
        this.#session.out.link(request.message, sent.event, REPLY_LINK, EXACTLY);
      }
    }
    entry.receiver = receiver;
    entry.to = receiver?.pid ?? numberOf(sent.receiver);
    if (
      (sent.flags & FLAG.NO_PROCESS) !== 0 ||
      (receiver !== null && (receiver.foreign || receiver.exit !== null))
    ) {
      this.#giveUp(entry);
      return receiver;
    }
    this.#await(entry, sender, receiver);
    return receiver;
  }

  /** The send that this receive ends, taken out; null when there is none (yet). */
  match(
    receiver: Process,
    sender: Process,
    t: number,
    hash: number,
    length: number,
    flags: number,
  ): Matched | null {
    const pair = receiver.inbound.get(sender);
    const certainty = this.#certainty(sender, receiver);
    const at = pair === undefined ? -1 : find(pair, t, hash, length);
    if (pair !== undefined && at >= 0) return this.#take(pair, at, certainty, receiver.gaps);

    // Sent to a name or alias that nobody knew: only the body tells.
    const { unresolved } = sender;
    const other = unresolved === null ? -1 : find(unresolved, t, hash, length);
    if (unresolved !== null && other >= 0) {
      const send = unresolved.at(other);
      if (send === null) return null;
      this.#leave(send);
      return { send, match: send.unique && certainty === 0 ? EXACT : ORDERED };
    }
    // Two cut bodies can differ though the message is the same.
    const front = pair?.at(0) ?? null;
    if (pair === undefined || front === null) return null;
    if (!front.truncated || (flags & FLAG.TRUNCATED) === 0 || front.t > t) return null;
    this.#leave(front);
    pair.certainAt = -1;
    return { send: front, match: ORDERED };
  }

  /** The send of such a receive may still come. */
  mayCome(sender: Process, kind: Peek["kind"]): boolean {
    if (!sender.traced || sender.foreign || sender.exit !== null) return false;
    return kind !== "down" && kind !== "exit" && sender.vainHolds < VAIN_HOLDS;
  }

  received(receiver: Process, sender: Process, t: number, event: number, matched: Matched): void {
    const { send, match } = matched;
    this.#session.counters.matched += 1;
    const row = this.#row;
    row.message = send.event;
    row.from = sender.pid;
    row.to = receiver.pid;
    row.tSent = send.t;
    row.tReceived = t;
    row.kind = send.kind === PLAIN && receiver.isBehaviour ? INFO : send.kind;
    row.body = send.body;
    row.replyTo = send.replyTo;
    row.match = match;
    row.sendEvent = send.event;
    row.receiveEvent = event;
    this.#session.out.message(row);
  }

  /** Seen only where it arrived. `sender` null: the VM, a timer, a port. */
  receivedAlone(
    receiver: Process,
    sender: Process | null,
    t: number,
    event: number,
    body: number,
    bytes: Buffer,
    peek: Peek,
  ): void {
    this.#session.counters.unmatched += 1;
    if (sender?.traced === true && peek.kind !== "down" && peek.kind !== "exit") {
      this.#pairOf(sender, receiver).certainAt = -1;
    }
    const row = this.#row;
    row.message = event;
    row.from = sender?.pid ?? 0;
    row.to = receiver.pid;
    row.tSent = -1;
    row.tReceived = t;
    row.kind = KINDS[peek.kind];
    row.replyTo = 0;
    if (peek.kind === "call" && !this.requests.isOpen(bytes, peek)) {
      this.requests.open(bytes, peek, { message: event, t, requester: sender });
    } else if (peek.kind === "tagged") {
      const request = this.requests.take(bytes, peek);
      if (request !== null) {
        row.kind = REPLY;
        row.replyTo = request.message;
        this.#session.out.link(request.message, event, REPLY_LINK, EXACTLY);
      }
    }
    if (row.kind === PLAIN && receiver.isBehaviour) row.kind = INFO;
    row.body = body;
    row.match = NONE;
    row.sendEvent = 0;
    row.receiveEvent = event;
    this.#session.out.message(row);
  }

  /** Nothing more is received by a process that ended. */
  close(receiver: Process): void {
    for (const pair of receiver.inbound.values()) {
      for (let send = pair.at(0); send !== null; send = pair.at(0)) this.#giveUpPending(send);
    }
    receiver.inbound.clear();
  }

  /** Gives up what waited too long, and the oldest while there is too much. */
  expire(now: number): void {
    const { limits, counters } = this.#session;
    for (let send = this.#strangers.first; send !== null; send = this.#strangers.first) {
      if (now - send.t <= limits.strangerTtlNs) break;
      this.#strangers.remove(send);
      if (send.receiver?.traced === true) this.#awaited.push(send);
      else {
        this.#strangers.push(send);
        this.#giveUpPending(send);
      }
    }
    for (let send = this.#awaited.first; send !== null; send = this.#awaited.first) {
      if (now - send.t <= limits.sendTtlNs) break;
      counters.expired += 1;
      this.#giveUpPending(send);
    }
    this.requests.expire(now);
  }

  visitOpen(visit: (row: MessageRow) => void, limit: number): void {
    let left = limit;
    for (const list of [this.#awaited, this.#strangers]) {
      for (let send = list.first; send !== null && left > 0; send = send.next, left--) {
        this.#fillUnreceived(send);
        visit(this.#row);
      }
    }
  }

  #resolve(party: Party | null): Process | null {
    if (party === null || party.kind === "alias") return null;
    return party.kind === "process" ? party : this.#definitions.named(party.name);
  }

  #await(entry: PendingSend, sender: Process, receiver: Process | null): void {
    const { limits, counters } = this.#session;
    let pair: Pair;
    if (receiver === null) pair = sender.unresolved ??= new Pair(0);
    else pair = this.#pairOf(sender, receiver);
    entry.pair = pair;
    pair.push(entry);
    const list = receiver?.traced === true ? this.#awaited : this.#strangers;
    list.push(entry);
    counters.pendingSends += 1;
    if (counters.pendingSends <= limits.pendingSends) return;
    const oldest = this.#awaited.first ?? this.#strangers.first;
    if (oldest === null) return;
    counters.expired += 1;
    this.#giveUpPending(oldest);
  }

  #pairOf(sender: Process, receiver: Process): Pair {
    const known = receiver.inbound.get(sender);
    if (known !== undefined) return known;
    const pair = new Pair(
      this.#isCertain(sender, receiver) ? this.#certainty(sender, receiver) : -1,
    );
    receiver.inbound.set(sender, pair);
    return pair;
  }

  #certainty(sender: Process, receiver: Process): number {
    return this.#session.gaps + sender.gaps + receiver.gaps;
  }

  /** No message between the two can have been lost before: nothing ever was, or one of them is younger. */
  #isCertain(sender: Process, receiver: Process): boolean {
    if (this.#certainty(sender, receiver) === 0) return true;
    const now = this.#session.gaps;
    return sender.gaps + receiver.gaps === 0 && (sender.bornAt === now || receiver.bornAt === now);
  }

  #take(pair: Pair, at: number, certainty: number, receiverGaps: number): Matched | null {
    // FIFO: what lies before it was received unseen.
    for (let i = 0; i < at; i++) {
      const skipped = pair.at(0);
      if (skipped !== null) this.#giveUpPending(skipped);
    }
    const send = pair.at(0);
    if (send === null) return null;
    this.#leave(send);
    if (send.unique) {
      // nothing sent before it is still under way; of what was sent after it, some may have been lost
      pair.certainAt = send.gaps + receiverGaps;
      return { send, match: EXACT };
    }
    if (at > 0) pair.certainAt = -1;
    return { send, match: pair.certainAt === certainty ? EXACT : ORDERED };
  }

  #leave(send: PendingSend): void {
    send.pair?.remove(send);
    send.pair = null;
    send.list?.remove(send);
    this.#session.counters.pendingSends -= 1;
  }

  #giveUpPending(send: PendingSend): void {
    // A receive that still comes must not be paired with a later send.
    if (send.pair !== null) send.pair.certainAt = -1;
    this.#leave(send);
    this.#giveUp(send);
  }

  #giveUp(send: PendingSend): void {
    this.#session.counters.unmatched += 1;
    this.#fillUnreceived(send);
    this.#session.out.message(this.#row);
  }

  #fillUnreceived(send: PendingSend): void {
    const row = this.#row;
    row.message = send.event;
    row.from = send.sender?.pid ?? 0;
    row.to = send.to;
    row.tSent = send.t;
    row.tReceived = -1;
    row.kind = send.kind === PLAIN && send.receiver?.isBehaviour === true ? INFO : send.kind;
    row.body = send.body;
    row.replyTo = send.replyTo;
    row.match = NONE;
    row.sendEvent = send.event;
    row.receiveEvent = 0;
  }
}

/**
 * Place of the first send in the pair that can be this receive's. Both times are of the target's one
 * clock, so a send that is later than the receive is another one.
 */
function find(pair: Pair, t: number, hash: number, length: number): number {
  const end = Math.min(pair.size, SCAN);
  for (let i = 0; i < end; i++) {
    const send = pair.at(i);
    if (send === null || send.t > t) return -1;
    if (send.hash === hash && send.length === length) return i;
  }
  return -1;
}

function numberOf(party: Party | null): number {
  return party === null || party.kind === "alias" ? 0 : party.pid;
}
