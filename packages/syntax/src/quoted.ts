// The tree as the term that `Code.string_to_quoted` answers, for every combination of its options.

import { assertNever } from "@elixirscope/base";
import type { Term } from "@elixirscope/etf";
import { atom, binary, charlist, float, integer, list, tuple } from "@elixirscope/etf";
import type {
  BrokenNode,
  CallNode,
  EndOfExpression,
  Meta,
  Node,
  Position,
  VariableNode,
} from "./ast.ts";
import { unescapeBytes } from "./lexer/escapes.ts";
import type { ElixirVersion } from "./parsed.ts";
import { NEWEST, releaseOf } from "./releases.ts";
import { children } from "./tree.ts";
import { wrappersOf } from "./parser/wrap.ts";

/** Elixir's options; all are off by default but `unescape`, as there. */
export type QuotedOptions = {
  /** the release that the tree was parsed for; default: the newest */
  readonly elixir?: ElixirVersion;
  readonly columns?: boolean;
  readonly tokenMetadata?: boolean;
  /** wraps literals: `{:__block__, meta, [literal]}` */
  readonly literalEncoder?: boolean;
  readonly unescape?: boolean;
};

type Settings = Required<Omit<QuotedOptions, "elixir">> & { readonly release: number };

/** `{name, meta, args}`; text that could not be parsed is `{:__broken__, [], children}`. */
export function toQuoted(tree: Node, options: QuotedOptions = {}): Term {
  const settings: Settings = {
    columns: options.columns ?? false,
    tokenMetadata: options.tokenMetadata ?? false,
    literalEncoder: options.literalEncoder ?? false,
    unescape: options.unescape ?? true,
    release: releaseOf(options.elixir ?? NEWEST),
  };
  const done: Term[] = [];
  const tasks: { readonly node: Node; readonly below: number }[] = [{ node: tree, below: -1 }];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    const { node, below } = task;
    if (below >= 0) {
      const parts = done.splice(done.length - below);
      done.push(term(node, parts, settings));
      continue;
    }
    const parts = children(node);
    if (parts.length === 0) {
      done.push(term(node, [], settings));
      continue;
    }
    tasks.push({ node, below: parts.length });
    for (const part of parts.toReversed()) tasks.push({ node: part, below: -1 });
  }
  return done[0] ?? atom("nil");
}

/** A node with its children done. */
function term(node: Node, parts: readonly Term[], settings: Settings): Term {
  switch (node.kind) {
    case "variable":
      return tuple(atom(node.name), meta(node, settings), atom("nil"));
    case "call":
      return call(node, parts, settings);
    case "broken":
      return tuple(atom("__broken__"), list([]), list(parts));
    case "atom":
    case "integer":
    case "float":
    case "string":
    case "charlist":
    case "list":
    case "pair":
      return encoded(node, literal(node, parts, settings), settings);
    default:
      return assertNever(node);
  }
}

function encoded(node: Node, value: Term, settings: Settings): Term {
  if (!settings.literalEncoder || node.meta === null) return value;
  return tuple(atom("__block__"), meta(node, settings), list([value]));
}

type LiteralNode = Exclude<Node, CallNode | VariableNode | BrokenNode>;

function literal(node: LiteralNode, parts: readonly Term[], settings: Settings): Term {
  switch (node.kind) {
    case "atom":
      return atom(settings.unescape ? node.name : (node.raw ?? node.name));
    case "integer":
      return integer(node.value);
    case "float":
      return Number.isFinite(node.value) ? float(node.value) : float(0);
    case "string":
      return binary(settings.unescape ? bytes(node.value, node.raw) : node.raw);
    case "charlist":
      return charlist(settings.unescape ? node.value : node.raw);
    case "pair":
      return tuple(...parts);
    case "list":
      return list(parts);
    default:
      return assertNever(node);
  }
}

/** The content of a sigil keeps its escapes: both forms of it are the same. */
function bytes(value: string, raw: string): Uint8Array | string {
  return value === raw ? raw : unescapeBytes(raw);
}

function call(node: CallNode, parts: readonly Term[], settings: Settings): Term {
  const entries = meta(node, settings);
  if (typeof node.callee === "string") return tuple(atom(node.callee), entries, list(parts));
  const [callee, ...args] = parts;
  return tuple(callee ?? list([]), entries, list(args));
}

function entry(key: string, value: Term): Term {
  return tuple(atom(key), value);
}

function place({ line, column }: Position, settings: Settings): Term[] {
  const entries = [entry("line", integer(line))];
  if (settings.columns) entries.push(entry("column", integer(column)));
  return entries;
}

