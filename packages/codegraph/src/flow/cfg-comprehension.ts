// for: each generator takes its next element, the inner ones begin anew for each of the outer; elements
// that do not match or are filtered out are skipped. A reduce's first value is evaluated after the first
// generator's source, `into:` before it (so do Elixir 1.14 to 1.20).

import { pushAll } from "@elixirscope/base";
import type { CallNode, Node } from "@elixirscope/syntax";
import { isCall, keyword } from "@elixirscope/syntax";
import { behind, type FlowBuilder, type Open, type Step } from "./cfg-builder.ts";
import { clauses, head, patternAndGuard, span, stabClauses } from "./cfg-clauses.ts";
import { condition, outcome } from "./cfg-conditions.ts";
import { opaque } from "./cfg-opaque.ts";
import { isLiteral } from "./cfg-totals.ts";

type Source = {
  readonly node: Node;
  readonly patterns: readonly Node[];
  readonly guard: Node | null;
  readonly source: Node;
  /** `<:-` raises for what does not match */
  readonly strict: boolean;
};

export function* comprehension(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const options = args.filter((arg) => keyword(arg, "do") !== undefined || isOptions(arg));
  const option = (key: string): Node | undefined =>
    options.map((list) => keyword(list, key)).find((value) => value !== undefined);
  const body = option("do");
  if (body === undefined) {
    yield opaque(b, node, args);
    return;
  }
  const into = option("into");
  const reduce = option("reduce");
  const uniq = option("uniq");
  b.place("dispatch", node, "for");
  if (into !== undefined) yield collectable(b, into);

  const done: Open[] = [];
  let innermost: number | null = null;
  for (const part of args.filter((arg) => !options.includes(arg))) {
    const generator = generatorOf(part);
    if (generator === null) {
      yield filter(b, part, innermost, done);
      continue;
    }
    yield b.visit(generator.source);
    if (innermost === null && reduce !== undefined) yield b.visit(reduce);
    innermost = yield* generate(b, generator, innermost, done);
  }
  if (innermost === null) return;
  yield collect(b, body, { node, into, reduce, uniq }, innermost);
  b.open = done;
  b.join(node, "for");
}

function isOptions(arg: Node): boolean {
  const keys = ["into", "reduce", "uniq"];
  return arg.kind === "list" && keys.some((key) => keyword(arg, key) !== undefined);
}

/** `pattern <- source`, `<<pattern <- source>>`; null for a filter. */
function generatorOf(part: Node): Source | null {
  const bits = isCall(part, "<<>>") ? part.args : null;
  const arrow = bits === null ? part : bits.at(-1);
  if (arrow === undefined || !(isCall(arrow, "<-", 2) || isCall(arrow, "<:-", 2))) return null;
  const [left, source] = arrow.args;
  if (left === undefined || source === undefined) return null;
  const strict = arrow.callee === "<:-";
  if (bits === null) return { node: part, ...patternAndGuard(left), source, strict };
  return { node: part, patterns: [...bits.slice(0, -1), left], guard: null, source, strict };
}

/** Answers the node that takes elements; goes on where one matches. */
function* generate(
  b: FlowBuilder,
  generator: Source,
  outer: number | null,
  done: Open[],
): Generator<Step, number, void> {
  const { node, source, strict } = generator;
  const at = b.place("generator", node);
  if (source.kind !== "list" && source.kind !== "string") b.raise(at);
  if (outer === null) done.push({ from: at, kind: "done" });
  else b.edge(at, outer, "done");
  const missed: Open[] = [];
  if (isCall(node, "<<>>")) bitPattern(b, node, generator.patterns, missed);
  else yield head(b, generator, missed);
  if (strict) b.unmatched(missed, node, "MatchError");
  else b.lead(at, "skip", missed);
  return at;
}

function bitPattern(
  b: FlowBuilder,
  node: CallNode,
  patterns: readonly Node[],
  missed: Open[],
): void {
  const place = { start: node.start, end: span(patterns).end };
  const at = b.place("pattern", node, `${b.text(place)}>>`, place);
  missed.push({ from: at, kind: "no_match" });
  b.open = [{ from: at, kind: "match" }];
}

function* filter(b: FlowBuilder, test: Node, innermost: number | null, done: Open[]): Step {
  const result = outcome();
  yield condition(b, test, result);
  if (innermost === null) pushAll(done, result.whenFalse);
  else b.lead(innermost, "skip", result.whenFalse);
  b.open = result.whenTrue;
}

/** What the elements are collected into: anything but a literal is asked first how to collect. */
function* collectable(b: FlowBuilder, into: Node): Step {
  yield b.visit(into);
  if (isLiteral(into) || isCall(into, "%{}", 0)) return;
  b.raise(b.place("call", into, `into: ${b.text(into)}`, behind(into)));
}

type Collection = {
  readonly node: Node;
  readonly into: Node | undefined;
  readonly reduce: Node | undefined;
  readonly uniq: Node | undefined;
};

/** The body, once for each element that got here, and what is done with its value. */
function* collect(b: FlowBuilder, body: Node, how: Collection, innermost: number): Step {
  const list = how.reduce === undefined ? null : stabClauses(body);
  if (list === null) yield b.statement(body);
  else {
    const missed: Open[] = [];
    yield clauses(b, list, missed);
    b.unmatched(missed, how.node, "CaseClauseError");
  }
  if (how.uniq?.kind === "atom" && how.uniq.name === "true") {
    const at = b.place("branch", how.uniq, "uniq");
    b.lead(innermost, "skip");
    b.open = [{ from: at, kind: "true" }];
  }
  if (how.into !== undefined && how.into.kind !== "list") {
    b.raise(b.place("call", how.into, "collect", behind(how.into)));
  }
  b.lead(innermost, "loop");
}
