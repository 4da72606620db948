// try: every call inside leads to the rescue and catch clauses, what they do not take is raised again,
// `else` is not protected. `after` is there once for the way on and once for the way out.

import { pushAll } from "@elixirscope/base";
import type { Node } from "@elixirscope/syntax";
import { keyword } from "@elixirscope/syntax";
import { behind, type FlowBuilder, type Open, type Step } from "./cfg-builder.ts";
import { clauses, stabClauses } from "./cfg-clauses.ts";
import { opaque } from "./cfg-opaque.ts";

/** The parts of a `try`, also of a function with an implicit one. */
export type TryParts = {
  readonly body: Node;
  readonly rescue: Node | null;
  readonly catch: Node | null;
  readonly else: Node | null;
  readonly after: Node | null;
};

/** An `after` inside an `after` doubles the copies; from this depth on there is one for both ways. */
const COPIED_AFTER_DEPTH = 2;

export function* tryRescue(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const blocks = args.at(-1);
  const body = keyword(blocks, "do");
  if (body === undefined) {
    yield opaque(b, node, args);
    return;
  }
  yield protect(b, node, {
    body,
    rescue: keyword(blocks, "rescue") ?? null,
    catch: keyword(blocks, "catch") ?? null,
    else: keyword(blocks, "else") ?? null,
    after: keyword(blocks, "after") ?? null,
  });
}

export function* protect(b: FlowBuilder, node: Node, parts: TryParts): Step {
  const outer = b.handler;
  b.place("dispatch", node, "try");
  const cleanUp = parts.after === null ? null : afterPlace(b, parts.after);
  const outside = cleanUp ?? outer;
  const rescues = stabClauses(parts.rescue ?? undefined) ?? [];
  const catches = stabClauses(parts.catch ?? undefined) ?? [];
  const caught = handlerPlace(b, parts);

  b.handler = caught ?? outside;
  yield b.statement(parts.body);
  b.handler = outside;
  const others = stabClauses(parts.else ?? undefined);
  if (others !== null) {
    const missed: Open[] = [];
    yield clauses(b, others, missed);
    b.unmatched(missed, node, "TryClauseError");
  }
  const ended = b.open;
  if (caught !== null) {
    b.open = [{ from: caught, kind: "next" }];
    // rescue is tried before catch, in whichever order they are written
    const missed: Open[] = [];
    yield clauses(b, rescues, missed, "rescue");
    pushAll(ended, b.open);
    b.open = missed;
    const unmatched: Open[] = [];
    yield clauses(b, catches, unmatched, "catch");
    pushAll(ended, b.open);
    b.unmatched(unmatched, node, null);
  }
  b.handler = outer;
  b.open = ended;
  if (parts.after !== null && cleanUp !== null) yield after(b, parts.after, cleanUp);
  b.join(node, "try");
}

function handlerPlace(b: FlowBuilder, parts: TryParts): number | null {
  if (parts.rescue !== null) return b.detached("dispatch", parts.rescue, "rescue");
  return parts.catch === null ? null : b.detached("dispatch", parts.catch, "catch");
}

/** Where an `after` begins: a place without a length, the text is that of what it does. */
function afterPlace(b: FlowBuilder, block: Node): number {
  return b.detached("dispatch", block, "after", { start: block.start, end: block.start });
}

/** The open edges go through one copy of the block, exceptions through the one at `cleanUp`. */
function* after(b: FlowBuilder, block: Node, cleanUp: number): Step {
  const ended = b.open;
  const shared = b.afterDepth >= COPIED_AFTER_DEPTH;
  let continued: readonly Open[] = [];
  b.afterDepth += 1;
  if (shared) b.lead(cleanUp, "after", ended);
  else if (ended.length > 0) {
    const copy = afterPlace(b, block);
    b.lead(copy, "after", ended);
    b.open = [{ from: copy, kind: "next" }];
    yield b.statement(block);
    continued = b.open;
  }
  b.open = [{ from: cleanUp, kind: "next" }];
  yield b.statement(block);
  const cleaned = b.open.map(({ from }): Open => ({ from, kind: "after" }));
  b.unmatched(cleaned, block, null, behind(block));
  b.open = shared ? cleaned : continued.map(({ from }): Open => ({ from, kind: "after" }));
  b.afterDepth -= 1;
}
