// Registered names at an instant: the processes table knows the last one of each process, the recorded
// registrations what it was before.

import { EVENT_KINDS } from "@elixirscope/trace";
import { decode } from "@elixirscope/etf";
import { moduleText } from "../names.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "../sql.ts";

const REGISTER = EVENT_KINDS.indexOf("register");
const UNREGISTER = EVENT_KINDS.indexOf("unregister");

export async function namesAt(
  source: Source,
  pids: readonly number[],
  t: number,
): Promise<ReadonlyMap<number, string>> {
  const rows = await select(
    source,
    sql`SELECT x.pid, x.name, r.kind, payload(r.payload), r.next
      FROM (SELECT pid, name FROM base.processes WHERE pid IN ${pids}) x LEFT JOIN (
        SELECT pid, arg_max(kind, id) FILTER (t <= ${t}) AS kind, arg_max(payload, id) FILTER (t <= ${t}) AS payload,
          arg_min(kind, id) FILTER (t > ${t}) AS next
        FROM raw.events WHERE kind IN ${[REGISTER, UNREGISTER]} AND pid IN ${pids} GROUP BY pid) r ON r.pid = x.pid`,
  );
  const names = new Map<number, string>();
  for (const [pid, last, kind, payload, next] of rows) {
    const known = asTextOrNull(last);
    const name = nameAt(
      asNumberOrNull(kind),
      atomText(payload) ?? known,
      asNumberOrNull(next),
      known,
    );
    if (name !== null) names.set(asNumber(pid), moduleText(name));
  }
  return names;
}

/** `kind` of the latest registration by then, which is of `name`; `next` the kind of the first after. */
function nameAt(
  kind: number | null,
  name: string | null,
  next: number | null,
  known: string | null,
): string | null {
  if (kind === UNREGISTER) return null;
  if (kind === REGISTER) return name;
  // before all recorded registrations: what is given later was not there, what is taken away was
  return next === REGISTER ? null : known;
}

function atomText(payload: unknown): string | null {
  const bytes = asBytesOrNull(payload);
  const term = bytes === null ? null : decode(bytes);
  return term?.ok === true && term.value.kind === "atom" ? term.value.name : null;
}
