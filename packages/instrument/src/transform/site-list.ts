// The sites of one module: each gets the next number, and a row of the manifest.

import { integer, type Term } from "@elixirscope/etf";
import type { Site, SiteKind } from "@elixirscope/trace";
import { placeOf } from "./annotations.ts";

export type FunctionName = { readonly name: string; readonly arity: number };

export type SiteFacts = {
  readonly kind: SiteKind;
  /** annotation of the form that the site stands for */
  readonly anno: Term;
  readonly owner: FunctionName;
  readonly clause?: number;
  readonly closure?: Site["closure"];
  readonly names?: readonly (string | null)[];
  readonly target?: string | null;
};

export class SiteList {
  readonly #first: number;
  readonly #closures = new Map<string, number>();
  readonly sites: Site[] = [];
  /** of the forms that are being transformed */
  file = "";

  constructor(first: number) {
    this.#first = first;
  }

  /** The place of the next closure among those of its function. */
  nextClosure({ name, arity }: FunctionName): number {
    const key = `${name}/${arity}`;
    const index = this.#closures.get(key) ?? 0;
    this.#closures.set(key, index + 1);
    return index;
  }

  /** The new site's number. */
  add({ kind, anno, owner, clause, closure, names, target }: SiteFacts): Term {
    const place = placeOf(anno);
    const site = this.#first + this.sites.length;
    this.sites.push({
      site,
      function: owner.name,
      arity: owner.arity,
      kind,
      clause: clause ?? null,
      closure: closure ?? null,
      file: place.file ?? this.file,
      line: place.line,
      column: place.column,
      generated: place.generated,
      names: names ?? [],
      target: target ?? null,
      nodeId: null,
      hash: null,
    });
    return integer(site);
  }
}
