// The process that a user means: a pid as printed, a registered name, or a label. Names that messages were
// sent to stand among the pids of a recording; they are no processes.

import { nearestNames } from "@elixirscope/base";
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

export type FoundProcess = {
  readonly index: number;
  readonly pid: string;
  readonly name: string | null;
};

/** `nearest`: what the recording has that is written like it. */
export type ProcessLookup =
  | { readonly ok: true; readonly process: FoundProcess }
  | { readonly ok: false; readonly message: string; readonly nearest: readonly string[] };

const MAX_SUGGESTED = 5;

/** Several may have had a name one after the other: then the one that lived at `t` is meant. */
export async function findProcess(
  source: Source,
  text: string,
  t: number | null = null,
): Promise<ProcessLookup> {
  const wanted = text.trim().replace(/^#PID(?=<)/, "");
  const name = wanted.replace(/^Elixir\./, "").replace(/^:/, "");
  const rows = await select(
    source,
    sql`SELECT p.id, p.text, x.name, x.t_spawned, x.t_exited FROM base.pids p LEFT JOIN base.processes x ON x.pid = p.id
      WHERE starts_with(p.text, '<') AND (p.text = ${wanted} OR x.name IN ${[name, `Elixir.${name}`, `:${name}`]} OR x.label = ${wanted})
      ORDER BY p.text = ${wanted} DESC, p.id`,
  );
  const known = rows.map((row) => ({
    process: { index: asNumber(row[0]), pid: asText(row[1]), name: nameText(row[2]) },
    isAlive: t === null || isWithin(t, asNumberOrNull(row[3]), asNumberOrNull(row[4])),
  }));
  const living = known.filter(({ isAlive }) => isAlive);
  const [first, ...others] = (living.length === 0 ? known : living).map(({ process }) => process);
  if (first === undefined) return await notFound(source, wanted);
  if (others.length > 0 && first.pid !== wanted) {
    const pids = [first, ...others].map(({ pid }) => pid);
    return {
      ok: false,
      message: `${pids.length} processes were called ${wanted}: name one by its pid`,
      nearest: pids.slice(0, MAX_SUGGESTED),
    };
  }
  return { ok: true, process: first };
}

function isWithin(t: number, from: number | null, to: number | null): boolean {
  return (from === null || from <= t) && (to === null || to > t);
}

async function notFound(source: Source, wanted: string): Promise<ProcessLookup> {
  const rows = await select(
    source,
    sql`SELECT p.text, x.name FROM base.pids p LEFT JOIN base.processes x ON x.pid = p.id
      WHERE starts_with(p.text, '<') ORDER BY p.id LIMIT 20000`,
  );
  const isPid = wanted.startsWith("<");
  const names = rows.flatMap(([pid, name]) => {
    const text = isPid ? asText(pid) : nameText(name);
    return text === null ? [] : [text];
  });
  const near = nearestNames(wanted, names);
  const nearest = near.length > 0 ? near : names.slice(0, MAX_SUGGESTED);
  return { ok: false, message: `no process ${wanted} was seen in this recording`, nearest };
}

function nameText(column: unknown): string | null {
  const name = asTextOrNull(column);
  return name === null ? null : moduleText(name);
}
