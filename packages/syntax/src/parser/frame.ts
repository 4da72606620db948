// What is open while parsing. Frames take the place of recursion: an operand is read, then operators and
// brackets below it on the stack are completed as far as the next token allows. Nesting costs memory only.

import type { Draft } from "./nodes.ts";
import type { Meta, Node } from "../ast.ts";

/** `left op ?` */
export const BINARY = 0;
/** `op ?` */
export const UNARY = 1;
/** `f(?` */
export const CALL = 2;
/** `f ?` */
export const NO_PARENS_CALL = 3;
/** `x when k: ?`, the only operand that may be keywords without brackets */
export const KEYWORDS = 4;
/** `subject[?` */
export const ACCESS = 5;
export const LIST = 6;
export const TUPLE = 7;
export const BITSTRING = 8;
/** `%{?` and `%Name{?` */
export const MAP = 9;
/** `%?{` */
export const STRUCT = 10;
/** `Name.{?` */
export const DOT_TUPLE = 11;
/** a quoted text with interpolation */
export const TEXT_PARTS = 12;
/** a call whose do block is being read; a body is above it */
export const DO_BLOCK = 13;
/** expressions and clauses; `owner` says whose */
export const BODY = 14;

/** Whose body it is: what may stand in it, and what ends it. */
export const FILE = 0;
export const INTERPOLATION = 1;
export const PARENS = 2;
export const FN_BODY = 3;
export const SECTION = 4;

/** What a value is, as the grammar of calls without parentheses tells them apart. */
export const MATCHED = 0;
/** it ends with a do block */
export const UNMATCHED = 1;
/** a call without parentheses that takes several arguments; nothing can follow them */
export const NO_PARENS = 2;
/** the same below a prefix operator, which maps take as they take calls with do blocks */
export const PREFIXED = 3;

export class Frame {
  readonly kind: number;
  /** index of the token that opened it: the operator, the bracket, the name */
  readonly token: number;
  /** offset at which its node begins */
  start: number;
  /** a do block does not belong to a call directly in here, but to one farther out */
  noDo = false;
  /** names in here take no arguments without parentheses: `%name{}` */
  noArguments = false;
  /** the left operand, the subject of an access, a struct's name, a map that is updated */
  node: Node | null = null;
  nodeClass: number = MATCHED;
  items: Node[] = [];
  /** entries of the keyword list that has begun */
  keywords: Node[] | null = null;
  /** a key that waits for its value; in a map, also before `=>` */
  key: Node | null = null;
  /** the key is one before `=>` */
  assoc = false;
  /** of a map that updates another: its bar, and newlines about it */
  updateToken = -1;
  updateNewlines = 0;
  /** of the entries of a struct: its `%` */
  structToken = -1;
  /** newlines after the opening token, or about an operator */
  newlines = 0;
  /** of a call: name or node that is called, where, and the metadata gathered so far */
  callee: string | Node = "";
  meta: Draft<Meta> | null = null;
  /** token index of an argument that is a `NO_PARENS` value, -1 for none */
  ambiguous = -1;
  /** of the second pair of parentheses in `f(x)(y)` */
  nested = false;
  /** of the line that its body must be indented from; -1 until asked for */
  indentation = -1;
  /** of a body */
  owner: number = FILE;
  /** token of the separator it begins with, if it has one; in parentheses, `(;` */
  separator = -1;
  hasSeparator = false;
  semicolon = false;
  /** the clause that is being read: its node without body, and where the body's expressions begin */
  clause: Clause | null = null;
  clauses: Node[] = [];
  /** of an interpolation: `closable` as it was around it */
  saved: Int32Array | null = null;
  /** arguments before a `->`, once a comma, keywords or parentheses make clear that they are such */
  arguments: Node[] | null = null;
  /** parentheses around those arguments: tokens of opening and closing */
  parens: { readonly open: number; readonly close: number } | null = null;
  /** token of the `when` after arguments in parentheses, -1 for none */
  guard = -1;
  /** an expression may begin here that turns out to be the arguments of a clause */
  atHead = true;

  constructor(kind: number, token: number, start: number) {
    this.kind = kind;
    this.token = token;
    this.start = start;
  }
}

export type Clause = {
  readonly token: number;
  readonly start: number;
  readonly arguments: Node;
  readonly meta: Draft<Meta>;
};
