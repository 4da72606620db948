// The files and modules that a recording knows of: those with text, those whose code was instrumented, and modules of
// which only calls were recorded, which may have no file.

import { Kept } from "../kept.ts";
import { mfaText, moduleText } from "../names.ts";
import { pathOf } from "../source-texts.ts";
import { asNumber, asText, asTextOrNull, select, sql, type Source } from "../sql.ts";
import { callHits } from "./line-hits.ts";

export type CodeFunction = {
  readonly id: number;
  readonly module: string;
  readonly mfa: string;
  readonly calls: number;
  readonly isInstrumented: boolean;
  /** the first clause that was instrumented */
  readonly line: number | null;
};

export type CodeFile = {
  /** of the text, else of the sites, else the module */
  readonly name: string;
  readonly path: string | null;
  readonly hasText: boolean;
  /** as sites name it */
  readonly siteFiles: readonly string[];
  readonly modules: readonly string[];
  readonly functions: readonly CodeFunction[];
};

export type CodeFiles = {
  readonly files: readonly CodeFile[];
  readonly texts: number;
};

const kept = new Kept<"files", CodeFiles>(1);

/** Of a recording that has ended they are looked for once. */
export async function codeFiles(source: Source): Promise<CodeFiles> {
  return await kept.of(source, "files", async () => await findFiles(source));
}

async function findFiles(source: Source): Promise<CodeFiles> {
  const [paths, functions, places] = await Promise.all([
    textPaths(source),
    codeFunctions(source),
    modulePlaces(source),
  ]);
  const files = new Map<string, FileParts>();
  const add = (name: string, path: string | null, hasText: boolean): FileParts => {
    const known = files.get(name);
    if (known !== undefined) return known;
    const made: FileParts = {
      path,
      hasText,
      siteFiles: new Set(),
      modules: new Set(),
      functions: [],
    };
    files.set(name, made);
    return made;
  };
  for (const path of paths) add(path, path, true);
  const ofModule = (module: string): FileParts => {
    const { file = null, siteFiles = [] } = places.get(module) ?? {};
    const text = file === null ? null : pathOf(file, paths);
    const parts = add(text ?? file ?? module, text ?? file, text !== null);
    parts.modules.add(module);
    for (const one of siteFiles) {
      if (one === file || (text !== null && pathOf(one, [text]) !== null)) parts.siteFiles.add(one);
    }
    return parts;
  };
  for (const module of places.keys()) ofModule(module);
  for (const one of functions) ofModule(one.module).functions.push(one);
  return {
    texts: paths.length,
    files: [...files]
      .map(([name, { siteFiles, modules, ...rest }]) => ({
        name,
        ...rest,
        siteFiles: [...siteFiles],
        modules: [...modules].toSorted(),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

type FileParts = {
  readonly path: string | null;
  readonly hasText: boolean;
  readonly siteFiles: Set<string>;
  readonly modules: Set<string>;
  readonly functions: CodeFunction[];
};

async function textPaths(source: Source): Promise<readonly string[]> {
  const rows = await select(
    source,
    sql`SELECT DISTINCT path FROM main.sources WHERE text IS NOT NULL ORDER BY path`,
  );
  return rows.map(([path]) => asText(path));
}

/** Without closures: they belong to the function that they stand in. */
async function codeFunctions(source: Source): Promise<readonly CodeFunction[]> {
  const [rows, sites, calls] = await Promise.all([
    select(
      source,
      sql`SELECT id, module, "function", arity FROM base.functions WHERE "function" NOT LIKE '-%' ORDER BY id`,
    ),
    select(
      source,
      sql`SELECT "function", min(line) FILTER (kind = 'function_clause' AND coalesce(generated, 0) = 0)
        FROM raw.sites WHERE "function" IS NOT NULL GROUP BY "function"`,
    ),
    callHits(source, null),
  ]);
  const lines = new Map(
    sites.map(([id, line]) => [asNumber(id), line === null ? null : asNumber(line)]),
  );
  return rows.map(([index, module, name, arity]) => {
    const id = asNumber(index);
    const inModule = asTextOrNull(module) ?? "?";
    return {
      id,
      module: moduleText(inModule),
      mfa: mfaText(inModule, asTextOrNull(name) ?? "?", asNumber(arity ?? 0)),
      calls: calls.get(id) ?? 0,
      isInstrumented: lines.has(id),
      line: lines.get(id) ?? null,
    };
  });
}

type ModulePlace = { readonly file: string | null; readonly siteFiles: readonly string[] };

/** What `use` brings stands in another file than the rest: the file with most of what was written counts. */
async function modulePlaces(source: Source): Promise<ReadonlyMap<string, ModulePlace>> {
  const [known, sites] = await Promise.all([
    select(source, sql`SELECT DISTINCT module, coalesce(source, file) FROM main.modules`),
    select(
      source,
      sql`SELECT f.module, s.file, count(*) FILTER (coalesce(s.generated, 0) = 0) AS written
        FROM raw.sites s JOIN base.functions f ON f.id = s."function"
        WHERE s.file IS NOT NULL GROUP BY f.module, s.file ORDER BY written DESC, s.file`,
    ),
  ]);
  const found = new Map<string, { file: string | null; siteFiles: string[] }>();
  const placeOf = (module: unknown): { file: string | null; siteFiles: string[] } => {
    const name = moduleText(asText(module));
    const place = found.get(name) ?? { file: null, siteFiles: [] };
    found.set(name, place);
    return place;
  };
  for (const [module, file] of known) placeOf(module).file ??= asTextOrNull(file);
  for (const [module, file, written] of sites) {
    const place = placeOf(module);
    if (asNumber(written) > 0) place.file ??= asText(file);
    place.siteFiles.push(asText(file));
  }
  return found;
}
