// Tells in which folders something changed, after a pause. One watch per folder: Node's recursive watch
// on Linux is a walk of its own that misses folders made and filled at once, and watches what is ignored.
//
// What an event says is not trusted, only where it was: editors save by renaming, and names are lost when
// many come at once. A folder that cannot be watched (the system's limit) is reported every second.

import { type FSWatcher, watch } from "node:fs";

export type WatcherOptions = {
  /** quiet time before a report */
  readonly debounceMs?: number;
  /** a report comes at the latest so long after the first event */
  readonly maxDelayMs?: number;
  readonly pollMs?: number;
};

const DEFAULTS = { debounceMs: 30, maxDelayMs: 120, pollMs: 1_000 } as const;

export class FolderWatcher implements Disposable {
  readonly #report: (folders: readonly string[]) => void;
  readonly #options: Required<WatcherOptions>;
  readonly #watches = new Map<string, FSWatcher>();
  readonly #polled = new Set<string>();
  #dirty = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #firstEvent = 0;
  #poll: NodeJS.Timeout | null = null;

  constructor(report: (folders: readonly string[]) => void, options: WatcherOptions = {}) {
    this.#report = report;
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Folders that are looked at every second because the system refuses to watch them. */
  get polled(): ReadonlySet<string> {
    return this.#polled;
  }

  /** Watches these and no others; returns those that are new. What happened in them before may be unknown. */
  setFolders(folders: readonly string[]): string[] {
    const wanted = new Set(folders);
    for (const [folder, watcher] of this.#watches) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watches.delete(folder);
    }
    for (const folder of this.#polled) if (!wanted.has(folder)) this.#polled.delete(folder);
    const news = folders.filter(
      (folder) => !this.#watches.has(folder) && !this.#polled.has(folder),
    );
    for (const folder of news) this.#watch(folder);
    this.#setPolling();
    return news;
  }

  [Symbol.dispose](): void {
    this.setFolders([]);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: true }, () => this.#mark(folder));
      // the folder is gone, or was replaced: its parent says the rest
      watcher.on("error", () => this.#lose(folder, watcher));
      this.#watches.set(folder, watcher);
    } catch {
      this.#polled.add(folder);
    }
  }

  #lose(folder: string, watcher: FSWatcher): void {
    watcher.close();
    if (this.#watches.get(folder) === watcher) this.#watches.delete(folder);
    this.#mark(folder);
  }

  #mark(folder: string): void {
    const now = performance.now();
    if (this.#dirty.size === 0) this.#firstEvent = now;
    this.#dirty.add(folder);
    const left = this.#firstEvent + this.#options.maxDelayMs - now;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const pause = Math.max(0, Math.min(this.#options.debounceMs, left));
    this.#timer = setTimeout(() => this.#flush(), pause);
  }

  #flush(): void {
    this.#timer = null;
    const folders = [...this.#dirty];
    this.#dirty = new Set();
    if (folders.length > 0) this.#report(folders);
  }

  #setPolling(): void {
    if (this.#poll !== null) clearInterval(this.#poll);
    this.#poll = null;
    if (this.#polled.size === 0) return;
    this.#poll = setInterval(() => {
      for (const folder of this.#polled) this.#mark(folder);
    }, this.#options.pollMs);
  }
}
