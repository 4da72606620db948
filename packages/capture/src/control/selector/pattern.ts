// Argument patterns to a match-spec head, and what the head cannot say to guards.

import { assertNever } from "@elixirscope/base";
import { atom, integer, list, map, tuple, type Term } from "@elixirscope/etf";
import type { Expression } from "./selector.ts";
import { SelectorFault } from "./selector-error.ts";

export class PatternCompiler {
  /** What each variable stands for in a guard. */
  readonly variables: Map<string, Term> = new Map();
  readonly guards: Term[] = [];
  #fresh = 0;

  head(pattern: Expression): Term {
    switch (pattern.kind) {
      case "literal":
        return this.#literal(pattern.term);
      case "variable":
        return this.#variable(pattern.name);
      case "tuple":
        return tuple(...pattern.items.map((item) => this.head(item)));
      case "list":
        return this.#list(pattern);
      case "map":
        return this.#map(pattern);
      case "binary":
        return this.#binary(pattern);
      case "call":
      case "field":
      case "unary":
        throw new SelectorFault("an argument is a pattern; conditions go after when", pattern);
      default:
        return assertNever(pattern);
    }
  }

  #newVariable(): Term {
    this.#fresh++;
    return atom(`$${this.#fresh}`);
  }

  #variable(name: string): Term {
    if (name === "_") return atom("_");
    const known = this.variables.get(name);
    if (known !== undefined && known.kind === "atom") return known;
    const fresh = this.#newVariable();
    if (known === undefined) this.variables.set(name, fresh);
    else this.guards.push(tuple(atom("=:="), fresh, known));
    return fresh;
  }

  #literal(term: Term): Term {
    return speaksToMatchSpec(term) ? this.#equalTo(term) : term;
  }

  #equalTo(term: Term): Term {
    const fresh = this.#newVariable();
    this.guards.push(tuple(atom("=:="), fresh, constant(term)));
    return fresh;
  }

  #list(pattern: Expression & { kind: "list" }): Term {
    const items = pattern.items.map((item) => this.head(item));
    if (pattern.tail === null) return list(items);
    if (items.length === 0) {
      throw new SelectorFault("a list needs elements before |", pattern);
    }
    return list(items, this.head(pattern.tail));
  }

  #map(pattern: Expression & { kind: "map" }): Term {
    const entries: (readonly [Term, Term])[] = [];
    if (pattern.struct !== null) {
      entries.push([atom("__struct__"), this.#equalTo(atom(pattern.struct))]);
    }
    for (const [key, value] of pattern.entries) {
      if (key.kind !== "literal") throw new SelectorFault("a key is a literal value", key);
      if (speaksToMatchSpec(key.term)) {
        throw new SelectorFault("a match specification cannot look for this key", key);
      }
      // a variable even for a literal: a head without variables would be compared as a whole
      entries.push([
        key.term,
        value.kind === "literal" ? this.#equalTo(value.term) : this.#bound(value),
      ]);
    }
    if (entries.length > 0) return map(entries);
    const fresh = this.#newVariable();
    this.guards.push(tuple(atom("is_map"), fresh));
    return fresh;
  }

  #bound(value: Expression): Term {
    const head = this.head(value);
    return hasVariable(head) ? head : this.#equalTo(head);
  }

  /** `"prefix" <> rest` and `name = pattern`. */
  #binary(pattern: Expression & { kind: "binary" }): Term {
    if (pattern.operator === "=") return this.#alias(pattern);
    if (pattern.operator !== "<>") {
      throw new SelectorFault("an argument is a pattern; conditions go after when", pattern);
    }
    const { left, right } = pattern;
    if (left.kind !== "literal" || left.term.kind !== "binary") {
      throw new SelectorFault('only "prefix" <> rest is a pattern', left);
    }
    const whole = this.#newVariable();
    const size = integer(left.term.bytes.length);
    const part = (from: Term, length: Term): Term =>
      tuple(atom("binary_part"), whole, from, length);
    this.guards.push(
      tuple(atom("is_binary"), whole),
      tuple(atom("=:="), part(integer(0), size), left.term),
    );
    const rest = part(size, tuple(atom("-"), tuple(atom("byte_size"), whole), size));
    if (right.kind === "literal") {
      this.guards.push(tuple(atom("=:="), rest, constant(right.term)));
    } else if (right.kind === "variable") this.#bindExpression(right.name, rest);
    else throw new SelectorFault("a variable follows the prefix", right);
    return whole;
  }

  #bindExpression(name: string, value: Term): void {
    if (name === "_") return;
    const known = this.variables.get(name);
    if (known === undefined) this.variables.set(name, value);
    else this.guards.push(tuple(atom("=:="), known, value));
  }

  /** A head cannot name what it also takes apart, unless it is put together again in guards. */
  #alias(pattern: Expression & { kind: "binary" }): Term {
    const [name, other] =
      pattern.left.kind === "variable"
        ? [pattern.left, pattern.right]
        : [pattern.right, pattern.left];
    if (name.kind !== "variable") throw new SelectorFault("one side of = is a variable", pattern);
    const whole = this.#variable(name.name);
    if (other.kind === "variable") {
      this.#bindExpression(other.name, whole);
      return whole;
    }
    if (other.kind === "literal") {
      this.guards.push(tuple(atom("=:="), whole, constant(other.term)));
      return whole;
    }
    throw new SelectorFault(
      "a selector cannot name a pattern; use is_map_key, elem or .field in a guard",
      pattern,
    );
  }
}

/** A value in a guard: the match language reads bare tuples as calls and `$1` as variables. */
export function constant(term: Term): Term {
  const plain =
    term.kind === "integer" ||
    term.kind === "float" ||
    term.kind === "binary" ||
    (term.kind === "atom" && !speaksToMatchSpec(term));
  return plain ? term : tuple(atom("const"), term);
}

/** Whether an atom (alone or inside) means something else to the match language. */
function speaksToMatchSpec(term: Term): boolean {
  if (term.kind === "atom") return term.name === "_" || /^\$(\d+|\$|_)$/.test(term.name);
  return (term.kind === "list" || term.kind === "tuple") && term.items.some(speaksToMatchSpec);
}

function hasVariable(term: Term): boolean {
  if (term.kind === "atom") return speaksToMatchSpec(term);
  if (term.kind === "tuple") return term.items.some(hasVariable);
  if (term.kind === "map") return term.entries.some(([, value]) => hasVariable(value));
  if (term.kind !== "list") return false;
  return term.items.some(hasVariable) || (term.tail !== null && hasVariable(term.tail));
}
