// Which definition a name means at this point of the evaluation. What a branch or an argument binds is
// undone from a log, so that leaving a scope costs what was bound in it and not what was visible.

export class Bindings {
  readonly #current = new Map<string, number>();
  readonly #log: { readonly name: string; readonly before: number | undefined }[] = [];

  get(name: string): number | undefined {
    return this.#current.get(name);
  }

  set(name: string, definition: number): void {
    this.#log.push({ name, before: this.#current.get(name) });
    this.#current.set(name, definition);
  }

  /** A point to go back to. */
  mark(): number {
    return this.#log.length;
  }

  /** What a name meant at the mark. */
  getAt(mark: number, name: string): number | undefined {
    for (let i = mark; i < this.#log.length; i += 1) {
      const entry = this.#log[i];
      if (entry?.name === name) return entry.before;
    }
    return this.get(name);
  }

  /** Forgets what was bound since the mark. */
  undo(mark: number): void {
    while (this.#log.length > mark) {
      const entry = this.#log.pop();
      if (entry === undefined) return;
      if (entry.before === undefined) this.#current.delete(entry.name);
      else this.#current.set(entry.name, entry.before);
    }
  }

  /** Forgets what was bound since the mark, and answers it. */
  take(mark: number): ReadonlyMap<string, number> {
    const bound = new Map<string, number>();
    for (let i = mark; i < this.#log.length; i += 1) {
      const name = this.#log[i]?.name ?? "";
      bound.set(name, this.#current.get(name) ?? -1);
    }
    this.undo(mark);
    return bound;
  }

  setAll(bound: ReadonlyMap<string, number>): void {
    for (const [name, definition] of bound) this.set(name, definition);
  }

  /** All that is visible now. */
  visible(): ReadonlyMap<string, number> {
    return this.#current;
  }
}
