// Names of many processes by their index: the pid as printed, and its registered name or label.

import { initialCallText, moduleText } from "../names.ts";
import { asNumber, asText, asTextOrNull, select, sql, type Source } from "../sql.ts";

export type Whom = {
  readonly pid: string;
  /** registered name, label, or what it was started to run */
  readonly name: string | null;
  readonly isRegistered: boolean;
};

export async function processNames(
  source: Source,
  indexes: readonly number[],
): Promise<ReadonlyMap<number, Whom>> {
  const rows = await select(
    source,
    sql`SELECT p.id, p.text, x.name, x.label, x.initial_call
      FROM (SELECT id, text FROM base.pids WHERE id IN ${[...new Set(indexes)]}) p
        LEFT JOIN base.processes x ON x.pid = p.id`,
  );
  return new Map(
    rows.map((row) => [
      asNumber(row[0]),
      {
        pid: asText(row[1]),
        isRegistered: asTextOrNull(row[2]) !== null,
        name: nameOf(asTextOrNull(row[2]), asTextOrNull(row[3]), asTextOrNull(row[4])),
      },
    ]),
  );
}

function nameOf(
  name: string | null,
  label: string | null,
  initialCall: string | null,
): string | null {
  if (name !== null) return moduleText(name);
  if (label !== null) return label;
  // every process of a behaviour begins so: that names nobody
  if (initialCall === null || initialCall.startsWith("proc_lib.")) return null;
  return initialCallText(initialCall);
}
