// Whose and which instant a question is about: a printed pid with a time, or an event with its process.

import { moduleText } from "../names.ts";
import {
  asNumber,
  asNumberOrNull,
  asText,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "../sql.ts";
import type { Cutoff } from "./open-frames.ts";
import type { Instant } from "./stack-view.ts";

export type Moment = {
  readonly index: number;
  readonly pid: string;
  readonly name: string | null;
  readonly cutoff: Cutoff;
};

/** Null: there is no such event, or no such process. An event brings its own process. */
export async function momentOf(
  source: Source,
  pid: string | null,
  instant: Instant,
): Promise<Moment | null> {
  const [row] = await select(
    source,
    instant.kind === "event"
      ? sql`SELECT e.pid, p.text, x.name, e.t FROM (SELECT pid, t FROM raw.events WHERE id = ${instant.event} LIMIT 1) e
          JOIN base.pids p ON p.id = e.pid LEFT JOIN base.processes x ON x.pid = e.pid`
      : sql`SELECT p.id, p.text, x.name, NULL FROM base.pids p LEFT JOIN base.processes x ON x.pid = p.id
          WHERE p.text = ${pid ?? ""} LIMIT 1`,
  );
  if (row === undefined) return null;
  const name = asTextOrNull(row[2]);
  return {
    index: asNumber(row[0]),
    pid: asText(row[1]),
    name: name === null ? null : moduleText(name),
    cutoff:
      instant.kind === "event"
        ? { t: asNumberOrNull(row[3]) ?? 0, event: instant.event }
        : { t: instant.t, event: null },
  };
}
