// Patterns, as in `match?` and left of `=`: Elixir's, without bit syntax. A matcher answers null where what
// was cut decides. It recurses over the pattern, whose depth the compiler bounds, never over the value.

import { assertNever } from "@elixirscope/base";
import { atom, binary, list, type Term } from "@elixirscope/etf";
import {
  aliasSegments,
  isCall,
  type CallNode,
  type Node,
  type PairNode,
} from "@elixirscope/syntax";
import { atomKey, fetch } from "./access.ts";
import { areEqual } from "./compare-values.ts";
import type { Compiler } from "./compile.ts";
import { ConditionFault } from "./condition-error.ts";
import { isTerm } from "./evaluated.ts";
import type { Env, Scope } from "./scope.ts";
import { cutRest, cutValue, tupleShape, typeOf, type ValueType } from "./value-shape.ts";

export type Matcher = (value: Term, env: Env) => boolean | null;

export class PatternCompiler {
  readonly #compiler: Compiler;
  /** `^x` is from around the pattern */
  readonly #outer: Scope;
  readonly #scope: Scope;
  /** of this pattern: a name that stands twice is the same value twice */
  readonly #own = new Map<string, number>();

  constructor(compiler: Compiler, scope: Scope) {
    this.#compiler = compiler;
    this.#outer = scope.inner();
    this.#scope = scope;
  }

  compile(node: Node, depth: number): Matcher {
    this.#compiler.count(node, depth);
    switch (node.kind) {
      case "variable":
        return this.#variable(node.name);
      case "list":
        return this.#list(node.items, depth);
      case "pair":
        return this.#tuple([node.left, node.right], depth);
      case "call":
        return this.#call(node, depth);
      case "broken":
        throw new ConditionFault("this is not Elixir code", node);
      case "atom":
      case "integer":
      case "float":
      case "string":
      case "charlist":
        return this.#equals(this.#compiler.literal(node));
      default:
        return assertNever(node);
    }
  }

