// How much of a server's state one callback handles: fields read + fields written + shapes of answers
// beyond the first. 0 for functions that are no callbacks with a state.
//
// Fields are found by name through the usual ways to read and write maps, `assigns` included; helper
// functions that are given the state count as one field named `*`.

import { pushAll } from "@elixirscope/base";
import { aliasSegments, children, isCall, remoteCall, walk, type Node } from "@elixirscope/syntax";
import type { ClauseSyntax, FunctionSyntax, ModuleSyntax } from "../module/module-syntax.ts";
import { accessOf, callOf, isFieldRead, tupleItems } from "../patterns/code/call.ts";
import { codeOf } from "./clause-parts.ts";
import { stateArgument } from "./server-state.ts";

export type StateUse = {
  readonly read: ReadonlySet<string>;
  readonly written: ReadonlySet<string>;
  /** `:reply/3`, `:noreply/2`, `:stop/4`: the answers that it gives */
  readonly answers: ReadonlySet<string>;
};

export function stateComplexity({ read, written, answers }: StateUse): number {
  return read.size + written.size + Math.max(0, answers.size - 1);
}

/** What a callback does with its state; null for other functions. */
export function stateUse(fn: FunctionSyntax, module: ModuleSyntax): StateUse | null {
  const index = stateArgument(fn.data, module.data);
  if (index < 0) return null;
  const reader = new StateReader();
  for (const clause of fn.clauses) reader.readClause(clause, index);
  return reader;
}

const ANSWERS = new Set([
  "reply",
  "noreply",
  "stop",
  "ok",
  "error",
  "next_state",
  "keep_state",
  "push",
  "halt",
]);
const MAP_READERS = new Set(["get", "fetch", "fetch!", "has_key?"]);
const MAP_WRITERS = new Set([
  "put",
  "update",
  "update!",
  "delete",
  "replace",
  "replace!",
  "put_new",
  "pop",
  "get_and_update",
]);

class StateReader implements StateUse {
  readonly read = new Set<string>();
  readonly written = new Set<string>();
  readonly answers = new Set<string>();

  readClause(clause: ClauseSyntax, index: number): void {
    const pattern = clause.patterns[index];
    const states = new Set<string>();
    if (pattern !== undefined) this.#readPattern(pattern, states);
    for (const root of codeOf(clause)) {
      walk(root, (node) => this.#visit(node, states));
    }
  }

  /** The names that the whole state has, and the fields taken out of it. */
  #readPattern(pattern: Node, states: Set<string>): void {
    const stack = [pattern];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (node.kind === "variable" && node.name !== "_") states.add(node.name);
      else if (isCall(node, "=", 2)) pushAll(stack, node.args);
      else if (isCall(node, "%", 2)) pushAll(stack, node.args.slice(1));
      else if (isCall(node, "%{}")) this.#readEntries(node.args);
    }
  }

  #readEntries(entries: readonly Node[]): void {
    const stack = [...entries];
    for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
      if (entry.kind !== "pair" || entry.left.kind !== "atom") continue;
      if (entry.left.name !== "assigns") this.read.add(entry.left.name);
      else if (isCall(entry.right, "%{}")) pushAll(stack, entry.right.args);
    }
  }

  #visit(node: Node, states: Set<string>): void {
    const answer = tupleItems(node);
    if (answer?.[0]?.kind === "atom" && ANSWERS.has(answer[0].name)) {
      this.answers.add(`:${answer[0].name}/${answer.length}`);
    }
    if (node.kind !== "call") return;
    if (isCall(node, "=", 2)) this.#visitMatch(node.args, states);
    if (isFieldRead(node) || accessOf(node) !== null) this.#visitRead(node, states);
    else if (isCall(node, "%{}")) this.#visitUpdate(node.args[0], states);
    else this.#visitCall(node, states);
  }

  /** `state = %{state | …}` makes another name of the state; `%{a: a} = state` reads it. */
  #visitMatch([left, right]: readonly Node[], states: Set<string>): void {
    if (left === undefined || right === undefined) return;
    if (left.kind === "variable" && isMadeOf(right, states)) states.add(left.name);
    if (left.kind !== "variable" && isState(right, states)) this.#readPattern(left, new Set());
  }

  #visitRead(node: Node, states: ReadonlySet<string>): void {
    const access = accessOf(node);
    const remote = remoteCall(node);
    const container = access?.container ?? remote?.receiver;
    const name = access === null ? remote?.name : keyName(access.key);
    if (container === undefined || name === undefined) return;
    if (isState(container, states) && name !== "assigns") this.read.add(name);
  }

  #visitUpdate(update: Node | undefined, states: ReadonlySet<string>): void {
    if (!isCall(update, "|", 2)) return;
    const [base, changes] = update.args;
    if (base === undefined || !isState(base, states) || changes?.kind !== "list") return;
    for (const change of changes.items) {
      if (change.kind === "pair") this.written.add(keyName(change.left));
    }
  }

  #visitCall(node: Node, states: ReadonlySet<string>): void {
    const call = callOf(node);
    const [subject, key] = call?.args ?? [];
    if (call === null || subject === undefined) return;
    const module =
      call.receiver === null ? null : (aliasSegments(call.receiver)?.join(".") ?? null);
    if ((call.name === "put_in" || call.name === "update_in") && this.#visitPath(subject, states))
      return;
    if (!isMadeOf(subject, states) || key === undefined) return;
    if (module === "Map" && MAP_READERS.has(call.name)) this.read.add(keyName(key));
    else if (module === "Map" && MAP_WRITERS.has(call.name)) this.written.add(keyName(key));
    else if (/^(assign|assign_new|update|stream|stream_insert)$/.test(call.name))
      this.#visitAssign(key);
  }

  #visitAssign(key: Node): void {
    if (key.kind !== "list") this.written.add(keyName(key));
    else
      for (const item of key.items) if (item.kind === "pair") this.written.add(keyName(item.left));
  }

  /** `put_in(state.a.b, v)` writes `a`. */
  #visitPath(path: Node, states: ReadonlySet<string>): boolean {
    for (let at: Node | undefined = path; at !== undefined;) {
      const access = accessOf(at);
      const remote = remoteCall(at);
      const container: Node | undefined = access?.container ?? remote?.receiver;
      if (container === undefined) return false;
      if (isState(container, states)) {
        this.written.add(access === null ? (remote?.name ?? "*") : keyName(access.key));
        return true;
      }
      at = container;
    }
    return false;
  }
}

/** The state itself, or its `assigns`. */
function isState(node: Node, states: ReadonlySet<string>): boolean {
  let at = node;
  for (let read = remoteCall(at); read?.name === "assigns"; read = remoteCall(at)) {
    at = read.receiver;
  }
  return at.kind === "variable" && states.has(at.name);
}

/** The state or a changed copy: `%{state | …}`, `Map.put(state, …)`, `state |> assign(…)`. */
function isMadeOf(node: Node, states: ReadonlySet<string>): boolean {
  for (let at: Node | undefined = node; at !== undefined;) {
    if (isState(at, states)) return true;
    if (isCall(at, "%{}")) {
      const update: Node | undefined = at.args[0];
      at = isCall(update, "|", 2) ? update.args[0] : undefined;
    } else {
      const call = callOf(at);
      at = call === null || children(at).length === 0 ? undefined : call.args[0];
    }
  }
  return false;
}

/** An atom or string as it is, `*` for a key that is computed. */
function keyName(key: Node): string {
  if (key.kind === "atom") return key.name;
  return key.kind === "string" ? key.value : "*";
}
