// The tree: Elixir's quoted form as typed objects that know where they stand in the text.
//
// One node per quoted node, no more and no less, so that whatever is true of `Code.string_to_quoted`
// is true here: `a + b` is the call `+`, `%{}` and `{}` (but not pairs) are calls, `@x 1` is `@(x(1))`,
// `fn` and `do` blocks hold `->` calls, a remote call's callee is the call `.`. Literals that Elixir
// wraps in `__block__` when asked to (`literal_encoder`) are nodes with metadata of their own.

/** 1-based. Columns count what Elixir counts: code points outside, graphemes inside quotes. */
export type Position = { readonly line: number; readonly column: number };

/** What Elixir keeps beside a node; keys that are absent in Elixir's metadata are absent here. */
export type Meta = Position & {
  readonly closing?: Position;
  readonly do?: Position;
  readonly end?: Position;
  /** of the last segment of an alias */
  readonly last?: Position;
  readonly newlines?: number;
  readonly endOfExpression?: EndOfExpression;
  readonly delimiter?: string;
  readonly indentation?: number;
  readonly format?: "keyword" | "atom";
  /** a number or a character as written */
  readonly token?: string;
  readonly noParens?: true;
  readonly ambiguousOp?: true;
  readonly fromBrackets?: true;
  readonly fromInterpolation?: true;
  /** each pair of superfluous parentheses around the node, innermost first */
  readonly parens?: readonly Parens[];
  /** of the `=>` behind a key */
  readonly assoc?: Position;
  /** since 1.20, of the `do` before the only expression of its section; for Elixir a `parens` entry */
  readonly section?: Position;
  /** line and column are where the node begins; Elixir keeps none for it */
  readonly unlocated?: true;
  /** all `parens` and ends of expressions, innermost first, where parentheses hold an end: `(a;)` */
  readonly wrappers?: readonly Wrapper[];
};

export type Parens = Position & { readonly closing: Position };
export type EndOfExpression = Position & { readonly newlines?: number };
export type Wrapper = { readonly parens: Parens } | { readonly endOfExpression: EndOfExpression };

type Base = {
  /**
   * Offsets into the source text in UTF-16 units, end exclusive; `Source` converts to bytes and positions.
   * Parentheses around an expression are part of its range; children lie inside their parents.
   */
  readonly start: number;
  readonly end: number;
  /** null where Elixir keeps none: keyword lists, pairs in them, segments of aliases, names after a dot */
  readonly meta: Meta | null;
};

/** `raw` is the name as written between quotes, where that differs from the name. */
export type AtomNode = Base & {
  readonly kind: "atom";
  readonly name: string;
  readonly raw?: string;
};
/** `value` is a bigint beyond 2^53. */
export type IntegerNode = Base & { readonly kind: "integer"; readonly value: number | bigint };
export type FloatNode = Base & { readonly kind: "float"; readonly value: number };
/**
 * `raw` is the text between the delimiters (without the indentation of a heredoc and the backslashes before
 * delimiters), `value` has escapes resolved, with U+FFFD for bytes that are no UTF-8.
 */
export type StringNode = Base & {
  readonly kind: "string";
  readonly value: string;
  readonly raw: string;
};
/** Also the modifiers of a sigil, then without metadata. */
export type CharlistNode = Base & {
  readonly kind: "charlist";
  readonly value: string;
  readonly raw: string;
};
export type ListNode = Base & { readonly kind: "list"; readonly items: readonly Node[] };
/** `{left, right}`, also each entry of a keyword list and each `key => value` of a map. */
export type PairNode = Base & {
  readonly kind: "pair";
  readonly left: Node;
  readonly right: Node;
};
/** `{name, meta, nil}`: a variable, or a call without parentheses and arguments. */
export type VariableNode = Base & { readonly kind: "variable"; readonly name: string };
/** `{callee, meta, args}`. `callee` is a name, or a node: `.` of a remote call, a call that is called. */
export type CallNode = Base & {
  readonly kind: "call";
  readonly callee: string | Node;
  readonly args: readonly Node[];
};
/** Text that could not be parsed; what could be read of it is in `children`. */
export type BrokenNode = Base & { readonly kind: "broken"; readonly children: readonly Node[] };

export type Node =
  | AtomNode
  | IntegerNode
  | FloatNode
  | StringNode
  | CharlistNode
  | ListNode
  | PairNode
  | VariableNode
  | CallNode
  | BrokenNode;

export type NodeKind = Node["kind"];
