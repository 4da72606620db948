// The new state in what an OTP callback returned, found without decoding.
//
// Of a server all of whose callbacks are recorded this is where its states come from. Of others, the probe's
// state handler reaches a new process a little after its first callbacks, and one that lives a millisecond
// not at all: where a callback is traced, its result says it.

import { skip } from "@elixirscope/etf";
import { SERVER_CALLBACKS } from "@elixirscope/trace";

const VERSION = 131;
const SMALL_TUPLE = 104;
const SMALL_ATOM_UTF8 = 119;
const SMALL_ATOM = 115;
const ATOM = 100;

/** Where the state stands in a gen_server's result, by its first element and size. */
const SERVER_RESULTS: Readonly<Record<string, number>> = {
  "ok/2": 1,
  "ok/3": 1,
  "noreply/2": 1,
  "noreply/3": 1,
  "reply/3": 2,
  "reply/4": 2,
  "stop/3": 2,
  "stop/4": 3,
};

/** Where the data stand in a gen_statem's result that keeps its state's name. */
const KEPT: Readonly<Record<string, number>> = {
  "keep_state/2": 1,
  "keep_state/3": 1,
  "repeat_state/2": 1,
  "repeat_state/3": 1,
  "stop/3": 2,
  "stop_and_reply/4": 3,
};
/** Results that keep both: alone, or with actions. */
const UNCHANGED: ReadonlySet<string> = new Set([
  "keep_state_and_data",
  "keep_state_and_data/2",
  "repeat_state_and_data",
  "repeat_state_and_data/2",
]);
const CHANGED: ReadonlySet<string> = new Set(["ok/3", "ok/4", "next_state/3", "next_state/4"]);

export function isServerCallback(name: string, arity: number): boolean {
  return SERVER_CALLBACKS.has(`${name}/${arity}`);
}

/**
 * The state as a term of its own, or null where the result has none (or is none of a gen_server's).
 * `result` is one external term.
 */
export function serverState(result: Uint8Array): Buffer | null {
  const elements = elementsOf(result);
  if (elements === null) return null;
  const at = SERVER_RESULTS[elements.key];
  const state = at === undefined ? undefined : elements.slices[at];
  return state === undefined ? null : Buffer.concat([Buffer.of(VERSION), state]);
}

/** `{State, Data}` after a gen_statem's callback; `before` is the same from before it. */
export function machineState(result: Uint8Array, before: Buffer | null): Buffer | null {
  const elements = elementsOf(result);
  if (elements === null) return UNCHANGED.has(atomName(result.subarray(1)) ?? "") ? before : null;
  const { key, slices } = elements;
  if (CHANGED.has(key)) return pair(slices[1], slices[2]);
  if (UNCHANGED.has(key)) return before;
  const data = KEPT[key];
  if (data === undefined || before === null) return null;
  return pair(elementsOf(before)?.slices[0], slices[data]);
}

function pair(state: Uint8Array | undefined, data: Uint8Array | undefined): Buffer | null {
  if (state === undefined || data === undefined) return null;
  return Buffer.concat([Buffer.of(VERSION, SMALL_TUPLE, 2), state, data]);
}

type Elements = { readonly key: string; readonly slices: readonly Uint8Array[] };

/** The elements of a tuple that begins with an atom, or of a pair of anything (key empty). */
function elementsOf(bytes: Uint8Array): Elements | null {
  const size = bytes[2] ?? 0;
  if (bytes[0] !== VERSION || bytes[1] !== SMALL_TUPLE || size < 2) return null;
  const slices: Uint8Array[] = [];
  let at = 3;
  for (let i = 0; i < size; i += 1) {
    const end = skip(bytes, at);
    if (!end.ok) return null;
    slices.push(bytes.subarray(at, end.value));
    at = end.value;
  }
  const name = atomName(slices[0]);
  return { key: name === null ? "" : `${name}/${size}`, slices };
}

function atomName(slice: Uint8Array | undefined): string | null {
  if (slice === undefined) return null;
  const tag = slice[0];
  if (tag === SMALL_ATOM_UTF8 || tag === SMALL_ATOM)
    return Buffer.from(slice.subarray(2)).toString();
  return tag === ATOM ? Buffer.from(slice.subarray(3)).toString() : null;
}
