// Finds for each site of a module the node of the source that it stands for.
//
// Code of newer compilers says columns, and a column is exact. Elixir 1.14's has lines alone, and no release
// gives columns to what macros of Kernel make (`if`, `&&`): there sites and places of a line that look alike
// are told by their order, and only when there are as many of the one as of the other. What is not certain
// stays without a place.

import { nodeIds, type NodeIds, parse, withTemplates } from "@elixirscope/syntax";
import type { Site, SiteManifest } from "@elixirscope/trace";
import { type Candidate, classOf, type SiteClass } from "./candidate.ts";
import { CandidateIndex, clauseCounts, groupBy, ownerKey, siteKey } from "./candidate-index.ts";
import { siteCandidates } from "./site-walk.ts";

/**
 * `sources`: by the names that sites have for their files. Files that are not there, and sources that are
 * not Elixir's, leave their sites as they are. Ids are those of `ast_nodes`.
 */
export function placeSites(
  manifest: SiteManifest,
  sources: ReadonlyMap<string, string>,
): SiteManifest {
  const placers = new Map<string, FilePlacer>();
  for (const [file, sites] of groupBy(manifest.sites, (site) => site.file)) {
    const text = sources.get(file);
    if (text === undefined || !isElixir(file)) continue;
    if (manifest.file !== null && file !== manifest.file) continue;
    placers.set(file, new FilePlacer(manifest.module, text, sites));
  }
  return {
    ...manifest,
    sites: manifest.sites.map((site) =>
      isForeign(site, manifest)
        ? { ...site, generated: true }
        : (placers.get(site.file)?.placed(site) ?? site),
    ),
  };
}

/** A macro brought the lines of its own file (`location: :keep`): nobody wrote that in this module. */
function isForeign({ file }: Site, manifest: SiteManifest): boolean {
  return manifest.file !== null && isElixir(manifest.file) && file !== manifest.file;
}

function isElixir(file: string): boolean {
  return /\.exs?$/.test(file);
}

/** Classes of sites to which a compiler that knows columns does not always give one: `assert` makes matches. */
const WITHOUT_COLUMN: ReadonlySet<SiteClass> = new Set(["branch", "function", "end", "match"]);

/** A macro may define what is also written elsewhere, so one in ten may be elsewhere. */
const MOST_MOVED = 10;

class FilePlacer {
  readonly #ids: NodeIds;
  readonly #candidates: CandidateIndex;
  readonly #hasColumns: boolean;
  readonly #placed = new Map<Site, Candidate>();
  /** made by macros */
  readonly #made = new Set<Site>();

  constructor(module: string, text: string, sites: readonly Site[]) {
    const { tree } = withTemplates(parse(text));
    this.#ids = nodeIds(tree);
    this.#hasColumns = sites.some(({ column }) => column !== null);
    this.#candidates = new CandidateIndex(siteCandidates(tree), this.#hasColumns);
    if (this.#isOtherVersion(module, sites)) return;
    this.#place(sites);
    this.#placeEnds(sites);
    this.#markMadeFunctions(sites);
  }

  /** Definitions stand on other lines than in the code: the source was changed since it was compiled. */
  #isOtherVersion(module: string, sites: readonly Site[]): boolean {
    const written = new Set(this.#ids.anchors.map(({ name }) => name));
    const clauses = sites.filter(({ kind }) => kind === "function_clause");
    const functions = groupBy(clauses, ownerKey);
    let moved = 0;
    for (const [key, own] of functions) {
      const isHere = own.some((site) => this.#candidates.hasDefinition(site));
      if (!isHere && written.has(`${module}.${key}`)) moved += 1;
    }
    return moved * MOST_MOVED > functions.size;
  }

  /** All that is in a function that a macro made was made by it, too. */
  #markMadeFunctions(sites: readonly Site[]): void {
    const written = new Set<string>();
    const made = new Set<string>();
    for (const site of sites) {
      if (site.kind !== "function_clause") continue;
      (this.#made.has(site) ? made : written).add(ownerKey(site));
    }
    for (const site of sites) {
      const key = ownerKey(site);
      if (made.has(key) && !written.has(key) && !this.#placed.has(site)) this.#made.add(site);
    }
  }

  placed(site: Site): Site {
    const candidate = this.#placed.get(site);
    if (candidate === undefined) return this.#made.has(site) ? { ...site, generated: true } : site;
    if (candidate.unwritten) return { ...site, generated: true };
    const { node, at, kind, clause } = candidate;
    return {
      ...site,
      kind: kind ?? site.kind,
      clause: kind === null ? site.clause : clause,
      line: at.line,
      column: at.column,
      generated: false,
      names: placeholderNames(site.names, candidate),
      nodeId: this.#ids.idOf(node),
      hash: this.#ids.hashOf(node),
    };
  }

  #place(sites: readonly Site[]): void {
    const byLine: Site[] = [];
    for (const site of sites) {
      const found = site.column === null ? null : this.#candidates.at(site);
      if (found !== null) this.#placed.set(site, found);
      if (site.column !== null) continue;
      if (this.#isMade(site)) this.#made.add(site);
      else byLine.push(site);
    }
    const clauses = clauseCounts(sites);
    const taken = new Set(this.#placed.values());
    for (const group of groupBy(byLine, groupKey).values()) {
      this.#candidates.inOrder(group, clauses, taken)?.forEach((candidate, i) => {
        const site = group[i];
        if (site !== undefined) this.#placed.set(site, candidate);
      });
    }
    for (const site of byLine) {
      const isMatch = this.#hasColumns && site.kind === "match";
      if (isMatch && !this.#placed.has(site)) this.#made.add(site);
    }
  }

  /** Where columns are kept, what has none was made by a macro; so was a function without a definition. */
  #isMade(site: Site): boolean {
    const of = classOf(site.kind);
    if (site.line === 0) return true;
    if (of === "function") return !this.#candidates.hasDefinition(site);
    return this.#hasColumns && !WITHOUT_COLUMN.has(of);
  }

  /** The ends of a frame are numbered before its beginning, with nothing but its tail calls between. */
  #placeEnds(sites: readonly Site[]): void {
    let begin: Site | null = null;
    for (const site of sites.toReversed()) {
      const of = classOf(site.kind);
      if (of === "fn" || of === "function") begin = site;
      if (of !== "end" || site.kind === "no_clause" || begin === null) continue;
      this.#placed.delete(site);
      if (!isSameAnnotation(site, begin)) continue;
      const candidate = this.#placed.get(begin);
      if (candidate !== undefined) this.#placed.set(site, { ...candidate, kind: null });
      else if (this.#made.has(begin)) this.#made.add(site);
    }
  }
}

/** Arguments of `&(…)` have no names but those; some compilers call each of them `capture`. */
function placeholderNames(
  names: Site["names"],
  { placeholders, class: of }: Candidate,
): Site["names"] {
  if (of !== "fn" || placeholders === 0) return names;
  return names.map((name, i) =>
    i < placeholders && (name === null || name === "capture") ? `&${i + 1}` : name,
  );
}

function isSameAnnotation(a: Site, b: Site): boolean {
  return ownerKey(a) === ownerKey(b) && a.line === b.line && a.column === b.column;
}

function groupKey(site: Site): string {
  return `${site.kind}:${ownerKey(site)}:${siteKey(site)}`;
}
