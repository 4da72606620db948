// Where a value comes from, followed inside one module: variables to what they were bound to, module
// attributes, parentheses, and functions without branches (`defp via(id), do: {:via, …}`) to their body.

import { pushAll } from "@elixirscope/base";
import {
  children,
  expressions,
  isCall,
  keyword,
  remoteCall,
  walk,
  type Node,
} from "@elixirscope/syntax";
import type { ClauseSyntax, FunctionSyntax, ModuleSyntax } from "../module/module-syntax.ts";
import { bindingAt, bindingsOf, type Binding, type Bindings } from "./bindings.ts";

export type Value = {
  readonly node: Node;
  /** the value is `x` of the `{:ok, x}` that the node gives */
  readonly unwrapped: boolean;
  /** the parameter of the function that it is, when it could not be followed further; -1 for none */
  readonly parameter: number;
};

/** Steps after which following stops: cycles (`x = f(x)` in a loop of attributes) end too. */
const stepBound = 16;

/** Answers for one module; the clause at hand is the one whose parameters are meant. */
export class Values {
  readonly module: ModuleSyntax;
  readonly #attributes: ReadonlyMap<string, readonly Node[]>;
  readonly #functions: ReadonlyMap<string, FunctionSyntax>;
  /** in the order of the text; they do not overlap */
  readonly #clauses: readonly { readonly fun: FunctionSyntax; readonly clause: ClauseSyntax }[];
  readonly #bindings = new Map<ClauseSyntax, Bindings>();
  #here: ClauseSyntax | null = null;

  constructor(module: ModuleSyntax) {
    this.module = module;
    this.#attributes = attributesOf(module);
    this.#functions = new Map(
      module.functions.map((one) => [`${one.data.name}/${one.data.arity}`, one]),
    );
    this.#clauses = module.functions
      .flatMap((fun) => fun.clauses.map((clause) => ({ fun, clause })))
      .toSorted((a, b) => a.clause.node.start - b.clause.node.start);
  }

  enter(clause: ClauseSyntax): void {
    this.#here = clause;
  }

  /** Follows a node to where its value is made; a node that is no reference is its own answer. */
  resolve(start: Node): Value {
    let node = start;
    let unwrapped = false;
    for (let step = 0; step < stepBound; step += 1) {
      const next = this.#insideBlock(node) ?? this.#attribute(node) ?? this.#bodyOfCalled(node);
      if (next !== null) {
        node = next;
        continue;
      }
      if (node.kind !== "variable") break;
      const owner = this.#clauseAt(node.start);
      const binding = owner === null ? null : this.#binding(node.name, node.start, owner.clause);
      if (owner === null || binding === null) break;
      if (binding.value !== null) {
        if (binding.unwrapped && unwrapped) break;
        unwrapped ||= binding.unwrapped;
        node = binding.value;
        continue;
      }
      const byDefault = binding.parameter < 0 ? undefined : defaultOf(owner.fun, node.name);
      if (byDefault === undefined) {
        const parameter = owner.clause === this.#here ? binding.parameter : -1;
        return { node, unwrapped, parameter };
      }
      node = byDefault;
    }
    return { node, unwrapped, parameter: -1 };
  }

  /** The clause around an offset, null when it is in none. */
  #clauseAt(offset: number): { fun: FunctionSyntax; clause: ClauseSyntax } | null {
    let low = 0;
    let high = this.#clauses.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#clauses[middle]?.clause.node.start ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const found = this.#clauses[low];
    return found !== undefined && offset < found.clause.node.end ? found : null;
  }

  #binding(name: string, offset: number, clause: ClauseSyntax): Binding | null {
    let bindings = this.#bindings.get(clause);
    if (bindings === undefined) {
      bindings = bindingsOf(clause);
      this.#bindings.set(clause, bindings);
    }
    return bindingAt(bindings, name, offset);
  }

  /** The value of an attribute as its last definition before `offset` says. */
  #attribute(node: Node): Node | null {
    if (!isCall(node, "@", 1)) return null;
    const [name] = node.args;
    if (name?.kind !== "variable") return null;
    const values = this.#attributes.get(name.name) ?? [];
    return values.findLast((value) => value.start < node.start) ?? values[0] ?? null;
  }

  #insideBlock(node: Node): Node | null {
    return isCall(node, "__block__", 1) ? (node.args[0] ?? null) : null;
  }

  /** What a function of this module gives that only names something: one clause, a literal at its end. */
  #bodyOfCalled(node: Node): Node | null {
    if (node.kind === "variable" && this.#clauseBinds(node)) return null;
    const called = this.functionCalled(node);
    const body = called?.clauses.length === 1 ? called.clauses[0]?.body : undefined;
    const result = body === null || body === undefined ? undefined : expressions(body).at(-1);
    return result !== undefined && isName(result) ? result : null;
  }

  #clauseBinds(node: Node & { kind: "variable" }): boolean {
    const owner = this.#clauseAt(node.start);
    return owner !== null && this.#binding(node.name, node.start, owner.clause) !== null;
  }

  /** The function of this module that a local call means, by its name and number of arguments. */
  functionCalled(node: Node): FunctionSyntax | null {
    const remote = remoteCall(node);
    if (remote !== null && this.module.names.moduleOf(remote.receiver) === this.module.data.name) {
      return this.#functions.get(`${remote.name}/${remote.args.length}`) ?? null;
    }
    if (node.kind === "variable") return this.#functions.get(`${node.name}/0`) ?? null;
    if (node.kind !== "call" || typeof node.callee !== "string") return null;
    return this.#functions.get(`${node.callee}/${node.args.length}`) ?? null;
  }

  /** The value of an option in a list that is literal, or was built with `Keyword.put`, `merge` and the like. */
  option(options: Node | undefined, key: string): Node | undefined {
    const open = options === undefined ? [] : [options];
    for (let steps = 0; steps < stepBound; steps += 1) {
      const next = open.pop();
      if (next === undefined) return undefined;
      const { node } = this.resolve(next);
      const found = keyword(node, key);
      if (found !== undefined) return found;
      if (isCall(node, "++", 2)) pushAll(open, node.args);
      const call = remoteCall(node);
      if (call === null || this.module.names.moduleOf(call.receiver) !== "Keyword") continue;
      const [first, second, third] = call.args;
      if (call.name.startsWith("put") && second?.kind === "atom" && second.name === key)
        return third;
      if (first !== undefined) open.push(first);
      if (call.name === "merge" && second !== undefined) open.push(second);
    }
    return undefined;
  }
}

