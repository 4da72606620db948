// What the variables of a line were at each of its executions: of each name that the line mentions the latest value
// whose scope goes on there; of a call that was only traced, its arguments.

import { CAPTURING_CODES, listOf } from "../captured-values.ts";
import { extentOf, rowsOf } from "../part-rows.ts";
import { payloadsOf } from "../payloads.ts";
import { printTerm, styleOf } from "../print.ts";
import { SourceTexts } from "../source-texts.ts";
import { asNumber, listed, select, sql, type Source } from "../sql.ts";
import { FrameLocals } from "../stack/locals.ts";
import { visitsOf, type SiteVisit } from "../stack/open-frames.ts";
import type { Execution } from "./executions.ts";
import type { ExecutionPlace } from "./execution-sites.ts";

export type ExecutionValue = {
  readonly name: string;
  readonly text: string;
  readonly event: number;
};

type Values = ReadonlyMap<number, readonly ExecutionValue[]>;
type LinePlace = Extract<ExecutionPlace, { kind: "line" }>;

const MOST_VALUES = 8;
/** What a line goes on to do after its first event; a longer wait in the middle of it is cut off here. */
const LONGEST_LINE_NS = 10e9;

export async function lineValues(
  source: Source,
  place: LinePlace,
  found: readonly Execution[],
): Promise<Values> {
  const ends = await endsOf(source, place, found);
  const [visits, texts] = await Promise.all([
    visitsUpTo(source, place, found, ends),
    SourceTexts.of(source, [place.file]),
  ]);
  const mentioned = namesIn(texts.line(place.file, place.line));
  const locals = new FrameLocals(texts, styleOf(source.manifest));
  return new Map(
    [...visits].map(([event, ofExecution]) => {
      const known = locals.at(ofExecution).filter(({ inScope }) => inScope !== false);
      const own = known.filter(({ name, line }) => line === place.line || mentioned.has(name));
      return [
        event,
        own
          .slice(0, MOST_VALUES)
          .map(({ name, text, event: bound }) => ({ name, text, event: bound })),
      ];
    }),
  );
}

function namesIn(line: string | null): ReadonlySet<string> {
  return new Set(line?.match(/(?<![:.@\w])[\p{Ll}_][\p{L}\p{N}_]*[?!]?/gu));
}

/** The last event of each execution: what the line did until it was executed again by the same call. */
async function endsOf(
  source: Source,
  { sites, counting }: LinePlace,
  found: readonly Execution[],
): Promise<ReadonlyMap<number, number>> {
  const frames = framesOf(found);
  const times = found.map(({ t }) => t);
  const [from, to] = [Math.min(...times), Math.max(...times) + LONGEST_LINE_NS];
  const events = await rowsOf(source, "events", { t: [from, to] });
  const rows = await select(
    source,
    sql`SELECT execution, max(id) FROM (
        SELECT id, max(CASE WHEN site IN ${counting} THEN id END) OVER (PARTITION BY frame ORDER BY id) AS execution
        FROM ${events} WHERE t BETWEEN ${from} AND ${to}
          AND frame IN ${frames} AND site IN ${sites})
      WHERE execution IN ${found.map(({ event }) => event)} GROUP BY execution`,
  );
  return new Map(rows.map(([execution, last]) => [asNumber(execution), asNumber(last)]));
}

/** For each execution the latest event of its frame at each site that binds something, newest first. */
async function visitsUpTo(
  source: Source,
  { sites }: LinePlace,
  found: readonly Execution[],
  ends: ReadonlyMap<number, number>,
): Promise<ReadonlyMap<number, readonly SiteVisit[]>> {
  const inFrames = found.filter(({ frame }) => frame !== null);
  if (inFrames.length === 0) return new Map();
  const frames = framesOf(inFrames);
  const asked = listed(
    inFrames.map(({ event, frame }) => sql`(${event}, ${frame}, ${ends.get(event) ?? event})`),
  );
  const latest = Math.max(...inFrames.map(({ t }) => t)) + LONGEST_LINE_NS;
  const oldest = Math.min(...frames);
  const events = await rowsOf(source, "events", {
    id: [oldest, Number.MAX_SAFE_INTEGER],
    t: [0, latest],
  });
  const rows = await select(
    source,
    sql`SELECT l.execution, l.id, l.t, s.kind, s.file, s.line, s."column", s.node_id, s.names,
        CASE WHEN l.kind IN ${CAPTURING_CODES} AND s.names IS NOT NULL THEN payload(nullif(l.payload, 0)) END,
        l.flags, payload(b.value)
      FROM (SELECT x.execution, e.site, max(e.id) AS id, arg_max(e.t, e.id) AS t, arg_max(e.kind, e.id) AS kind,
            arg_max(coalesce(e.payload, 0), e.id) AS payload, arg_max(e.flags, e.id) AS flags
          FROM ${events} e JOIN (VALUES ${asked}) x(execution, frame, until)
            ON e.frame = x.frame AND e.id <= x.until
          WHERE e.id >= ${oldest} AND e.t <= ${latest} AND e.frame IN ${frames}
            AND e.site IN (SELECT site FROM raw.sites WHERE names IS NOT NULL OR site IN ${sites})
          GROUP BY x.execution, e.site) l
        JOIN raw.sites s ON s.site = l.site
        LEFT JOIN (SELECT event, value FROM raw.bindings WHERE call IN ${frames}) b ON b.event = l.id
      ORDER BY l.id DESC`,
  );
  return visitsOf(rows);
}

export async function argumentValues(source: Source, found: readonly Execution[]): Promise<Values> {
  const ids = found.map(({ event }) => event);
  const calls = await rowsOf(source, "calls", { call: extentOf(ids) });
  const rows = await select(
    source,
    sql`SELECT call, args FROM ${calls} WHERE call IN ${ids} AND args IS NOT NULL`,
  );
  const payloads = await payloadsOf(
    source,
    rows.map(([, ref]) => asNumber(ref)),
  );
  const style = styleOf(source.manifest);
  return new Map(
    rows.map(([call, ref]) => {
      const event = asNumber(call);
      const list = listOf(payloads.get(asNumber(ref)) ?? null);
      const values: ExecutionValue[] = [];
      for (let i = 0; i < Math.min(list?.size ?? 0, MOST_VALUES); i++) {
        const value = list?.at(i)?.toTerm();
        if (value === undefined) break;
        values.push({ name: `arg${i + 1}`, text: printTerm(value, "line", style), event });
      }
      return [event, values];
    }),
  );
}

function framesOf(found: readonly Execution[]): readonly number[] {
  return [...new Set(found.flatMap(({ frame }) => frame ?? []))];
}
