// Elixir source of a term before it is broken into lines. A node knows how wide it is on one line, so that
// laying out needs one look at each; it walks with a stack of its own.

export type SourceNode =
  | { readonly kind: "leaf"; readonly text: string; readonly width: number }
  | {
      readonly kind: "group";
      readonly open: string;
      readonly pieces: readonly Piece[];
      readonly close: string;
      readonly width: number;
    }
  /** `key => value` */
  | {
      readonly kind: "pair";
      readonly key: SourceNode;
      readonly value: SourceNode;
      readonly width: number;
    };

/** `joint`: what stands between it and the piece before; `prefix`: a key, or nothing. */
export type Piece = {
  readonly joint: ", " | " | ";
  readonly prefix: string;
  readonly node: SourceNode;
};

const ARROW = " => ";
/** As `mix format` has it. */
const LINE = 98;

export function leaf(text: string): SourceNode {
  return { kind: "leaf", text, width: text.length };
}

export function group(open: string, pieces: readonly Piece[], close: string): SourceNode {
  let width = open.length + close.length;
  for (const [i, { joint, prefix, node }] of pieces.entries()) {
    width += (i === 0 ? 0 : joint.length) + prefix.length + node.width;
  }
  return { kind: "group", open, pieces, close, width };
}

export function pair(key: SourceNode, value: SourceNode): SourceNode {
  return { kind: "pair", key, value, width: key.width + ARROW.length + value.width };
}

type Todo =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "line"; readonly indent: number }
  /** `after`: how much text follows on its last line */
  | {
      readonly kind: "node";
      readonly node: SourceNode;
      readonly indent: number;
      readonly after: number;
    };

/** `column`: where it begins; `indent`: of the line that it begins on. */
export function layoutSource(whole: SourceNode, indent: number, column: number): string {
  const parts: string[] = [];
  let at = column;
  const pending: Todo[] = [{ kind: "node", node: whole, indent, after: 0 }];
  for (let todo = pending.pop(); todo !== undefined; todo = pending.pop()) {
    if (todo.kind === "line") {
      parts.push(`\n${" ".repeat(todo.indent)}`);
      at = todo.indent;
    } else if (todo.kind === "text") {
      parts.push(todo.text);
      at += todo.text.length;
    } else {
      const fits = at + todo.node.width + todo.after <= LINE;
      for (const next of expanded(todo.node, fits, todo).toReversed()) pending.push(next);
    }
  }
  return parts.join("");
}

function expanded(
  node: SourceNode,
  fits: boolean,
  { indent, after }: { readonly indent: number; readonly after: number },
): readonly Todo[] {
  if (node.kind === "leaf") return [{ kind: "text", text: node.text }];
  if (node.kind === "pair") {
    return [
      { kind: "node", node: node.key, indent, after: ARROW.length },
      { kind: "text", text: ARROW },
      { kind: "node", node: node.value, indent, after },
    ];
  }
  const isBroken = !fits && node.pieces.length > 0;
  const todos: Todo[] = [{ kind: "text", text: node.open }];
  for (const [i, { joint, prefix, node: inner }] of node.pieces.entries()) {
    if (isBroken) {
      if (i > 0 && joint === ", ") todos.push({ kind: "text", text: "," });
      todos.push({ kind: "line", indent: indent + 2 });
      if (i > 0 && joint === " | ") todos.push({ kind: "text", text: "| " });
    } else if (i > 0) {
      todos.push({ kind: "text", text: joint });
    }
    todos.push({ kind: "text", text: prefix });
    todos.push({ kind: "node", node: inner, indent: isBroken ? indent + 2 : indent, after: 1 });
  }
  if (isBroken) todos.push({ kind: "line", indent });
  todos.push({ kind: "text", text: node.close });
  return todos;
}
