// Halstead's measures (Maurice Halstead, "Elements of Software Science", 1977) over quoted code.
//
// Operators: calls by name and arity, operators, constructs, brackets, arrows, closures, field reads.
// Operands: variables, literals, attributes and module names. Keys of `do` blocks are neither.

import { assertNever, pushAll } from "@elixirscope/base";
import {
  aliasSegments,
  children,
  isCall,
  keyword,
  remoteCall,
  type CallNode,
  type Node,
} from "@elixirscope/syntax";
import type { FunctionSyntax } from "../module/module-syntax.ts";
import { everythingOf } from "./clause-parts.ts";
import type { FunctionMetrics } from "./function-metrics.ts";

type Halstead = FunctionMetrics["halstead"];

export function halstead(fn: FunctionSyntax): Halstead {
  const vocabulary = new Vocabulary();
  for (const root of everythingOf(fn)) vocabulary.read(root);
  return vocabulary.measures();
}

class Vocabulary {
  readonly #operators = new Map<string, number>();
  readonly #operands = new Map<string, number>();

  read(root: Node): void {
    const stack = [root];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      pushAll(stack, this.#take(node));
    }
  }

  /** V = N·log2(n), D = n1/2 · N2/n2, E = D·V; rounded to two decimals. */
  measures(): Halstead {
    const distinctOperators = this.#operators.size;
    const distinctOperands = this.#operands.size;
    const operators = sum(this.#operators);
    const operands = sum(this.#operands);
    const vocabulary = distinctOperators + distinctOperands;
    const volume = vocabulary === 0 ? 0 : (operators + operands) * Math.log2(vocabulary);
    const difficulty =
      distinctOperands === 0 ? 0 : (distinctOperators / 2) * (operands / distinctOperands);
    return {
      distinctOperators,
      distinctOperands,
      operators,
      operands,
      volume: rounded(volume),
      difficulty: rounded(difficulty),
      effort: rounded(difficulty * volume),
    };
  }

  /** Counts the node and answers what is left to read below it. */
  #take(node: Node): readonly Node[] {
    switch (node.kind) {
      case "variable":
        this.#operand(node.name);
        return [];
      case "atom":
        this.#operand(`:${node.name}`);
        return [];
      case "integer":
      case "float":
        this.#operand(String(node.value));
        return [];
      case "string":
        this.#operand(JSON.stringify(node.value));
        return [];
      case "charlist":
        this.#operand(`'${node.value}'`);
        return [];
      case "list":
        return this.#takeList(node.items);
      case "pair":
        this.#operator("{}");
        return children(node);
      case "call":
        return this.#takeCall(node);
      case "broken":
        return node.children;
      default:
        return assertNever(node);
    }
  }

  /** A `do` block is part of its construct; a list of clauses has only its arrows. */
  #takeList(items: readonly Node[]): readonly Node[] {
    if (items.length > 0 && items.every((item) => isCall(item, "->"))) return items;
    this.#operator("[]");
    return items.flatMap((item) => this.#entry(item));
  }

  /** `key: value` is an operator and two operands. */
  #entry(item: Node): readonly Node[] {
    if (item.kind !== "pair" || item.meta !== null) return [item];
    this.#operator("=>");
    return [item.left, item.right];
  }

  #takeCall(node: CallNode): readonly Node[] {
    const alias = aliasSegments(node);
    if (alias !== null) {
      this.#operand(alias.join("."));
      return [];
    }
    if (isCall(node, "__block__")) return node.args;
    if (isCall(node, "@", 1) && node.args[0]?.kind === "variable") {
      this.#operand(`@${node.args[0].name}`);
      return [];
    }
    const [args, blocks] = splitBlocks(node.args);
    this.#operator(operatorName(node));
    if (isCall(node, "%{}")) return args.flatMap((item) => this.#entry(item));
    const remote = remoteCall(node);
    if (remote !== null) return [remote.receiver, ...args, ...blocks];
    return typeof node.callee === "string"
      ? [...this.#arrowArgs(node, args), ...blocks]
      : [node.callee, ...args, ...blocks];
  }

  /** The list of patterns left of an arrow is no list of the program's. */
  #arrowArgs(node: CallNode, args: readonly Node[]): readonly Node[] {
    const [left, ...right] = args;
    return isCall(node, "->") && left?.kind === "list" ? [...left.items, ...right] : args;
  }

  #operator(name: string): void {
    this.#operators.set(name, (this.#operators.get(name) ?? 0) + 1);
  }

  #operand(name: string): void {
    this.#operands.set(name, (this.#operands.get(name) ?? 0) + 1);
  }
}

function operatorName(node: CallNode): string {
  const remote = remoteCall(node);
  if (remote !== null) return `.${remote.name}/${remote.args.length}`;
  if (typeof node.callee !== "string") return ".()";
  return /^[a-z_]/.test(node.callee) ? `${node.callee}/${node.args.length}` : node.callee;
}

/** Arguments, and the contents of the `do` block's sections. */
function splitBlocks(args: readonly Node[]): [readonly Node[], readonly Node[]] {
  const last = args.at(-1);
  if (last?.kind !== "list" || keyword(last, "do") === undefined) return [args, []];
  const bodies = last.items.flatMap((item) => (item.kind === "pair" ? [item.right] : [item]));
  return [args.slice(0, -1), bodies];
}

function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
