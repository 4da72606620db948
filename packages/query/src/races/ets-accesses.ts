// What traced calls of `:ets` did to which key of which table, from their arguments.

import type { Term } from "@elixirscope/etf";
import { CALL_OUTCOMES } from "@elixirscope/trace";
import type { Slice } from "../find/windows.ts";
import { decoded } from "../otp-message.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asText,
  select,
  sql,
  type Source,
} from "../sql.ts";

/** `update`: reads and writes in one step, which nothing can come between. */
export type EtsKind = "read" | "write" | "update";

export type EtsAccess = {
  readonly call: number;
  readonly pid: number;
  readonly t: number;
  /** null: its end was not recorded */
  readonly tEnd: number | null;
  readonly kind: EtsKind;
  readonly function: string;
  readonly table: Term;
  readonly key: Term;
  readonly args: Term;
  readonly result: Term | null;
};

/** By name; the key is the argument at this position, `object`: it is in the tuple (or tuples) there. */
const OPERATIONS: Readonly<
  Record<string, { readonly kind: EtsKind; readonly key: "key" | "object" }>
> = {
  lookup: { kind: "read", key: "key" },
  lookup_element: { kind: "read", key: "key" },
  member: { kind: "read", key: "key" },
  insert: { kind: "write", key: "object" },
  delete: { kind: "write", key: "key" },
  update_element: { kind: "write", key: "key" },
  insert_new: { kind: "update", key: "object" },
  take: { kind: "update", key: "key" },
  update_counter: { kind: "update", key: "key" },
};

const LOST = CALL_OUTCOMES.indexOf("lost");
export const MOST_ACCESSES = 50_000;

/** In the order of time. Keys of tables made with another `keypos` than 1 are not known to be such. */
export async function etsAccesses(
  source: Source,
  { from, to }: Slice,
): Promise<readonly EtsAccess[]> {
  const names = Object.keys(OPERATIONS);
  const rows = await select(
    source,
    sql`SELECT c.call, c.pid, c.t_enter, c.t_exit, f."function", payload(c.args), payload(c.result)
      FROM (SELECT * FROM raw.calls WHERE t_enter >= ${from} AND t_enter < ${to} AND outcome <> ${LOST}
          AND "function" IN (SELECT id FROM base.functions WHERE module = 'ets' AND "function" IN ${names})
        ORDER BY t_enter, call LIMIT ${MOST_ACCESSES}) c
        JOIN base.functions f ON f.id = c."function" ORDER BY c.t_enter, c.call`,
  );
  return rows.flatMap((row) => {
    const args = decoded(asBytesOrNull(row[5]));
    const name = asText(row[4]);
    const operation = OPERATIONS[name];
    if (args?.kind !== "list" || operation === undefined) return [];
    const [table, second] = args.items;
    const keys = second === undefined ? [] : keysOf(second, operation.key);
    return keys.flatMap((key): readonly EtsAccess[] =>
      table === undefined
        ? []
        : [
            {
              call: asNumber(row[0]),
              pid: asNumber(row[1]),
              t: asNumber(row[2]),
              tEnd: asNumberOrNull(row[3]),
              kind: operation.kind,
              function: name,
              table,
              key,
              args,
              result: decoded(asBytesOrNull(row[6])),
            },
          ],
    );
  });
}

/** Of an object the first element; several objects can be inserted at once. */
function keysOf(term: Term, where: "key" | "object"): readonly Term[] {
  if (where === "key") return [term];
  const objects = term.kind === "list" ? term.items : [term];
  return objects.flatMap((object) => (object.kind === "tuple" ? (object.items[0] ?? []) : []));
}
