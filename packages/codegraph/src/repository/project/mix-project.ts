// What `mix.exs` says of where the code is: `app`, `apps_path`, `elixirc_paths`, read from its syntax.
//
// Nothing is run. Values are followed through literals, `++`, `if`, attributes and functions of the file
// whose clauses pick the environment (`elixirc_paths(:test)`); what cannot be followed is said.

import {
  type CallNode,
  expressions,
  isCall,
  keyword,
  type Node,
  parse,
  type Position,
  remoteCall,
  walk,
} from "@elixirscope/syntax";

export type MixProject = {
  readonly app: string | null;
  /** of an umbrella */
  readonly appsPath: string | null;
  /** compiled in development and production */
  readonly paths: readonly string[];
  /** compiled for tests only */
  readonly testPaths: readonly string[];
  /** settings that could not be followed; syntax errors come with the analysis of the file itself */
  readonly unknown: readonly (Position & { readonly message: string })[];
};

const DEFAULT_PATHS: readonly string[] = ["lib"];

const UNKNOWN = 'elixirc_paths is computed in a way that cannot be followed: ["lib"] is assumed';

/** Calls may call calls; a file that does so deeper means something else than a list of folders. */
const MAX_STEPS = 64;

export function readMixProject(text: string, file = "mix.exs"): MixProject {
  const { tree } = parse(text, { file });
  const definitions = definitionsOf(tree);
  const project = definitions.functions.get("project/0")?.[0]?.body;
  const setting = (key: string): Node | undefined =>
    project === undefined ? undefined : settingOf(project, key);
  const unknown = new Map<Node, Position & { readonly message: string }>();

  const paths = (env: string): readonly string[] => {
    const node = setting("elixirc_paths");
    if (node === undefined) return DEFAULT_PATHS;
    const found = new Evaluation(definitions, env).strings(node);
    if (found !== null) return found;
    unknown.set(node, {
      line: node.meta?.line ?? 1,
      column: node.meta?.column ?? 1,
      message: UNKNOWN,
    });
    return DEFAULT_PATHS;
  };
  const compiled = [...new Set([...paths("dev"), ...paths("prod")])];
  const app = setting("app");
  const appsPath = setting("apps_path");
  return {
    app: app?.kind === "atom" ? app.name : null,
    appsPath: appsPath?.kind === "string" ? appsPath.value : null,
    paths: compiled,
    testPaths: paths("test").filter((folder) => !compiled.includes(folder)),
    unknown: [...unknown.values()],
  };
}

type Clause = { readonly patterns: readonly Node[]; readonly guard: Node | null; body: Node };

type Definitions = {
  /** by `name/arity` */
  readonly functions: ReadonlyMap<string, readonly Clause[]>;
  readonly attributes: ReadonlyMap<string, Node>;
};

function definitionsOf(tree: Node): Definitions {
  const functions = new Map<string, Clause[]>();
  const attributes = new Map<string, Node>();
  walk(tree, (node) => {
    if (isCall(node, "@", 1)) {
      const [inner] = node.args;
      const value = inner?.kind === "call" ? inner.args[0] : undefined;
      if (inner?.kind === "call" && typeof inner.callee === "string" && value !== undefined) {
        attributes.set(inner.callee, value);
      }
      return false;
    }
    if (!isCall(node, "def", 2) && !isCall(node, "defp", 2)) return undefined;
    const found = clauseOf(node);
    if (found === null) return false;
    const clauses = functions.get(found.key) ?? [];
    clauses.push(found.clause);
    functions.set(found.key, clauses);
    return false;
  });
  return { functions, attributes };
}

function clauseOf(definition: CallNode): { key: string; clause: Clause } | null {
  const [head, block] = definition.args;
  const body = keyword(block, "do");
  if (head === undefined || body === undefined) return null;
  const guarded = isCall(head, "when", 2);
  const call = guarded ? head.args[0] : head;
  const guard = guarded ? (head.args[1] ?? null) : null;
  if (call?.kind === "variable") {
    return { key: `${call.name}/0`, clause: { patterns: [], guard, body } };
  }
  if (call?.kind !== "call" || typeof call.callee !== "string") return null;
  const key = `${call.callee}/${call.args.length}`;
  return { key, clause: { patterns: call.args, guard, body } };
}

/** A key of the keyword list that `project` returns, also where lists are put together. */
function settingOf(body: Node, key: string): Node | undefined {
  const stack = [expressions(body).at(-1)];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const found = keyword(node, key);
    if (found !== undefined) return found;
    if (isCall(node, "++", 2)) stack.push(node.args[1], node.args[0]);
    const remote = remoteCall(node);
    if (remote?.name === "merge") stack.push(...remote.args.toReversed());
  }
  return undefined;
}

