// Text that rows name by a small number: each distinct value is kept once, in a base table.

import type { BaseRow } from "./physical.ts";

export class Dictionary<Row> {
  readonly #ids = new Map<string, number>();
  #news: Row[] = [];
  #next = 1;

  /** The number of the value with this key (from 1; 0 is no value); made when it is new. */
  protected idOf(key: string, row: (id: number) => Row): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#next++;
    this.#ids.set(key, id);
    this.#news.push(row(id));
    return id;
  }

  get hasNew(): boolean {
    return this.#news.length > 0;
  }

  /** What came since the last call. */
  takeNew(): Row[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  /** Known from an earlier writer of the same recording. */
  protected keep(key: string, id: number): void {
    this.#ids.set(key, id);
    this.#next = Math.max(this.#next, id + 1);
  }
}

/** Processes by their printed form, `<0.123.0>`. */
export class PidDictionary extends Dictionary<BaseRow<"pids">> {
  intern(text: string, node: string): number {
    return this.idOf(`${text} ${node}`, (id) => ({ id, text, node }));
  }

  restore(id: number, text: string, node: string): void {
    this.keep(`${text} ${node}`, id);
  }
}

export class NameDictionary extends Dictionary<BaseRow<"names">> {
  intern(text: string): number {
    return this.idOf(text, (id) => ({ id, text }));
  }

  restore(id: number, text: string): void {
    this.keep(text, id);
  }
}

export type FunctionFacts = { readonly kind?: string; readonly returns?: string };

export class FunctionDictionary extends Dictionary<BaseRow<"functions">> {
  intern(module: string, name: string, arity: number, facts: FunctionFacts = {}): number {
    const { kind, returns } = facts;
    return this.idOf(`${module} ${name} ${arity}`, (id) => ({
      id,
      module,
      function: name,
      arity,
      kind,
      returns,
    }));
  }

  restore(id: number, module: string, name: string, arity: number): void {
    this.keep(`${module} ${name} ${arity}`, id);
  }
}