  #variable(name: string): Matcher {
    if (name === "_") return () => true;
    const own = this.#own.get(name);
    if (own !== undefined) {
      return (value, env) => {
        const before = env.slots[own];
        return before === undefined ? null : this.#same(value, before);
      };
    }
    const slot = this.#scope.bind(name);
    this.#own.set(name, slot);
    return (value, env) => {
      env.slots[slot] = value;
      return true;
    };
  }

  #equals(expected: Term): Matcher {
    return (value) => this.#same(value, expected);
  }

  #same(a: Term, b: Term): boolean | null {
    return areEqual(a, b, { exact: true, signedZero: this.#compiler.signedZero });
  }

  #call(node: CallNode, depth: number): Matcher {
    const { args } = node;
    const [left, right] = args;
    if (isCall(node, "{}")) return this.#tuple(args, depth);
    if (isCall(node, "%{}")) return this.#map(args, depth);
    if (isCall(node, "%", 2) && left !== undefined && right !== undefined) {
      return this.#struct(left, right, depth);
    }
    if (isCall(node, "=", 2) && left !== undefined && right !== undefined) {
      return all([this.compile(left, depth + 1), this.compile(right, depth + 1)]);
    }
    if (isCall(node, "^", 1) && left?.kind === "variable") return this.#pinned(left, depth);
    if (isCall(node, "<>", 2) && left !== undefined && right !== undefined) {
      return this.#prefix(left, right, depth);
    }
    if (isCall(node, "++", 2) && left !== undefined && right !== undefined) {
      return this.#listBefore(left, right, depth);
    }
    if (isCall(node, "-", 1) || isCall(node, "+", 1) || aliasSegments(node) !== null) {
      return this.#equals(this.#compiler.literal(node));
    }
    if (isCall(node, "__block__", 1) && left !== undefined) return this.compile(left, depth + 1);
    throw new ConditionFault("this cannot stand in a pattern of a condition", node);
  }

  #pinned(node: Node, depth: number): Matcher {
    const evaluate = this.#compiler.expression(node, this.#outer, depth + 1);
    return (value, env) => {
      const pinned = evaluate(env);
      return isTerm(pinned) ? this.#same(value, pinned) : null;
    };
  }

  #tuple(nodes: readonly Node[], depth: number): Matcher {
    const matchers = nodes.map((node) => this.compile(node, depth + 1));
    return (value, env) => {
      if (typeOf(value) !== "tuple") return otherType(value, "tuple");
      if (value.kind !== "tuple" || cutValue(value) !== null) {
        const size = cutValue(value)?.size ?? null;
        return size !== null && size !== matchers.length ? false : null;
      }
      const { items, size } = tupleShape(value);
      if (size !== null && size !== matchers.length) return false;
      return each(matchers, items, env, size === null || items.length < matchers.length);
    };
  }

  #list(nodes: readonly Node[], depth: number): Matcher {
    const last = nodes.at(-1);
    if (last === undefined || !isCall(last, "|", 2)) return this.#items(nodes, null, depth);
    const [before, rest] = last.args;
    if (before === undefined || rest === undefined) throw new ConditionFault("no pattern", last);
    return this.#items([...nodes.slice(0, -1), before], rest, depth);
  }

  #listBefore(left: Node, right: Node, depth: number): Matcher {
    if (left.kind === "list") return this.#items(left.items, right, depth);
    throw new ConditionFault("left of `++` in a pattern stands a list", left);
  }

  /** `rest` null: nothing may follow. */
  #items(nodes: readonly Node[], rest: Node | null, depth: number): Matcher {
    const matchers = nodes.map((node) => this.compile(node, depth + 1));
    const tail = rest === null ? null : this.compile(rest, depth + 1);
    if (matchers.length === 0 && tail !== null) return tail;
    return (value, env) => {
      if (value.kind !== "list") return otherType(value, "list");
      const missing = matchers.length - value.items.length;
      if (missing > 0) {
        const left = cutRest(value.tail);
        if (left === undefined || (left !== null && left < missing)) return false;
        return each(matchers, value.items, env, true);
      }
      const found = each(matchers, value.items, env, false);
      if (found === false) return false;
      const after = list(value.items.slice(matchers.length), value.tail);
      const ends = tail === null ? isEmpty(after) : tail(after, env);
      return ends === false ? false : found === null || ends === null ? null : true;
    };
  }

  #map(entries: readonly Node[], depth: number): Matcher {
    const keyed = entries.map((entry) => {
      if (entry.kind !== "pair") {
        throw new ConditionFault(
          "a map in a pattern has keys with patterns: %{key: pattern}",
          entry,
        );
      }
      return this.#entry(entry, depth);
    });
    return (value, env) => {
      if (value.kind !== "map") return otherType(value, "map");
      let isOpen = false;
      for (const { key, matcher } of keyed) {
        const found = fetch(value, key);
        if (found === "missing") return false;
        const verdict = found === "unknown" ? null : matcher(found, env);
        if (verdict === false) return false;
        if (verdict === null) isOpen = true;
      }
      return isOpen ? null : true;
    };
  }

  #entry(
    { left, right }: PairNode,
    depth: number,
  ): { readonly key: Term; readonly matcher: Matcher } {
    return { key: this.#compiler.literal(left), matcher: this.compile(right, depth + 1) };
  }

  #struct(name: Node, fields: Node, depth: number): Matcher {
    if (!isCall(fields, "%{}")) throw new ConditionFault("a struct has fields: %Name{}", fields);
    const map = this.#map(fields.args, depth + 1);
    const ofName = this.#structName(name, depth);
    return (value, env) => {
      if (value.kind !== "map") return otherType(value, "map");
      const struct = fetch(value, atomKey("__struct__"));
      if (struct === "missing" || (struct !== "unknown" && struct.kind !== "atom")) return false;
      const named = struct === "unknown" ? null : ofName(struct, env);
      if (named === false) return false;
      const inside = map(value, env);
      return inside === false ? false : named === null || inside === null ? null : true;
    };
  }

  #structName(name: Node, depth: number): Matcher {
    const segments = aliasSegments(name);
    if (segments !== null) return this.#equals(atom(`Elixir.${segments.join(".")}`));
    return this.compile(name, depth + 1);
  }

  #prefix(left: Node, right: Node, depth: number): Matcher {
    if (left.kind !== "string") {
      throw new ConditionFault("left of `<>` in a pattern stands a string", left);
    }
    const wanted = Buffer.from(left.value);
    const rest = this.compile(right, depth + 1);
    return (value, env) => {
      if (value.kind === "binary") {
        if (!startsWith(value.bytes, wanted)) return false;
        return rest(binary(value.bytes.subarray(wanted.length)), env);
      }
      const cut = cutValue(value);
      if (cut === null || (cut.type !== null && cut.type !== "binary")) return false;
      const { prefix, size } = cut;
      if (size !== null && size < wanted.length) return false;
      if (prefix === null || !startsWith(prefix, wanted.subarray(0, prefix.length))) {
        return prefix === null ? null : false;
      }
      return null;
    };
  }
}

function all(matchers: readonly Matcher[]): Matcher {
  return (value, env) => {
    let isOpen = false;
    for (const matcher of matchers) {
      const verdict = matcher(value, env);
      if (verdict === false) return false;
      if (verdict === null) isOpen = true;
    }
    return isOpen ? null : true;
  };
}

/** `isOpen`: more values than are there. */
function each(
  matchers: readonly Matcher[],
  values: readonly Term[],
  env: Env,
  isOpen: boolean,
): boolean | null {
  let open = isOpen;
  for (const [i, matcher] of matchers.entries()) {
    const value = values[i];
    if (value === undefined) break;
    const verdict = matcher(value, env);
    if (verdict === false) return false;
    if (verdict === null) open = true;
  }
  return open ? null : true;
}

function otherType(value: Term, wanted: ValueType): boolean | null {
  const type = typeOf(value);
  return type === null || type === wanted ? null : false;
}

function isEmpty(value: Term): boolean | null {
  if (value.kind === "list") return value.items.length === 0 && value.tail === null;
  const rest = cutValue(value);
  return rest?.type === "list"
    ? rest.size === 0
      ? true
      : rest.size === null
        ? null
        : false
    : false;
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return (
    bytes.length >= prefix.length && Buffer.compare(bytes.subarray(0, prefix.length), prefix) === 0
  );
}
