// Parses the probe's stream as strictly as a collector must: what is not in the format throws.

import { decode, inspect, type Term } from "@elixirscope/etf";
import {
  FRAME,
  GAP_REASON,
  MAX_FRAME_BYTES,
  RECORD,
  SESSION_TOKEN_BYTES,
} from "@elixirscope/trace";

export type ProbeRecord = {
  readonly kind: string;
  readonly flags: number;
  /** ns since the start */
  readonly t: number;
  /** the process as text; "" is none */
  readonly pid: string;
  readonly ref: number;
  /** the function or the other process that `ref` names, where it names one */
  readonly other: string;
  readonly payload: Term | null;
  /** the payload as Elixir prints it; "" when there is none */
  readonly text: string;
};

const KIND_NAMES = new Map<number, string>(Object.entries(RECORD).map(([name, n]) => [n, name]));
const GAP_NAMES = new Map<number, string>(Object.entries(GAP_REASON).map(([name, n]) => [n, name]));
const CALLS: ReadonlySet<string> = new Set(["CALL", "RETURN", "EXCEPTION"]);
const PAIRS: ReadonlySet<string> = new Set([
  "SEND",
  "RECEIVE",
  "SPAWN",
  "LINK",
  "UNLINK",
  "GETTING_LINKED",
  "GETTING_UNLINKED",
  "PROCESS",
]);

export class FrameReader {
  token: Buffer | null = null;
  hello: Term | null = null;
  bye: Term | null = null;
  bytes = 0;
  batches = 0;
  readonly records: ProbeRecord[] = [];
  /** keeps no records, only counts: for floods */
  counting = false;
  #rest: Buffer = Buffer.alloc(0);
  readonly #pids = new Map<number, string>();
  readonly #functions = new Map<number, string>();

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (this.#rest.length - at >= 4) {
      const length = this.#rest.readUInt32BE(at);
      if (length < 1 || length > MAX_FRAME_BYTES)
        throw new Error(`frame of ${String(length)} bytes`);
      if (this.#rest.length - at - 4 < length) break;
      this.#frame(this.#rest.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    this.#rest = this.#rest.subarray(at);
  }

  of(kind: string): ProbeRecord[] {
    return this.records.filter((record) => record.kind === kind);
  }

  gaps(reason: string): ProbeRecord[] {
    return this.of("GAP").filter((gap) => gap.other === reason);
  }

  #frame(frame: Buffer): void {
    if (this.bye !== null) throw new Error("a frame after BYE");
    const type = frame[0];
    if (type === FRAME.HELLO) {
      if (frame.readUInt16BE(1) !== 1) throw new Error("unknown protocol");
      this.token = frame.subarray(3, 3 + SESSION_TOKEN_BYTES);
      this.hello = term(frame.subarray(3 + SESSION_TOKEN_BYTES));
    } else if (type === FRAME.BYE) {
      this.bye = term(frame.subarray(1));
    } else if (type === FRAME.BATCH) {
      if (frame.readUInt32BE(1) !== this.batches) throw new Error("a batch is missing");
      this.batches += 1;
      this.#batch(frame.subarray(5));
    } else {
      throw new Error(`frame type ${String(type)}`);
    }
  }

  #batch(batch: Buffer): void {
    let at = 0;
    while (at < batch.length) {
      const length = batch.readUInt32BE(at + 18);
      const end = at + 22 + length;
      if (end > batch.length) throw new Error("a record ends after its batch");
      this.#record(batch.subarray(at, end));
      at = end;
    }
  }

  #record(bytes: Buffer): void {
    const kind = KIND_NAMES.get(bytes[0] ?? 0);
    if (kind === undefined) throw new Error(`record kind ${String(bytes[0])}`);
    const pid = bytes.readUInt32BE(10);
    const ref = bytes.readUInt32BE(14);
    if (this.counting && kind !== "GAP" && kind !== "DEF_PID" && kind !== "DEF_MFA") return;
    const payload = bytes.length === 22 ? null : term(bytes.subarray(22));
    const text = payload === null ? "" : inspect(payload, { limit: 2000 });
    if (kind === "DEF_PID") this.#pids.set(pid, text);
    else if (kind === "DEF_MFA") this.#functions.set(ref, functionName(payload));
    else {
      this.records.push({
        kind,
        flags: bytes[1] ?? 0,
        t: Number(bytes.readBigUInt64BE(2)),
        pid: named(this.#pids, pid),
        ref,
        other: this.#other(kind, ref),
        payload,
        text,
      });
    }
  }

  #other(kind: string, ref: number): string {
    if (CALLS.has(kind)) return named(this.#functions, ref);
    if (PAIRS.has(kind)) return named(this.#pids, ref);
    return kind === "GAP" ? (GAP_NAMES.get(ref) ?? String(ref)) : "";
  }
}

function named(names: ReadonlyMap<number, string>, index: number): string {
  if (index === 0) return "";
  const name = names.get(index);
  if (name === undefined) throw new Error(`index ${String(index)} is used before it is defined`);
  return name;
}

function functionName(mfa: Term | null): string {
  if (mfa?.kind !== "tuple") throw new Error("DEF_MFA without a tuple");
  return mfa.items.map((item) => (item.kind === "atom" ? item.name : inspect(item))).join("/");
}

function term(bytes: Uint8Array): Term {
  const decoded = decode(bytes);
  if (!decoded.ok) throw new Error(`bad term: ${decoded.error.code}`);
  return decoded.value;
}
