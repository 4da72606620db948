// What patterns bind. A pattern binds all its names at once: `^x` means what x was before the whole
// match, and only a size may use a name that the same pattern bound to its left.

import { pushAll } from "@elixirscope/base";
import {
  expressions,
  isCall,
  remoteCall,
  walk,
  type CallNode,
  type Node,
} from "@elixirscope/syntax";
import { binarySegment, sizeVariables } from "./dfg-binaries.ts";
import { extend, keySelector, type Path } from "./dfg-paths.ts";
import { CONSTANT } from "./dfg-steps.ts";
import { isLiteral, isPseudoVariable, type DfgWalker, type Given } from "./dfg-walker.ts";

/** A pattern and the definition that it takes apart. */
export type Match = {
  readonly pattern: Node;
  readonly from: Given;
  readonly path?: string;
};

export type Matched = {
  /** whether some value may fail to match */
  readonly refutable: boolean;
  /** what was pinned and compared */
  readonly conditions: readonly Given[];
};

type Task = { readonly node: Node; readonly path: Path; readonly match: number };

/** Binds all patterns together, like the arguments of one clause. Pins mean what was bound at `mark`. */
export function bindPatterns(walker: DfgWalker, matches: readonly Match[], mark?: number): Matched {
  return new Binding(walker, matches, mark).run();
}

export function bindPattern(walker: DfgWalker, pattern: Node, from: Given, path?: string): Matched {
  return bindPatterns(walker, [path === undefined ? { pattern, from } : { pattern, from, path }]);
}

class Binding {
  readonly #walker: DfgWalker;
  readonly #matches: readonly Match[];
  readonly #mark: number | undefined;
  readonly #sources: number[];
  readonly #bound = new Map<string, number>();
  readonly #conditions: Given[] = [];
  readonly #tasks: Task[] = [];
  #refutable = false;

  constructor(walker: DfgWalker, matches: readonly Match[], mark: number | undefined) {
    this.#walker = walker;
    this.#mark = mark;
    this.#matches = matches;
    this.#sources = matches.map((match) => match.from.value);
    const [first] = matches;
    const last = matches.at(-1);
    if (first !== undefined && last !== undefined) {
      walker.draft.passing({ start: first.pattern.start, end: last.pattern.end }, "pattern");
    }
    for (let i = matches.length - 1; i >= 0; i -= 1) {
      const match = matches[i];
      if (match === undefined) continue;
      const path = match.path === undefined ? null : extend(null, match.path);
      this.#tasks.push({ node: match.pattern, path, match: i });
    }
  }

  run(): Matched {
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      this.#visit(task);
    }
    this.#walker.bindings.setAll(this.#bound);
    return { refutable: this.#refutable, conditions: this.#conditions };
  }

