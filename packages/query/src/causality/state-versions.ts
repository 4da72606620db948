// For each process of a stretch the events that brought its state a new value: versions may repeat one.

import { asNumber, type Row } from "../sql.ts";
import type { Version } from "./before-stretch.ts";

type Versions = { readonly events: number[]; readonly changed: number[]; state: number | null };

export class StateVersions {
  readonly #ofPid = new Map<number, Versions>();

  /** `rows`: `pid, event, state` by event; `before`: what was there before them. */
  constructor(rows: readonly Row[], before: ReadonlyMap<number, Version>) {
    for (const [pid, { changed, state }] of before) {
      this.#ofPid.set(pid, { events: [changed], changed: [changed], state });
    }
    for (const row of rows) {
      const [pid, event, state] = [asNumber(row[0]), asNumber(row[1]), asNumber(row[2])];
      const versions = this.#ofPid.get(pid) ?? { events: [], changed: [], state: null };
      this.#ofPid.set(pid, versions);
      versions.changed.push(versions.state === state ? (versions.changed.at(-1) ?? event) : event);
      versions.events.push(event);
      versions.state = state;
    }
  }

  /** The event that brought the value which the state had before an event; null: none is known. */
  before(pid: number, event: number): number | null {
    const versions = this.#ofPid.get(pid);
    if (versions === undefined) return null;
    const { events, changed } = versions;
    let [low, high] = [0, events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((events[middle] ?? 0) < event) low = middle + 1;
      else high = middle;
    }
    return changed[low - 1] ?? null;
  }
}
