// What a watch is about, as the numbers that a recording's tables use.

import { nearestNames } from "@elixirscope/base";
import type { NoSubject } from "@elixirscope/wire";
import { siteNames, type SiteNames } from "../captured-values.ts";
import { mfaText, moduleText } from "../names.ts";
import { isSameFile } from "@elixirscope/wire";
import {
  asNumber,
  asNumberOrNull,
  asText,
  asTextOrNull,
  select,
  sql,
  type Source,
  type Sql,
} from "../sql.ts";
import { whereText, type Where } from "./where.ts";

export type SubjectSite = {
  readonly site: number;
  readonly function: number | null;
  readonly kind: string;
  readonly file: string;
  readonly line: number;
  readonly column: number | null;
  readonly nodeId: string | null;
  readonly names: SiteNames;
};

export type Subject = {
  readonly functions: ReadonlyMap<number, string>;
  /** of these functions */
  readonly sites: ReadonlyMap<number, SubjectSite>;
  /** of a line */
  readonly lineSites: ReadonlySet<number> | null;
  /** of a process: pids as numbers */
  readonly processes: readonly number[];
};

/** Nothing of it is in the recording. */
export type { NoSubject };

export type SubjectLookup =
  | { readonly ok: true; readonly subject: Subject }
  | { readonly ok: false; readonly missing: NoSubject };

export async function subjectOf(source: Source, where: Where): Promise<SubjectLookup> {
  if (where.kind === "state") return await processSubject(source, where.process);
  return where.kind === "line"
    ? await lineSubject(source, where.file, where.line)
    : await functionSubject(source, where);
}

async function functionSubject(
  source: Source,
  where: Extract<Where, { kind: "function" }>,
): Promise<SubjectLookup> {
  const functions = await functionsWhere(source, functionTest(where));
  if (functions.size === 0) return { ok: false, missing: await nearFunctions(source, where) };
  const sites = await sitesWhere(source, sql`"function" IN ${[...functions.keys()]}`);
  return { ok: true, subject: { functions, sites, lineSites: null, processes: [] } };
}

function functionTest({
  module,
  below,
  function: name,
  arity,
}: Extract<Where, { kind: "function" }>): Sql {
  // a recording may name modules as the VM does or as Elixir prints them
  const names = module === null ? [] : [module, module.replace(/^Elixir\./, "")];
  const prefixes = names.map((text) => sql`starts_with(module, ${`${text}.`})`);
  const [one = sql`false`, other = sql`false`] = below ? prefixes : [];
  const inModule = module === null ? sql`true` : sql`(module IN ${names} OR ${one} OR ${other})`;
  // closures have names of their own: -add/3-fun-0-
  const inner = sql`starts_with("function", ${`-${name ?? ""}/${arity === null ? "" : `${arity}-`}`})`;
  const named =
    name === null
      ? sql`true`
      : sql`(("function" = ${name} AND ${arity === null ? sql`true` : sql`arity = ${arity}`}) OR ${inner})`;
  return sql`${inModule} AND ${named}`;
}

async function functionsWhere(source: Source, test: Sql): Promise<ReadonlyMap<number, string>> {
  const rows = await select(
    source,
    sql`SELECT id, module, "function", arity FROM base.functions WHERE ${test} ORDER BY id`,
  );
  return new Map(rows.map((row) => [asNumber(row[0]), nameOf(row.slice(1))]));
}

function nameOf(row: readonly unknown[]): string {
  return mfaText(asTextOrNull(row[0]) ?? "?", asTextOrNull(row[1]) ?? "?", asNumber(row[2] ?? 0));
}

async function nearFunctions(
  source: Source,
  where: Extract<Where, { kind: "function" }>,
): Promise<NoSubject> {
  const all = await functionsWhere(source, sql`"function" NOT LIKE '-%'`);
  const wanted = whereText(where);
  const names = [...all.values()];
  const module = where.module === null ? "" : `${moduleText(where.module)}.`;
  // written without an arity, it is near to names without one
  const candidates = where.arity === null ? names.map((name) => name.replace(/\/\d+$/, "")) : names;
  const near = nearestNames(wanted, new Set(candidates));
  const inModule = names.filter((name) => name.startsWith(module)).slice(0, 5);
  return {
    message: `no function ${wanted} was recorded`,
    nearest: near.length > 0 ? near : inModule,
  };
}

