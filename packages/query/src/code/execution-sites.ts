// What an execution of a place is in the tables: events at the sites of a line, or calls of functions.

import { parseWhere } from "../find/where.ts";
import { subjectOf } from "../find/subject.ts";
import { rowsOf, type Range } from "../part-rows.ts";
import { sql, type Source, type Sql } from "../sql.ts";
import { codeFiles } from "./code-files.ts";
import { lineHits, siteHits, sitesOf } from "./line-hits.ts";
import { fileNamed } from "./source.ts";

export type ExecutionPlace =
  | {
      readonly kind: "line";
      readonly file: string;
      readonly line: number;
      /** whose events are the executions */
      readonly counting: readonly number[];
      /** all sites of the line */
      readonly sites: readonly number[];
      readonly rows: RowsWithin;
    }
  | { readonly kind: "function"; readonly mfa: string; readonly rows: RowsWithin };

/** Rows of `t`, `id`, `pid`, `frame`, `site`, at least all of those within a stretch of time; null: all of them. */
export type RowsWithin = (times: Range | null) => Promise<Sql>;

export type PlaceLookup =
  | { readonly ok: true; readonly place: ExecutionPlace }
  | { readonly ok: false; readonly message: string; readonly nearest: readonly string[] };

export async function executionPlace(source: Source, at: string): Promise<PlaceLookup> {
  const where = parseWhere(at);
  if (!where.ok) return { ok: false, message: where.error.message, nearest: [] };
  if (where.value.kind === "state") {
    return { ok: false, message: "a state is not a place in the code", nearest: [] };
  }
  if (where.value.kind === "line") {
    return await linePlace(source, where.value.file, where.value.line);
  }
  const found = await subjectOf(source, where.value);
  if (!found.ok) return { ok: false, ...found.missing };
  // closures are executed on their own
  const functions = [...found.subject.functions].flatMap(([id, text]) =>
    / in /.test(text) ? [] : [id],
  );
  const rows: RowsWithin = async (times) => {
    const calls = await rowsOf(source, "calls", times === null ? {} : { t_enter: times });
    return sql`(SELECT t_enter AS t, call AS id, pid, call AS frame, site FROM ${calls} WHERE "function" IN ${functions})`;
  };
  return { ok: true, place: { kind: "function", mfa: at, rows } };
}

async function linePlace(source: Source, file: string, line: number): Promise<PlaceLookup> {
  const { files } = await codeFiles(source);
  const siteFiles = fileNamed(files, file)?.siteFiles ?? [];
  const sites = await sitesOf(source, siteFiles, line);
  const [hits] = lineHits(sites, await siteHits(source, null));
  if (hits === undefined) {
    return {
      ok: false,
      message: `executions of line ${line} of ${file} are not recorded`,
      nearest: [],
    };
  }
  return {
    ok: true,
    place: {
      kind: "line",
      file: sites[0]?.file ?? file,
      line,
      counting: hits.sites,
      sites: sites.flatMap(({ site, kind }) =>
        kind === "return" && !hits.sites.includes(site) ? [] : [site],
      ),
      rows: async (times) => {
        const events = await rowsOf(source, "events", times === null ? {} : { t: times });
        return sql`(SELECT t, id, pid, frame, site FROM ${events} WHERE site IN ${hits.sites})`;
      },
    },
  };
}
