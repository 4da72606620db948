// The sections of a `do` block: `do`, `else`, `rescue` and the others, and what is in them.

import { blocks, expressions, type Node } from "@elixirscope/syntax";

export type Call = Node & { readonly kind: "call" };

/** In source order: `do`, `else`, `rescue` … */
export type Section = { readonly key: string; readonly body: Node };

export function sectionsOf(node: Call): readonly Section[] | null {
  return blocks(node) === undefined ? null : sectionsIn(node.args.at(-1));
}

export function sectionsIn(list: Node | undefined): readonly Section[] | null {
  if (list?.kind !== "list") return null;
  const sections = list.items.flatMap((item): Section[] =>
    item.kind === "pair" && item.left.kind === "atom"
      ? [{ key: item.left.name, body: item.right }]
      : [],
  );
  return sections.some(({ key }) => key === "do") ? sections : null;
}

/** The clauses of a section. */
export function listed(body: Node | undefined): readonly Node[] {
  return body?.kind === "list" ? body.items : [];
}

export function firstOf(body: Node | undefined): Node | undefined {
  return body === undefined ? undefined : expressions(body)[0];
}
