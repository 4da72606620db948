// Whether a test can call a function: from the analysed code, else from the recorded source at its clauses.

import { SourceTexts } from "../source-texts.ts";
import {
  asNumber,
  asNumberOrNull,
  asText,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "../sql.ts";

export type Publicity = "public" | "private" | "unknown";

/** By the functions' numbers in the recording. */
export async function publicityOf(
  source: Source,
  functions: readonly number[],
): Promise<ReadonlyMap<number, Publicity>> {
  const rows = await select(
    source,
    sql`SELECT f.id, f."function", min(c.kind), min(s.file), min(s.line) FROM base.functions f
        LEFT JOIN code.functions c ON c.module = f.module AND c."function" = f."function"
          AND f.arity BETWEEN c.min_arity AND c.arity
        LEFT JOIN raw.sites s ON s."function" = f.id AND s.kind = 'function_clause'
      WHERE f.id IN ${functions} GROUP BY f.id, f."function"`,
  );
  const files = rows.flatMap((row) => (typeof row[3] === "string" ? [row[3]] : []));
  const texts = await SourceTexts.of(source, files);
  return new Map(
    rows.map((row) => {
      const [file, line] = [asTextOrNull(row[3]), asNumberOrNull(row[4])];
      const text = file === null || line === null ? null : texts.line(file, line);
      return [asNumber(row[0]), publicity(asText(row[1]), asTextOrNull(row[2]), text)];
    }),
  );
}

/** `line`: of the source at the function's first clause. */
function publicity(name: string, kind: string | null, line: string | null): Publicity {
  // closures and macros are functions of their own for the VM
  if (name.startsWith("-") || name.startsWith("MACRO-")) return "private";
  if (kind !== null) return kind === "def" || kind === "defdelegate" ? "public" : "private";
  const [, definition] = /(?:^|\s)(def|defp)\s/.exec(line ?? "") ?? [];
  if (definition === undefined) return "unknown";
  return definition === "def" ? "public" : "private";
}
