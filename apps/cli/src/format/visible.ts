// Text from a project or a recording as it may go to a terminal: nothing in it moves the cursor, changes
// colours or breaks a line.

/** Control characters and those that turn the direction of writing, written as Elixir escapes them. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, escaped);
}

/** One line of text of the target, shortened. */
export function clipped(text: string, columns: number): string {
  const shown = visible(text);
  return shown.length > columns ? `${shown.slice(0, columns - 1)}…` : shown;
}

function escaped(character: string): string {
  if (character === "\n") return String.raw`\n`;
  if (character === "\r") return String.raw`\r`;
  if (character === "\t") return String.raw`\t`;
  const hex = character.charCodeAt(0).toString(16);
  return hex.length <= 2 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`;
}
