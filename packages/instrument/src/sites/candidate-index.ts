// Places of a file by what a compiled site says of itself: its column, or else its line, kind and names.

import { assertNever } from "@elixirscope/base";
import type { Site } from "@elixirscope/trace";
import { type Candidate, classOf, type Shape, type SiteClass } from "./candidate.ts";

/** How often the clause of a definition on a line was compiled: `def unquote(name)` may be so many times. */
export type ClauseCounts = ReadonlyMap<string, number>;

export function clauseCounts(sites: readonly Site[]): ClauseCounts {
  const counts = new Map<string, number>();
  for (const site of sites) {
    if (site.kind !== "function_clause") continue;
    const key = `${ownerKey(site)}:${site.line}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

export class CandidateIndex {
  readonly #byShape = new Map<string, Candidate[]>();
  readonly #byColumn = new Map<string, Candidate[]>();

  constructor(candidates: readonly Candidate[], hasColumns: boolean) {
    for (const candidate of candidates) {
      for (const shape of candidate.shapes) {
        const isBranch = candidate.class === "branch";
        // with columns, a branch that has none is one of those that never do; that a line begins is all
        // that its site says, and a literal that begins one has the place of what is around it
        const hasLine = candidate.class !== "line";
        if (hasLine && (!isBranch || !hasColumns || shape.column === null)) {
          add(this.#byShape, shapeKey(candidate.class, shape), candidate);
        }
        if (shape.column === null) continue;
        add(this.#byColumn, `${candidate.class}:${shape.line}:${shape.column}`, candidate);
      }
    }
  }

  /** The one at the site's column. */
  at(site: Site): Candidate | null {
    const of = classOf(site.kind);
    const all = this.#byColumn.get(`${of}:${site.line}:${site.column ?? 0}`) ?? [];
    const fitting = all.filter(({ shapes }) => shapes.some((shape) => isLike(of, shape, site)));
    const [first] = fitting;
    if (first === undefined) return null;
    const isCertain = fitting.every(
      ({ node, unwritten }) => node === first.node || (unwritten && first.unwritten),
    );
    return isCertain ? first : null;
  }

  /** Is there anything on the line of a function's clause that may have made it? */
  hasDefinition(site: Site): boolean {
    return (this.#byShape.get(siteKey(site)) ?? []).some((one) => isIn(one, site));
  }

  /** One for each of the sites, which look alike, and none that is `taken`; null when it is not certain which. */
  inOrder(
    sites: readonly Site[],
    clauses: ClauseCounts,
    taken: ReadonlySet<Candidate>,
  ): readonly Candidate[] | null {
    const [first] = sites;
    if (first === undefined) return null;
    const own = (this.#byShape.get(siteKey(first)) ?? []).filter(
      (one) => isIn(one, first) && !taken.has(one),
    );
    const definitions = own.filter(({ owner }) => owner !== null);
    const all = definitions.length > 0 ? definitions : own;
    const required = all.filter(({ optional }) => !optional);
    return oneEach(sites, required, clauses) ?? oneEach(sites, all, clauses);
  }
}

/** The candidates in their order, for as many sites; again from the start where code was compiled repeatedly. */
function oneEach(
  sites: readonly Site[],
  candidates: readonly Candidate[],
  clauses: ClauseCounts,
): readonly Candidate[] | null {
  const [first] = sites;
  const [candidate] = candidates;
  if (first === undefined || candidate === undefined) return null;
  const line = candidate.owner?.line;
  const times = clauses.get(`${ownerKey(first)}:${line ?? 0}`) ?? 1;
  const isOne = candidates.every(({ owner }) => owner?.line === line);
  const repeated = isOne && candidate.class !== "function" ? times : 1;
  const isDefinition = candidate.class === "function" && candidates.length === 1;
  const rounds = sites.length / candidates.length;
  const isAlike = candidates.every(({ copies }) => copies === candidate.copies);
  const copies = isAlike ? candidate.copies : 1;
  if (!isDefinition && rounds !== repeated && rounds !== repeated * copies) return null;
  return sites.map((_, i) => candidates[i % candidates.length] ?? candidate);
}

/** May the site's function be made by the definition that the place is in? */
function isIn({ owner }: Candidate, site: Site): boolean {
  if (owner === null) return true;
  const { least, most } = owner.arities;
  if (site.arity < least || site.arity > most) return false;
  return owner.name === null || owner.name === site.function;
}

function isLike(of: SiteClass, shape: Shape, site: Site): boolean {
  if (shape.line !== site.line || shape.column !== site.column) return false;
  if (of === "call" || of === "line" || of === "function" || of === "end") return true;
  if (shape.clause !== null && site.clause !== null && shape.clause !== site.clause) return false;
  return shape.names === null || nameKey(shape.names) === nameKey(site.names);
}

export function siteKey(site: Site): string {
  const of = classOf(site.kind);
  return shapeKey(of, {
    line: site.line,
    column: null,
    generated: site.generated,
    clause: site.clause,
    names: site.names.filter((name) => name !== null),
    ...(site.target === null ? {} : { target: site.target.replace(/^.*\.(?=[^.]+\/\d+$)/, "") }),
  });
}

function shapeKey(of: SiteClass, { line, generated, clause, names, target }: Shape): string {
  switch (of) {
    case "function":
    case "end":
      return `${of}:${line}`;
    case "fn":
      return `${of}:${line}:${clause ?? ""}`;
    case "call":
      return `${of}:${line}:${target ?? ""}`;
    case "branch":
      return `${of}:${line}:${clause ?? ""}:${generated ? "generated" : ""}:${nameKey(names ?? [])}`;
    case "match":
    case "receive":
    case "after":
    case "try":
    case "catching":
    case "generator":
    case "line":
      return `${of}:${line}:${clause ?? ""}:${nameKey(names ?? [])}`;
    default:
      return assertNever(of);
  }
}

function nameKey(names: readonly (string | null)[]): string {
  return names
    .filter((name) => name !== null)
    .toSorted()
    .join(",");
}

export function ownerKey(site: Site): string {
  return `${site.function}/${site.arity}`;
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) add(groups, keyOf(item), item);
  return groups;
}

function add<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else if (group.at(-1) !== item) group.push(item);
}
