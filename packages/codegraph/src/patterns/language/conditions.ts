// `where` conditions: Elixir's `and`, `or`, `not` over the questions below.
//
//   inside(PATTERN)        a node around the match does       contains(PATTERN)   something in it does
//   function(name/arity)   it stands in this function         kind(:defp)         in one of this kind
//   callback(name/arity)   in a callback of a behaviour       behaviour(M)        the module implements M
//   uses(M)                the module says `use M`            module("Shop.*")    the module's name
//   in_tests()             the file is one of tests            $x == PATTERN       what $x is; also !=
//   literal($x)            $x has no variables or calls       variable($x), atom($x), string($x),
//   parameter($x)          $x is a parameter                  integer($x), list($x), map($x), call($x)

import { isCall, walk, type Node } from "@elixirscope/syntax";
import { callOf, isModuleName, unwrapped } from "../code/call.ts";
import { isLiteral, isParameter } from "../code/literals.ts";
import { matches, moduleName, type Bound } from "./match.ts";
import type { Condition, MatchContext } from "./pattern.ts";
import { placeholderOf } from "./placeholders.ts";

export type ConditionFault = {
  readonly code: "bad_condition" | "unbound";
  readonly at: Node;
  readonly message: string;
};

export type CompiledCondition =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly fault: ConditionFault };

/** `bound` are the names that the pattern binds in each of its alternatives. */
export function compileCondition(written: Node, bound: ReadonlySet<string>): CompiledCondition {
  const node = unwrapped(written);
  if (isCall(node, "and", 2) || isCall(node, "or", 2))
    return both(node.callee === "and", node.args, bound);
  if (isCall(node, "not", 1)) return negated(node.args[0], node, bound);
  if (isCall(node, "==", 2) || isCall(node, "!=", 2)) return comparison(node, bound);
  const call = callOf(node);
  if (call === null || call.receiver !== null) return unknown(node);
  return question(call.name, call.args, node, bound);
}

function both(
  all: boolean,
  [left, right]: readonly Node[],
  bound: ReadonlySet<string>,
): CompiledCondition {
  if (left === undefined || right === undefined) throw new Error("an operator has two operands");
  const first = compileCondition(left, bound);
  if (!first.ok) return first;
  const second = compileCondition(right, bound);
  if (!second.ok) return second;
  return all
    ? holds((context) => first.condition(context) && second.condition(context))
    : holds((context) => first.condition(context) || second.condition(context));
}

function negated(
  operand: Node | undefined,
  node: Node,
  bound: ReadonlySet<string>,
): CompiledCondition {
  if (operand === undefined) return unknown(node);
  const inner = compileCondition(operand, bound);
  return inner.ok ? holds((context) => !inner.condition(context)) : inner;
}

function comparison(node: Node, bound: ReadonlySet<string>): CompiledCondition {
  if (node.kind !== "call") return unknown(node);
  const [left, right] = node.args;
  const name = left === undefined ? null : bindingName(left);
  if (left === undefined || right === undefined || name === null) {
    return fault(left ?? node, "a comparison begins with a placeholder: `$x == …`");
  }
  if (!bound.has(name)) return unbound(left, name);
  const wanted = node.callee === "==";
  return holds((context) => {
    const value = context.bindings.get(name);
    if (value === undefined) return false;
    return matchesBound(right, value, context) === wanted;
  });
}

function matchesBound(pattern: Node, value: Bound, { code, bindings }: MatchContext): boolean {
  const nodes = nodesOf(value);
  return nodes.length === 1 && nodes.every((node) => matches(pattern, node, code, bindings));
}

function question(
  name: string,
  args: readonly Node[],
  node: Node,
  bound: ReadonlySet<string>,
): CompiledCondition {
  const [first] = args;
  const valueTest = VALUE_TESTS[name];
  if (valueTest !== undefined) return aboutValue(valueTest, first, node, bound);
  if (name === "in_tests" && args.length === 0) return holds(({ code }) => code.isTest);
  if (first === undefined || args.length > 1) {
    return name in PLACE_TESTS || name === "inside" || name === "contains"
      ? fault(node, `\`${name}\` takes one argument`)
      : unknown(node);
  }
  if (name === "inside") return holds((context) => isInside(first, context));
  if (name === "contains") return holds((context) => doesContain(first, context.node, context));
  const compile = PLACE_TESTS[name];
  if (compile === undefined) return unknown(node);
  const condition = compile(first);
  return condition === null
    ? fault(first, `\`${name}\` cannot be asked about this`)
    : holds(condition);
}

function isInside(pattern: Node, { code, node, bindings }: MatchContext): boolean {
  for (const ancestor of code.ancestors(node)) {
    if (matches(pattern, ancestor, code, bindings)) return true;
  }
  return false;
}

