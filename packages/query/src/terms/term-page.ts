// One page of what is inside of a part of a term.

import type { Params, TermAnswer } from "@elixirscope/wire";
import { stepText } from "../diff-view.ts";
import { styleOf } from "../print.ts";
import type { Source } from "../sql.ts";
import { keyText, termNode } from "../term-view.ts";
import { termOf } from "./term-of.ts";
import { partAt, partsOf, pathText, stepTo } from "./term-parts.ts";

export async function term(source: Source, params: Params<"term">): Promise<TermAnswer> {
  const { of, at, offset, limit } = params;
  const found = await termOf(source, of);
  if (found.term === null) return { page: null, why: found.why, truncated: false };
  const { truncated } = found;
  const part = partAt(found.term, at);
  if (part === undefined) return { page: null, why: "the term has no such part", truncated };
  const style = styleOf(source.manifest);
  const { children, cut } = partsOf(part.term);
  const shown = children.slice(offset, offset + limit);
  const page = {
    path: pathText(part.steps, style),
    node: termNode(part.term, style),
    offset,
    children: shown.map((child, i) => ({
      ...termNode(child.value, style),
      key: keyText(child.key, style),
      step: stepText(stepTo(part.term, child, offset + i), style),
    })),
    cut,
  };
  return { page, why: null, truncated };
}
