// One trace message (erlang:trace/3, "trace messages") taken apart into places in its bytes: nothing is decoded but
// its tag and its time, and a term that is kept is copied as it is.

import { decodeAt, termEnd, type Term } from "@elixirscope/etf";

const VERSION = 131;
const SMALL_TUPLE = 104;
const ATOM_EXT = 100;
const SMALL_ATOM_EXT = 115;
const ATOM_UTF8_EXT = 118;
const SMALL_ATOM_UTF8_EXT = 119;

/** A term in the bytes of a message. */
export type Span = { readonly start: number; readonly end: number };

export type TraceMessage = {
  readonly bytes: Buffer;
  readonly pid: Span;
  /** `call`, `send`, …; also `drop` and `seq_trace`, which have no pid */
  readonly tag: string;
  /** what follows the tag, without the time */
  readonly rest: readonly Span[];
  readonly time: TraceTime | null;
};

/** `wall`: ns since 1970; `monotonic`: ns of the VM's own clock. */
export type TraceTime = { readonly clock: "wall" | "monotonic"; readonly ns: bigint };

const NOWHERE: Span = { start: 0, end: 0 };

/** Null: no trace message. */
export function readTraceMessage(bytes: Buffer): TraceMessage | null {
  const spans = bytes[0] === VERSION ? tupleAt(bytes, 1) : null;
  const [kind, pid = NOWHERE, tag, ...others] = spans ?? [];
  if (kind === undefined) return null;
  const name = atomAt(bytes, kind);
  if (name === "drop" || name === "seq_trace") {
    return { bytes, pid: NOWHERE, tag: name, rest: [pid], time: null };
  }
  if (tag === undefined || (name !== "trace" && name !== "trace_ts")) return null;
  const tagText = atomAt(bytes, tag);
  if (tagText === null) return null;
  if (name === "trace") return { bytes, pid, tag: tagText, rest: others, time: null };
  const stamp = others.at(-1);
  const time = stamp === undefined ? null : timeOf(termAt(bytes, stamp));
  return time === null ? null : { bytes, pid, tag: tagText, rest: others.slice(0, -1), time };
}

/** The elements of the tuple at `at`; null for another term. */
export function tupleAt(bytes: Buffer, at: number): readonly Span[] | null {
  if (bytes[at] !== SMALL_TUPLE) return null;
  const spans: Span[] = [];
  let start = at + 2;
  for (let left = bytes[at + 1] ?? 0; left > 0; left--) {
    const end = termEnd(bytes, start, bytes.length);
    if (end < 0) return null;
    spans.push({ start, end });
    start = end;
  }
  return spans;
}

export function termAt(bytes: Buffer, { start }: Span): Term | null {
  const decoded = decodeAt(bytes, start);
  return decoded.ok ? decoded.value.term : null;
}

/** Each message has two, so they are read without the decoder: half the time of a survey. */
export function atomAt(bytes: Buffer, { start, end }: Span): string | null {
  switch (bytes[start] ?? 0) {
    case ATOM_EXT:
      return bytes.toString("latin1", start + 3, end);
    case SMALL_ATOM_EXT:
      return bytes.toString("latin1", start + 2, end);
    case ATOM_UTF8_EXT:
      return bytes.toString("utf8", start + 3, end);
    case SMALL_ATOM_UTF8_EXT:
      return bytes.toString("utf8", start + 2, end);
    default:
      return null;
  }
}

/** The bytes of a term as a key of a map. */
export function keyOf(bytes: Buffer, { start, end }: Span): string {
  return bytes.toString("latin1", start, end);
}

/** `{MegaSecs, Secs, MicroSecs}`, monotonic ns, or `{Monotonic, Unique}` of strict_monotonic_timestamp. */
function timeOf(term: Term | null): TraceTime | null {
  if (term?.kind === "integer") return { clock: "monotonic", ns: BigInt(term.value) };
  if (term?.kind !== "tuple") return null;
  const numbers = term.items.map((item) => (item.kind === "integer" ? BigInt(item.value) : null));
  const [first = null, second = null, third = null] = numbers;
  if (first === null || second === null) return null;
  if (numbers.length === 2) return { clock: "monotonic", ns: first };
  if (numbers.length !== 3 || third === null) return null;
  return { clock: "wall", ns: ((first * 1_000_000n + second) * 1_000_000n + third) * 1_000n };
}
