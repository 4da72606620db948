// Lost updates through one server: which of its requests read, which set what, and which reads were out of
// date, or could have been, when what came of them was written.

import { equal, type Term } from "@elixirscope/etf";
import { diffTerms, type Change } from "../diff.ts";
import { decoded } from "../otp-message.ts";
import type { At } from "./happens-before.ts";
import { readThenWrites, type Handled, type ReadThenWrite, type Write } from "./lost-updates.ts";
import { shapeOf, valuesOf } from "./request-shape.ts";
import type { ServerRequest } from "./server-requests.ts";
import { pathKey, pathOf, valueAtPath, type StatePath } from "./state-path.ts";
import { WriteRules, type StateChange } from "./write-rules.ts";

/** Beyond these the whole state counts as written. */
const MAX_CHANGES = 8;

/** Positions are those of the given requests. */
export type FoundRace = {
  readonly found: ReadThenWrite;
  /** the write by another that it did not see, or could have missed */
  readonly other: number;
  readonly happened: boolean;
};

/** Of each kind of request so many changes are looked at to see whether it can set anything. */
const SAMPLE = 30;

/** Most servers compute their new states from the old: a few changes of each kind of request tell. */
export function canSet(requests: readonly ServerRequest[]): boolean {
  const rules = new WriteRules();
  const seen = new Map<string, number>();
  const sampled: ServerRequest[] = [];
  for (const one of requests) {
    const shape = shapeOf(one.request);
    const count = seen.get(shape) ?? 0;
    if (count === SAMPLE || isUnchanged(one)) continue;
    seen.set(shape, count + 1);
    sampled.push(one);
    for (const write of recordedWrites(one)) rules.learn(one.request, write);
  }
  return sampled.some(({ request }) => rules.timesSet(request) > 0);
}

/** `isNew`: requests from which the rules have not learnt yet. */
export function learnWrites(
  requests: readonly ServerRequest[],
  rules: WriteRules,
  isNew: (request: ServerRequest) => boolean,
): readonly (readonly StateChange[])[] {
  return requests.map((one) => {
    const writes = recordedWrites(one);
    if (isNew(one)) for (const write of writes) rules.learn(one.request, write);
    return writes;
  });
}

/** Every read that a write came of, whatever others did. */
export function serverReadThenWrites(
  requests: readonly ServerRequest[],
  recorded: readonly (readonly StateChange[])[],
  rules: WriteRules,
): readonly ReadThenWrite[] {
  const handled = requests.map((one, at): Handled => {
    const changes = recorded[at] ?? [];
    const changed = changes.map(({ path }) => writeOf(path));
    const sets = rules.setBy(one.request, changes).map(({ path }) => writeOf(path));
    return { client: one.client, writes: [...changed, ...sets], sets };
  });
  const states = new Decoded();
  return readThenWrites(handled, (at, write) => {
    const request = requests[at];
    return request !== undefined && answersWith(request, write.path, states);
  });
}

/** Those that went wrong, and those that nothing but timing kept from that. */
export function racesAmong(
  pairs: readonly ReadThenWrite[],
  requests: readonly ServerRequest[],
  isOrdered: (a: At, b: At) => boolean,
): readonly FoundRace[] {
  const readers = new Set(pairs.map(({ write }) => write));
  const unordered = (first: number, then: number): boolean => {
    const [a, b] = [doneAt(requests[first]), beganAt(requests[then])];
    return a !== null && b !== null && !isOrdered(a, b);
  };
  return pairs.flatMap((found): readonly FoundRace[] => {
    const [missed] = found.between;
    if (missed !== undefined) return [{ found, other: missed, happened: true }];
    const other =
      found.before.find((at) => unordered(at, found.read)) ??
      // one that read, too, is looked at from its own side
      found.after.find((at) => !readers.has(at) && unordered(found.write, at));
    return other === undefined ? [] : [{ found, other, happened: false }];
  });
}

function beganAt(request: ServerRequest | undefined): At | null {
  if (request === undefined || request.sendEvent === null) return null;
  return { pid: request.client, event: request.sendEvent };
}

/** Where its client knows that it was handled; who does not wait for an answer never does. */
function doneAt(request: ServerRequest | undefined): At | null {
  if (request?.reply == null) return beganAt(request);
  return { pid: request.client, event: request.reply.event };
}

function writeOf(path: StatePath): Write {
  return { path, place: pathKey(path) };
}

function recordedWrites({ before, after }: ServerRequest): readonly StateChange[] {
  if (isUnchanged({ before, after })) return [];
  const [old, news] = [decoded(before), decoded(after)];
  if (old === null || news === null) return [];
  const { changes, complete } = diffTerms(old, news, MAX_CHANGES);
  return complete ? distinct(changes, old, news) : [{ path: [], before: old, value: news }];
}

function isUnchanged({ before, after }: Pick<ServerRequest, "before" | "after">): boolean {
  return before === null || after === null || Buffer.compare(before, after) === 0;
}

/** Several changes inside of one list are one of the list. */
function distinct(changes: readonly Change[], old: Term, news: Term): readonly StateChange[] {
  const found = new Map<string, StateChange>();
  for (const change of changes) {
    const path = pathOf(change);
    const [before, value] = [valueAtPath(old, path), valueAtPath(news, path)];
    found.set(pathKey(path), { path, before, value });
  }
  return [...found.values()];
}

/** The answer is what was there, or in a larger part around it, at that time. */
function answersWith(
  { request, reply, before }: ServerRequest,
  path: StatePath,
  states: Decoded,
): boolean {
  const result = reply?.result ?? null;
  const state = result === null ? null : states.of(before);
  if (result === null || state === null) return false;
  const answers = [result, ...unwrapped(result)];
  for (let length = path.length; length >= 0; length--) {
    const part = path.slice(0, length);
    if (!namesKey(request, part)) continue;
    const value = valueAtPath(state, part);
    if (value === null ? isAbsent(result) : answers.some((answer) => equal(answer, value))) {
      return true;
    }
  }
  return false;
}

/** `{:ok, value}` */
function unwrapped(result: Term): readonly Term[] {
  if (result.kind !== "tuple" || result.items.length !== 2) return [];
  const [tag, value] = result.items;
  return tag?.kind === "atom" && value !== undefined ? [value] : [];
}

function isAbsent(result: Term): boolean {
  const [tag] = result.kind === "tuple" ? result.items : [result];
  return tag?.kind === "atom" && (tag.name === "nil" || tag.name === "error");
}

/** Who reads one of many says which; a field of a struct is named by the request's tag. */
function namesKey(request: Term, path: StatePath): boolean {
  const step = path.at(-1);
  if (step === undefined || step.kind === "element" || step.key.kind === "atom") return true;
  const { key } = step;
  return valuesOf(request).some(([, value]) => equal(value, key));
}

/** The states looked at last, decoded. */
class Decoded {
  readonly #terms = new Map<Uint8Array, Term | null>();

  of(bytes: Uint8Array | null): Term | null {
    if (bytes === null) return null;
    const known = this.#terms.get(bytes);
    if (known !== undefined) return known;
    if (this.#terms.size === 64) this.#terms.clear();
    const term = decoded(bytes);
    this.#terms.set(bytes, term);
    return term;
  }
}
