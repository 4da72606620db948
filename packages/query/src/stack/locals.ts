// The variables of one frame at its place: of each name the latest value whose scope goes on there.
//
// Without the source, or where a site is known to its line only, scopes cannot be told: then the latest
// value counts, and says so (`inScope: null`).

import type { Term } from "@elixirscope/etf";
import { hasCut } from "../cut.ts";
import { printTerm, type TermStyle } from "../print.ts";
import type { SourceTexts } from "../source-texts.ts";
import type { SiteVisit } from "./open-frames.ts";
import { SourceScopes } from "./source-scopes.ts";
import type { LocalView } from "@elixirscope/wire";

export class FrameLocals {
  readonly #scopes: SourceScopes;
  readonly #style: TermStyle;

  constructor(texts: SourceTexts, style: TermStyle) {
    this.#scopes = new SourceScopes(texts);
    this.#style = style;
  }

  /** `visits` newest first; the locals come in the order in which they were bound. */
  at(visits: readonly SiteVisit[]): readonly LocalView[] {
    const [place] = visits;
    const chosen = new Map<string, LocalView>();
    for (const visit of visits) {
      const inScope = place === undefined ? null : this.#scopes.isVisible(visit, place);
      for (const [name, value] of [...visit.values].toReversed()) {
        const before = chosen.get(name);
        if (before !== undefined && (before.inScope !== false || inScope !== true)) continue;
        chosen.delete(name);
        chosen.set(name, this.#local(name, value, visit, inScope));
      }
    }
    return [...chosen.values()].toReversed().toSorted((a, b) => a.event - b.event);
  }

  #local(
    name: string,
    value: Term,
    { event, t, line }: SiteVisit,
    inScope: boolean | null,
  ): LocalView {
    const text = printTerm(value, "line", this.#style);
    return { name, text, truncated: hasCut(value), event, t, inScope, line };
  }
}
