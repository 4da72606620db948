// Text for drawings: what must not be drawn, how wide it is, where it is cut.

/** Controls, text that turns its surroundings around, halves of surrogate pairs. */
const unprintable = /[\p{Cc}\p{Cs}\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/gu;

/** One line with everything visible: `\t` and line ends as a space, the rest as `\u{202e}`. */
export function visible(text: string): string {
  return text
    .replace(/[\t\n\r]+/g, " ")
    .replace(unprintable, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/** Width in cells of a monospaced font: ideographs and emoji take two, combining marks none. */
export function cells(text: string): number {
  let width = 0;
  for (const char of text) {
    if (/\p{M}|\u200d/u.test(char)) continue;
    width += wide.test(char) ? 2 : 1;
  }
  return width;
}

/** At most `bound` cells, with `…` where something is missing. */
export function shortened(text: string, bound: number): string {
  if (cells(text) <= bound) return text;
  let short = "";
  let width = 1;
  for (const char of text) {
    width += cells(char);
    if (width > bound) break;
    short += char;
  }
  return `${short}…`;
}
