// A place in a source file with the lines around it and what is said of it.

import { type Style, styled } from "./style.ts";

export type Frame = {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
};

const CONTEXT = 1;
const MOST_LINES = 4;
const MOST_COLUMNS = 160;

/** `lineAt` gives the text of a 1-based line, or null when there is none. */
export function codeFrame(
  frame: Frame,
  lineAt: (line: number) => string | null,
  style: Style,
  stream: NodeJS.WriteStream,
): string {
  const last = Math.min(frame.endLine, frame.line + MOST_LINES - 1);
  const digits = String(last + CONTEXT).length;
  const rows: string[] = [];
  for (let line = Math.max(1, frame.line - CONTEXT); line <= last + CONTEXT; line += 1) {
    const text = lineAt(line);
    if (text === null) continue;
    const inside = line >= frame.line && line <= last;
    const number = String(line).padStart(digits);
    const mark = inside ? styled(stream, style, ">") : " ";
    rows.push(`${mark} ${styled(stream, "dim", `${number} │`)} ${shown(text)}`.trimEnd());
    if (line === frame.line && frame.line === frame.endLine) {
      const width = Math.max(1, Math.min(frame.endColumn - frame.column, MOST_COLUMNS));
      const indent = shown(text.slice(0, frame.column - 1)).replaceAll(/[^\t]/g, " ");
      const under = `${" ".repeat(digits + 2)} ${styled(stream, "dim", "│")} ${indent}`;
      rows.push(under + styled(stream, style, "^".repeat(width)));
    }
  }
  if (last < frame.endLine) {
    rows.push(`  ${styled(stream, "dim", `${"".padStart(digits)} │ … to line ${frame.endLine}`)}`);
  }
  return rows.join("\n");
}

/** Control characters of a hostile file do not reach the terminal. */
function shown(text: string): string {
  const safe = text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, (c) => (c === "\t" ? c : "�"));
  return safe.length > MOST_COLUMNS ? `${safe.slice(0, MOST_COLUMNS - 1)}…` : safe;
}
