// The crashes of a recording, newest first: processes that ended for another reason than being done, and not
// only because a process that they were linked to did.

import { kindCode } from "../event-kinds.ts";
import { decoded } from "../otp-message.ts";
import { styleOf } from "../print.ts";
import { processRefs } from "../process-refs.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  select,
  sql,
  type Row,
  type Source,
} from "../sql.ts";
import { extentOf, rowsOf } from "../part-rows.ts";
import { linksInto } from "./cause-lookups.ts";
import { linkEdge } from "./edges.ts";
import { reasonOf } from "./event-steps.ts";
import type { Term } from "@elixirscope/etf";
import type { Crashes } from "@elixirscope/wire";

const EXIT = kindCode("exit");
const BATCH = 512;
const MAX_SEARCHED = 8_192;

export async function crashes(source: Source, limit = 20): Promise<Crashes> {
  const found: Row[] = [];
  let searched = 0;
  let before: number | null = null;
  let isAll = false;
  while (found.length < limit && searched < MAX_SEARCHED && !isAll) {
    const rows: readonly Row[] = await select(source, endsBefore(before));
    searched += rows.length;
    isAll = rows.length < BATCH;
    before = asNumberOrNull(rows.at(-1)?.[0]);
    const abnormal = rows.filter((row) => isAbnormal(decoded(asBytesOrNull(row[3]))));
    found.push(...(await withoutFollowers(source, abnormal)));
  }
  const shown = found.slice(0, limit);
  const refs = await processRefs(
    source,
    shown.map((row) => asNumber(row[2])),
  );
  const style = styleOf(source.manifest);
  return {
    crashes: shown.map((row) => ({
      event: asNumber(row[0]),
      t: asNumber(row[1]),
      process: refs.get(asNumber(row[2])) ?? { pid: "?", name: null },
      reason: reasonOf(asBytesOrNull(row[3]), style),
    })),
    searched,
    isAll: isAll && found.length <= limit,
  };
}

function endsBefore(before: number | null): ReturnType<typeof sql> {
  const older = before === null ? sql`true` : sql`id < ${before}`;
  return sql`SELECT id::DOUBLE, t, pid, payload(payload) FROM (
      SELECT id, t, pid, payload FROM raw.events WHERE kind = ${EXIT} AND ${older} ORDER BY id DESC LIMIT ${BATCH})
    ORDER BY id DESC`;
}

/** Ends to which another process's end led are told with that one. */
async function withoutFollowers(source: Source, ends: readonly Row[]): Promise<readonly Row[]> {
  if (ends.length === 0) return [];
  const links = await linksInto(
    source,
    ends.map(([id]) => asNumber(id)),
  );
  const edges = links.map(linkEdge).filter(({ type }) => type === "exit");
  if (edges.length === 0) return ends;
  const sources = edges.map((edge) => edge.source);
  const events = await rowsOf(source, "events", { id: extentOf(sources) });
  const rows = await select(
    source,
    sql`SELECT id::DOUBLE FROM ${events} WHERE id IN ${sources} AND kind = ${EXIT}`,
  );
  const others = new Set(rows.map(([id]) => asNumber(id)));
  const followers = new Set(
    edges.filter((edge) => others.has(edge.source)).map(({ target }) => target),
  );
  return ends.filter(([id]) => !followers.has(asNumber(id)));
}

/** `:normal`, `:shutdown`, `{:shutdown, _}` are how OTP says that all is well. A reason that was not recorded is told. */
export function isAbnormal(reason: Term | null): boolean {
  const said = reason?.kind === "tuple" && reason.items.length === 2 ? reason.items[0] : reason;
  if (said?.kind !== "atom") return true;
  return said.name !== "shutdown" && !(said.name === "normal" && said === reason);
}