  #visit(task: Task): void {
    const { node } = task;
    if (node.kind === "variable") return this.#bind(node.name, node, task);
    if (node.kind === "call") return this.#call(node, task);
    this.#refutable = true;
    if (node.kind === "list") this.#list(node.items, task);
    else if (node.kind === "pair") this.#below(task, [node.left, "{0}"], [node.right, "{1}"]);
    else if (node.kind === "broken") this.#unknown(node.children, task);
  }

  #bind(name: string, node: Node, task: Task): void {
    if (name === "_" || isPseudoVariable(name)) return;
    const { draft } = this.#walker;
    let definition = this.#bound.get(name);
    if (definition === undefined) {
      const from = this.#source(task.match);
      definition = draft.define("pattern", name, node);
      this.#bound.set(name, definition);
      this.#flow(from, definition, node, task);
      return;
    }
    // `{x, x}`: the same variable again compares
    this.#refutable = true;
    draft.use(definition, node);
    this.#flow(this.#source(task.match), definition, node, task);
  }

  #flow(from: number, to: number, node: Node, { path }: Task): void {
    this.#walker.draft.flow(path === null ? "copy" : "component", from, to, node, path?.text);
  }

  /** A constant gets its definition when something takes it. */
  #source(match: number): number {
    const from = this.#matches[match]?.from;
    let value = this.#sources[match] ?? CONSTANT;
    if (value === CONSTANT && from !== undefined) {
      value = this.#walker.literal(CONSTANT, from.node);
      this.#sources[match] = value;
    }
    return value;
  }

  #below(task: Task, ...parts: readonly (readonly [Node | undefined, string | null])[]): void {
    for (let i = parts.length - 1; i >= 0; i -= 1) {
      const [node, selector] = parts[i] ?? [undefined, null];
      if (node === undefined) continue;
      const path = selector === null ? task.path : extend(task.path, selector);
      this.#tasks.push({ node, path, match: task.match });
    }
  }

  #unknown(nodes: readonly Node[], task: Task): void {
    this.#below(task, ...nodes.map((node) => [node, "…"] as const));
  }

  #list(items: readonly Node[], task: Task): void {
    const parts: (readonly [Node | undefined, string])[] = [];
    items.forEach((item, i) => {
      if (item.kind === "pair" && item.left.kind === "atom") {
        parts.push([item.right, keySelector(item.left)]);
      } else if (item.kind === "call" && item.callee === "|") {
        parts.push([item.args[0], `[${i}]`], [item.args[1], `[${i + 1}..]`]);
      } else {
        parts.push([item, `[${i}]`]);
      }
    });
    this.#below(task, ...parts);
  }

  #call(node: CallNode, task: Task): void {
    const [first, second, third] = node.args;
    switch (node.callee) {
      case "=":
        return this.#below(task, [first, null], [second, null]);
      case "\\\\":
      case "::":
      case "var!":
        return this.#below(task, [first, null]);
      case "^":
        this.#refutable = true;
        return this.#pin(first);
      case "__block__":
        return this.#below(task, [expressions(node)[0], null]);
      case "@":
      case "__aliases__":
      case "unquote":
      case "unquote_splicing":
        // evaluated where the module is made
        this.#refutable = true;
        return;
      default:
    }
    this.#refutable = true;
    switch (node.callee) {
      case "{}":
        return this.#below(task, ...node.args.map((arg, i) => [arg, `{${i}}`] as const));
      case "%":
        return this.#below(task, [first, ".__struct__"], [second, null]);
      case "%{}":
        return this.#map(node.args, task);
      case "<<>>":
        return this.#binary(node.args, task);
      case "<>":
        return this.#below(task, [first, "<<0>>"], [second, "<<1>>"]);
      case "++": {
        const taken = first?.kind === "list" ? `[${first.items.length}..]` : "…";
        return this.#below(task, [first, null], [second, taken]);
      }
      case "..":
      case "..//":
        return this.#below(task, [first, ".first"], [second, ".last"], [third, ".step"]);
      default:
        // a macro: whatever it means, its names are bound to something of the value
        if (typeof node.callee === "string" || remoteCall(node) !== null) {
          this.#unknown(node.args, task);
        }
    }
  }

  #map(entries: readonly Node[], task: Task): void {
    const parts: (readonly [Node, string])[] = [];
    for (const entry of entries) {
      if (entry.kind !== "pair") continue;
      if (!isLiteral(entry.left)) this.#keyUses(entry.left);
      parts.push([entry.right, keySelector(entry.left)]);
    }
    this.#below(task, ...parts);
  }

  /** `%{^k => v}`, `%{{^k, 1} => v}`: nothing in a key is bound. */
  #keyUses(key: Node): void {
    walk(key, (node) => {
      if (!isCall(node, "^", 1)) return true;
      this.#pin(node.args[0]);
      return false;
    });
  }

  #pin(node: Node | undefined): void {
    if (node?.kind !== "variable") return;
    const value = this.#walker.find(node.name, this.#mark);
    if (value === undefined) return;
    this.#walker.draft.use(value, node);
    this.#conditions.push({ value, node });
  }

  /** Names are bound one after the other, so that a size finds what is to its left. */
  #binary(segments: readonly Node[], task: Task): void {
    const nested: (readonly [Node, string])[] = [];
    segments.forEach((node, i) => {
      const { value, spec } = binarySegment(node);
      const sizes = spec === null ? [] : this.#sizes(spec);
      if (value.kind !== "variable") {
        nested.push([value, `<<${i}>>`]);
        pushAll(this.#conditions, sizes);
        return;
      }
      this.#bind(value.name, value, { ...task, path: extend(task.path, `<<${i}>>`) });
      const bound = this.#bound.get(value.name) ?? CONSTANT;
      for (const size of sizes) {
        this.#walker.draft.flow("condition", size.value, bound, size.node);
      }
    });
    this.#below(task, ...nested);
  }

  #sizes(spec: Node): readonly Given[] {
    const found: Given[] = [];
    for (const node of sizeVariables(spec)) {
      const value = this.#bound.get(node.name) ?? this.#walker.find(node.name);
      if (value === undefined) continue;
      this.#walker.draft.use(value, node);
      found.push({ value, node });
    }
    return found;
  }
}
