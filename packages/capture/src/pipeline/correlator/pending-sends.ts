// Pairs what was sent with what was received: first in, first out per sender and receiver, as the BEAM
// delivers, with the body's fingerprint as the check that nothing is missing in between.
//
// A match is `exact` while nothing was lost at either end, or when the body names a reference that no
// other message carries (a request, the reply to a known request). Anything less sure is `ordered`.

import { FLAG, MESSAGE_MATCHES } from "@elixirscope/trace";
import { lengthOf, type MessageEnd } from "./message-end.ts";
import type { MessageRows } from "./message-rows.ts";
import type { MessageRow } from "./output.ts";
import { Pair, PendingList, type PendingSend } from "./pair.ts";
import type { Process } from "./party.ts";
import type { CorrelatorSession } from "./session.ts";

const EXACT = MESSAGE_MATCHES.indexOf("exact");
const ORDERED = MESSAGE_MATCHES.indexOf("ordered");
/** How far behind the front a receive looks for its send after a loss. */
const SCAN = 4_096;

export class PendingSends {
  readonly #session: CorrelatorSession;
  readonly #rows: MessageRows;
  /** to processes that report what they receive */
  readonly #awaited: PendingList;
  /** to processes that were never heard */
  readonly #strangers: PendingList;

  constructor(session: CorrelatorSession, rows: MessageRows) {
    this.#session = session;
    this.#rows = rows;
    this.#awaited = new PendingList(session.limits.sendTtlNs);
    this.#strangers = new PendingList(session.limits.strangerTtlNs);
  }

  add(sender: Process, send: PendingSend): void {
    const { limits, counters } = this.#session;
    const { receiver } = send;
    let pair: Pair;
    if (receiver === null) pair = sender.unresolved ??= new Pair(0);
    else pair = this.#pairOf(sender, receiver);
    send.pair = pair;
    pair.push(send);
    const list = receiver?.traced === true ? this.#awaited : this.#strangers;
    list.push(send);
    counters.pendingSends += 1;
    if (counters.pendingSends <= limits.pendingSends) return;
    const oldest = this.#awaited.first ?? this.#strangers.first;
    if (oldest === null) return;
    counters.expired += 1;
    this.#giveUp(oldest);
  }

  /** The send that this receive ends, taken out, with its `match`; null when there is none (yet). */
  match(receiver: Process, sender: Process, end: MessageEnd): PendingSend | null {
    const pair = receiver.inbound.get(sender);
    const certainty = this.#certainty(sender, receiver);
    const at = pair === undefined ? -1 : find(pair, end);
    if (pair !== undefined && at >= 0) return this.#take(pair, at, certainty, receiver.gaps);

    // Sent to a name or alias that nobody knew: only the body tells.
    const { unresolved } = sender;
    const other = unresolved === null ? -1 : find(unresolved, end);
    if (unresolved !== null && other >= 0) {
      const send = unresolved.at(other);
      if (send === null) return null;
      return this.#leave(send, send.unique && certainty === 0 ? EXACT : ORDERED);
    }
    // Two cut bodies can differ though the message is the same.
    const front = pair?.at(0) ?? null;
    if (pair === undefined || front === null) return null;
    const { flags, t } = end.record;
    if (!front.truncated || (flags & FLAG.TRUNCATED) === 0 || front.t > t) return null;
    pair.certainAt = -1;
    return this.#leave(front, ORDERED);
  }

  /** A message between the two was received whose send was not seen. */
  doubt(sender: Process, receiver: Process): void {
    this.#pairOf(sender, receiver).certainAt = -1;
  }

  /** Nothing more is received by a process that ended. */
  close(receiver: Process): void {
    for (const pair of receiver.inbound.values()) {
      for (let send = pair.at(0); send !== null; send = pair.at(0)) this.#giveUp(send);
    }
    receiver.inbound.clear();
  }

  /** Gives up what waited too long. */
  expire(now: number): void {
    const { limits, counters } = this.#session;
    for (let send = this.#strangers.first; send !== null; send = this.#strangers.first) {
      if (now - send.t <= limits.strangerTtlNs) break;
      this.#strangers.remove(send);
      if (send.receiver?.traced === true) this.#awaited.push(send);
      else {
        this.#strangers.push(send);
        this.#giveUp(send);
      }
    }
    for (let send = this.#awaited.first; send !== null; send = this.#awaited.first) {
      if (now - send.t <= limits.sendTtlNs) break;
      counters.expired += 1;
      this.#giveUp(send);
    }
  }

  visitOpen(visit: (row: MessageRow) => void, limit: number): void {
    let left = limit;
    for (const list of [this.#awaited, this.#strangers]) {
      for (let send = list.first; send !== null && left > 0; send = send.next, left--) {
        visit(this.#rows.open(send));
      }
    }
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

  #take(pair: Pair, at: number, certainty: number, receiverGaps: number): PendingSend | null {
    // FIFO: what lies before it was received unseen.
    for (let i = 0; i < at; i++) {
      const skipped = pair.at(0);
      if (skipped !== null) this.#giveUp(skipped);
    }
    const send = pair.at(0);
    if (send === null) return null;
    if (send.unique) {
      // nothing sent before it is still under way; of what was sent after it, some may have been lost
      pair.certainAt = send.gaps + receiverGaps;
      return this.#leave(send, EXACT);
    }
    if (at > 0) pair.certainAt = -1;
    const isSure = pair.certainAt === certainty && !this.#session.sendersAreInferred;
    return this.#leave(send, isSure ? EXACT : ORDERED);
  }

  #leave(send: PendingSend, match: number): PendingSend {
    send.match = match;
    this.#remove(send);
    return send;
  }

  #remove(send: PendingSend): void {
    send.pair?.remove(send);
    send.pair = null;
    send.list?.remove(send);
    this.#session.counters.pendingSends -= 1;
  }

  #giveUp(send: PendingSend): void {
    // A receive that still comes must not be paired with a later send.
    if (send.pair !== null) send.pair.certainAt = -1;
    this.#remove(send);
    this.#rows.unreceived(send);
  }
}

/**
 * Place of the first send in the pair that can be this receive's. Both times are of the target's one
 * clock, so a send that is later than the receive is another one.
 */
function find(pair: Pair, end: MessageEnd): number {
  const { hash } = end;
  const { t } = end.record;
  const length = lengthOf(end);
  const last = Math.min(pair.size, SCAN);
  for (let i = 0; i < last; i++) {
    const send = pair.at(i);
    if (send === null || send.t > t) return -1;
    if (send.hash === hash && send.length === length) return i;
  }
  return -1;
}
