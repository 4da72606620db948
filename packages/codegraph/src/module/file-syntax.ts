// A parsed file becomes modules with their functions, their calls resolved as far as the file tells.

import { nodeIds, type Parsed } from "@elixirscope/syntax";
import { constructs } from "./constructs.ts";
import { FileWalk } from "./file-walk.ts";
import type { FileSyntax } from "./module-syntax.ts";
import { rangeOf } from "./source-range.ts";

/** `file` as it shall stand in the facts: relative to the project's root. */
export function fileSyntax(file: string, parsed: Parsed): FileSyntax {
  const ids = nodeIds(parsed.tree);
  const walk = new FileWalk(file, parsed.source, ids, constructs);
  walk.read(parsed.tree);
  return {
    file,
    parsed,
    ids,
    modules: walk.modules.map((module) => module.build(file, parsed.source, ids)),
    excluded: walk.excluded.map(({ node, reason }) => ({
      reason,
      range: rangeOf(parsed.source, node),
    })),
  };
}
