// A function's data flow from its syntax: arguments, their patterns in each clause, bodies, and what
// they return.

import { pushAll } from "@elixirscope/base";
import { walk, type CallNode, type Node, type NodeIds } from "@elixirscope/syntax";
import type { ClauseSyntax, FunctionSyntax, ModuleSyntax } from "../module/module-syntax.ts";
import type { Cfg } from "./cfg.ts";
import { linkClosures } from "./dfg-closure-calls.ts";
import { localCall } from "./dfg-calls.ts";
import { DfgDraft } from "./dfg-draft.ts";
import { expression } from "./dfg-expressions.ts";
import { guardUses, recordChecks } from "./dfg-guards.ts";
import { bindPatterns } from "./dfg-patterns.ts";
import { CONSTANT, run, type Steps } from "./dfg-steps.ts";
import { evaluateTry } from "./dfg-try.ts";
import { DfgWalker, emptyJoin, type Join } from "./dfg-walker.ts";
import type { Dfg } from "./dfg.ts";

/** The data flow of all clauses of `fn` and of the closures in them. Any tree gives a graph. */
export function buildDfg(fn: FunctionSyntax, module: ModuleSyntax, cfg: Cfg, ids: NodeIds): Dfg {
  const draft = new DfgDraft(ids, module.source, cfg);
  const walker = new DfgWalker(draft, module.names, expression);
  const { entry, exit } = draft.places.ends(null);
  draft.openScope(fn.data.range);
  const first = fn.clauses[0];
  const owner = first?.node ?? module.node;
  const parameters: number[] = [];
  for (let i = 0; i < fn.data.arity; i += 1) {
    parameters.push(draft.define("argument", null, first?.patterns[i] ?? owner, entry));
  }
  const defaults = defaultPositions(fn, module);
  run(evaluateDefaults(walker, fn.defaults, defaults, parameters));
  const join = emptyJoin();
  for (const [index, clause] of fn.clauses.entries()) {
    draft.clause = index;
    run(evaluateClause(walker, fn, clause, parameters, join));
  }
  draft.clause = -1;
  const result = walker.returned(join, owner, exit);
  deliverMessages(walker);
  linkClosures(draft);
  return {
    function: fn.data.key,
    definitions: draft.definitions,
    flows: draft.flows,
    uses: draft.uses,
    parameters,
    defaults,
    result,
    closures: draft.closures,
    scopes: draft.scopes,
    checks: draft.checks,
  };
}

function* evaluateClause(
  walker: DfgWalker,
  fn: FunctionSyntax,
  clause: ClauseSyntax,
  parameters: readonly number[],
  join: Join,
): Steps {
  const leave = walker.enter(clause.node);
  const matches = clause.patterns.map((pattern, i) => ({
    pattern,
    from: { value: parameters[i] ?? CONSTANT, node: pattern },
  }));
  const matched = bindPatterns(walker, matches);
  pushAll(join.conditions, matched.conditions);
  if (fn.clauses.length > 1 && matched.refutable) {
    pushAll(
      join.conditions,
      matches.map((match) => match.from),
    );
  }
  const { guard, body } = clause;
  if (fn.data.kind === "defguard" || fn.data.kind === "defguardp") {
    if (guard !== null) yield* give(walker, guard, join);
  } else {
    if (guard !== null) {
      pushAll(join.conditions, guardUses(walker, guard));
      recordChecks(walker, guard, body ?? clause.node);
    }
    yield* clauseBody(walker, fn, clause, parameters, join);
  }
  leave();
  return CONSTANT;
}

function* clauseBody(
  walker: DfgWalker,
  fn: FunctionSyntax,
  clause: ClauseSyntax,
  parameters: readonly number[],
  join: Join,
): Steps {
  const { node, body, rescue, catch: caught, else: otherwise, after } = clause;
  if (fn.data.kind === "defdelegate") {
    walker.give(join, yield localCall(walker, node, clause.patterns), node);
    return CONSTANT;
  }
  if (body === null) {
    unknownBody(walker, node, parameters, join);
    return CONSTANT;
  }
  if (rescue === null && caught === null && otherwise === null && after === null) {
    return yield* give(walker, body, join);
  }
  const parts = {
    body,
    rescue: rescue ?? undefined,
    catch: caught ?? undefined,
    else: otherwise ?? undefined,
    after: after ?? undefined,
  };
  return yield* evaluateTry(walker, node, parts, join);
}

function* give(walker: DfgWalker, body: Node, join: Join): Steps {
  const value = walker.leaf(body) ?? (yield walker.steps(body));
  walker.give(join, value, body);
  return value;
}

/** A body that a macro makes: any argument may be part of the result. */
function unknownBody(
  walker: DfgWalker,
  node: CallNode,
  parameters: readonly number[],
  join: Join,
): void {
  const result = walker.called(node);
  parameters.forEach((parameter, i) => {
    walker.draft.flow("argument", parameter, result, node, null, i);
  });
  walker.give(join, result, node);
}

/** A default is evaluated before the clauses and without their names. */
function* evaluateDefaults(
  walker: DfgWalker,
  defaults: readonly CallNode[],
  positions: readonly number[],
  parameters: readonly number[],
): Steps {
  for (const [i, { args }] of defaults.entries()) {
    const [, node] = args;
    if (node === undefined) continue;
    const leave = walker.enter(node);
    const value = walker.leaf(node) ?? (yield walker.steps(node));
    leave();
    const parameter = parameters[positions[i] ?? -1];
    if (parameter !== undefined) walker.draft.flow("copy", value, parameter, node);
  }
  return CONSTANT;
}

/** Which parameter each default belongs to; a head without a body has its own patterns. */
function defaultPositions(fn: FunctionSyntax, module: ModuleSyntax): readonly number[] {
  return fn.defaults.map((node) => {
    for (const { patterns } of fn.clauses) {
      const position = patterns.findIndex((pattern) => pattern === node.args[0]);
      if (position >= 0) return position;
    }
    return positionInHead(node, module.node);
  });
}

function positionInHead(defaultNode: CallNode, module: CallNode): number {
  let position = -1;
  walk(module, (node) => {
    if (node.start > defaultNode.start || node.end < defaultNode.end) return false;
    if (node.kind === "call" && node.args.includes(defaultNode)) {
      position = node.args.indexOf(defaultNode);
    }
    return position < 0;
  });
  return position;
}

/** Senders whose message may be received here in any order, as their process goes round. */
const MAX_MESSAGE_FLOWS = 10_000;

/** A message may be what any call before the `receive` was given: it may have sent it. */
function deliverMessages({ received, calls, draft }: DfgWalker): void {
  if (received.length * calls.length > MAX_MESSAGE_FLOWS) return;
  for (const message of received) {
    for (const { value, node } of calls) {
      if (value < message) draft.flow("message", value, message, node);
    }
  }
}
