// What was placed of what could have been, and whether two ways of placing agree.

import { placeSites } from "@elixirscope/instrument";
import type { Site, SiteManifest } from "@elixirscope/trace";

export type Share = { sites: number; placed: number; generated: number };

/** By the kind that the site has at the end. */
export type Shares = Map<string, Share>;

export function countPlaced(shares: Shares, { sites }: SiteManifest): void {
  for (const site of sites) {
    const share = shares.get(site.kind) ?? { sites: 0, placed: 0, generated: 0 };
    shares.set(site.kind, share);
    if (site.generated) share.generated += 1;
    else {
      share.sites += 1;
      if (site.column !== null && site.nodeId !== null) share.placed += 1;
    }
  }
}

export function totalOf(shares: Shares): Share {
  const total = { sites: 0, placed: 0, generated: 0 };
  for (const { sites, placed, generated } of shares.values()) {
    total.sites += sites;
    total.placed += placed;
    total.generated += generated;
  }
  return total;
}

export function sharesText(title: string, shares: Shares): string {
  const sorted = [...shares].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted.map(([kind, share]) => shareLine(kind, share));
  return [title, ...lines, shareLine("all", totalOf(shares))].join("\n");
}

function shareLine(kind: string, { sites, placed, generated }: Share): string {
  const share = sites === 0 ? "–" : `${((100 * placed) / sites).toFixed(1)}%`;
  const numbers = `${String(placed)} of ${String(sites)}`;
  return `  ${kind.padEnd(16)} ${share.padStart(7)}  ${numbers.padEnd(16)} generated ${String(generated)}`;
}

export type Comparison = {
  /** sites that the columns place */
  told: number;
  /** of them, placed at the same node by lines alone */
  found: number;
  /** of them, placed at another one */
  readonly wrong: string[];
  /** placed by lines where the columns say no place */
  readonly invented: string[];
};

/** Places the sites with their columns and without, and compares. */
export function compareWithoutColumns(
  comparison: Comparison,
  manifest: SiteManifest,
  sources: ReadonlyMap<string, string>,
): void {
  const bare = manifest.sites.map((site) => ({ ...site, column: null }));
  const exact = placeSites(manifest, sources).sites;
  const byLine = placeSites({ ...manifest, sites: bare }, sources).sites;
  manifest.sites.forEach((site, i) => {
    const truth = exact[i];
    const guess = byLine[i];
    if (truth === undefined || guess === undefined) return;
    if (truth.nodeId === null || site.column === null) {
      if (guess.nodeId !== null && guess.nodeId !== truth.nodeId) {
        comparison.invented.push(difference(manifest, truth, guess));
      }
      return;
    }
    comparison.told += 1;
    if (guess.nodeId === null) return;
    if (isSame(truth, guess)) comparison.found += 1;
    else comparison.wrong.push(difference(manifest, truth, guess));
  });
}

function isSame(a: Site, b: Site): boolean {
  return (
    a.nodeId === b.nodeId &&
    a.line === b.line &&
    a.column === b.column &&
    a.hash === b.hash &&
    a.kind === b.kind
  );
}

function difference({ module }: SiteManifest, truth: Site, guess: Site): string {
  const where = `${module}.${truth.function}/${String(truth.arity)} ${truth.file}`;
  return `${where}: ${placeText(truth)} but ${placeText(guess)}`;
}

function placeText({ kind, line, column, nodeId, names }: Site): string {
  return `${kind} [${names.join(" ")}] ${String(line)}:${String(column)} ${String(nodeId)}`;
}
