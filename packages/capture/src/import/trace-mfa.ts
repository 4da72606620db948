// `{Module, Function, Args | Arity}` of a trace message.

import { u32 } from "../pipeline/big-endian.ts";
import { keyOf, termAt, tupleAt, type Span } from "./trace-message.ts";

const NIL = 106;
const STRING = 107;
const LIST = 108;

export type TraceMfa = {
  /** the same for all calls of the function */
  readonly key: string;
  readonly module: Span;
  readonly name: Span;
  readonly arity: number;
  /** null: the trace has only the arity */
  readonly args: Span | null;
};

export function mfaAt(bytes: Buffer, { start }: Span): TraceMfa | null {
  const [module, name, last, ...more] = tupleAt(bytes, start) ?? [];
  if (module === undefined || name === undefined || last === undefined || more.length > 0) {
    return null;
  }
  const length = listLength(bytes, last.start);
  const term = length === null ? termAt(bytes, last) : null;
  const arity = length ?? (term?.kind === "integer" ? Number(term.value) : null);
  if (arity === null || arity < 0 || arity > 255) return null;
  const key = `${keyOf(bytes, { start: module.start, end: name.end })}/${String(arity)}`;
  return { key, module, name, arity, args: length === null ? null : last };
}

/** Without decoding it; a list of small integers is written as a string. */
function listLength(bytes: Buffer, at: number): number | null {
  const tag = bytes[at];
  if (tag === NIL) return 0;
  if (tag === STRING) return (bytes[at + 1] ?? 0) * 256 + (bytes[at + 2] ?? 0);
  return tag === LIST ? u32(bytes, at + 1) : null;
}
