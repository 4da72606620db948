// A function's control-flow graph from its syntax: the clauses in order, each with its implicit try.
//
// A call with fewer arguments enters at the default of the first one that it leaves out: Elixir fills
// arguments from the left, so each arity evaluates the defaults from there on to the last.

import { pushAll } from "@elixirscope/base";
import type { ElixirVersion, NodeIds } from "@elixirscope/syntax";
import { keyword } from "@elixirscope/syntax";
import type { ClauseSyntax, FunctionSyntax, ModuleSyntax } from "../module/module-syntax.ts";
import {
  type FlowScope,
  type Open,
  type Step,
  FlowBuilder,
  build,
  elixirMinor,
} from "./cfg-builder.ts";
import { pattern, span } from "./cfg-clauses.ts";
import { visit } from "./cfg-expressions.ts";
import { guard } from "./cfg-guards.ts";
import { protect } from "./cfg-try.ts";
import type { Cfg } from "./cfg.ts";

export type CfgOptions = {
  /** `in` and struct updates changed their order of evaluation; default: the newest */
  readonly elixir?: ElixirVersion;
};

/** The control flow of all clauses of `fn`. Any tree gives a graph: what is unknown is an opaque call. */
export function buildCfg(
  fn: FunctionSyntax,
  module: ModuleSyntax,
  ids: NodeIds,
  options: CfgOptions = {},
): Cfg {
  const scope: FlowScope = {
    module,
    ids,
    function: fn.data.key,
    elixirMinor: elixirMinor(options.elixir ?? "1.20"),
    visit,
  };
  const b = new FlowBuilder(scope, fn.data.range);
  build(functionFlow(b, fn));
  return b.finish();
}

function* functionFlow(b: FlowBuilder, fn: FunctionSyntax): Step {
  const entered = b.open;
  b.open = [];
  for (const node of fn.defaults) {
    const value = node.args[1];
    if (value === undefined) continue;
    b.open = [...b.open, ...entered];
    yield b.visit(value);
    b.place("expression", node);
  }
  b.open = [...b.open, ...entered];
  const ended: Open[] = [];
  const isGuard = fn.data.kind === "defguard" || fn.data.kind === "defguardp";
  for (const [index, clause] of fn.clauses.entries()) {
    const missed: Open[] = [];
    b.clause = index;
    pattern(b, clause.node, clause.patterns, missed);
    if (isGuard) {
      // its guard is its body: true or false, it answers
      const failed: Open[] = [];
      if (clause.guard !== null) yield guard(b, clause.guard, failed);
      pushAll(ended, b.open);
      pushAll(ended, failed);
    } else {
      if (clause.guard !== null) yield guard(b, clause.guard, missed);
      yield clauseBody(b, clause);
      pushAll(ended, b.open);
    }
    b.open = missed;
  }
  b.clause = -1;
  const first = fn.clauses[0];
  if (first !== undefined) b.unmatched(b.open, first.node, "FunctionClauseError", headSpan(first));
  // a head that declares a function of which there is no clause
  else for (const { from } of b.open) b.raise(from, "FunctionClauseError");
  b.open = ended;
}

function headSpan(clause: ClauseSyntax): { start: number; end: number } {
  return clause.patterns.length > 0 ? span(clause.patterns) : clause.node;
}

function* clauseBody(b: FlowBuilder, clause: ClauseSyntax): Step {
  const { body, rescue, after, else: otherwise, catch: caught } = clause;
  if (body === null) yield bodiless(b, clause);
  else if (rescue === null && caught === null && otherwise === null && after === null) {
    yield b.statement(body);
  } else {
    yield protect(b, clause.node, { body, rescue, catch: caught, else: otherwise, after });
  }
}

/** `defdelegate` calls another function; of other definitions without a body nothing is known. */
function* bodiless(b: FlowBuilder, { node }: ClauseSyntax): Step {
  const target = keyword(node.args.at(-1), "to");
  if (target !== undefined) yield b.visit(target);
  b.call(node);
}
