// Whose and which instant a question is about: a printed pid with a time, or an event with its process.

import { moduleText } from "../names.ts";
import { pidIndex } from "../interned.ts";
import { rowsOf } from "../part-rows.ts";
import {
  asNumber,
  asNumberOrNull,
  asText,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "../sql.ts";
import type { Cutoff } from "../running-calls.ts";
import type { Instant } from "./instant.ts";

export type Subject = {
  readonly index: number;
  readonly pid: string;
  readonly cutoff: Cutoff;
};

export type Moment = Subject & { readonly name: string | null };

/** Null: there is no such event, or no such process. An event brings its own process. */
export async function subjectOf(
  source: Source,
  pid: string | null,
  instant: Instant,
): Promise<Subject | null> {
  if (instant.kind === "time") {
    const index = pid === null ? null : await pidIndex(source, pid);
    if (pid === null || index === null) return null;
    return { index, pid, cutoff: { t: instant.t, event: null } };
  }
  const { event } = instant;
  const events = await rowsOf(source, "events", { id: [event, event] });
  const [row] = await select(
    source,
    sql`SELECT e.pid, p.text, e.t FROM (SELECT pid, t FROM ${events} WHERE id = ${event} LIMIT 1) e
      JOIN base.pids p ON p.id = e.pid`,
  );
  if (row === undefined) return null;
  return {
    index: asNumber(row[0]),
    pid: asText(row[1]),
    cutoff: { t: asNumberOrNull(row[2]) ?? 0, event },
  };
}

/** With the name that the process is registered under. */
export async function momentOf(
  source: Source,
  pid: string | null,
  instant: Instant,
): Promise<Moment | null> {
  const subject = await subjectOf(source, pid, instant);
  if (subject === null) return null;
  const [row] = await select(
    source,
    sql`SELECT name FROM base.processes WHERE pid = ${subject.index} LIMIT 1`,
  );
  const name = asTextOrNull(row?.[0]);
  return { ...subject, name: name === null ? null : moduleText(name) };
}
