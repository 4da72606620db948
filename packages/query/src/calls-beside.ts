// A call with those that were read beside it. Ids rise within a process, so what ran inside a call lies between its id
// and that of its end: where both are of one stretch, as of most calls, all of it is here.

import { callRowOf, callsById, type CallRow } from "./call-rows.ts";
import { isOneStretch } from "./rows-by-id.ts";
import type { Source } from "./sql.ts";

export class CallsBeside {
  readonly #calls: ReadonlyMap<number, CallRow>;
  readonly #children = new Map<number, CallRow[]>();

  private constructor(calls: readonly CallRow[]) {
    this.#calls = new Map(calls.map((row) => [row.call, row]));
    for (const row of calls) {
      if (row.parent === null) continue;
      const siblings = this.#children.get(row.parent);
      if (siblings === undefined) this.#children.set(row.parent, [row]);
      else siblings.push(row);
    }
  }

  /** Null: calls of this recording are not read together. */
  static async of(source: Source, call: number): Promise<CallsBeside | null> {
    const rows = await callsById.beside(source, call);
    return rows === null ? null : new CallsBeside(rows.map(callRowOf));
  }

  get(call: number): CallRow | null {
    return this.#calls.get(call) ?? null;
  }

  /** What the call called itself, in no order; null: some of it may lie elsewhere. */
  children(call: number): readonly CallRow[] | null {
    const row = this.#calls.get(call);
    if (row === undefined || !isWhole(row)) return null;
    return this.#children.get(call) ?? [];
  }
}

function isWhole({ call, exitEvent, outcome }: CallRow): boolean {
  const isEnded = outcome === "returned" || outcome === "raised";
  return isEnded && exitEvent !== null && isOneStretch(call, exitEvent);
}