function defaultOf(fun: FunctionSyntax, name: string): Node | undefined {
  for (const { args } of fun.defaults) {
    const [pattern, value] = args;
    if (pattern?.kind === "variable" && pattern.name === name) return value;
  }
  return undefined;
}

/** Things that say who is meant: aliases, atoms, tuples. */
function isName(node: Node): boolean {
  return (
    node.kind === "atom" ||
    node.kind === "pair" ||
    isCall(node, "{}") ||
    isCall(node, "__aliases__") ||
    isCall(node, "@", 1) ||
    (node.kind === "variable" && node.name === "__MODULE__")
  );
}

const notTheModulesOwn: ReadonlySet<string> = new Set([
  "def",
  "defp",
  "defmacro",
  "defmacrop",
  "quote",
  "defmodule",
  "defimpl",
  "defprotocol",
]);

/** `@name value` in the module's own body, in order of the text. */
function attributesOf(module: ModuleSyntax): ReadonlyMap<string, readonly Node[]> {
  const found = new Map<string, Node[]>();
  const enter = (node: Node): boolean => {
    if (node.kind !== "call" || typeof node.callee !== "string") return true;
    if (notTheModulesOwn.has(node.callee)) return false;
    if (node.callee !== "@") return true;
    const [definition] = node.args;
    if (definition?.kind !== "call" || typeof definition.callee !== "string") return false;
    const [value] = definition.args;
    if (value === undefined) return false;
    const values = found.get(definition.callee);
    if (values === undefined) found.set(definition.callee, [value]);
    else values.push(value);
    return false;
  };
  for (const child of children(module.node)) walk(child, enter);
  return found;
}
