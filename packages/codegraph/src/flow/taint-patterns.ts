// Looking functions up in the tables: `Mod.fun`, `Mod.fun/1`, `*Repo.fun`.

import type { CallSite, FunctionKey } from "../module/module-data.ts";

export class FunctionTable<T> {
  readonly #exact = new Map<string, T[]>();
  readonly #suffixes: { readonly suffix: string; readonly value: T }[] = [];
  /** by name alone */
  readonly #imported = new Map<string, T[]>();

  add(pattern: string, value: T): void {
    if (pattern.startsWith("*")) this.#suffixes.push({ suffix: pattern.slice(1), value });
    else append(this.#exact, pattern, value);
  }

  /** It may be written without its module, where imports are not known. */
  addImported(pattern: string, value: T): void {
    append(this.#imported, pattern.slice(pattern.lastIndexOf(".") + 1), value);
  }

  find(target: FunctionKey): readonly T[] {
    const name = target.slice(0, target.lastIndexOf("/"));
    const found = [...(this.#exact.get(target) ?? []), ...(this.#exact.get(name) ?? [])];
    for (const { suffix, value } of this.#suffixes) {
      if (name.endsWith(suffix) || target.endsWith(suffix)) found.push(value);
    }
    return found;
  }

  /** What a call site means; of an unresolved one the name alone. */
  findSite({ target, resolution }: CallSite): readonly T[] {
    if (target === null) return [];
    const found = this.find(target);
    if (resolution !== "unknown" || this.#imported.size === 0) return found;
    const name = target.slice(0, target.lastIndexOf("/"));
    return [...found, ...(this.#imported.get(name.slice(name.lastIndexOf(".") + 1)) ?? [])];
  }
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
