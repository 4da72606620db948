// Guards to match-spec conditions. A value that Elixir would refuse (`tuple_size` of a binary, which
// the VM's `size` accepts) gets a requirement that fails the whole guard, as Elixir's would.

import { assertNever } from "@elixirscope/base";
import { atom, integer, list, map, tuple, type Term } from "@elixirscope/etf";
import { constant } from "./pattern.ts";
import type { Expression } from "./selector.ts";
import { SelectorFault } from "./selector-error.ts";

const TESTS = new Set([
  "is_atom",
  "is_binary",
  "is_float",
  "is_function",
  "is_integer",
  "is_list",
  "is_map",
  "is_number",
  "is_pid",
  "is_port",
  "is_reference",
  "is_tuple",
]);
/** Functions of the same name and argument order in the match language. */
const VALUES: Readonly<Record<string, number>> = {
  abs: 1,
  binary_part: 3,
  bit_size: 1,
  byte_size: 1,
  div: 2,
  hd: 1,
  length: 1,
  map_size: 1,
  node: 1,
  rem: 2,
  round: 1,
  tl: 1,
  trunc: 1,
};
const COMPARISONS: Readonly<Record<string, string>> = {
  "==": "==",
  "!=": "/=",
  "===": "=:=",
  "!==": "=/=",
  "<": "<",
  ">": ">",
  "<=": "=<",
  ">=": ">=",
};
const ARITHMETIC = new Set(["+", "-", "*", "/"]);
const NEEDS_NEWER_VM = new Set(["is_bitstring", "ceil", "floor", "max", "min"]);

export class GuardCompiler {
  readonly #variables: ReadonlyMap<string, Term>;
  #requirements: Term[] = [];

  constructor(variables: ReadonlyMap<string, Term>) {
    this.#variables = variables;
  }

