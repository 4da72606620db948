// The path of a node below its anchor, in the words of what it is there: `do.user=.value.arg0`.
//
// Roles keep their names when code is added beside them. Statements of a block are called after what
// they bind or call, so that a line more above leaves them alone; a body of one expression is a
// block of one statement. Two alike beside each other are numbered: `log`, `log~2`.

import type { CallNode, Node } from "../ast.ts";
import { children, isCall } from "../tree.ts";
import { isDefinition } from "./anchors.ts";

const NAME = /^[\p{L}_][\p{L}\p{N}_]*[?!]?$/u;
const WORD_OPERATORS: ReadonlySet<string> = new Set(["and", "or", "in", "not", "when"]);
const BLOCK_KEYS: ReadonlySet<string> = new Set(["do", "else", "rescue", "catch", "after"]);
const CONTAINERS: ReadonlySet<string> = new Set(["%{}", "{}", "<<>>", "__aliases__", "fn"]);
/** Calls whose arguments have names of their own. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  "=": ["pattern", "value"],
  "<-": ["pattern", "source"],
  "::": ["left", "type"],
  "\\\\": ["left", "default"],
  "%": ["struct", "map"],
  ".": ["receiver", "name"],
  case: ["subject"],
  if: ["condition"],
  unless: ["condition"],
};

/** Calls `visit` for the nodes of an anchor, root first with the path ""; not below those in `stop`. */
export function rolePaths(
  root: Node,
  stop: ReadonlySet<Node>,
  visit: (node: Node, path: string) => void,
): void {
  const walk = new PathWalk();
  const work: Step[] = [{ node: root, path: "", done: false }];
  for (let step = work.pop(); step !== undefined; step = work.pop()) {
    const { node, path, done } = step;
    if (node !== root && stop.has(node)) continue;
    visit(node, path);
    if (done) continue;
    if (node === root && isDefinition(node)) walk.definition(node);
    else walk.below(node, path === "" ? "" : `${path}.`);
    for (let next = walk.next.pop(); next !== undefined; next = walk.next.pop()) work.push(next);
  }
}

type Step = {
  readonly node: Node;
  readonly path: string;
  /** its parts were asked for beside it, because they hang on its parent's path */
  readonly done: boolean;
};

class PathWalk {
  /** the parts of the node at hand, in order */
  readonly next: Step[] = [];

  push(node: Node, path: string): void {
    this.next.push({ node, path, done: false });
  }

