// Breakpoints while a recording is made: what has come since the last look is asked, a few times a second.
//
// It looks at the recording, never at the target: a hit is told some time after it happened, and what a
// gap swallowed is not seen. Looking goes on from event ids, which grow as rows are written.

import { messageOf } from "@elixirscope/base";
import { styleOf } from "../print.ts";
import { asNumberOrNull, select, sql, type Source } from "../sql.ts";
import { unknownNames, watcherOptions } from "./search-facts.ts";
import { hitOf, withPids, type Hit } from "./hit.ts";
import { MAX_ROWS, StepRows } from "./step-rows.ts";
import { subjectOf, type Subject } from "./subject.ts";
import { Watcher, type WatchCounters } from "./watcher.ts";
import type { Watch } from "./where.ts";
import { eachSlice } from "./windows.ts";

export type LiveHit = { readonly watch: Watch; readonly hit: Hit };

export type LiveWatchOptions = {
  readonly watches: readonly Watch[];
  /** between two looks */
  readonly everyMs?: number;
  /** more hits than this in a second are counted, not told */
  readonly hitsPerSecond?: number;
  readonly onHit: (found: LiveHit) => void;
  /** a watch that can find nothing, or a look that failed: once each */
  readonly onProblem: (message: string) => void;
};

const EVERY_MS = 500;
const HITS_PER_SECOND = 10;

export class LiveWatch {
  readonly #source: Source;
  readonly #options: LiveWatchOptions;
  readonly #watched: readonly Watched[];
  readonly #told = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #next = 0;
  #failures = 0;
  #isOver = false;
  #budget: number;
  #budgetAt = performance.now();
  #suppressed = 0;

  constructor(source: Source, options: LiveWatchOptions) {
    this.#source = source;
    this.#options = options;
    this.#watched = options.watches.map((watch) => new Watched(watch));
    this.#budget = options.hitsPerSecond ?? HITS_PER_SECOND;
    this.#plan();
  }

  /** Hits that were not told one by one. */
  get suppressed(): number {
    return this.#suppressed;
  }

  get counters(): readonly Readonly<WatchCounters>[] {
    return this.#watched.map(({ watcher }) => watcher.counters);
  }

  /** Looks once more at what has come, and no more after that. False: the end of it was not looked at. */
  async stop(): Promise<boolean> {
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
    await this.#lookSafely();
    return this.#failures === 0;
  }

  #plan(): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.#lookAndPlan();
    }, this.#options.everyMs ?? EVERY_MS);
  }

  async #lookAndPlan(): Promise<void> {
    await this.#lookSafely();
    if (!this.#isOver) this.#plan();
  }

  async #lookSafely(): Promise<void> {
    try {
      await this.#look();
      this.#failures = 0;
    } catch (thrown) {
      // a recording that ends fails one look before whoever ends it says so here
      this.#failures += 1;
      if (this.#failures > 1 && !this.#isOver)
        this.#tell(`breakpoints cannot look: ${messageOf(thrown)}`);
    }
  }

  async #look(): Promise<void> {
    // one question for all that says whether anything is to be asked anew
    const [row] = await select(
      this.#source,
      sql`SELECT (SELECT max(id) FROM raw.events), (SELECT max(id) FROM base.functions),
        (SELECT max(site) FROM raw.sites), (SELECT count(*) FROM base.processes)`,
    );
    const [last, ...known] = row ?? [];
    const to = (asNumberOrNull(last) ?? 0) + 1;
    const from = this.#next;
    if (to <= from) return;
    const version = known.map(String).join();
    for (const watched of this.#watched) await this.#lookFor(watched, version, from, to);
    this.#next = to;
  }

  async #lookFor(watched: Watched, version: string, from: number, to: number): Promise<void> {
    if (watched.version !== version) await this.#prepare(watched, version);
    const { watch, watcher, subject, rows } = watched;
    if (subject === null || rows === null) return;
    const style = styleOf(this.#source.manifest);
    const read = eachSlice(
      [{ from, to }],
      async (slice) =>
        slice.to - slice.from <= MAX_ROWS ? 1 : await rows.count({ by: "id", ...slice }),
      MAX_ROWS,
      async (slice) => await rows.read({ by: "id", ...slice }),
    );
    for await (const { value: steps } of read) {
      const found = steps.flatMap((step) => watcher.step(step) ?? []);
      const told = found.slice(0, this.#allowed());
      this.#budget -= told.length;
      this.#suppressed += found.length - told.length;
      if (told.length === 0) continue;
      const hits = told.map((one) => hitOf(one, subject, style));
      for (const hit of await withPids(this.#source, hits)) this.#options.onHit({ watch, hit });
    }
  }

  /** What is watched, as far as it has been seen: more of it may come. */
  async #prepare(watched: Watched, version: string): Promise<void> {
    const { watch, watcher } = watched;
    const lookup = await subjectOf(this.#source, watch.where);
    watched.version = version;
    watched.subject = null;
    if (!lookup.ok) return;
    const { subject } = lookup;
    const unknown = unknownNames(watch, subject);
    if (unknown !== null) {
      this.#tell(`${watch.text}: ${unknown.message}`);
      return;
    }
    const rows = new StepRows(this.#source, subject, watch.condition);
    watcher.follow(await watcherOptions(this.#source, subject, rows));
    watched.subject = subject;
    watched.rows = rows;
  }

  /** Hits that may be told now: what was not used in a second is not kept for later. */
  #allowed(): number {
    const now = performance.now();
    const most = this.#options.hitsPerSecond ?? HITS_PER_SECOND;
    if (now - this.#budgetAt >= 1_000) {
      this.#budget = most;
      this.#budgetAt = now;
    }
    return Math.max(0, this.#budget);
  }

  #tell(message: string): void {
    if (this.#told.has(message)) return;
    this.#told.add(message);
    this.#options.onProblem(message);
  }
}

class Watched {
  readonly watch: Watch;
  readonly watcher: Watcher;
  /** of the tables that `subject` and `rows` were made from */
  version: string | null = null;
  subject: Subject | null = null;
  rows: StepRows | null = null;

  constructor(watch: Watch) {
    this.watch = watch;
    // until something of it has been seen
    this.watcher = new Watcher(watch.condition, {
      lineSites: null,
      followsCalls: true,
      isVisible: () => null,
    });
  }
}
