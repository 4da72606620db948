// Queries that were run on this machine, newest first. What the storage holds is user input: anything else
// than texts is left out.

import { signal, type Signal } from "@preact/signals";

const KEY = "elixirscope.queries";
const MOST = 100;
const MOST_CHARS = 200_000;

export class QueryHistory {
  readonly queries: Signal<readonly string[]>;
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.queries = signal(stored(storage));
  }

  add(sql: string): void {
    const text = sql.trim();
    const all = [text, ...this.queries.peek().filter((other) => other !== text)].slice(0, MOST);
    while (all.length > 1 && all.reduce((sum, { length }) => sum + length, 0) > MOST_CHARS) {
      all.pop();
    }
    this.queries.value = all;
    try {
      this.#storage.setItem(KEY, JSON.stringify(all));
    } catch {
      // a full storage: the history then ends with the page
    }
  }

  clear(): void {
    this.queries.value = [];
    this.#storage.removeItem(KEY);
  }
}

function stored(storage: Storage): readonly string[] {
  try {
    const value: unknown = JSON.parse(storage.getItem(KEY) ?? "[]");
    return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}
