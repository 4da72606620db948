// Which of two values of the same name counts at a place: scopes of the source, asked only where a name
// was bound at more than one site of a call.

import { SourceScopes } from "../stack/source-scopes.ts";
import { SourceTexts } from "../source-texts.ts";
import type { Source } from "../sql.ts";
import type { Subject } from "./subject.ts";

export class Visibility {
  readonly #subject: Subject;
  readonly #scopes: SourceScopes;
  readonly #known = new Map<string, boolean | null>();

  private constructor(subject: Subject, texts: SourceTexts) {
    this.#subject = subject;
    this.#scopes = new SourceScopes(texts);
  }

  static async of(source: Source, subject: Subject): Promise<Visibility> {
    const files = new Set([...subject.sites.values()].map(({ file }) => file));
    return new Visibility(subject, await SourceTexts.of(source, files));
  }

  /** Can what was bound at one site be named at the other? Null: it cannot be told. */
  isVisible(bound: number, at: number): boolean | null {
    const key = `${bound} ${at}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.#look(bound, at);
      this.#known.set(key, known);
    }
    return known;
  }

  #look(bound: number, at: number): boolean | null {
    const from = this.#subject.sites.get(bound);
    const to = this.#subject.sites.get(at);
    return from === undefined || to === undefined ? null : this.#scopes.isVisible(from, to);
  }
}
