// What the parser does next.

export const OPERAND = 0;
export const VALUE = 1;
/** the next expression of the body on top */
export const EXPRESSION = 2;
/** the next part of the text on top */
export const PART = 3;
/** an item of what is on top is complete */
export const AFTER_ITEM = 4;
/** the token here has no place */
export const RECOVER = 5;
/** the line here begins outside of the block on top, by its indentation */
export const OUT_OF_LINE = 6;
export const DONE = 7;
