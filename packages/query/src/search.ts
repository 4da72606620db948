// Search by words over names, and over printed payloads of what was recorded last.
//
// Payloads are compressed on disk, so text in them is looked for in the newest `MAX_PAYLOADS` messages
// and exceptions only; SQL reaches the rest. Names are searched in full.

import type { Params, SearchHit } from "@elixirscope/wire";
import { partsOf } from "./digests.ts";
import { kindCode } from "./event-kinds.ts";
import { mfaText } from "./names.ts";
import { printTerm, styleOf } from "./print.ts";
import { processPage } from "./process-list.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "./sql.ts";

const MAX_PAYLOADS = 10_000;

export async function search(
  source: Source,
  params: Params<"search">,
): Promise<readonly SearchHit[]> {
  const text = params.text.trim();
  if (text === "") return [];
  const [functions, processes, messages, exceptions] = await Promise.all([
    functionHits(source, text, params.limit),
    processHits(source, text, params.limit),
    messageHits(source, text, params.limit),
    exceptionHits(source, text, params.limit),
  ]);
  return fairShare([processes, functions, exceptions, messages], params.limit);
}

/** No kind of hit crowds out the others: each gets its part, and what one leaves goes to the next. */
export function fairShare<T>(lists: readonly (readonly T[])[], limit: number): readonly T[] {
  const taken = lists.map(() => 0);
  let left = limit;
  for (let progress = true; progress && left > 0;) {
    progress = false;
    for (const [i, list] of lists.entries()) {
      const next = taken[i] ?? 0;
      if (left === 0 || next === list.length) continue;
      taken[i] = next + 1;
      left--;
      progress = true;
    }
  }
  return lists.flatMap((list, i) => list.slice(0, taken[i]));
}

async function functionHits(
  source: Source,
  text: string,
  limit: number,
): Promise<readonly SearchHit[]> {
  const rows = await select(
    source,
    sql`WITH found AS (
        SELECT id, module, "function" AS name, arity FROM base.functions
        WHERE contains(lower(module || '.' || "function" || '/' || arity), lower(${text}))
        ORDER BY length(module || "function"), id LIMIT ${limit})
      SELECT f.module, f.name, f.arity, c.call, c.t_enter, p.text
      FROM found f LEFT JOIN (
        SELECT "function" AS id, arg_min(call, t_enter) AS call, min(t_enter) AS t_enter, arg_min(pid, t_enter) AS pid
        FROM raw.calls WHERE "function" IN (SELECT id FROM found) GROUP BY "function") c USING (id)
      LEFT JOIN base.pids p ON p.id = c.pid ORDER BY length(f.module || f.name), f.id`,
  );
  return rows.map((row) => ({
    kind: "function",
    title: mfaText(asTextOrNull(row[0]) ?? "?", asTextOrNull(row[1]) ?? "?", asNumber(row[2])),
    t: asNumberOrNull(row[4]),
    pid: asTextOrNull(row[5]),
    event: asNumberOrNull(row[3]),
  }));
}

async function processHits(
  source: Source,
  text: string,
  limit: number,
): Promise<readonly SearchHit[]> {
  const { rows } = await processPage(source, await partsOf(source), {
    named: text,
    offset: 0,
    limit,
  });
  return rows.map((row) => ({
    kind: "process",
    title: [row.pid, row.name ?? row.label ?? row.initialCall]
      .filter((part) => part !== null)
      .join(" "),
    t: row.tSpawned,
    pid: row.pid,
    event: null,
  }));
}

async function messageHits(
  source: Source,
  text: string,
  limit: number,
): Promise<readonly SearchHit[]> {
  const rows = await select(
    source,
    sql`SELECT coalesce(m.t_received, m.t_sent), p.text, coalesce(m.receive_event, m.send_event), m.bytes
      FROM (SELECT *, payload(body) AS bytes FROM (
          SELECT * FROM raw.messages ORDER BY coalesce(t_received, t_sent) DESC LIMIT ${MAX_PAYLOADS})) m
        LEFT JOIN base.pids p ON p.id = coalesce(m.to_pid, m.from_pid)
      WHERE contains(lower(m.bytes::VARCHAR), lower(encode(${text})::VARCHAR))
      ORDER BY 1 DESC LIMIT ${limit}`,
  );
  return rows.map((row) => ({
    kind: "message",
    title: printed(source, row[3]),
    t: asNumberOrNull(row[0]),
    pid: asTextOrNull(row[1]),
    event: asNumberOrNull(row[2]),
  }));
}

async function exceptionHits(
  source: Source,
  text: string,
  limit: number,
): Promise<readonly SearchHit[]> {
  const kinds = [kindCode("exception"), kindCode("exit")];
  const rows = await select(
    source,
    sql`SELECT e.t, p.text, e.id, e.bytes
      FROM (SELECT *, payload(payload) AS bytes FROM (
          SELECT * FROM raw.events WHERE kind IN ${kinds} ORDER BY t DESC LIMIT ${MAX_PAYLOADS})) e
        LEFT JOIN base.pids p ON p.id = e.pid
      WHERE contains(lower(e.bytes::VARCHAR), lower(encode(${text})::VARCHAR))
      ORDER BY 1 DESC LIMIT ${limit}`,
  );
  return rows.map((row) => ({
    kind: "event",
    title: printed(source, row[3]),
    t: asNumberOrNull(row[0]),
    pid: asTextOrNull(row[1]),
    event: asNumberOrNull(row[2]),
  }));
}

function printed(source: Source, column: unknown): string {
  const bytes = asBytesOrNull(column);
  return bytes === null ? "" : printTerm(bytes, "line", styleOf(source.manifest));
}
