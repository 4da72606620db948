// Functions and funs with frames: entry, body in a `try`, and the ways out of it (value, tail calls,
// exception).
//
//   f(P = A1) -> Fr = enter(S, [A1]),
//                try Body of [0 | V] -> return(Fr, S, V); [1, X] -> tail(Fr, S), g(X)
//                catch C:R:St -> raise(Fr, S, C, R, St) end

import { list, type Term } from "@elixirscope/etf";
import type { SiteKind } from "@elixirscope/trace";
import { mayRaise } from "./may-raise.ts";
import { body } from "./expressions.ts";
import {
  annoOf,
  atomNode,
  clauseNode,
  consNode,
  integerNode,
  itemsOf,
  kindOf,
  listNode,
  matchNode,
  NO_GUARD,
  node,
  NOWHERE,
  part,
  replaced,
  siteNode,
  tupleNode,
  variable,
  variableName,
} from "./forms.ts";
import { captureCall, frameCall, namedVariables, type Frame } from "./frame.ts";
import type { Jump } from "./jumps.ts";
import { jumpClause } from "./jump-clauses.ts";
import { tailBody, type Tail } from "./tail-expressions.ts";
import { bindPatterns, mentionedVariables, sourceName } from "./variables.ts";

/** A fun with frames of its own. Its frame is not the one around it: that would change what it is equal to. */
export function closure(form: Term, frame: Frame): Term {
  if (kindOf(form) === "named_fun") {
    const name = part(form, 2);
    const selfName = name.kind === "atom" ? name.name : null;
    const written = itemsOf(part(form, 3));
    const inner = { ...frame, ...ownNames(written, frame, selfName), scope: new Set(frame.scope) };
    return replaced(form, { 3: clauses(written, inner, "fn_clause") });
  }
  const made = part(form, 2);
  if (kindOf(made) !== "clauses" || made.kind !== "tuple") return form;
  const written = itemsOf(made.items[1] ?? made);
  const inner = { ...frame, ...ownNames(written, frame, null) };
  const done = clauses(written, inner, "fn_clause");
  return replaced(form, { 2: replaced(made, { 1: done }) });
}

function ownNames(
  written: readonly Term[],
  { module, owner }: Frame,
  selfName: string | null,
): Pick<Frame, "closure" | "selfName"> {
  const [first] = written;
  const arity = first === undefined ? 0 : itemsOf(part(first, 2)).length;
  return { closure: { index: module.sites.nextClosure(owner), arity }, selfName };
}

/** Clauses that begin frames: of a function or of a fun. `frame`: what is around them. */
export function clauses(forms: readonly Term[], frame: Frame, kind: SiteKind): Term {
  const captured = kind === "fn_clause" ? capturedVariables(forms, frame) : [];
  return list(forms.map((form, index) => frameClause(form, index, frame, kind, captured)));
}

/** What the fun uses of the variables around it. A name that it also binds itself is left out. */
function capturedVariables(forms: readonly Term[], frame: Frame): string[] {
  if (frame.variable === null || !frame.recording.bindings) return [];
  const heads = new Set<string>();
  for (const form of forms) bindPatterns(itemsOf(part(form, 2)), heads);
  const mentioned = mentionedVariables(list(forms));
  return [...mentioned].filter((name) => frame.scope.has(name) && !heads.has(name));
}

function frameClause(
  form: Term,
  index: number,
  outer: Frame,
  kind: SiteKind,
  captured: readonly string[],
): Term {
  const anno = annoOf(form);
  const { frames } = outer.recording;
  const holder = frames ? outer.fresh.next() : null;
  const scope = new Set(outer.scope);
  const frame: Frame = { ...outer, variable: holder, endsFun: false, scope };
  const written = itemsOf(part(form, 2));
  const inner = bindPatterns(written, new Set());
  for (const name of inner) frame.scope.add(name);
  const { patterns, values, names } = wholeArguments(written, frame);
  const statements = itemsOf(part(form, 4));
  const done = framedBody(statements, frame, anno);
  if (holder === null) return replaced(form, { 4: list(done) });
  const rest = inner.filter((name) => !names.some((each) => each.variable === name));
  const variables = frame.recording.bindings ? namedVariables(frame, [...rest, ...captured]) : [];
  const site = frame.module.sites.add({
    kind,
    anno,
    owner: frame.owner,
    clause: index,
    closure: outer.closure,
    names: [...names.map(({ name }) => name), ...variables.map(({ name }) => name)],
  });
  const more = variables.map((each) => variable(each.variable));
  const ownName = atomNode(frame.module.locals.module);
  const enter = isServersInit(frame, kind)
    ? captureCall("enter_init", [siteNode(site), listNode(values), listNode(more), ownName])
    : captureCall("enter", [
        siteNode(site),
        listNode(values),
        ...(more.length === 0 ? [] : [listNode(more)]),
      ]);
  const begin = matchNode(variable(holder), enter);
  return replaced(form, { 2: list(patterns), 4: list([begin, ...done]) });
}

