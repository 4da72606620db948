// What was found out of a recording and stays so, kept by recording. Sources come and go with each request;
// the manifest is what those of one recording have in common.

import type { Source } from "./sql.ts";

export class Kept<K, V> {
  readonly #most: number;
  readonly #byRecording = new WeakMap<Source["manifest"], Map<K, V>>();
  readonly #running = new WeakMap<Source["manifest"], Map<K, Promise<V>>>();

  /** Of one recording the last `most` are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  get({ manifest }: Source, key: K): V | undefined {
    const kept = this.#byRecording.get(manifest);
    const value = kept?.get(key);
    if (kept === undefined || value === undefined) return undefined;
    // the one asked for last goes last
    kept.delete(key);
    kept.set(key, value);
    return value;
  }

  set({ manifest }: Source, key: K, value: V): void {
    const kept = this.#byRecording.get(manifest) ?? new Map<K, V>();
    this.#byRecording.set(manifest, kept);
    kept.delete(key);
    kept.set(key, value);
    const [oldest] = kept.keys();
    if (kept.size > this.#most && oldest !== undefined) kept.delete(oldest);
  }

  /**
   * What is kept, else what `find` gives; questions at the same time wait for the first of them. Of a recording that
   * goes on it is found anew each time.
   */
  async of(source: Source, key: K, find: () => Promise<V>): Promise<V> {
    if (source.manifest.state === "recording") return await find();
    const known = this.get(source, key);
    if (known !== undefined) return known;
    const running = this.#running.get(source.manifest) ?? new Map<K, Promise<V>>();
    this.#running.set(source.manifest, running);
    const first = running.get(key);
    if (first !== undefined) {
      // whoever asked first may have been stopped, which says nothing to others
      const found = await first.catch(() => undefined);
      return found ?? (await this.of(source, key, find));
    }
    try {
      const finding = find();
      running.set(key, finding);
      const found = await finding;
      this.set(source, key, found);
      return found;
    } finally {
      running.delete(key);
    }
  }
}
