// fn and &: made here, run elsewhere. Each is a node where it is made and a graph of its own.

import { pushAll } from "@elixirscope/base";
import type { Node } from "@elixirscope/syntax";
import { isCall, remoteCall } from "@elixirscope/syntax";
import type { FlowBuilder, Open, Step } from "./cfg-builder.ts";
import { type Clause, head, stabClauses } from "./cfg-clauses.ts";
import { opaque } from "./cfg-opaque.ts";

/** Deeper than this a closure has a node and no graph: graphs hold graphs, and are copied and saved. */
const CLOSURE_DEPTH = 64;

export function* fn(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const list = stabClauses(args);
  if (list === null) {
    yield opaque(b, node, args);
    return;
  }
  const at = b.place("closure", node);
  if (b.depth >= CLOSURE_DEPTH) return;
  const inner = b.child(node);
  yield anonymous(inner, node, list);
  b.closes(at, inner.finish());
}

function* anonymous(inner: FlowBuilder, node: Node, list: readonly Clause[]): Step {
  const ended: Open[] = [];
  for (const [index, clause] of list.entries()) {
    const missed: Open[] = [];
    inner.clause = index;
    yield head(inner, clause, missed);
    yield inner.statement(clause.body);
    pushAll(ended, inner.open);
    inner.open = missed;
  }
  inner.clause = -1;
  inner.unmatched(inner.open, node, "FunctionClauseError");
  inner.open = ended;
}

/** `&f/1`, `&Mod.f/1`, `&(&1 + 1)`; everything in it is evaluated when it is called. */
export function* capture(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const [body] = args;
  if (body === undefined || body.kind === "integer") return;
  const at = b.place("closure", node);
  const name = capturedName(body);
  const receiver = name === null ? null : (remoteCall(name)?.receiver ?? null);
  // a function that has a graph elsewhere
  if (name !== null && (receiver === null || !isComputed(receiver))) return;
  if (b.depth >= CLOSURE_DEPTH) return;
  const inner = b.child(node);
  inner.clause = 0;
  if (receiver === null) yield inner.statement(body);
  else {
    yield inner.visit(receiver);
    inner.call(body);
  }
  b.closes(at, inner.finish());
}

/** What stands before the arity in `f/1` and `Mod.f/1`. */
function capturedName(body: Node): Node | null {
  if (!isCall(body, "/", 2)) return null;
  const [name, arity] = body.args;
  if (name === undefined || arity?.kind !== "integer") return null;
  if (name.kind === "variable") return name;
  if (name.kind !== "call") return null;
  const isName = typeof name.callee === "string" || remoteCall(name) !== null;
  return isName && name.args.length === 0 ? name : null;
}

function isComputed(receiver: Node): boolean {
  return receiver.kind === "call" && !isCall(receiver, "__aliases__");
}
