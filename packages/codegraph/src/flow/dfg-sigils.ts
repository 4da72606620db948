// Sigils. Most are strings; the templates among them (`~H`) read `assigns` and, between their marks,
// variables of the function.

import type { CallNode, Node } from "@elixirscope/syntax";
import { localCall } from "./dfg-calls.ts";
import { evaluateAll } from "./dfg-constructs.ts";
import { CONSTANT, type Steps } from "./dfg-steps.ts";
import type { DfgWalker, Operand } from "./dfg-walker.ts";

export function* sigil(walker: DfgWalker, node: CallNode, operands: readonly Operand[]): Steps {
  if (TEMPLATES.has(node.callee)) return template(walker, node);
  const values: number[] = [];
  const [content] = operands;
  if (content === undefined) return yield* localCall(walker, node, operands);
  yield* evaluateAll(walker, [content], values);
  const [value = CONSTANT] = values;
  if (value === CONSTANT) return CONSTANT;
  const result = walker.called(node);
  walker.draft.flow("argument", value, result, node, null, 0);
  return result;
}

const TEMPLATES: ReadonlySet<string | Node> = new Set(["sigil_H", "sigil_L", "sigil_E", "sigil_F"]);

function template(walker: DfgWalker, node: CallNode): number {
  const result = walker.called(node);
  const [content] = node.args;
  const text = content?.kind === "call" ? content.args[0] : content;
  const names = new Set(["assigns"]);
  if (text?.kind === "string") for (const name of embeddedNames(text.raw)) names.add(name);
  for (const name of names) {
    const value = walker.find(name);
    if (value === undefined) continue;
    walker.draft.use(value, node);
    walker.draft.flow("construct", value, result, node, "…");
  }
  return result;
}

/** Names between `{ }` and `<% %>`: whatever could be a variable. */
function* embeddedNames(raw: string): Generator<string> {
  for (const [part] of raw.matchAll(/<%.*?%>|\{[^}]*\}/gs)) {
    for (const [, name] of part.matchAll(/(?<![@.:\w"])([a-z_]\w*[?!]?)(?![\w:(])/g)) {
      if (name !== undefined) yield name;
    }
  }
}
