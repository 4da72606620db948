// SQL with its values written into it, so that what is shown can be run as it is.

import type { Sql } from "../sql.ts";

export function literalSql(query: Sql): string {
  const values: string[] = [];
  const text = query.render(values);
  const written = text.replaceAll(/\$(\d+)::VARCHAR/g, (_, position: string) => {
    return `'${(values[Number(position) - 1] ?? "").replaceAll("'", "''")}'`;
  });
  return withoutIndent(written);
}

/** Less what all lines are indented by; nested pieces stay as they are. */
function withoutIndent(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const indents = lines.map((line) => line.length - line.trimStart().length);
  const [first = 0] = indents;
  return lines.map((line, i) => line.slice(Math.min(first, indents[i] ?? 0))).join("\n");
}
