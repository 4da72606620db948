// The state of one function's evaluation: the graph being built, what names mean, and what may be
// raised. The constructs' rules are in the `dfg-*` files beside; they find each other through here.

import { keyword, type Node, type VariableNode } from "@elixirscope/syntax";
import { Bindings } from "./dfg-bindings.ts";
import type { Names } from "../module/module-syntax.ts";
import type { DfgDraft } from "./dfg-draft.ts";
import { CONSTANT, type Steps } from "./dfg-steps.ts";

/** An operand that was evaluated already: what `|>` passes on. */
export type Piped = { readonly kind: "piped"; readonly value: number; readonly node: Node };
export type Operand = Node | Piped;

/** A value and the text that gives it. */
export type Given = { readonly value: number; readonly node: Node };

/** What meets behind a construct: the values that it may have, and what decides between them. */
export type Join = { readonly values: Given[]; readonly conditions: Given[] };

export class DfgWalker {
  readonly draft: DfgDraft;
  readonly names: Names;
  readonly bindings: Bindings = new Bindings();
  /** evaluates what is no leaf */
  readonly steps: (operand: Node) => Steps | number;
  /** values that the innermost `try` may have to take, null outside */
  raised: Given[] | null = null;
  /** results of calls and operators, in order; definitions of received messages */
  readonly calls: Given[] = [];
  readonly received: number[] = [];
  /** in the arguments of a macro with a block an unknown name may be a pattern's: `test "…", %{conn: conn} do` */
  bindUnknown = false;
  /** the `fn` or `&` of each closure, and the scope of what is in it */
  readonly closurePlaces: { readonly node: Node; readonly scope: number }[] = [];
  readonly #captures = new Map<string, number>();

  constructor(
    draft: DfgDraft,
    names: Names,
    steps: (walker: DfgWalker, node: Node) => Steps | number,
  ) {
    this.draft = draft;
    this.names = names;
    this.steps = (node) => steps(this, node);
  }

  /** The value of an operand that needs no steps; undefined for the others. */
  leaf(operand: Operand): number | undefined {
    if (operand.kind === "piped") return operand.value;
    if (operand.kind === "variable") return this.read(operand);
    return isLiteral(operand) ? CONSTANT : undefined;
  }

  /** A variable is used. A name that nothing binds is a call without arguments. */
  read(node: VariableNode): number {
    const definition = this.find(node.name);
    if (definition !== undefined) {
      this.draft.use(definition, node);
      return definition;
    }
    if (isPseudoVariable(node.name)) return CONSTANT;
    if (!this.bindUnknown) return this.called(node);
    const bound = this.draft.define("pattern", node.name, node);
    this.bindings.set(node.name, bound);
    return bound;
  }

  /** The definition that `name` means here, or meant at the mark; in a closure the captured one. */
  find(name: string, mark?: number): number | undefined {
    const { bindings } = this;
    const outer = mark === undefined ? bindings.get(name) : bindings.getAt(mark, name);
    return outer === undefined ? undefined : this.captured(outer);
  }

  /** `outer` as the current closure sees it, through all closures between. */
  captured(outer: number): number {
    const { definitions, closures, closure: here } = this.draft;
    const home = definitions[outer]?.closure ?? -1;
    if (home === here) return outer;
    const between: number[] = [];
    for (let at = here; at >= 0 && at !== home; at = closures[at]?.parent ?? -1) between.push(at);
    let definition = outer;
    for (let at = between.pop(); at !== undefined; at = between.pop()) {
      definition = this.#capture(definition, at);
    }
    return definition;
  }

  #capture(outer: number, closure: number): number {
    const key = `${closure}:${outer}`;
    const known = this.#captures.get(key);
    if (known !== undefined) return known;
    const made = this.draft.closures[closure];
    const place = this.closurePlaces[closure];
    if (made === undefined || place === undefined) return outer;
    const inner = this.draft.defineCapture(outer, closure, place.node, place.scope);
    this.draft.flow("capture", outer, inner, place.node);
    this.draft.flow("capture", outer, made.definition, place.node, "…");
    this.#captures.set(key, inner);
    return inner;
  }

  /** The result of a call or operator, which may raise what it was given. */
  called(node: Node): number {
    const value = this.draft.define("value", null, node);
    const given = { value, node };
    this.calls.push(given);
    this.raised?.push(given);
    return value;
  }

  /** A definition for a constant that is bound, chosen or returned. */
  literal(value: number, node: Node): number {
    return value === CONSTANT ? this.draft.define("value", null, node) : value;
  }

  give(join: Join, value: number, node: Node): void {
    join.values.push({ value: this.literal(value, node), node });
  }

  /** φ of all that was given, decided by the conditions. */
  join(join: Join, node: Node): number {
    const phi = this.draft.define("phi", null, node);
    this.#enter(join, phi, "phi");
    return phi;
  }

  /** What a function or closure returns. */
  returned(join: Join, node: Node, exit: number): number {
    const result = this.draft.define("phi", null, node, exit);
    this.#enter(join, result, "return");
    return result;
  }

  #enter(join: Join, phi: number, kind: "phi" | "return"): void {
    for (const { value, node } of join.values) this.draft.flow(kind, value, phi, node);
    for (const { value, node } of join.conditions) this.draft.flow("condition", value, phi, node);
  }

  /** What is bound from here to the matching `leave` is not visible after it. */
  enter(range: { readonly start: number; readonly end: number }): () => void {
    const mark = this.bindings.mark();
    const outer = this.draft.openScope(range);
    return () => {
      this.bindings.undo(mark);
      this.draft.scope = outer;
    };
  }
}

export function emptyJoin(): Join {
  return { values: [], conditions: [] };
}

/** The syntax node behind an operand. */
export function nodeOf(operand: Operand): Node {
  return operand.kind === "piped" ? operand.node : operand;
}

/** The value of `key` in the last operand, where `do` blocks and options are. */
export function option(operands: readonly Operand[], key: string): Node | undefined {
  const last = operands.at(-1);
  return last === undefined || last.kind === "piped" ? undefined : keyword(last, key);
}

/** `__MODULE__`, `__ENV__`, `__STACKTRACE__`, … */
export function isPseudoVariable(name: string): boolean {
  return name.startsWith("__") && name.endsWith("__");
}

const LITERALS: ReadonlySet<Node["kind"]> = new Set<Node["kind"]>([
  "atom",
  "string",
  "charlist",
  "integer",
  "float",
]);

export function isLiteral(node: Node | undefined): boolean {
  return node !== undefined && LITERALS.has(node.kind);
}
