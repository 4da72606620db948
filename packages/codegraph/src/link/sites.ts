// Where a fact was found, in the form in which facts keep it.

import type { Node, NodeIds } from "@elixirscope/syntax";
import type { FunctionKey, SourceRange } from "../module/module-data.ts";
import type { ModuleSyntax } from "../module/module-syntax.ts";
import { rangeOf } from "../module/source-range.ts";
import type { Place } from "./walk-calls.ts";

export type SiteOf = (
  node: Node,
  place: Place,
) => {
  readonly module: string;
  readonly function: FunctionKey;
  readonly clause: number;
  readonly nodeId: string;
  readonly range: SourceRange;
};

export function siteMaker(module: ModuleSyntax, ids: NodeIds): SiteOf {
  return (node, place) => ({
    module: module.data.name,
    function: place.fun.data.key,
    clause: place.clauseIndex,
    nodeId: ids.idOf(node) ?? place.fun.data.nodeId,
    range: rangeOf(module.source, node),
  });
}
