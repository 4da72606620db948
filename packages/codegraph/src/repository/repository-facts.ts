// The facts of all files of a repository, with their graphs in a store: they look like `FileFacts`, and
// unpack a file's graphs when somebody reads them.

import type { Cfg } from "../flow/cfg.ts";
import type { Dfg } from "../flow/dfg.ts";
import type { FileFacts } from "./file-facts.ts";
import { GraphStore } from "./graph-store.ts";
import type { FileOutline, PackedFacts } from "./packed-facts.ts";

type Kept = { readonly facts: FileFacts; readonly outline: FileOutline; readonly graphs: number };

export class RepositoryFacts implements Disposable {
  readonly #store: GraphStore;
  readonly #files = new Map<string, Kept>();
  /** facts that were replaced may still be read by whoever holds an older analysis */
  readonly #unused = new FinalizationRegistry<number>((graphs) => this.#store.remove(graphs));

  constructor(budgetBytes: number) {
    this.#store = new GraphStore(budgetBytes);
  }

  get store(): Pick<GraphStore, "bytesInMemory" | "bytesOnDisk"> {
    return this.#store;
  }

  get(path: string): FileFacts | undefined {
    return this.#files.get(path)?.facts;
  }

  /** The graphs as they cross threads and are saved. */
  packed(path: string): PackedFacts | null {
    const kept = this.#files.get(path);
    if (kept === undefined) return null;
    return { outline: kept.outline, graphs: this.#store.packed(kept.graphs) };
  }

  /** Replaces what was known of the file. */
  set({ outline, graphs }: PackedFacts): void {
    const id = this.#store.add(graphs);
    const store = this.#store;
    const facts: FileFacts = {
      ...outline,
      get cfgs(): readonly Cfg[] {
        return store.graphs(id).cfgs;
      },
      get dfgs(): readonly Dfg[] {
        return store.graphs(id).dfgs;
      },
    };
    this.#unused.register(facts, id);
    this.#files.set(outline.path, { facts, outline, graphs: id });
  }

  delete(path: string): boolean {
    return this.#files.delete(path);
  }

  /** In the order of their paths. */
  all(): FileFacts[] {
    return [...this.#files.values()]
      .map(({ facts }) => facts)
      .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  [Symbol.dispose](): void {
    this.#files.clear();
    this.#store[Symbol.dispose]();
  }
}