function doesContain(pattern: Node, root: Node, { code, bindings }: MatchContext): boolean {
  let found = false;
  walk(root, (node) => {
    found ||= node !== root && matches(pattern, node, code, bindings);
    return !found;
  });
  return found;
}

type ValueTest = (node: Node, context: MatchContext) => boolean;

const VALUE_TESTS: Readonly<Partial<Record<string, ValueTest>>> = {
  literal: (node) => isLiteral(node),
  variable: (node) => node.kind === "variable",
  atom: (node) => node.kind === "atom",
  string: (node) => node.kind === "string",
  integer: (node) => node.kind === "integer",
  list: (node) => node.kind === "list",
  map: (node) => isCall(node, "%{}") || isCall(node, "%"),
  call: (node) => callOf(node) !== null && !isModuleName(node),
  parameter: (node, { code }) => isParameter(node, code),
};

function aboutValue(
  test: ValueTest,
  subject: Node | undefined,
  node: Node,
  bound: ReadonlySet<string>,
): CompiledCondition {
  const name = subject === undefined ? null : bindingName(subject);
  if (subject === undefined || name === null) {
    return fault(node, "this is asked about a placeholder: `literal($x)`");
  }
  if (!bound.has(name)) return unbound(subject, name);
  return holds((context) => {
    const value = context.bindings.get(name);
    return value !== undefined && nodesOf(value).every((one) => test(unwrapped(one), context));
  });
}

const PLACE_TESTS: Readonly<Partial<Record<string, (argument: Node) => Condition | null>>> = {
  function: (argument) => {
    const wanted = nameAndArity(argument);
    if (wanted === null) return null;
    return ({ code, node }) => isFunction(code.placeOf(node)?.function?.data, wanted);
  },
  callback: (argument) => {
    const wanted = nameAndArity(argument);
    if (wanted === null) return null;
    return ({ code, node }) => {
      const data = code.placeOf(node)?.function?.data;
      return data !== undefined && data.callbackOf !== null && isFunction(data, wanted);
    };
  },
  kind: (argument) =>
    argument.kind === "atom"
      ? ({ code, node }) => code.placeOf(node)?.function?.data.kind === argument.name
      : null,
  behaviour: (argument) => {
    const module = moduleName(argument);
    if (module === null) return null;
    return ({ code, node }) => code.placeOf(node)?.module.data.behaviours.includes(module) === true;
  },
  uses: (argument) => {
    const module = moduleName(argument);
    if (module === null) return null;
    return ({ code, node }) =>
      code.placeOf(node)?.module.data.uses.some((use) => use.module === module) === true;
  },
  module: (argument) => {
    if (argument.kind !== "string") return null;
    const name = new RegExp(
      `^${argument.value.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`,
    );
    return ({ code, node }) => name.test(code.ownModule(node) ?? "");
  },
};

type NameAndArity = { readonly name: string | null; readonly arity: number | null };

/** `init`, `init/1`, `_` */
function nameAndArity(node: Node): NameAndArity | null {
  if (node.kind === "variable") return { name: node.name === "_" ? null : node.name, arity: null };
  if (node.kind === "atom") return { name: node.name, arity: null };
  if (!isCall(node, "/", 2)) return null;
  const [name, arity] = node.args;
  if (name?.kind !== "variable" || arity?.kind !== "integer") return null;
  return { name: name.name === "_" ? null : name.name, arity: Number(arity.value) };
}

function isFunction(
  data: { readonly name: string; readonly arity: number } | undefined,
  { name, arity }: NameAndArity,
): boolean {
  if (data === undefined) return false;
  return (name === null || data.name === name) && (arity === null || data.arity === arity);
}

function bindingName(node: Node): string | null {
  return node.kind === "variable" ? (placeholderOf(node.name)?.name ?? null) : null;
}

function nodesOf(value: Bound): readonly Node[] {
  return "kind" in value ? [value] : value;
}

function holds(condition: Condition): CompiledCondition {
  return { ok: true, condition };
}

function unknown(at: Node): CompiledCondition {
  return fault(at, "no such condition; see the list in the documentation of patterns");
}

function unbound(at: Node, name: string): CompiledCondition {
  const message = `\`$${name}\` is bound by no \`match\` of this pattern`;
  return { ok: false, fault: { code: "unbound", at, message } };
}

function fault(at: Node, message: string): CompiledCondition {
  return { ok: false, fault: { code: "bad_condition", at, message } };
}

/** For tests and documentation: the names that conditions may use. */
export function conditionNames(): readonly string[] {
  return [
    "inside",
    "contains",
    "in_tests",
    ...Object.keys(PLACE_TESTS),
    ...Object.keys(VALUE_TESTS),
  ];
}