  #pushDone(node: Node, path: string): void {
    this.next.push({ node, path, done: true });
  }

  definition(node: CallNode): void {
    const [head, ...rest] = node.args;
    if (isCall(head, "when", 2)) {
      this.#pushDone(head, "when");
      this.#head(head.args[0]);
      this.#argument(head.args[1], "guard");
    } else this.#head(head);
    this.#arguments(rest, "", ["options"]);
  }

  #head(node: Node | undefined): void {
    if (node?.kind !== "call" || typeof node.callee !== "string") {
      this.#argument(node, "head");
      return;
    }
    this.#pushDone(node, "head");
    node.args.forEach((arg, i) => this.push(arg, `arg${i}`));
  }

  /** `at` ends with a dot, or is empty. */
  below(node: Node, at: string): void {
    switch (node.kind) {
      case "list":
        this.#entries(node.items, at);
        return;
      case "pair":
        this.push(node.left, `${at}left`);
        this.push(node.right, `${at}right`);
        return;
      case "call":
        this.#call(node, at);
        return;
      case "broken":
        children(node).forEach((child, i) => this.push(child, `${at}${i}`));
        return;
      case "atom":
      case "integer":
      case "float":
      case "string":
      case "charlist":
      case "variable":
        return;
    }
  }

  #call(node: CallNode, at: string): void {
    const { callee, args } = node;
    if (typeof callee !== "string") {
      this.push(callee, `${at}callee`);
      this.#arguments(args, at, []);
      return;
    }
    if (callee === "__block__") this.#statements(args, at);
    else if (callee === "->") this.#clause(args, at);
    else if (CONTAINERS.has(callee)) this.#entries(args, at);
    else this.#arguments(args, at, rolesOf(callee, args.length));
  }

  #arguments(args: readonly Node[], at: string, roles: readonly string[]): void {
    for (let i = 0; i < args.length; i += 1) {
      const arg = args[i];
      if (arg === undefined) continue;
      if (i === args.length - 1 && isBlocks(arg)) {
        this.#pushDone(arg, `${at}blocks`);
        this.#entries(arg.items, at);
      } else this.push(arg, at + (roles[i] ?? `arg${i}`));
    }
  }

  /** Parts of a list, map, tuple: by key where they have one, clauses and the rest by number. */
  #entries(items: readonly Node[], at: string): void {
    let taken: Map<string, number> | null = null;
    for (let i = 0; i < items.length; i += 1) {
      const item = items[i];
      if (item === undefined) continue;
      if (item.kind !== "pair" || item.left.kind !== "atom" || !NAME.test(item.left.name)) {
        this.push(item, isCall(item, "->") ? `${at}clause${i}` : `${at}${i}`);
        continue;
      }
      taken ??= new Map();
      const key = numbered(taken, item.left.name);
      this.#pushDone(item, `${at}pair(${key})`);
      this.push(item.left, `${at}key(${key})`);
      if (BLOCK_KEYS.has(key)) this.#body(item.right, at + key);
      else this.push(item.right, at + key);
    }
  }

  #clause(args: readonly Node[], at: string): void {
    const [left, right] = args;
    if (left?.kind === "list") {
      this.#pushDone(left, `${at}patterns`);
      const only = left.items[0];
      if (left.items.length === 1 && isCall(only, "when")) {
        this.#pushDone(only, `${at}when`);
        const last = only.args.length - 1;
        only.args.forEach((arg, i) => this.push(arg, at + (i === last ? "guard" : `arg${i}`)));
      } else left.items.forEach((item, i) => this.push(item, `${at}arg${i}`));
    } else this.#argument(left, `${at}patterns`);
    if (right !== undefined) this.#body(right, `${at}body`);
  }

  #body(node: Node, path: string): void {
    const whole = isCall(node, "__block__") || node.kind === "list";
    this.push(node, whole ? path : `${path}.${label(node)}`);
  }

  #statements(list: readonly Node[], at: string): void {
    const taken = new Map<string, number>();
    for (const statement of list) this.push(statement, at + numbered(taken, label(statement)));
  }

  #argument(node: Node | undefined, path: string): void {
    if (node !== undefined) this.push(node, path);
  }
}

function rolesOf(callee: string, arity: number): readonly string[] {
  const named = Object.hasOwn(ROLES, callee) ? ROLES[callee] : undefined;
  if (named !== undefined) return named;
  if (NAME.test(callee) && !WORD_OPERATORS.has(callee)) return [];
  return arity === 1 ? ["operand"] : ["left", "right"];
}

function isBlocks(node: Node): node is Node & { kind: "list" } {
  if (node.kind !== "list") return false;
  const first = node.items[0];
  return first?.kind === "pair" && first.left.kind === "atom" && first.left.name === "do";
}

/** What a statement is called by: the variable it binds, the function it calls, else its kind. */
function label(node: Node): string {
  if (node.kind === "variable") return node.name;
  if (node.kind !== "call") return node.kind;
  const { callee, args } = node;
  if (typeof callee === "string") {
    const left = args[0];
    if (callee === "=" && left?.kind === "variable") return `${left.name}=`;
    if (callee === "@") return attributeLabel(left);
    return NAME.test(callee) ? callee : "operator";
  }
  const name = isCall(callee, ".", 2) ? callee.args[1] : undefined;
  return name?.kind === "atom" && NAME.test(name.name) ? name.name : "call";
}

function attributeLabel(node: Node | undefined): string {
  if (node?.kind === "variable") return `attribute_${node.name}`;
  const named = node?.kind === "call" && typeof node.callee === "string";
  return named ? `attribute_${node.callee}` : "attribute";
}

function numbered(taken: Map<string, number>, name: string): string {
  const count = (taken.get(name) ?? 0) + 1;
  taken.set(name, count);
  return count === 1 ? name : `${name}~${count}`;
}
