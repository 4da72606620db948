// receive: wait, take the next message of the mailbox, try the clauses; a message that none takes stays
// where it is, and the scan goes on with the one behind it.

import type { Node } from "@elixirscope/syntax";
import { keyword } from "@elixirscope/syntax";
import type { FlowBuilder, Open, Step } from "./cfg-builder.ts";
import { type Clause, clauses, stabClauses } from "./cfg-clauses.ts";
import { opaque } from "./cfg-opaque.ts";

export function* receive(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const blocks = args.at(-1);
  const list = stabClauses(keyword(blocks, "do")) ?? [];
  const [timeout] = stabClauses(keyword(blocks, "after")) ?? [];
  if (list.length === 0 && timeout === undefined) {
    yield opaque(b, node, args);
    return;
  }
  b.place("dispatch", node, "receive");
  // how long to wait is evaluated before the waiting begins
  const [limit] = timeout?.patterns ?? [];
  if (limit !== undefined) yield b.visit(limit);
  const wait = b.place("suspend", node, "wait for a message");
  if (limit !== undefined && limit.kind !== "integer" && limit.kind !== "atom") b.raise(wait);
  b.open = [{ from: wait, kind: "message" }];
  const missed: Open[] = [];
  if (list.length > 0) yield clauses(b, list, missed);
  else b.open = [];
  b.lead(wait, "loop", missed);
  const ended = b.open;
  if (timeout !== undefined) yield expire(b, timeout, wait);
  else b.open = [];
  b.open = [...ended, ...b.open];
  b.join(node, "receive");
}

function* expire(b: FlowBuilder, { patterns, body }: Clause, wait: number): Step {
  const [limit] = patterns;
  const never = limit?.kind === "atom" && limit.name === "infinity";
  b.open = never ? [] : [{ from: wait, kind: "timeout" }];
  yield b.statement(body);
}
