// What an OTP callback was called with: the message that it handles, put together again as its process
// received it, and the state before it. Nothing is decoded.
//
// The VM writes atoms in the old form (100) up to OTP 25 and in the new one (119) from 26 on: the wrappers of
// calls and casts are written as the target writes them, so that equal messages have equal bytes.

import { termEnd } from "@elixirscope/etf";
import { ascii, atomEnd, GEN_CALL, GEN_CAST } from "../term-peek.ts";
import type { Callback } from "./definitions.ts";

const VERSION = 131;
const SMALL_INTEGER = 97;
const ATOM = 100;
const SMALL_TUPLE = 104;
const STRING = 107;
const LIST = 108;
const SMALL_ATOM_UTF8 = 119;

const CALL = ascii("call");
const CAST = ascii("cast");
const INFO = ascii("info");

export type CallbackArguments = {
  /** one external term; null: no message made the process call this */
  readonly message: Buffer | null;
  /** of a gen_server, one external term; null: the arguments do not tell it */
  readonly state: Buffer | null;
};

const NOTHING: CallbackArguments = { message: null, state: null };

/** `bytes[from, to)` is the list of arguments, without a leading 131. `oldAtoms`: as OTP 25 writes them. */
export function callbackArguments(
  { name, arity }: Callback,
  behaviour: string,
  bytes: Uint8Array,
  from: number,
  to: number,
  oldAtoms: boolean,
): CallbackArguments {
  const given = elements(bytes, from, to);
  if (given?.length !== arity) return NOTHING;
  const wrap: Wrap = (tag, ...parts) => tupleOf([atomBytes(tag, oldAtoms), ...parts]);
  if (behaviour === "gen_statem") {
    const [type, content] = given;
    const isState = arity === 3 || name === "handle_event";
    if (!isState || type === undefined || content === undefined) return NOTHING;
    return { message: eventMessage(type, content, wrap), state: null };
  }
  const [first, second, third] = given;
  if (first === undefined) return NOTHING;
  switch (`${name}/${String(arity)}`) {
    case "handle_call/3":
      return { message: wrap(GEN_CALL, second ?? first, first), state: term(third) };
    case "handle_cast/2":
      return { message: wrap(GEN_CAST, first), state: term(second) };
    case "handle_info/2":
      return { message: term(first), state: term(second) };
    case "handle_continue/2":
      return { message: null, state: term(second) };
    default:
      return NOTHING;
  }
}

/** The message that carries these terms behind this atom. */
type Wrap = (tag: Uint8Array, ...parts: readonly Uint8Array[]) => Buffer;

/** `Type` and `Content` of a gen_statem's event; null for what the machine sends itself. */
function eventMessage(type: Uint8Array, content: Uint8Array, wrap: Wrap): Buffer | null {
  const end = type.length;
  if (atomEnd(type, 0, end, INFO) > 0) return term(content);
  if (atomEnd(type, 0, end, CAST) > 0) return wrap(GEN_CAST, content);
  if (type[0] !== SMALL_TUPLE || type[1] !== 2) return null;
  const from = atomEnd(type, 2, end, CALL);
  return from < 0 ? null : wrap(GEN_CALL, type.subarray(from), content);
}

function elements(bytes: Uint8Array, from: number, to: number): Uint8Array[] | null {
  if (bytes[from] === STRING) {
    return [...bytes.subarray(from + 3, to)].map((byte) => Uint8Array.of(SMALL_INTEGER, byte));
  }
  if (bytes[from] !== LIST) return null;
  const found: Uint8Array[] = [];
  const last = to - 1;
  let at = from + 5;
  while (at < last) {
    const end = termEnd(bytes, at, last);
    if (end < 0) return null;
    found.push(bytes.subarray(at, end));
    at = end;
  }
  return at === last ? found : null;
}

function term(bytes: Uint8Array | undefined): Buffer | null {
  return bytes === undefined ? null : Buffer.concat([Buffer.of(VERSION), bytes]);
}

function tupleOf(parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.of(VERSION, SMALL_TUPLE, parts.length), ...parts]);
}

function atomBytes(name: Uint8Array, old: boolean): Buffer {
  return Buffer.of(...(old ? [ATOM, 0] : [SMALL_ATOM_UTF8]), name.length, ...name);
}