/** Metadata in the order in which Elixir's parser builds it. */
function meta(node: Node, settings: Settings): Term {
  const { meta: own } = node;
  if (own === null) return list([]);
  const entries: Term[] = [];
  if (settings.tokenMetadata) {
    if (own.assoc !== undefined) entries.push(entry("assoc", list(place(own.assoc, settings))));
    if (settings.release >= 18) wrappers(own, settings, entries);
    else endings(node, own, settings, entries);
  }
  origin(own, entries);
  if (settings.tokenMetadata) delimiters(own, settings, entries);
  if (own.ambiguousOp === true) entries.push(entry("ambiguous_op", atom("nil")));
  if (own.noParens === true) entries.push(entry("no_parens", atom("true")));
  quoting(node, own, settings, entries);
  // an interpolated key has it as token metadata, a literal one in any case
  if (own.format !== undefined && (node.kind === "atom" || settings.tokenMetadata)) {
    entries.push(entry("format", atom(own.format)));
  }
  if (settings.tokenMetadata) {
    if (own.token !== undefined) entries.push(entry("token", binary(own.token)));
    if (own.last !== undefined) entries.push(entry("last", list(place(own.last, settings))));
  }
  if (own.unlocated !== true) entries.push(...target(node, own, settings));
  if (settings.release < 18) outerParens(own, settings, entries);
  return list(entries);
}

/** Line and column; up to 1.18 the call of a call has all that the inner call has. */
function target(node: Node, own: Meta, settings: Settings): readonly Term[] {
  if (node.kind === "call" && typeof node.callee !== "string" && settings.release < 19) {
    const { callee } = node;
    const isDot = callee.kind === "call" && callee.callee === ".";
    if (!isDot && callee.meta !== null) {
      const inner = meta(callee, settings);
      return inner.kind === "list" ? inner.items : [];
    }
  }
  return place(own, settings);
}

/** Up to 1.17 a block in more parentheses has the places of all of them behind its own. */
function outerParens(own: Meta, settings: Settings, entries: Term[]): void {
  for (const parens of own.parens ?? []) {
    if (settings.tokenMetadata) {
      entries.push(entry("closing", list(place(parens.closing, settings))));
    }
    entries.push(...place(parens, settings));
  }
}

function endings(node: Node, own: Meta, settings: Settings, entries: Term[]): void {
  const moved = endOfClause(node, settings);
  if (moved !== null) entries.push(endOfExpression(moved, settings));
  const { endOfExpression: end } = own;
  if (end !== undefined) entries.push(endOfExpression(end, settings));
}

function wrappers(own: Meta, settings: Settings, entries: Term[]): void {
  if (own.section !== undefined) entries.push(entry("parens", list(place(own.section, settings))));
  for (const wrapper of wrappersOf(own).toReversed()) {
    if ("parens" in wrapper) {
      const { parens } = wrapper;
      const closing = entry("closing", list(place(parens.closing, settings)));
      const at = place(parens, settings);
      const parts = settings.release < 20 ? [...at, closing] : [closing, ...at];
      entries.push(entry("parens", list(parts)));
    } else {
      entries.push(endOfExpression(wrapper.endOfExpression, settings));
    }
  }
}

function endOfExpression(end: EndOfExpression, settings: Settings): Term {
  const newlines = end.newlines === undefined ? [] : [entry("newlines", integer(end.newlines))];
  return entry("end_of_expression", list([...newlines, ...place(end, settings)]));
}

/** Up to 1.17 the end of a clause's literal, which has no metadata, is kept at the `->`. */
function endOfClause(node: Node, settings: Settings): EndOfExpression | null {
  if (settings.literalEncoder) return null;
  if (node.kind !== "call" || node.callee !== "->") return null;
  const body = node.args[1];
  const isBlock = body?.kind === "call" && body.callee === "__block__" && body.meta === null;
  const first = isBlock ? body.args[0] : body;
  if (first === undefined || first.kind === "call" || first.kind === "variable") return null;
  return first.meta?.endOfExpression ?? null;
}

function origin(own: Meta, entries: Term[]): void {
  if (own.fromBrackets === true) entries.push(entry("from_brackets", atom("true")));
  if (own.fromInterpolation === true) entries.push(entry("from_interpolation", atom("true")));
}

function delimiters(own: Meta, settings: Settings, entries: Term[]): void {
  if (own.do !== undefined) entries.push(entry("do", list(place(own.do, settings))));
  if (own.end !== undefined) entries.push(entry("end", list(place(own.end, settings))));
  if (own.newlines !== undefined) entries.push(entry("newlines", integer(own.newlines)));
  if (own.closing !== undefined) entries.push(entry("closing", list(place(own.closing, settings))));
}

/** Sigils keep their quotes and indentation in any case, other text only as token metadata. */
function quoting(node: Node, own: Meta, settings: Settings, entries: Term[]): void {
  const sigil =
    node.kind === "call" &&
    typeof node.callee === "string" &&
    (node.callee.startsWith("sigil_") || own.delimiter === undefined);
  if (!settings.tokenMetadata && !sigil) return;
  if (own.delimiter !== undefined) entries.push(entry("delimiter", binary(own.delimiter)));
  if (own.indentation !== undefined) {
    entries.push(entry("indentation", integer(own.indentation)));
  }
}
