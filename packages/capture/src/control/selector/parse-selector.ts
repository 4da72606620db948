// Parses one selector:
//
//   [not] TARGET [(patterns) | /arity] [when guard [when guard]…] [called by FUNCTION]
//   TARGET = * | app:NAME | Shop.Cart | Shop.* | :ets | :rabbit_* , each with an optional .function
//
// A last segment that starts with a capital is a module, any other a function.

import { err, ok, type Result } from "@elixirscope/base";
import { parseExpression } from "./parse-expression.ts";
import type { Caller, Expression, ModulePattern, Selector, Span } from "./selector.ts";
import { selectorErrorOf, SelectorFault, type SelectorError } from "./selector-error.ts";
import { tokenize } from "./token.ts";
import { TokenCursor } from "./token-cursor.ts";

type Target = {
  readonly modules: ModulePattern;
  readonly moduleSpan: Span;
  readonly function: string | null;
  readonly functionSpan: Span;
};

/** Also bounds how deep an expression can nest. */
const MAX_LENGTH = 4_000;

export function parseSelector(text: string): Result<Selector, SelectorError> {
  try {
    return ok(parse(text));
  } catch (thrown) {
    return err(selectorErrorOf(text, thrown));
  }
}

function parse(text: string): Selector {
  if (text.length > MAX_LENGTH) {
    const at = { start: MAX_LENGTH, end: MAX_LENGTH + 1 };
    throw new SelectorFault(`a selector has at most ${MAX_LENGTH} characters`, at);
  }
  const cursor = new TokenCursor(tokenize(text));
  if (text.trim() === "") {
    throw new SelectorFault("an empty selector chooses nothing; write Shop.* for example", {
      start: 0,
      end: 1,
    });
  }
  const exclude = cursor.acceptWord("not");
  const target = parseTarget(cursor);
  const { arity, patterns } = parseArguments(cursor, target);
  const guards: Expression[] = [];
  let caller: Caller | null = null;
  while (cursor.token.kind !== "end") {
    const word = cursor.token;
    if (cursor.acceptWord("when")) {
      if (patterns === null) throw needsPatterns(word);
      guards.push(parseExpression(cursor));
    } else if (cursor.isWord("called") && caller === null) {
      cursor.next();
      if (!cursor.acceptWord("by")) throw cursor.unexpected("by after called");
      caller = parseCaller(cursor);
    } else throw cursor.unexpected("when, called by, or the end");
  }
  if (exclude && (guards.length > 0 || caller !== null || patterns !== null)) {
    throw new SelectorFault("not takes whole functions away; it cannot look at their arguments", {
      start: 0,
      end: text.length,
    });
  }
  return { text, exclude, ...target, arity, patterns, guards, caller };
}

function needsPatterns(at: Span): SelectorFault {
  return new SelectorFault(
    "a guard needs named arguments, as in Shop.Cart.add(cart, qty) when …",
    at,
  );
}

function parseTarget(cursor: TokenCursor): Target {
  const start = cursor.token.start;
  const modules = parseModules(cursor);
  const moduleSpan = { start, end: cursor.lastEnd };
  if (!(cursor.is(".") && cursor.touches)) {
    return { modules, moduleSpan, function: null, functionSpan: moduleSpan };
  }
  cursor.next();
  const from = cursor.token.start;
  const name = cursor.token.kind === "string" ? cursor.next().text : parseGlob(cursor);
  return {
    modules,
    moduleSpan,
    function: name,
    functionSpan: { start: from, end: cursor.lastEnd },
  };
}

function parseModules(cursor: TokenCursor): ModulePattern {
  const token = cursor.token;
  if (cursor.accept("*")) return { kind: "own" };
  if (token.kind === "atom") return erlangModules(cursor);
  if (token.kind === "alias") return elixirModules(cursor);
  if (cursor.isWord("app")) {
    cursor.next();
    return { kind: "application", name: cursor.expectKind("atom", ":name after app").text };
  }
  if (token.kind === "identifier" && cursor.peek(1)?.kind === "atom") {
    throw new SelectorFault(
      `write :${token.text}.${cursor.peek(1)?.text} for Erlang's ${token.text}:${cursor.peek(1)?.text}`,
      {
        start: token.start,
        end: cursor.peek(1)?.end ?? token.end,
      },
    );
  }
  if (token.kind === "identifier") {
    throw new SelectorFault(
      `a module starts with a capital (Shop) or a colon (:${token.text})`,
      token,
    );
  }
  throw cursor.unexpected("a module, as Shop.Cart, Shop.* or :ets");
}

