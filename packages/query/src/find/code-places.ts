// Places in the recorded project's code: what a pattern matches there, and the sites that stand for it.

import { err, ok, type Result } from "@elixirscope/base";
import type { Finding } from "@elixirscope/codegraph";
import { parse } from "@elixirscope/syntax";
import { isSameFile } from "@elixirscope/wire";
import {
  asNumber,
  asNumberOrNull,
  asText,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "../sql.ts";

export type CodePlace = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** the code's first line */
  readonly text: string;
  readonly nodeId: string | null;
  /** sites that are this node, else those on its lines */
  readonly sites: readonly number[];
  /** false: only the lines are known, not the node itself */
  readonly exact: boolean;
};

export type CodePlaces = {
  readonly places: readonly CodePlace[];
  readonly notes: readonly string[];
};

const MAX_FILE_BYTES = 4_000_000;
const RULE = "found";
/** The pattern stands on a line of its own in a pattern file that is made around it. */
const BEFORE = `pattern "${RULE}" do\n  in_tests true\n  match `;
const LINE_OF_PATTERN = 3;
const COLUMN_OF_PATTERN = 9;

/** The message of an error names line and column in `pattern`. */
export async function placesOfPattern(
  source: Source,
  pattern: string,
): Promise<Result<CodePlaces, string>> {
  // most questions are not about code: they need not wait until this is loaded
  const { fileFindings, fileSyntax, ruleSet } = await import("@elixirscope/codegraph");
  const { rules, problems } = ruleSet([{ file: "pattern", text: `${BEFORE}${pattern}\nend\n` }]);
  const [problem] = problems;
  if (problem !== undefined) {
    const line = Math.max(1, problem.line - LINE_OF_PATTERN + 1);
    const column =
      line === 1 ? Math.max(1, problem.column - COLUMN_OF_PATTERN + 1) : problem.column;
    return err(`${line}:${column}: ${problem.message}\n  ${pattern}`);
  }
  const sites = await allSites(source);
  const files = await select(
    source,
    sql`SELECT path, text FROM main.sources WHERE text IS NOT NULL AND bytes <= ${MAX_FILE_BYTES}`,
  );
  if (files.length === 0) {
    const notes = ["the recording holds no source text, so there is no code to look in"];
    return ok({ places: [], notes });
  }
  const places: CodePlace[] = [];
  for (const [path, text] of files) {
    const file = asText(path);
    const written = asText(text);
    const code = fileSyntax(file, parse(written, { file }));
    for (const finding of fileFindings(code, { ...rules, rules: [] })) {
      if (finding.rule === RULE) places.push(placeOf(finding, written, sites));
    }
  }
  const blind = places.filter((place) => place.sites.length === 0).length;
  const notes = blind === 0 ? [] : [`${blind} of ${places.length} places were not instrumented`];
  return ok({ places, notes });
}

export async function placesOfNode(source: Source, nodeId: string): Promise<CodePlaces> {
  const sites = (await allSites(source)).filter((site) => site.nodeId === nodeId);
  const [first] = sites;
  if (first === undefined) return { places: [], notes: [] };
  const { file, line, column } = first;
  const place = { file, line, column: column ?? 1, text: "", nodeId, exact: true };
  return { places: [{ ...place, sites: sites.map(({ site }) => site) }], notes: [] };
}

type PlacedSite = {
  readonly site: number;
  readonly file: string;
  readonly line: number;
  readonly column: number | null;
  readonly nodeId: string | null;
};

async function allSites(source: Source): Promise<readonly PlacedSite[]> {
  const rows = await select(
    source,
    sql`SELECT site, file, line, "column", node_id FROM raw.sites WHERE file IS NOT NULL`,
  );
  return rows.map((row) => ({
    site: asNumber(row[0]),
    file: asText(row[1]),
    line: asNumberOrNull(row[2]) ?? 0,
    column: asNumberOrNull(row[3]),
    nodeId: asTextOrNull(row[4]),
  }));
}

function placeOf(
  { file, range, nodeId }: Finding,
  text: string,
  all: readonly PlacedSite[],
): CodePlace {
  const same = nodeId === null ? [] : all.filter((site) => site.nodeId === nodeId);
  const near = all.filter(
    (site) => site.line >= range.line && site.line <= range.endLine && isSameFile(site.file, file),
  );
  const exact = same.length > 0;
  return {
    file,
    line: range.line,
    column: range.column,
    text: (text.slice(range.start, range.end).split("\n")[0] ?? "").trim(),
    nodeId,
    sites: (exact ? same : near).map(({ site }) => site),
    exact,
  };
}
