// Functions of OTP and libraries whose calls, where they were traced, say more than that they were called.

import { Kept } from "../kept.ts";
import { asNumber, asText, select, sql, type Source } from "../sql.ts";

export type Role = "ets_read" | "ets_write" | "timer" | "telemetry";

const ROLES: Readonly<Record<string, Readonly<Record<string, readonly Role[]>>>> = {
  ets: {
    lookup: ["ets_read"],
    lookup_element: ["ets_read"],
    member: ["ets_read"],
    insert: ["ets_write"],
    insert_new: ["ets_write"],
    delete: ["ets_write"],
    update_element: ["ets_write"],
    update_counter: ["ets_read", "ets_write"],
    take: ["ets_read", "ets_write"],
  },
  erlang: { send_after: ["timer"], start_timer: ["timer"] },
  telemetry: { execute: ["telemetry"] },
};

export type KnownFunction = {
  readonly module: string;
  readonly name: string;
  readonly roles: readonly Role[];
};

const kept = new Kept<"functions", ReadonlyMap<number, KnownFunction>>(1);

/** By index, of those that the recording has. */
export async function knownFunctions(source: Source): Promise<ReadonlyMap<number, KnownFunction>> {
  return await kept.of(source, "functions", async () => await read(source));
}

async function read(source: Source): Promise<ReadonlyMap<number, KnownFunction>> {
  const rows = await select(
    source,
    sql`SELECT id, module, "function" FROM base.functions WHERE module IN ${Object.keys(ROLES)}`,
  );
  return new Map(
    rows.flatMap((row): readonly [number, KnownFunction][] => {
      const [module, name] = [asText(row[1]), asText(row[2])];
      const roles = ROLES[module]?.[name];
      return roles === undefined ? [] : [[asNumber(row[0]), { module, name, roles }]];
    }),
  );
}

export function withRole(known: ReadonlyMap<number, KnownFunction>, role: Role): readonly number[] {
  return [...known].filter(([, { roles }]) => roles.includes(role)).map(([id]) => id);
}
