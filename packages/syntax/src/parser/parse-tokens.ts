// The loop of parsing: read an operand; then let operators, brackets and bodies on the stack take it, as
// far as the next token allows. Nothing recurses, whatever the text nests.

import type { Node } from "../ast.ts";
import { BODY } from "./frame.ts";
import { afterBodyValue, nextExpression, openFile } from "./parse-body.ts";
import { afterItem, afterItemAdded } from "./parse-container.ts";
import { readOperand } from "./parse-operand.ts";
import { isOperator, readOperator, reduceAll } from "./parse-operator.ts";
import { nextPart } from "./parse-text.ts";
import type { Parser } from "./parser.ts";
import { realign, recover } from "./recovery.ts";
import { AFTER_ITEM, EXPRESSION, OPERAND, OUT_OF_LINE, PART, RECOVER, VALUE } from "./states.ts";

export function parseTokens(p: Parser): Node {
  openFile(p);
  for (;;) {
    switch (p.state) {
      case OPERAND:
        readOperand(p);
        break;
      case VALUE:
        afterValue(p);
        break;
      case EXPRESSION:
        nextExpression(p);
        break;
      case PART:
        nextPart(p);
        break;
      case AFTER_ITEM:
        afterItemAdded(p, p.top);
        break;
      case RECOVER:
        recover(p);
        break;
      case OUT_OF_LINE:
        realign(p);
        break;
      default:
        return p.value;
    }
  }
}

function afterValue(p: Parser): void {
  if (isOperator(p)) return readOperator(p);
  reduceAll(p);
  if (p.top.kind === BODY) afterBodyValue(p, p.top);
  else afterItem(p, p.top);
}