async function lineSubject(source: Source, file: string, line: number): Promise<SubjectLookup> {
  const rows = await select(
    source,
    sql`SELECT DISTINCT file FROM raw.sites WHERE file IS NOT NULL`,
  );
  const known = rows.map(([name]) => asText(name));
  const files = known.filter((name) => isSameFile(name, file));
  if (files.length === 0) {
    const nearest = nearestNames(file, known);
    const message = `no code of ${file} was instrumented`;
    return {
      ok: false,
      missing: { message, nearest: nearest.length > 0 ? nearest : known.slice(0, 5) },
    };
  }
  const there = await sitesWhere(source, sql`file IN ${files} AND line = ${line}`);
  if (there.size === 0) return { ok: false, missing: await nearLines(source, files, file, line) };
  const ids = [...there.values()].flatMap((site) =>
    site.function === null ? [] : [site.function],
  );
  const sites = await sitesWhere(source, sql`"function" IN ${[...new Set(ids)]}`);
  const functions = await functionsWhere(source, sql`id IN ${[...new Set(ids)]}`);
  const lineSites = new Set(there.keys());
  return { ok: true, subject: { functions, sites, lineSites, processes: [] } };
}

async function nearLines(
  source: Source,
  files: readonly string[],
  file: string,
  line: number,
): Promise<NoSubject> {
  const rows = await select(
    source,
    sql`SELECT line FROM raw.sites WHERE file IN ${files} AND line IS NOT NULL
      GROUP BY line ORDER BY abs(line::BIGINT - ${line}) LIMIT 3`,
  );
  return {
    message: `nothing of line ${line} of ${file} was instrumented`,
    nearest: rows.map(([number]) => `${file}:${asNumber(number)}`),
  };
}

async function sitesWhere(source: Source, test: Sql): Promise<ReadonlyMap<number, SubjectSite>> {
  const rows = await select(
    source,
    sql`SELECT site, "function", kind, file, line, "column", node_id, names FROM raw.sites WHERE ${test}`,
  );
  return new Map(
    rows.map((row) => {
      const site = asNumber(row[0]);
      const facts = {
        site,
        function: asNumberOrNull(row[1]),
        kind: asTextOrNull(row[2]) ?? "",
        file: asTextOrNull(row[3]) ?? "",
        line: asNumberOrNull(row[4]) ?? 0,
        column: asNumberOrNull(row[5]),
        nodeId: asTextOrNull(row[6]),
        names: siteNames(asTextOrNull(row[7])),
      };
      return [site, facts];
    }),
  );
}

async function processSubject(source: Source, process: string): Promise<SubjectLookup> {
  const name = process.replace(/^Elixir\./, "").replace(/^:/, "");
  const rows = await select(
    source,
    sql`SELECT p.id FROM base.pids p LEFT JOIN base.processes x ON x.pid = p.id
      WHERE p.text = ${process} OR x.name IN ${[name, `Elixir.${name}`, `:${name}`]}
        OR starts_with(x.initial_call, ${`${name}.`}) OR starts_with(x.initial_call, ${`Elixir.${name}.`})`,
  );
  const processes = rows.map(([id]) => asNumber(id));
  if (processes.length > 0) {
    const subject = { functions: new Map(), sites: new Map(), lineSites: null, processes };
    return { ok: true, subject };
  }
  const named = await select(
    source,
    sql`SELECT DISTINCT coalesce(x.name, regexp_extract(x.initial_call, '^(.*)\.[^.]+/\d+$', 1)) AS name
      FROM base.processes x JOIN (SELECT DISTINCT pid FROM raw.states) s ON s.pid = x.pid`,
  );
  const names = named.flatMap(([text]) =>
    typeof text === "string" && text !== "" ? [moduleText(text)] : [],
  );
  const near = nearestNames(process, names);
  const message = `no process ${process} was seen`;
  return { ok: false, missing: { message, nearest: near.length > 0 ? near : names.slice(0, 5) } };
}
