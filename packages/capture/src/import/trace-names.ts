// Numbers for the processes, names and functions of a trace, told to the reader of records before their first use.
//
// The reader keeps the newest 131,072 processes: what it has forgotten is told again under a new number.

import { RECORD } from "@elixirscope/trace";
import type { RecordBytes } from "./record-bytes.ts";
import type { TraceMfa } from "./trace-mfa.ts";
import { keyOf, type Span } from "./trace-message.ts";

const SLOTS = 131_072;

export class TraceNames {
  readonly #records: RecordBytes;
  readonly #parties = new Map<string, number>();
  readonly #keys: (string | undefined)[] = [];
  readonly #functions = new Map<string, number>();
  #next = 1;

  constructor(records: RecordBytes) {
    this.#records = records;
  }

  /** The number of a pid, port, registered name or alias. */
  party(bytes: Buffer, span: Span): number {
    const key = keyOf(bytes, span);
    const known = this.#parties.get(key);
    if (known !== undefined) return known;
    const index = this.#next++;
    const slot = index & (SLOTS - 1);
    const forgotten = this.#keys[slot];
    if (forgotten !== undefined) this.#parties.delete(forgotten);
    this.#keys[slot] = key;
    this.#parties.set(key, index);
    this.#records.add({ kind: RECORD.DEF_PID, t: 0, pid: index }, bytes, span);
    return index;
  }

  function(bytes: Buffer, { key, module, name, arity }: TraceMfa): number {
    const known = this.#functions.get(key);
    if (known !== undefined) return known;
    const index = this.#functions.size + 1;
    this.#functions.set(key, index);
    const tuple = Buffer.concat([
      Buffer.from([104, 3]),
      bytes.subarray(module.start, name.end),
      Buffer.from([97, arity]),
    ]);
    const whole = { start: 0, end: tuple.length };
    this.#records.add({ kind: RECORD.DEF_MFA, t: 0, ref: index }, tuple, whole);
    return index;
  }
}
