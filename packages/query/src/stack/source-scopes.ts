// The scopes of the recording's sources, each file parsed once and only when it is asked about.

import type { SourceTexts } from "../source-texts.ts";
import { Scopes, type SitePlace } from "./scopes.ts";

type PlaceInFile = SitePlace & { readonly file: string };

/** Larger files are not parsed for this. */
const MAX_PARSED = 1_000_000;

export class SourceScopes {
  readonly #texts: SourceTexts;
  readonly #scopes = new Map<string, Scopes | null>();

  constructor(texts: SourceTexts) {
    this.#texts = texts;
  }

  /** Can what was bound at one site be named at the other? Null: it cannot be told. */
  isVisible(bound: PlaceInFile, at: PlaceInFile): boolean | null {
    if (bound.file !== at.file) return null;
    return this.#of(bound.file)?.isVisible(bound, at) ?? null;
  }

  #of(file: string): Scopes | null {
    let scopes = this.#scopes.get(file);
    if (scopes === undefined) {
      const text = this.#texts.text(file);
      scopes = text === null || text.length > MAX_PARSED ? null : new Scopes(text);
      this.#scopes.set(file, scopes);
    }
    return scopes;
  }
}
