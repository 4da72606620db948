// Where the functions of a source file stand, read from its text; each file is parsed once.

import { parse } from "@elixirscope/syntax";
import { Kept } from "../kept.ts";
import { mfaText } from "../names.ts";
import type { Source } from "../sql.ts";

export type OutlineFunction = {
  readonly mfa: string;
  /** by its default arguments it has these names, too */
  readonly others: readonly string[];
  readonly line: number;
  readonly endLine: number;
};

const kept = new Kept<string, readonly OutlineFunction[]>(50);

export async function sourceOutline(
  source: Source,
  file: string,
  text: string,
): Promise<readonly OutlineFunction[]> {
  if (!/\.exs?$/.test(file)) return [];
  const key = `${file}\n${text}`;
  const known = kept.get(source, key);
  if (known !== undefined) return known;
  // most questions are not about code: they need not wait until this is loaded
  const { fileSyntax } = await import("@elixirscope/codegraph");
  const outline = fileSyntax(file, parse(text, { file })).modules.flatMap(({ functions }) =>
    functions.flatMap(({ data }) => {
      const { module, name, arity, minArity, kind, range } = data;
      if (data.dynamic === true || kind.startsWith("defguard")) return [];
      const others = Array.from({ length: arity - minArity }, (_, i) =>
        mfaText(module, name, minArity + i),
      );
      const mfa = mfaText(module, name, arity);
      return [{ mfa, others, line: range.line, endLine: range.endLine }];
    }),
  );
  const inOrder = outline.toSorted((a, b) => a.line - b.line);
  kept.set(source, key, inOrder);
  return inOrder;
}
