// Sigils. Most are strings. Of a template (`~H`) the content is what it renders, and it reads `assigns`
// whether it is written in it or not.

import type { CallNode, Node } from "@elixirscope/syntax";
import { localCall } from "./dfg-calls.ts";
import { evaluateAll } from "./dfg-constructs.ts";
import { CONSTANT, type Steps } from "./dfg-steps.ts";
import type { DfgWalker, Operand } from "./dfg-walker.ts";

export function* sigil(walker: DfgWalker, node: CallNode, operands: readonly Operand[]): Steps {
  const [content] = operands;
  if (content === undefined) return yield* localCall(walker, node, operands);
  const assigns = TEMPLATES.has(node.callee) ? walker.find("assigns") : undefined;
  if (assigns !== undefined) walker.draft.use(assigns, node);
  const values: number[] = [];
  yield* evaluateAll(walker, [content], values);
  const [value = CONSTANT] = values;
  if (value === CONSTANT && assigns === undefined) return CONSTANT;
  const result = walker.called(node);
  walker.draft.flow("argument", value, result, node, null, 0);
  if (assigns !== undefined) walker.draft.flow("construct", assigns, result, node, "…");
  return result;
}

const TEMPLATES: ReadonlySet<string | Node> = new Set(["sigil_H", "sigil_L", "sigil_E", "sigil_F"]);