  /** A condition: true or not true. */
  condition(expression: Expression): Term {
    const outer = this.#requirements;
    this.#requirements = [];
    const condition = this.#condition(expression);
    const wrapped = this.#requirements.reduceRight(
      (rest, requirement) => call("andalso", requirement, rest),
      condition,
    );
    this.#requirements = outer;
    return wrapped;
  }

  #condition(expression: Expression): Term {
    if (expression.kind === "unary" && expression.operator === "not") {
      return call("not", this.condition(expression.operand));
    }
    if (expression.kind === "binary") return this.#binaryCondition(expression);
    if (expression.kind === "call") {
      const test = this.#test(expression);
      if (test !== null) return test;
    }
    if (expression.kind === "literal" && expression.term.kind === "atom") return expression.term;
    return this.#value(expression);
  }

  #binaryCondition(expression: Expression & { kind: "binary" }): Term {
    const { operator, left, right } = expression;
    switch (operator) {
      case "and":
        return call("andalso", this.condition(left), this.condition(right));
      case "or":
        return call("orelse", this.condition(left), this.condition(right));
      case "&&":
      case "||":
        throw new SelectorFault(
          `a guard cannot use ${operator}, write ${operator === "&&" ? "and" : "or"}`,
          expression,
        );
      case "in":
        return this.#membership(left, right);
      default: {
        const comparison = COMPARISONS[operator];
        if (comparison === undefined) {
          throw new SelectorFault("a guard is a condition, as qty < 0", expression);
        }
        return call(comparison, this.#value(left), this.#value(right));
      }
    }
  }

  #membership(left: Expression, right: Expression): Term {
    const value = this.#value(left);
    if (right.kind === "list" && right.tail === null) {
      return anyOf(right.items.map((item) => call("=:=", value, this.#value(item))));
    }
    if (right.kind === "binary" && right.operator === "..") {
      const [from, to] = [this.#value(right.left), this.#value(right.right)];
      return allOf([call("is_integer", value), call(">=", value, from), call("=<", value, to)]);
    }
    throw new SelectorFault("in needs a list or a range here", right);
  }

  /** A function that answers true or false; null when `expression` is another function. */
  #test(expression: Expression & { kind: "call" }): Term | null {
    const { name, args } = expression;
    const [first, second] = args;
    if (first === undefined) return null;
    if (args.length === 1 && TESTS.has(name)) return call(name, this.#value(first));
    switch (`${name}/${args.length}`) {
      case "is_nil/1":
        return call("=:=", this.#value(first), atom("nil"));
      case "is_boolean/1": {
        const value = this.#value(first);
        return anyOf([call("=:=", value, atom("true")), call("=:=", value, atom("false"))]);
      }
      case "is_struct/1":
        return isStruct(this.#value(first), []);
      case "is_exception/1":
        return isException(this.#value(first));
    }
    if (second === undefined) return null;
    switch (`${name}/${args.length}`) {
      case "is_map_key/2":
        return call("is_map_key", this.#value(second), this.#value(first));
      case "is_struct/2": {
        const value = this.#value(first);
        const struct = call("map_get", atom("__struct__"), value);
        return isStruct(value, [call("=:=", struct, this.#value(second))]);
      }
    }
    return null;
  }

  #value(expression: Expression): Term {
    switch (expression.kind) {
      case "literal":
        return constant(expression.term);
      case "variable":
        return this.#variable(expression);
      case "tuple":
        return tuple(tuple(...expression.items.map((item) => this.#value(item))));
      case "list":
        return list(
          expression.items.map((item) => this.#value(item)),
          expression.tail === null ? null : this.#value(expression.tail),
        );
      case "map":
        return map(
          expression.entries.map(([key, value]) => [this.#value(key), this.#value(value)]),
        );
      case "field":
        return call("map_get", constant(atom(expression.name)), this.#value(expression.of));
      case "call":
        return this.#call(expression);
      case "unary":
        return this.#unary(expression);
      case "binary":
        return this.#arithmetic(expression);
      default:
        return assertNever(expression);
    }
  }

  #variable(expression: Expression & { kind: "variable" }): Term {
    const bound = this.#variables.get(expression.name);
    if (bound !== undefined) return bound;
    const names = [...this.#variables.keys()];
    const known = names.length === 0 ? "no argument is named" : `named are ${names.join(", ")}`;
    throw new SelectorFault(`no argument is named ${expression.name} (${known})`, expression);
  }

  #unary(expression: Expression & { kind: "unary" }): Term {
    switch (expression.operator) {
      case "not":
        return this.condition(expression);
      case "-":
        return call("-", integer(0), this.#value(expression.operand));
      default:
        return call("+", integer(0), this.#value(expression.operand));
    }
  }

  #arithmetic(expression: Expression & { kind: "binary" }): Term {
    if (!ARITHMETIC.has(expression.operator)) {
      if (
        Object.hasOwn(COMPARISONS, expression.operator) ||
        ["and", "or", "in"].includes(expression.operator)
      ) {
        return this.condition(expression);
      }
      throw new SelectorFault(`a guard cannot use ${expression.operator}`, expression);
    }
    return call(expression.operator, this.#value(expression.left), this.#value(expression.right));
  }

  #call(expression: Expression & { kind: "call" }): Term {
    const { name, args } = expression;
    const [first, second] = args;
    if (VALUES[name] === args.length) {
      return call(name, ...args.map((argument) => this.#value(argument)));
    }
    if (args.length === 0 && (name === "self" || name === "node")) return call(name);
    if (name === "tuple_size" && first !== undefined && args.length === 1) {
      const value = this.#value(first);
      // element/2 of what is no tuple fails, and so fails the guard
      this.#requirements.push(
        call("orelse", call("is_tuple", value), call("element", integer(1), value)),
      );
      return call("size", value);
    }
    if (name === "elem" && first !== undefined && second !== undefined && args.length === 2) {
      return call("element", elementIndex(second, this.#value(second)), this.#value(first));
    }
    const test = this.#test(expression);
    if (test !== null) return test;
    const why = NEEDS_NEWER_VM.has(name)
      ? `the VM's match specifications have no ${name}/${args.length}`
      : `${name}/${args.length} is no guard that the VM can run while it traces`;
    throw new SelectorFault(why, expression);
  }
}

/** Elixir counts elements from 0, the VM from 1. */
function elementIndex(index: Expression, value: Term): Term {
  if (index.kind === "literal" && index.term.kind === "integer") {
    return integer(BigInt(index.term.value) + 1n);
  }
  return call("+", value, integer(1));
}

function isStruct(value: Term, more: readonly Term[]): Term {
  const key = atom("__struct__");
  return allOf([
    call("is_map", value),
    call("is_map_key", key, value),
    call("is_atom", call("map_get", key, value)),
    ...more,
  ]);
}

function isException(value: Term): Term {
  const key = atom("__exception__");
  return isStruct(value, [
    call("is_map_key", key, value),
    call("=:=", call("map_get", key, value), atom("true")),
  ]);
}

function call(name: string, ...args: readonly Term[]): Term {
  return tuple(atom(name), ...args);
}

function anyOf(conditions: readonly Term[]): Term {
  if (conditions.length === 0) return atom("false");
  return conditions.reduceRight((rest, first) => call("orelse", first, rest));
}

function allOf(conditions: readonly Term[]): Term {
  return conditions.reduceRight((rest, first) => call("andalso", first, rest));
}
