// What the behaviours of OTP do with values between the callbacks, which no code of the target shows: a message
// becomes an argument, the state goes in and comes out, an answer is sent. The places are fixed by their contracts,
// so that even a value that is equal everywhere is followed.

import type { Term } from "@elixirscope/etf";
import type { TermPath } from "@elixirscope/store";
import type { Frame } from "./frames.ts";
import { placeIn, type Holder, type Place } from "./place.ts";
import { follow, isSame } from "./term-way.ts";

const element = (index: number): TermPath[number] => ({ kind: "element", index });

export type Ruled = {
  readonly place: Place;
  /** more than one: equal messages were received, and which of them it was is not known */
  readonly candidates: number;
};

/** An argument of a callback that nothing recorded called. `holders`: of its process, newest first. */
export function callbackArgument(
  { path }: Place,
  frame: Frame,
  holders: readonly Holder[],
): Ruled | null {
  const [first, ...rest] = path;
  const args = frame.args?.kind === "list" ? frame.args.items : [];
  const [message, from] = args;
  if (first?.kind !== "index" || message === undefined) return null;
  const { name, arity } = frame;
  const isCallback =
    /^handle_(call|cast|info|continue)$/.test(name) && arity === (name === "handle_call" ? 3 : 2);
  if (!isCallback) return null;
  if (first.index === arity - 1) return ruled(stateBefore(args.at(-1), rest, holders));
  const equal: Place[] = [];
  for (const holder of holders) {
    if (holder.kind !== "received") continue;
    const way = messageWay(name, holder.root);
    const body = follow(holder.root, way);
    if (body === undefined || !isSame(body, message)) continue;
    if (name !== "handle_call") {
      const place = placeIn(holder, [...way, ...rest]);
      if (place !== null) equal.push(place);
      continue;
    }
    const sender = follow(holder.root, [element(1)]);
    if (sender === undefined || from === undefined || !isSame(sender, from)) continue;
    return ruled(placeIn(holder, [...(first.index === 1 ? [element(1)] : way), ...rest]));
  }
  return ruled(equal[0] ?? null, equal.length);
}

export function ruled(place: Place | null, candidates = 1): Ruled | null {
  return place === null ? null : { place, candidates };
}

function messageWay(callback: string, body: Term): TermPath {
  const [tag] = body.kind === "tuple" ? body.items : [];
  const name = tag?.kind === "atom" ? tag.name : "";
  if (callback === "handle_call" && name === "$gen_call") return [element(2)];
  return callback === "handle_cast" && name === "$gen_cast" ? [element(1)] : [];
}

function stateBefore(
  state: Term | undefined,
  rest: TermPath,
  holders: readonly Holder[],
): Place | null {
  const last = holders.find(({ kind }) => kind === "state");
  return last !== undefined && state !== undefined && isSame(last.root, state)
    ? placeIn(last, rest)
    : null;
}

/** A state is what the callback before it answered. */
export function stateFromCallback({ root, path }: Place, holders: readonly Holder[]): Place | null {
  const last = holders.find(({ kind }) => kind === "result");
  const way = last === undefined ? null : stateWay(last.root);
  if (last === undefined || way === null) return null;
  const answered = follow(last.root, way);
  return answered !== undefined && isSame(answered, root) ? placeIn(last, [...way, ...path]) : null;
}

function stateWay(answer: Term): TermPath | null {
  const [tag] = answer.kind === "tuple" ? answer.items : [];
  switch (tag?.kind === "atom" ? tag.name : "") {
    case "reply":
    case "stop":
      return [element(2)];
    case "noreply":
    case "ok":
      return [element(1)];
    default:
      return null;
  }
}

/** An answer `{tag, reply}` that is sent outside of callbacks is what the last one gave as `{:reply, reply, state}`. */
export function replyFromCallback({ root, path }: Place, holders: readonly Holder[]): Place | null {
  const [first, ...rest] = path;
  if (
    root.kind !== "tuple" ||
    root.items.length !== 2 ||
    first?.kind !== "element" ||
    first.index !== 1
  )
    return null;
  const last = holders.find(({ kind }) => kind === "result");
  const [tag, reply] = last?.root.kind === "tuple" ? last.root.items : [];
  const [, sent] = root.items;
  if (last === undefined || tag?.kind !== "atom" || tag.name !== "reply") return null;
  return reply !== undefined && sent !== undefined && isSame(reply, sent)
    ? placeIn(last, [element(1), ...rest])
    : null;
}
