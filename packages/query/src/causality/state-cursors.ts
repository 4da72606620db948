// For each process of a stretch the event that brought the value which its state had, asked for in the order of ids.

import { asNumber, type Row } from "../sql.ts";

type Cursor = {
  readonly events: number[];
  readonly states: number[];
  next: number;
  changed: number | null;
};

export class StateCursors {
  readonly #ofPid = new Map<number, Cursor>();

  /** `rows`: `pid, event, state` by event. */
  constructor(rows: readonly Row[]) {
    for (const [pid, event, state] of rows) {
      const key = asNumber(pid);
      const cursor = this.#ofPid.get(key) ?? { events: [], states: [], next: 0, changed: null };
      this.#ofPid.set(key, cursor);
      cursor.events.push(asNumber(event));
      cursor.states.push(asNumber(state));
    }
  }

  /** Null: the value is older than the stretch, or may be. */
  before(pid: number, event: number): number | null {
    const cursor = this.#ofPid.get(pid);
    if (cursor === undefined) return null;
    const { events, states } = cursor;
    for (; (events[cursor.next] ?? Infinity) < event; cursor.next++) {
      // the first one may repeat the value from before
      if (cursor.next > 0 && states[cursor.next] !== states[cursor.next - 1]) {
        cursor.changed = events[cursor.next] ?? null;
      }
    }
    return cursor.changed;
  }
}
