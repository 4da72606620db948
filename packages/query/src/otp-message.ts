// What is inside the messages of OTP behaviours: the request of a call or cast, the result of a reply.

import { decode, type Term } from "@elixirscope/etf";

/** `{:"$gen_call", From, Request}` and `{:"$gen_cast", Request}` → the request; others are one themselves. */
export function requestIn(body: Term): Term {
  if (body.kind !== "tuple") return body;
  const [tag, second, third] = body.items;
  if (tag?.kind !== "atom") return body;
  if (tag.name === "$gen_call" && body.items.length === 3) return third ?? body;
  if (tag.name === "$gen_cast" && body.items.length === 2) return second ?? body;
  return body;
}

/** `{Tag, Result}` → the result. */
export function resultIn(reply: Term): Term | null {
  if (reply.kind !== "tuple" || reply.items.length !== 2) return null;
  return reply.items[1] ?? null;
}

export function decoded(payload: Uint8Array | null): Term | null {
  const term = payload === null ? null : decode(payload);
  return term?.ok === true ? term.value : null;
}