function isServersInit({ module, owner }: Frame, kind: SiteKind): boolean {
  const isInit = owner.name === "init" && owner.arity === 1;
  return module.tellsStates && isInit && kind === "function_clause";
}

type WholeArguments = {
  readonly patterns: readonly Term[];
  readonly values: readonly Term[];
  readonly names: readonly { readonly variable: string; readonly name: string | null }[];
};

/** Patterns that also bind each whole argument to a variable: its own, `P = X`'s, or a new one. */
function wholeArguments(written: readonly Term[], frame: Frame): WholeArguments {
  if (!frame.recording.arguments) return { patterns: written, values: [], names: [] };
  const all = written.map((pattern) => {
    const own = wholeName(pattern);
    if (own !== null) {
      const name = sourceName(own, frame.module.elixir);
      return { pattern, value: variable(own), variable: own, name };
    }
    const fresh = frame.fresh.next();
    const value = variable(fresh);
    const isAny = variableName(pattern) === "_";
    const aliased = isAny ? value : matchNode(pattern, value);
    return { pattern: aliased, value, variable: fresh, name: null };
  });
  return {
    patterns: all.map(({ pattern }) => pattern),
    values: all.map(({ value }) => value),
    names: all.map(({ variable: holder, name }) => ({ variable: holder, name })),
  };
}

function wholeName(pattern: Term): string | null {
  const name = variableName(pattern);
  if (name !== null) return name === "_" ? null : name;
  if (kindOf(pattern) !== "match") return null;
  return wholeName(part(pattern, 2)) ?? wholeName(part(pattern, 3));
}

/** The body, and what becomes of its value, its tail calls and its exceptions. */
function framedBody(statements: readonly Term[], frame: Frame, anno: Term): Term[] {
  const raises = mayRaise(statements, frame.module);
  if (frame.variable === null && !raises) return body(statements, frame);
  const jumps: Jump[] = [];
  const tail: Tail = { frame, jumps, names: [] };
  const hasTail = frame.module.tailCalls.bodyHasTailCall(statements);
  const done = hasTail ? tailBody(statements, tail) : body(statements, frame);
  const last = done.at(-1);
  if (!raises && !hasTail && last !== undefined) {
    return [...done.slice(0, -1), returned(last, frame, anno)];
  }
  const result = variable(frame.fresh.next());
  const pattern = hasTail ? consNode(integerNode(0), result) : result;
  const ends = [
    clauseNode([pattern], NO_GUARD, [returned(result, frame, anno)]),
    ...jumps.map((jump) => jumpClause(jump, frame)),
  ];
  if (!raises) {
    return [node("case", NOWHERE, node("block", NOWHERE, list(done)), list(ends))];
  }
  const caught = caughtClause(frame, anno);
  return [node("try", NOWHERE, list(done), list(ends), list([caught]), list([]))];
}

function returned(result: Term, frame: Frame, anno: Term): Term {
  if (frame.variable === null) return result;
  const site = frame.module.sites.add({ kind: "return", anno, owner: frame.owner });
  return frameCall(frame, "return", site, [result]);
}

/** `C:R:St -> raise(…)`: recorded, and raised again as it was. */
function caughtClause(frame: Frame, anno: Term): Term {
  const { sites } = frame.module;
  const site = sites.add({ kind: "raise", anno, owner: frame.owner });
  const parts = [0, 1, 2].map(() => variable(frame.fresh.next()));
  const again =
    frame.variable === null
      ? captureCall("failed", [siteNode(site), ...parts])
      : frameCall(frame, "raise", site, parts);
  return clauseNode([tupleNode(parts)], NO_GUARD, [again]);
}
