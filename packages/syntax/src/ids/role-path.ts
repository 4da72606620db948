// The path of a node below its anchor, in the words of what it is there: `do.user=.value.arg0`.
//
// Roles keep their names when code is added beside them. Statements of a block are called after what
// they bind or call, so that a line more above leaves them alone; a body of one expression is a
// block of one statement. Two alike beside each other are numbered: `log`, `log~2`.

import type { CallNode, Node } from "../ast.ts";
import { isCall } from "../tree.ts";
import { isDefinition } from "./anchors.ts";

const ASCII_NAME = /^[A-Za-z_]\w*[?!]?$/;
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

/** A node's place: its role below the place that its path goes on from. */
export type Place = {
  readonly node: Node;
  /** null at the root */
  readonly above: Place | null;
  readonly role: string;
  /** its parts hang on the place above, as those of `pair(timeout)` do */
  readonly transparent: boolean;
  /** null until somebody asks */
  id: string | null;
};

/** The places of an anchor's nodes, parents first; not those of the nodes in `stop` and below them. */
export function places(root: Node, stop: ReadonlySet<Node>): ReadonlyMap<Node, Place> {
  const found = new Map<Node, Place>();
  const walk = new PlaceWalk();
  const work: Place[] = [{ node: root, above: null, role: "", transparent: false, id: null }];
  for (let place = work.pop(); place !== undefined; place = work.pop()) {
    if (place.above !== null && stop.has(place.node)) continue;
    found.set(place.node, place);
    if (place.transparent) continue;
    walk.below(place);
    for (let next = walk.next.pop(); next !== undefined; next = walk.next.pop()) work.push(next);
  }
  return found;
}

class PlaceWalk {
  /** the parts of the node at hand, in order */
  readonly next: Place[] = [];

  below(at: Place): void {
    const { node } = at;
    if (node.kind === "call") {
      if (at.above === null && isDefinition(node)) this.#definition(node, at);
      else this.#call(node, at);
    } else if (node.kind === "list") this.#entries(node.items, at);
    else if (node.kind === "pair") {
      this.#push(node.left, at, "left");
      this.#push(node.right, at, "right");
    } else if (node.kind === "broken") this.#numbered(node.children, at, ARGUMENT);
  }

  #push(node: Node | undefined, above: Place, role: string): void {
    if (node !== undefined) this.next.push({ node, above, role, transparent: false, id: null });
  }

  #pushTransparent(node: Node, above: Place, role: string): void {
    this.next.push({ node, above, role, transparent: true, id: null });
  }

  #numbered(nodes: readonly Node[], above: Place, names: Numbered): void {
    for (let i = 0; i < nodes.length; i += 1) this.#push(nodes[i], above, names(i));
  }

  #definition(node: CallNode, at: Place): void {
    const [head, ...rest] = node.args;
    if (isCall(head, "when", 2)) {
      this.#pushTransparent(head, at, "when");
      this.#head(head.args[0], at);
      this.#push(head.args[1], at, "guard");
    } else this.#head(head, at);
    this.#arguments(rest, at, ["options"]);
  }

  #head(node: Node | undefined, at: Place): void {
    if (node?.kind !== "call" || typeof node.callee !== "string") {
      this.#push(node, at, "head");
      return;
    }
    this.#pushTransparent(node, at, "head");
    this.#numbered(node.args, at, ARGUMENT);
  }

  #call(node: CallNode, at: Place): void {
    const { callee, args } = node;
    if (typeof callee !== "string") {
      this.#push(callee, at, "callee");
      this.#arguments(args, at, []);
      return;
    }
    if (callee === "__block__") this.#statements(args, at);
    else if (callee === "->") this.#clause(args, at);
    else if (CONTAINERS.has(callee)) this.#entries(args, at);
    else this.#arguments(args, at, rolesOf(callee, args.length));
  }

  #arguments(args: readonly Node[], at: Place, roles: readonly string[]): void {
    for (let i = 0; i < args.length; i += 1) {
      const arg = args[i];
      if (arg === undefined) continue;
      if (i === args.length - 1 && isBlocks(arg)) {
        this.#pushTransparent(arg, at, "blocks");
        this.#entries(arg.items, at);
      } else this.#push(arg, at, roles[i] ?? ARGUMENT(i));
    }
  }

  /** Parts of a list, map, tuple: by key where they have one, clauses and the rest by number. */
  #entries(items: readonly Node[], at: Place): void {
    let taken: Map<string, number> | null = null;
    for (let i = 0; i < items.length; i += 1) {
      const item = items[i];
      if (item === undefined) continue;
      if (item.kind !== "pair" || item.left.kind !== "atom" || !isName(item.left.name)) {
        this.#push(item, at, isCall(item, "->") ? CLAUSE(i) : INDEX(i));
        continue;
      }
      taken ??= new Map();
      const key = numbered(taken, item.left.name);
      this.#pushTransparent(item, at, `pair(${key})`);
      this.#push(item.left, at, `key(${key})`);
      if (BLOCK_KEYS.has(key)) this.#body(item.right, at, key);
      else this.#push(item.right, at, key);
    }
  }

  #clause(args: readonly Node[], at: Place): void {
    const [left, right] = args;
    if (left?.kind === "list") {
      this.#pushTransparent(left, at, "patterns");
      const only = left.items[0];
      if (left.items.length === 1 && isCall(only, "when")) {
        this.#pushTransparent(only, at, "when");
        this.#numbered(only.args.slice(0, -1), at, ARGUMENT);
        this.#push(only.args.at(-1), at, "guard");
      } else this.#numbered(left.items, at, ARGUMENT);
    } else this.#push(left, at, "patterns");
    if (right !== undefined) this.#body(right, at, "body");
  }

  #body(node: Node, at: Place, role: string): void {
    const isWhole = isCall(node, "__block__") || node.kind === "list";
    this.#push(node, at, isWhole ? role : `${role}.${label(node)}`);
  }

  #statements(list: readonly Node[], at: Place): void {
    const taken = new Map<string, number>();
    for (const statement of list) this.#push(statement, at, numbered(taken, label(statement)));
  }
}

type Numbered = (index: number) => string;

/** Few are used often: made once. */
function numberedNames(prefix: string): Numbered {
  const known = Array.from({ length: 16 }, (_, i) => `${prefix}${i}`);
  return (index) => known[index] ?? `${prefix}${index}`;
}

const ARGUMENT = numberedNames("arg");
const CLAUSE = numberedNames("clause");
const INDEX = numberedNames("");

function isName(text: string): boolean {
  return ASCII_NAME.test(text) || NAME.test(text);
}

function rolesOf(callee: string, arity: number): readonly string[] {
  const named = Object.hasOwn(ROLES, callee) ? ROLES[callee] : undefined;
  if (named !== undefined) return named;
  if (isName(callee) && !WORD_OPERATORS.has(callee)) return [];
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
    return isName(callee) ? callee : "operator";
  }
  const name = isCall(callee, ".", 2) ? callee.args[1] : undefined;
  return name?.kind === "atom" && isName(name.name) ? name.name : "call";
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
