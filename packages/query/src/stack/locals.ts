// The variables of one frame at its place: of each name the latest value whose scope goes on there.
//
// Without the source, or where a site is known to its line only, scopes cannot be told: then the latest
// value counts, and says so (`inScope: null`).

import { isCut } from "../cut.ts";
import { printTerm, type TermStyle } from "../print.ts";
import type { SourceTexts } from "../source-texts.ts";
import type { BoundValue, FrameSite } from "./open-frames.ts";
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

  /** `values` newest first; the locals come in the order in which they were bound. */
  at(place: FrameSite | undefined, values: readonly BoundValue[]): readonly LocalView[] {
    const chosen = new Map<string, LocalView>();
    for (const bound of values) {
      const before = chosen.get(bound.name);
      if (before !== undefined && before.inScope !== false) continue;
      const inScope = this.#isInScope(bound, place);
      if (before !== undefined && inScope !== true) continue;
      chosen.set(bound.name, this.#local(bound, inScope));
    }
    return [...chosen.values()].toReversed().toSorted((a, b) => a.event - b.event);
  }

  #local({ name, value, event, t }: BoundValue, inScope: boolean | null): LocalView {
    const text = value === null ? "(not recorded)" : printTerm(value, "line", this.#style);
    return { name, text, truncated: value === null || isCut(value), event, t, inScope };
  }

  #isInScope({ site }: BoundValue, place: FrameSite | undefined): boolean | null {
    if (site === null || place === undefined || site.file !== place.file) return null;
    return this.#scopesOf(site.file)?.isVisible(site, place) ?? null;
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
