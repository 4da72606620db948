// Elixir expressions over recorded values: a subset, compiled to functions. No code of the target runs.
//
// Recursion follows the condition, whose depth and size are bounded here, never the values.

import { assertNever } from "@elixirscope/base";
import { atom, binary, charlist, float, integer, list, tuple, type Term } from "@elixirscope/etf";
import {
  aliasSegments,
  isCall,
  remoteCall,
  type CallNode,
  type LocalCall,
  type Node,
} from "@elixirscope/syntax";
import type { TermStyle } from "../print.ts";
import { access, field } from "./access.ts";
import { negate, plus } from "./arithmetic.ts";
import { ConditionFault } from "./condition-error.ts";
import { FALSE, isBoolean, isTerm, isTruthy, raised, strict, TRUE, UNKNOWN } from "./evaluated.ts";
import { KERNEL } from "./kernel.ts";
import { mapOf, sigilTerm } from "./literals.ts";
import { operatorOf } from "./operators.ts";
import { Scope, type Evaluator } from "./scope.ts";
import { logical, matchExpression, matchTest, membership } from "./special-forms.ts";
import { interpolation } from "./texts.ts";

const MAX_DEPTH = 100;
const MAX_NODES = 2_000;

export class Compiler {
  readonly signedZero: boolean;
  readonly #style: TermStyle;
  #nodes = 0;

  constructor(signedZero: boolean, style: TermStyle = {}) {
    this.signedZero = signedZero;
    this.#style = style;
  }

  count(node: Node, depth: number): void {
    this.#nodes += 1;
    if (depth > MAX_DEPTH) {
      throw new ConditionFault(`the condition is nested deeper than ${MAX_DEPTH} levels`, node);
    }
    if (this.#nodes > MAX_NODES) throw new ConditionFault("the condition is too long", node);
  }

  expression(node: Node, scope: Scope, depth: number): Evaluator {
    this.count(node, depth);
    switch (node.kind) {
      case "variable":
        return this.#variable(node.name, node, scope);
      case "list":
        return this.#list(node.items, scope, depth);
      case "pair":
        return this.#tuple([node.left, node.right], scope, depth);
      case "call":
        return typeof node.callee === "string"
          ? this.#local({ ...node, callee: node.callee }, scope, depth)
          : this.#remote(node, scope, depth);
      case "broken":
        throw new ConditionFault("this is not Elixir code", node);
      case "atom":
      case "integer":
      case "float":
      case "string":
      case "charlist": {
        const term = this.literal(node);
        return () => term;
      }
      default:
        return assertNever(node);
    }
  }

  /** A value that is written out. */
  literal(node: Node): Term {
    switch (node.kind) {
      case "atom":
        return atom(node.name);
      case "integer":
        return integer(node.value);
      case "float":
        if (!Number.isFinite(node.value)) throw new ConditionFault("no float is that large", node);
        return float(node.value);
      case "string":
        return binary(node.value);
      case "charlist":
        return charlist(node.value);
      case "variable":
      case "list":
      case "pair":
      case "call":
      case "broken":
        return this.#constant(node);
      default:
        return assertNever(node);
    }
  }

  #constant(node: Node): Term {
    const segments = aliasSegments(node);
    if (segments !== null) return atom(`Elixir.${segments.join(".")}`);
    const scope = new Scope();
    const value = this.expression(node, scope, 1)({ lookup: () => undefined, slots: [] });
    if (scope.free.size > 0 || !isTerm(value)) {
      throw new ConditionFault("here stands a value that is written out", node);
    }
    return value;
  }

