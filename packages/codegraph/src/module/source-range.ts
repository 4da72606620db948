// Where a node stands, as plain data.

import type { Node, Source } from "@elixirscope/syntax";
import type { SourceRange } from "./module-data.ts";

export function rangeOf(source: Source, node: Node): SourceRange {
  const from = source.positionAt(node.start);
  const to = source.positionAt(node.end);
  return {
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    start: node.start,
    end: node.end,
  };
}
