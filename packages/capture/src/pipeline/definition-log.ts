// The definitions in the stream since the last commit, as the records they came in: whoever takes over
// from a crashed writer needs them all, and the ring has only those not yet committed.

import { RECORD } from "@elixirscope/trace";
import { recordEnd } from "./record-walk.ts";

/** `131, 90`: an alias of one request, of no use to a successor */
const REFERENCES: ReadonlySet<number> = new Set([90, 114, 101]);
const PAYLOAD = 22;

export class DefinitionLog {
  #parts: Buffer[] = [];

  keep(records: Buffer): void {
    for (let at = 0; at < records.length;) {
      const next = recordEnd(records, at);
      const kind = records[at];
      if (kind === RECORD.DEF_MFA || (kind === RECORD.DEF_PID && !isAlias(records, at))) {
        this.#parts.push(Buffer.from(records.subarray(at, next)));
      }
      at = next;
    }
  }

  take(): Buffer {
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    return bytes;
  }
}

function isAlias(records: Buffer, at: number): boolean {
  return REFERENCES.has(records[at + PAYLOAD + 1] ?? 0);
}
