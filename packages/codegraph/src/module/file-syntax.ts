// A parsed file becomes modules with their functions, their calls resolved as far as the file tells.

import { nodeIds, withTemplates, type Parsed } from "@elixirscope/syntax";
import { constructs } from "./constructs.ts";
import { FileWalk } from "./file-walk.ts";
import type { FileSyntax } from "./module-syntax.ts";
import { rangeOf } from "./source-range.ts";
import { templateLanguage, templateModule } from "./template-module.ts";

/**
 * `file` as it shall stand in the facts: relative to the project's root. What `parsed` of the answer
 * holds is the tree with templates in it read: `~H` sigils, or the whole file when it is a template.
 */
export function fileSyntax(file: string, parsed: Parsed): FileSyntax {
  const language = templateLanguage(file);
  const whole =
    language === null
      ? withTemplates(parsed, { file })
      : templateModule(file, parsed.source.text, language);
  const { source } = whole;
  const ids = nodeIds(whole.tree);
  const walk = new FileWalk(file, source, ids, constructs);
  walk.read(whole.tree);
  const modules = walk.modules.map((module) => module.build(file, source, ids));
  return {
    file,
    parsed: whole,
    ids,
    modules:
      language === null
        ? modules
        : modules.map((module) => ({ ...module, data: { ...module.data, kind: "template" } })),
    excluded: walk.excluded.map(({ node, reason }) => ({ reason, range: rangeOf(source, node) })),
  };
}