  #variable(name: string, node: Node, scope: Scope): Evaluator {
    if (/^__[A-Z]+__$/.test(name) || name === "_") {
      throw new ConditionFault(`a condition knows no ${name}`, node);
    }
    const slot = scope.slotOf(name);
    if (slot !== undefined) return ({ slots }) => slots[slot] ?? UNKNOWN;
    scope.ask(name);
    return ({ lookup }) => lookup(name) ?? UNKNOWN;
  }

  all(nodes: readonly Node[], scope: Scope, depth: number): readonly Evaluator[] {
    return nodes.map((node) => this.expression(node, scope, depth + 1));
  }

  #tuple(nodes: readonly Node[], scope: Scope, depth: number): Evaluator {
    const items = this.all(nodes, scope, depth);
    return (env) =>
      strict(
        items.map((item) => item(env)),
        (terms) => tuple(...terms),
      );
  }

  #list(nodes: readonly Node[], scope: Scope, depth: number): Evaluator {
    const last = nodes.at(-1);
    if (last === undefined || !isCall(last, "|", 2)) {
      const items = this.all(nodes, scope, depth);
      return (env) =>
        strict(
          items.map((item) => item(env)),
          (terms) => list(terms),
        );
    }
    const items = this.all([...nodes.slice(0, -1), ...last.args], scope, depth);
    return (env) =>
      strict(
        items.map((item) => item(env)),
        (terms) => list(terms.slice(0, -1), terms.at(-1) ?? null),
      );
  }

  #local(node: LocalCall, scope: Scope, depth: number): Evaluator {
    const { callee: name, args } = node;
    const [left, right] = args;
    if (left !== undefined && right !== undefined && args.length === 2) {
      const operator = this.#binary(name, left, right, node, scope, depth);
      if (operator !== null) return operator;
    }
    if (left !== undefined && args.length === 1) {
      const operator = this.#unary(name, left, scope, depth);
      if (operator !== null) return operator;
    }
    switch (name) {
      case "{}":
        return this.#tuple(args, scope, depth);
      case "%{}":
        return this.#map(node, scope, depth);
      case "__aliases__": {
        const term = this.#alias(node);
        return () => term;
      }
      case "__block__":
        return this.#block(node, scope, depth);
      case "%":
        throw new ConditionFault("a struct is matched, not made: match?(%Name{}, value)", node);
      case "<<>>":
        return interpolation(this, node, scope, depth);
      default:
        if (name.startsWith("sigil_")) {
          const term = sigilTerm(node);
          return () => term;
        }
        return this.#kernel(node, scope, depth);
    }
  }

  #alias(node: LocalCall): Term {
    const segments = aliasSegments(node);
    if (segments === null) throw new ConditionFault("a module is named in full", node);
    return atom(`Elixir.${segments.join(".")}`);
  }

  /** `a; b`: what `a` binds can be named in `b`. */
  #block(node: LocalCall, scope: Scope, depth: number): Evaluator {
    const parts = this.all(node.args, scope, depth);
    const last = parts.at(-1);
    if (last === undefined) throw new ConditionFault("there is no condition", node);
    return (env) => {
      for (const part of parts.slice(0, -1)) {
        const value = part(env);
        if (!isTerm(value)) return value;
      }
      return last(env);
    };
  }

  #unary(name: string, operand: Node, scope: Scope, depth: number): Evaluator | null {
    if (name === "not" || name === "!") {
      const value = this.expression(operand, scope, depth + 1);
      return (env) =>
        strict([value(env)], ([term]) => {
          if (term === undefined) return UNKNOWN;
          if (name === "not" && !isBoolean(term)) return raised("ArgumentError: not of no boolean");
          return isTruthy(term) ? FALSE : TRUE;
        });
    }
    if (name !== "-" && name !== "+") return null;
    const value = this.expression(operand, scope, depth + 1);
    const f = name === "-" ? negate : plus;
    return (env) => strict([value(env)], ([term]) => (term === undefined ? UNKNOWN : f(term)));
  }

  #binary(
    name: string,
    left: Node,
    right: Node,
    node: LocalCall,
    scope: Scope,
    depth: number,
  ): Evaluator | null {
    if (name === "=") return matchExpression(this, left, right, scope, depth);
    if (name === "match?") return matchTest(this, left, right, scope, depth);
    if (name === "and" || name === "or" || name === "&&" || name === "||") {
      return logical(this, name, left, right, scope, depth);
    }
    if (name === "in") return membership(this, left, right, scope, depth);
    if (name === "|>") throw new ConditionFault("write the call without a pipe", node);
    const f = operatorOf(name, this.signedZero);
    if (f === null) return null;
    const [a, b] = [
      this.expression(left, scope, depth + 1),
      this.expression(right, scope, depth + 1),
    ];
    return (env) =>
      strict([a(env), b(env)], ([one, other]) =>
        one === undefined || other === undefined ? UNKNOWN : f(one, other),
      );
  }

  #map(node: LocalCall, scope: Scope, depth: number): Evaluator {
    const pairs = node.args.flatMap((entry) => {
      if (entry.kind === "pair") return [entry.left, entry.right];
      throw new ConditionFault("a map in a condition is written out: %{key: value}", entry);
    });
    const parts = this.all(pairs, scope, depth);
    return (env) =>
      strict(
        parts.map((part) => part(env)),
        (terms) => mapOf(terms),
      );
  }

  #kernel(node: LocalCall, scope: Scope, depth: number): Evaluator {
    const { callee: name, args } = node;
    const f = KERNEL.get(`${name}/${args.length}`);
    if (f === undefined) throw unknownFunction(node);
    const values = this.all(args, scope, depth);
    return (env) =>
      strict(
        values.map((value) => value(env)),
        (terms) => f(terms, this.#style),
      );
  }

  #remote(node: CallNode, scope: Scope, depth: number): Evaluator {
    const call = remoteCall(node);
    if (call === null) throw new ConditionFault("a condition calls no functions", node);
    const { receiver, name, args } = call;
    if (receiver.kind === "atom" && receiver.name === "Elixir.Access" && name === "get") {
      const values = this.all(args, scope, depth);
      return (env) =>
        strict(
          values.map((value) => value(env)),
          ([subject, key]) =>
            subject === undefined || key === undefined ? UNKNOWN : access(subject, key),
        );
    }
    const isField = args.length === 0 && node.meta?.noParens === true;
    if (!isField || receiver.kind === "atom" || aliasSegments(receiver) !== null) {
      throw new ConditionFault("a condition calls no functions of modules", node);
    }
    const subject = this.expression(receiver, scope, depth + 1);
    return (env) =>
      strict([subject(env)], ([term]) => (term === undefined ? UNKNOWN : field(term, name)));
  }
}

function unknownFunction({ callee, args, start, end }: LocalCall): ConditionFault {
  const arities = [...KERNEL.keys()].filter((key) => key.startsWith(`${callee}/`));
  if (arities.length > 0) {
    return new ConditionFault(`there is ${arities.join(", ")}, not ${callee}/${args.length}`, {
      start,
      end,
    });
  }
  return new ConditionFault(
    `a condition cannot use ${callee}/${args.length}; the README of packages/query lists what it can`,
    { start, end },
  );
}
