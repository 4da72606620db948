// Messages sent from one process to another and not yet received: first in, first out, because that is
// what the BEAM guarantees. Entries are also in one list by time, so that the oldest can be given up.

import type { Process } from "./party.ts";

export class PendingSend {
  event = 0;
  t = 0;
  hash = 0;
  length = 0;
  truncated = false;
  correlation = 0;
  kind = 0;
  body = 0;
  replyTo = 0;
  /** its body names a reference, so no other message of the session has the same */
  unique = false;
  /** how sure it is, once its receive is found */
  match = 0;
  /** gaps of the session and of the sender when it was sent */
  gaps = 0;
  sender: Process | null = null;
  /** null: sent to a name or alias not known */
  receiver: Process | null = null;
  /** number of what was written as receiver */
  to = 0;
  pair: Pair | null = null;
  previous: PendingSend | null = null;
  next: PendingSend | null = null;
  list: PendingList | null = null;
}

export class Pair {
  #entries: (PendingSend | null)[] = [];
  #head = 0;
  /** sum of gap counts at the last message known to be matched rightly; -1: never sure */
  certainAt: number;

  constructor(certainAt: number) {
    this.certainAt = certainAt;
  }

  get size(): number {
    return this.#entries.length - this.#head;
  }

  push(entry: PendingSend): void {
    this.#entries.push(entry);
  }

  at(index: number): PendingSend | null {
    return this.#entries[this.#head + index] ?? null;
  }

  shift(): PendingSend | null {
    const entry = this.#entries[this.#head] ?? null;
    this.#entries[this.#head] = null;
    this.#head += 1;
    if (this.#head === this.#entries.length) {
      this.#entries.length = 0;
      this.#head = 0;
    } else if (this.#head >= 64 && this.#head * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  /** Takes one out of the middle. */
  remove(entry: PendingSend): void {
    if (this.#entries[this.#head] === entry) {
      this.shift();
      return;
    }
    const at = this.#entries.indexOf(entry, this.#head);
    if (at >= 0) this.#entries.splice(at, 1);
  }
}

/** Doubly linked, oldest first: leaving it costs the same wherever an entry is. */
export class PendingList {
  readonly ttlNs: number;
  first: PendingSend | null = null;
  #last: PendingSend | null = null;
  size = 0;

  constructor(ttlNs: number) {
    this.ttlNs = ttlNs;
  }

  push(entry: PendingSend): void {
    entry.list = this;
    entry.previous = this.#last;
    entry.next = null;
    if (this.#last === null) this.first = entry;
    else this.#last.next = entry;
    this.#last = entry;
    this.size += 1;
  }

  remove(entry: PendingSend): void {
    if (entry.previous === null) this.first = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === null) this.#last = entry.previous;
    else entry.next.previous = entry.previous;
    entry.previous = null;
    entry.next = null;
    entry.list = null;
    this.size -= 1;
  }
}
