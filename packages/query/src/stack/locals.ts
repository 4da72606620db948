// The variables of one frame at its place: of each name the latest value whose scope goes on there.
//
// Without the source, or where a site is known to its line only, scopes cannot be told: then the latest
// value counts, and says so (`inScope: null`).

import type { Term } from "@elixirscope/etf";
import { hasCut } from "../cut.ts";
import { printTerm, type TermStyle } from "../print.ts";
import type { SourceTexts } from "../source-texts.ts";
import type { FrameSite, SiteVisit } from "./open-frames.ts";
import { Scopes } from "./scopes.ts";
import type { LocalView } from "./stack-view.ts";

/** Larger files are not parsed for a stack. */
const MAX_PARSED = 1_000_000;

export class FrameLocals {
  readonly #texts: SourceTexts;
  readonly #style: TermStyle;
  readonly #scopes = new Map<string, Scopes | null>();

  constructor(texts: SourceTexts, style: TermStyle) {
    this.#texts = texts;
    this.#style = style;
  }

  /** `visits` newest first; the locals come in the order in which they were bound. */
  at(visits: readonly SiteVisit[]): readonly LocalView[] {
    const [place] = visits;
    const chosen = new Map<string, LocalView>();
    for (const visit of visits) {
      const inScope = this.#isInScope(visit, place);
      for (const [name, value] of [...visit.values].toReversed()) {
        const before = chosen.get(name);
        if (before !== undefined && (before.inScope !== false || inScope !== true)) continue;
        chosen.delete(name);
        chosen.set(name, this.#local(name, value, visit, inScope));
      }
    }
    return [...chosen.values()].toReversed().toSorted((a, b) => a.event - b.event);
  }

  #local(name: string, value: Term, { event, t }: SiteVisit, inScope: boolean | null): LocalView {
    const text = printTerm(value, "line", this.#style);
    return { name, text, truncated: hasCut(value), event, t, inScope };
  }

  #isInScope(bound: FrameSite, place: FrameSite | undefined): boolean | null {
    if (place === undefined || bound.file !== place.file) return null;
    return this.#scopesOf(bound.file)?.isVisible(bound, place) ?? null;
  }

  #scopesOf(file: string): Scopes | null {
    let scopes = this.#scopes.get(file);
    if (scopes === undefined) {
      const text = this.#texts.text(file);
      scopes = text === null || text.length > MAX_PARSED ? null : new Scopes(text);
      this.#scopes.set(file, scopes);
    }
    return scopes;
  }
}
