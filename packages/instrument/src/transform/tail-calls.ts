// Tail calls: where they stand, and which of them close a loop among the functions of the module. A loop
// of tail calls must stay one, or its stack would grow; the others may be made as ordinary calls.

import { Digraph, stronglyConnected } from "@elixirscope/base";
import type { Term } from "@elixirscope/etf";
import { callTarget, endingOf, withoutApply, type LocalFunctions } from "./call-targets.ts";
import { itemsOf, kindOf, part, partCount, variableName } from "./forms.ts";
import type { FunctionName } from "./site-list.ts";

/**
 * The last expressions of a form in tail position, as the compiler sees it: `X = E` at the end, and
 * `X = E, X`, end with `E`, for it drops the variable.
 */
export function tailParts(form: Term): readonly Term[] {
  switch (kindOf(form)) {
    case "block":
      return lastOf(itemsOf(part(form, 2)));
    case "case":
      return itemsOf(part(form, 3)).flatMap(lastOfClause);
    case "if":
      return itemsOf(part(form, 2)).flatMap(lastOfClause);
    case "receive": {
      const clauses = itemsOf(part(form, 2)).flatMap(lastOfClause);
      return partCount(form) === 5 ? [...clauses, ...lastOf(itemsOf(part(form, 4)))] : clauses;
    }
    case "try":
      // with `after` the frame stays until that has run
      if (itemsOf(part(form, 5)).length > 0) return [];
      return [...itemsOf(part(form, 3)), ...itemsOf(part(form, 4))].flatMap(lastOfClause);
    case "maybe": {
      const clauses = partCount(form) === 4 ? itemsOf(part(part(form, 3), 2)) : [];
      return [...lastOf(itemsOf(part(form, 2))), ...clauses.flatMap(lastOfClause)];
    }
    case "match":
      return variableName(part(form, 2)) === null ? [] : [part(form, 3)];
    case "op":
      return isShortCircuit(form) ? [part(form, 4)] : [];
    case "call":
      return inPlaceClauses(form).flatMap(lastOfClause);
    default:
      return [];
  }
}

export function isShortCircuit(form: Term): boolean {
  const name = part(form, 2);
  return name.kind === "atom" && (name.name === "andalso" || name.name === "orelse");
}

/** The clauses of a fun that is called where it is made; none for other calls. */
export function inPlaceClauses(call: Term): readonly Term[] {
  const callee = part(call, 2);
  if (kindOf(callee) !== "fun" || kindOf(part(callee, 2)) !== "clauses") return [];
  const body = part(callee, 2);
  return body.kind === "tuple" ? itemsOf(body.items[1] ?? body) : [];
}

/** Whether the last two statements are `X = E, X`. */
export function endsWithItsName(statements: readonly Term[]): boolean {
  const name = variableName(statements.at(-1));
  const before = statements.at(-2);
  if (name === null || before === undefined || kindOf(before) !== "match") return false;
  return variableName(part(before, 2)) === name;
}

function lastOf(statements: readonly Term[]): readonly Term[] {
  const last = endsWithItsName(statements) ? statements.at(-2) : statements.at(-1);
  return last === undefined ? [] : [last];
}

function lastOfClause(clause: Term): readonly Term[] {
  return lastOf(itemsOf(part(clause, 4)));
}

export class TailCalls {
  readonly #locals: LocalFunctions;
  readonly #known = new Map<Term, boolean>();
  /** the loop that a function is part of; null: of none */
  readonly #loops: ReadonlyMap<string, number>;

  /** `functions`: all function forms of the module. */
  constructor(locals: LocalFunctions, functions: readonly Term[]) {
    this.#locals = locals;
    this.#loops = findLoops(functions, locals);
  }

  isTailCall(form: Term): boolean {
    if (kindOf(form) !== "call") return false;
    return endingOf(callTarget(withoutApply(form), this.#locals)) !== "value";
  }

  /** Whether the form ends with a tail call on some way through it. */
  hasTailCall(form: Term): boolean {
    const known = this.#known.get(form);
    if (known !== undefined) return known;
    const found = this.isTailCall(form) || tailParts(form).some((last) => this.hasTailCall(last));
    this.#known.set(form, found);
    return found;
  }

  bodyHasTailCall(statements: readonly Term[]): boolean {
    return lastOf(statements).some((last) => this.hasTailCall(last));
  }

  /** Whether a tail call from `caller` to a function of the module may be one step of a loop. */
  closesLoop(caller: FunctionName, callee: FunctionName): boolean {
    const loop = this.#loops.get(keyOf(caller));
    return loop !== undefined && loop === this.#loops.get(keyOf(callee));
  }
}

function keyOf({ name, arity }: FunctionName): string {
  return `${name}/${String(arity)}`;
}

function functionKey(form: Term): string {
  const name = part(form, 2);
  const arity = part(form, 3);
  return `${name.kind === "atom" ? name.name : ""}/${arity.kind === "integer" ? String(arity.value) : ""}`;
}

function findLoops(functions: readonly Term[], locals: LocalFunctions): Map<string, number> {
  const index = new Map(functions.map((form, at) => [functionKey(form), at]));
  const from: number[] = [];
  const to: number[] = [];
  functions.forEach((form, at) => {
    for (const callee of localTailCalls(form, locals)) {
      const target = index.get(callee);
      if (target === undefined) continue;
      from.push(at);
      to.push(target);
    }
  });
  const components = stronglyConnected(new Digraph(functions.length, from, to));
  const members = new Map<number, number>();
  for (const component of components.of) members.set(component, (members.get(component) ?? 0) + 1);
  const selfCalls = new Set(from.filter((node, edge) => node === to[edge]));
  const loops = new Map<string, number>();
  functions.forEach((form, at) => {
    const component = components.of[at] ?? -1;
    if (selfCalls.has(at) || (members.get(component) ?? 0) > 1) {
      loops.set(functionKey(form), component);
    }
  });
  return loops;
}

/** Also those of the funs made in the function: they may run in its place. */
function localTailCalls(form: Term, locals: LocalFunctions): Set<string> {
  const found = new Set<string>();
  const visitTail = (last: Term): void => {
    if (kindOf(last) === "call") {
      const target = callTarget(withoutApply(last), locals);
      if (target.kind === "local") found.add(keyOf(target));
    }
    for (const next of tailParts(last)) visitTail(next);
  };
  const visit = (term: Term): void => {
    if (term.kind !== "tuple" && term.kind !== "list") return;
    if (isOwnClauses(term)) {
      for (const clause of clausesOf(term))
        for (const last of lastOfClause(clause)) visitTail(last);
    }
    for (const item of term.items) visit(item);
  };
  visit(form);
  return found;
}

function isOwnClauses(term: Term): boolean {
  const kind = kindOf(term);
  if (kind === "function") return partCount(term) === 5;
  return kind === "named_fun" || (kind === "fun" && kindOf(part(term, 2)) === "clauses");
}

function clausesOf(term: Term): readonly Term[] {
  if (kindOf(term) === "function") return itemsOf(part(term, 4));
  if (kindOf(term) === "named_fun") return itemsOf(part(term, 3));
  const body = part(term, 2);
  return body.kind === "tuple" ? itemsOf(body.items[1] ?? body) : [];
}