/** Follows an expression to the text, atoms and lists of them that it gives in one environment. */
class Evaluation {
  readonly #definitions: Definitions;
  readonly #env: string;
  #steps = 0;

  constructor(definitions: Definitions, env: string) {
    this.#definitions = definitions;
    this.#env = env;
  }

  strings(node: Node): readonly string[] | null {
    const literal = this.#reduce(node);
    if (literal === null) return null;
    if (isCall(literal, "++", 2)) {
      const [left, right] = literal.args.map((arg) => this.strings(arg));
      return left == null || right == null ? null : [...left, ...right];
    }
    if (literal.kind !== "list") return null;
    const values: string[] = [];
    for (const item of literal.items) {
      const value = this.#reduce(item);
      if (value?.kind !== "string") return null;
      values.push(value.value);
    }
    return values;
  }

  /** The literal (or `++` of some) behind an expression, null when it cannot be told. */
  #reduce(start: Node): Node | null {
    let node: Node | undefined = start;
    while (node !== undefined) {
      this.#steps += 1;
      if (this.#steps > MAX_STEPS) return null;
      const next = this.#step(node);
      if (next === node) return node;
      if (next === null) return null;
      node = next;
    }
    return null;
  }

  #step(node: Node): Node | null {
    if (node.kind === "list" || node.kind === "string" || node.kind === "atom") return node;
    if (isCall(node, "++", 2)) return node;
    if (isCall(node, "__block__")) return expressions(node).at(-1) ?? null;
    if (isCall(node, "@", 1)) {
      const [inner] = node.args;
      return inner?.kind === "variable"
        ? (this.#definitions.attributes.get(inner.name) ?? null)
        : null;
    }
    if (isCall(node, "if", 2) || isCall(node, "unless", 2)) return this.#branch(node);
    if (isCall(node, "case", 2)) return null;
    if (node.kind === "variable") return this.#call(`${node.name}/0`, []);
    if (node.kind !== "call" || typeof node.callee !== "string") return null;
    return this.#call(`${node.callee}/${node.args.length}`, node.args);
  }

  #call(key: string, args: readonly Node[]): Node | null {
    for (const clause of this.#definitions.functions.get(key) ?? []) {
      const verdict = this.#takes(clause, args);
      if (verdict === null) return null;
      if (verdict) return clause.body;
    }
    return null;
  }

  /** Null when that cannot be told. */
  #takes({ patterns, guard }: Clause, args: readonly Node[]): boolean | null {
    for (const [i, pattern] of patterns.entries()) {
      if (pattern.kind === "variable") continue;
      const value = this.#atom(args[i]);
      if (pattern.kind !== "atom" || value === null) return null;
      if (pattern.name !== value) return false;
    }
    if (guard === null) return true;
    const bound = (node: Node): Node | undefined => {
      const at = patterns.findIndex((p) => p.kind === "variable" && p.name === nameOf(node));
      return at < 0 ? node : args[at];
    };
    return this.#test(guard, bound);
  }

  #branch(node: CallNode): Node | null {
    const [condition, block] = node.args;
    const verdict = condition === undefined ? null : this.#test(condition, (inner) => inner);
    if (verdict === null) return null;
    const taken = verdict === isCall(node, "if") ? "do" : "else";
    return keyword(block, taken) ?? null;
  }

  /** `x == :test`, `x in [:dev, :test]` and the like. */
  #test(node: Node, bound: (node: Node) => Node | undefined): boolean | null {
    if (node.kind !== "call" || node.args.length !== 2) return null;
    const [left, right] = node.args;
    const value = left === undefined ? null : this.#atom(bound(left));
    if (value === null || right === undefined) return null;
    if (isCall(node, "in") && right.kind === "list") {
      return right.items.some((item) => this.#atom(item) === value);
    }
    const other = this.#atom(right);
    if (other === null) return null;
    if (isCall(node, "==") || isCall(node, "===")) return value === other;
    return isCall(node, "!=") || isCall(node, "!==") ? value !== other : null;
  }

  #atom(node: Node | undefined): string | null {
    if (node === undefined) return null;
    if (node.kind === "atom") return node.name;
    const remote = remoteCall(node);
    if (remote === null || remote.args.length > 0) return null;
    const isMix = isCall(remote.receiver, "__aliases__", 1) && remote.name === "env";
    return isMix ? this.#env : null;
  }
}

function nameOf(node: Node): string | null {
  return node.kind === "variable" ? node.name : null;
}