function erlangModules(cursor: TokenCursor): ModulePattern {
  let glob = cursor.next().text;
  let wild = false;
  while (cursor.touches && (cursor.is("*") || cursor.token.kind === "identifier")) {
    wild ||= cursor.is("*");
    glob += cursor.next().text;
  }
  if (wild) return { kind: "glob", glob };
  return { kind: "exact", module: glob };
}

function elixirModules(cursor: TokenCursor): ModulePattern {
  let name = `Elixir.${cursor.next().text}`;
  let wild = false;
  for (;;) {
    if (cursor.is("*") && cursor.touches) {
      cursor.next();
      name += "*";
      wild = true;
      if (cursor.touches && cursor.token.kind === "alias") name += cursor.next().text;
      continue;
    }
    const after = cursor.peek(1);
    if (!cursor.is(".") || !cursor.touches) break;
    if (after?.kind === "alias") {
      cursor.next();
      name += `.${cursor.next().text}`;
      continue;
    }
    if (!isStar(after) || !endsSegment(cursor.peek(2))) break;
    cursor.next();
    cursor.next();
    // `Shop.**` is what some expect to need; it is the same
    if (cursor.is("*") && cursor.touches) cursor.next();
    if (wild) throw new SelectorFault("a module can have * in one place", cursor.token);
    return { kind: "below", module: name };
  }
  return wild ? { kind: "glob", glob: name } : { kind: "exact", module: name };
}

function isStar(token: ReturnType<TokenCursor["peek"]>): boolean {
  return token?.kind === "punctuation" && token.text === "*";
}

/** Whether `.*` stands alone (`Shop.*`, `Shop.*.add`) rather than starts a name (`Shop.*_changed`). */
function endsSegment(token: ReturnType<TokenCursor["peek"]>): boolean {
  return (
    token === null ||
    token.kind !== "identifier" ||
    token.text === "when" ||
    token.text === "called"
  );
}

/** A function's name with `*` for any characters. */
function parseGlob(cursor: TokenCursor): string {
  if (!(cursor.is("*") || cursor.token.kind === "identifier" || cursor.token.kind === "alias")) {
    throw cursor.unexpected("the name of a function");
  }
  let glob = cursor.next().text;
  while (cursor.touches && (cursor.is("*") || cursor.token.kind === "identifier")) {
    glob += cursor.next().text;
  }
  return glob;
}

function parseArguments(
  cursor: TokenCursor,
  target: Target,
): { arity: number | null; patterns: readonly Expression[] | null } {
  if (cursor.is("/")) {
    requireFunction(cursor, target);
    cursor.next();
    const number = cursor.expectKind("integer", "a number of arguments after /");
    const arity = Number(number.text);
    if (arity > 255) throw new SelectorFault("a function has at most 255 arguments", number);
    return { arity, patterns: null };
  }
  if (!cursor.is("(")) return { arity: null, patterns: null };
  requireFunction(cursor, target);
  cursor.next();
  const patterns: Expression[] = [];
  while (!cursor.accept(")")) {
    patterns.push(parseExpression(cursor));
    if (!cursor.is(")")) cursor.expect(",", "or ) after an argument");
  }
  return { arity: patterns.length, patterns };
}

function requireFunction(cursor: TokenCursor, target: Target): void {
  if (target.function === null) {
    throw new SelectorFault("this needs a function, as in Shop.Cart.add/2", {
      start: target.moduleSpan.start,
      end: cursor.token.end,
    });
  }
}

function parseCaller(cursor: TokenCursor): Caller {
  const target = parseTarget(cursor);
  if (target.modules.kind !== "exact") {
    throw new SelectorFault("a caller is one module or function, without *", target.moduleSpan);
  }
  if (target.function?.includes("*") === true) {
    throw new SelectorFault("a caller is one function, without *", target.functionSpan);
  }
  const { arity, patterns } = parseArguments(cursor, target);
  if (patterns !== null) {
    throw new SelectorFault("a caller's arguments are not known; write its arity, as pay/2", {
      start: target.functionSpan.start,
      end: cursor.lastEnd,
    });
  }
  const span = { start: target.moduleSpan.start, end: cursor.lastEnd };
  return { module: target.modules.module, function: target.function, arity, span };
}
