// The processes of a sequence diagram, and which messages are between them, as SQL.
//
// A message belongs to a diagram when each end is at a member or unknown, and one at a member.

import type { OtherMessages, SequenceColumn } from "@elixirscope/wire";
import { isAbnormal } from "../causality/crashes.ts";
import { pidIndex } from "../interned.ts";
import { decoded } from "../otp-message.ts";
import { printTerm, styleOf } from "../print.ts";
import { processRefs } from "../process-refs.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
  type Sql,
} from "../sql.ts";

export type Members = {
  readonly columns: readonly SequenceColumn[];
  /** of those that the recording knows */
  readonly indexes: readonly number[];
};

export async function membersOf(source: Source, pids: readonly string[]): Promise<Members> {
  const rows = await select(
    source,
    sql`SELECT p.id, p.text, x.behaviour, o.text, x.t_spawned, x.t_exited, payload(x.exit_reason)
      FROM (SELECT id, text FROM base.pids WHERE text IN ${pids}) p
        LEFT JOIN base.processes x ON x.pid = p.id LEFT JOIN base.pids o ON o.id = x.parent`,
  );
  const indexes = rows.map(([index]) => asNumber(index));
  const refs = await processRefs(source, indexes);
  const known = new Map(rows.map((row) => [asTextOrNull(row[1]) ?? "", row]));
  return {
    indexes,
    columns: [...new Set(pids)].map((pid) => {
      const row = known.get(pid);
      const name = row === undefined ? null : (refs.get(asNumber(row[0]))?.name ?? null);
      return column(source, pid, name, row ?? null);
    }),
  };
}

function column(source: Source, pid: string, name: string | null, row: Row | null): SequenceColumn {
  const [, , behaviour, parent, spawned, exited, exitReason] = row ?? [];
  const reason = asBytesOrNull(exitReason);
  return {
    pid,
    name,
    behaviour: asTextOrNull(behaviour),
    parent: asTextOrNull(parent),
    tSpawned: asNumberOrNull(spawned),
    tExited: asNumberOrNull(exited),
    exitReason: reason === null ? null : printTerm(reason, "line", styleOf(source.manifest)),
    crashed: reason !== null && isAbnormal(decoded(reason)),
    known: row !== null,
  };
}

/** Those that the recording knows, by number. */
export async function knownPids(
  source: Source,
  pids: readonly string[],
): Promise<ReadonlyMap<number, string>> {
  const found = await Promise.all(
    pids.map(async (pid) => [await pidIndex(source, pid), pid] as const),
  );
  return new Map(found.flatMap(([index, pid]) => (index === null ? [] : [[index, pid]])));
}

/** Conditions on `raw.messages`. */
export type Membership = {
  /** one end at a member */
  readonly touches: Sql;
  /** and no end at a process that is known and not shown */
  readonly belongs: Sql;
};

export function membership(indexes: readonly number[], others: OtherMessages): Membership {
  const touches = sql`(from_pid IN ${indexes} OR to_pid IN ${indexes})`;
  if (others === "shown") return { touches, belongs: touches };
  return {
    touches,
    belongs: sql`(${touches} AND coalesce(from_pid IN ${indexes}, true) AND coalesce(to_pid IN ${indexes}, true))`,
  };
}
