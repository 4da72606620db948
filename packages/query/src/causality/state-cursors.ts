// For each process of a stretch the event that brought the value which its state had, asked for in the order of ids.

import { asNumber, type Row } from "../sql.ts";
import type { Version } from "./cause-lookups.ts";

type Cursor = {
  readonly events: number[];
  readonly states: number[];
  next: number;
  /** as the event that brought it, and its payload; null: none is known */
  current: Version | null;
};

export class StateCursors {
  readonly #ofPid = new Map<number, Cursor>();

  /** `rows`: `pid, event, state` by event; `before`: what was there before them. */
  constructor(rows: readonly Row[], before: ReadonlyMap<number, Version>) {
    for (const [pid, current] of before) {
      this.#ofPid.set(pid, { events: [], states: [], next: 0, current });
    }
    for (const [pid, event, state] of rows) {
      const key = asNumber(pid);
      const cursor = this.#ofPid.get(key) ?? { events: [], states: [], next: 0, current: null };
      this.#ofPid.set(key, cursor);
      cursor.events.push(asNumber(event));
      cursor.states.push(asNumber(state));
    }
  }

  /** Null: no state of it is known before the event. */
  before(pid: number, event: number): number | null {
    const cursor = this.#ofPid.get(pid);
    if (cursor === undefined) return null;
    const { events, states } = cursor;
    for (; (events[cursor.next] ?? Infinity) < event; cursor.next++) {
      const state = states[cursor.next] ?? 0;
      if (cursor.current?.state !== state) {
        cursor.current = { changed: events[cursor.next] ?? 0, state };
      }
    }
    return cursor.current?.changed ?? null;
  }
}
