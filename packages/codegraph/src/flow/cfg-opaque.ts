// A macro that nobody here knows. What it makes of its arguments and blocks cannot be seen, so each
// may be evaluated any number of times and in any order, and the whole may raise.

import type { Node } from "@elixirscope/syntax";
import type { FlowBuilder, Open, Step } from "./cfg-builder.ts";
import { clauses, stabClauses } from "./cfg-clauses.ts";

export function* opaque(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const start = b.place("dispatch", node);
  for (const part of args.flatMap(evaluated)) {
    b.open = [{ from: start, kind: "next" }];
    const list = stabClauses(part);
    const missed: Open[] = [];
    if (list === null) yield b.statement(part);
    else yield clauses(b, list, missed);
    b.lead(start, "loop", missed);
    b.lead(start, "loop");
  }
  b.open = [{ from: start, kind: "next" }];
  b.call(node);
}

/** The values of keywords (and so the blocks), other arguments as they are. */
function evaluated(arg: Node): readonly Node[] {
  if (arg.kind !== "list" || arg.items.length === 0) return [arg];
  const values = arg.items.map((item) =>
    item.kind === "pair" && item.left.kind === "atom" ? item.right : null,
  );
  return values.every((value) => value !== null) ? values : [arg];
}
