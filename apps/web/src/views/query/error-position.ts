// Where in the text of a query the database found what is wrong: its message shows the line (or, of a long line, a
// part of it between dots) with a caret below.

/** A position in `sql`; null: the message names none. */
export function errorPosition(sql: string, message: string): number | null {
  const shown = message.split("\n");
  const at = shown.findIndex((line) => /^LINE \d+: /.test(line));
  const [prefix = "", number = ""] = /^LINE (\d+): /.exec(shown[at] ?? "") ?? [];
  const caret = shown[at + 1]?.indexOf("^") ?? -1;
  if (at === -1 || caret < prefix.length) return null;
  const lines = sql.split("\n");
  const index = Number(number) - 1;
  const line = lines[index];
  if (line === undefined) return null;
  const excerpt = (shown[at] ?? "").slice(prefix.length);
  const from = startOf(line, excerpt);
  const before = lines.slice(0, index).reduce((sum, { length }) => sum + length + 1, 0);
  return before + Math.min(line.length, from + caret - prefix.length);
}

/** Where an excerpt begins in its line: with the dots that stand for what is before it. */
function startOf(line: string, excerpt: string): number {
  if (line.startsWith(excerpt) || !excerpt.startsWith("...")) return 0;
  const text = excerpt.slice(3).replace(/\.\.\.$/, "");
  return Math.max(0, line.indexOf(text) - 3);
}

/** Without the excerpt, which the editor marks itself. */
export function errorText(message: string): string {
  const [first = message] = message.split(/\n+LINE \d+: /, 1);
  return first.trim();
}
