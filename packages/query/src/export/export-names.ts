// Functions and nodes by their numbers in a recording, and its processes page by page: there may be millions.

import { initialCallText, mfaText } from "../names.ts";
import { asNumber, asText, asTextOrNull, select, sql, type Source } from "../sql.ts";

const PAGE = 10_000;

export type FunctionNames = ReadonlyMap<number, string>;

export async function functionNames(source: Source): Promise<FunctionNames> {
  const rows = await select(source, sql`SELECT id, module, "function", arity FROM base.functions`);
  return new Map(
    rows.map((row) => [
      asNumber(row[0]),
      mfaText(asText(row[1]), asText(row[2]), asNumber(row[3])),
    ]),
  );
}

export type NamedProcess = {
  readonly pid: number;
  readonly text: string;
  readonly node: string;
  /** as people know it: its name or label or what it began with */
  readonly title: string | null;
};

export async function* namedProcesses(source: Source): AsyncGenerator<readonly NamedProcess[]> {
  for (let after = 0; ;) {
    const rows = await select(
      source,
      sql`SELECT p.id, p.text, p.node, x.name, x.label, x.initial_call
        FROM (SELECT * FROM base.pids WHERE id > ${after} ORDER BY id LIMIT ${PAGE}) p
          LEFT JOIN base.processes x ON x.pid = p.id ORDER BY p.id`,
    );
    const page = rows.map((row) => {
      const initialCall = asTextOrNull(row[5]);
      return {
        pid: asNumber(row[0]),
        text: asText(row[1]),
        node: asTextOrNull(row[2]) ?? source.manifest.target.node,
        title:
          asTextOrNull(row[3]) ??
          asTextOrNull(row[4]) ??
          (initialCall === null ? null : initialCallText(initialCall)),
      };
    });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.pid;
  }
}
