// Breakpoints and watchpoints while something is recorded, for `attach` and whoever else records. They
// never stop the target: a hit ends the recording, leaves a mark in it, or has more recorded from then on.

import { messageOf } from "@elixirscope/base";
import {
  formatConditionError,
  LiveWatch,
  parseWatch,
  type Hit,
  type LiveHit,
  type Source,
  type Watch,
} from "@elixirscope/query";
import type { StopReason } from "@elixirscope/trace";
import { UsageError } from "./exit-codes.ts";
import { hitText } from "./format/hit-text.ts";
import { visible } from "./format/visible.ts";
import type { OnHit } from "./on-hit.ts";

/** What a breakpoint acts on: a session that records, in whatever way. */
export type BreakTarget = {
  readonly recording: Source;
  readonly mark: (mark: {
    readonly t: number;
    readonly event: number | null;
    readonly label: string;
    readonly condition: string | null;
  }) => Promise<void>;
  readonly stop: (reason: StopReason) => void;
  /** Has more recorded of the function that was hit; answers what was done, in a sentence. */
  readonly deepen: (hit: Hit) => Promise<string>;
};

export type BreakOptions = {
  readonly watches: readonly Watch[];
  readonly onHit: OnHit;
  readonly json: boolean;
  /** on standard output, as a line of its own */
  readonly print: (line: string) => void;
};

/** More marks than this in one recording say no more. */
const MAX_MARKS = 10_000;

/** Throws a usage error with the place of the first mistake. */
export function parseBreaks(texts: readonly string[], otpRelease?: string): readonly Watch[] {
  return texts.map((text) => {
    const watch = parseWatch(text, otpRelease);
    if (!watch.ok) throw new UsageError(`--break ${formatConditionError(watch.error)}`);
    return watch.value;
  });
}

/** Watches until it is stopped; null when there is nothing to watch. */
export function startBreaks(target: BreakTarget, options: BreakOptions): Breaks | null {
  return options.watches.length === 0 ? null : new Breaks(target, options);
}

export class Breaks {
  readonly #target: BreakTarget;
  readonly #options: BreakOptions;
  readonly #watch: LiveWatch;
  readonly #deepened = new Set<string>();
  #marks = 0;
  /** the recording ends because of a hit: that the rest is not looked at is what was asked for */
  #hasStopped = false;
  readonly #working = new Set<Promise<void>>();
  readonly #failed = new Set<string>();

  constructor(target: BreakTarget, options: BreakOptions) {
    this.#target = target;
    this.#options = options;
    this.#watch = new LiveWatch(target.recording, {
      watches: options.watches,
      onHit: (found) => this.#hit(found),
      onProblem: (message) => this.#problem(message),
    });
  }

  /** Looks a last time and says what it came to. */
  async stop(): Promise<void> {
    const isComplete = await this.#watch.stop();
    await Promise.all(this.#working);
    if (!isComplete) {
      this.#problem("the recording ended before all of it was looked at; `find` sees the rest");
    }
    const { suppressed } = this.#watch;
    if (suppressed === 0) return;
    const text = `${suppressed} more hits came too fast to be told one by one; \`find\` lists all`;
    this.#say({ type: "hits_not_told", count: suppressed }, text);
  }

  #problem(message: string): void {
    if (this.#hasStopped) return;
    this.#say({ type: "break_problem", message }, `breakpoint: ${visible(message)}`);
  }

  #hit({ watch, hit }: LiveHit): void {
    const { onHit } = this.#options;
    this.#say({ type: "hit", condition: watch.text, hit }, `hit   ${hitText(hit, process.stdout)}`);
    if (onHit === "stop") {
      const at = `${(hit.t / 1e9).toFixed(6)} s`;
      this.#hasStopped = true;
      this.#target.stop({ code: "breakpoint", message: `${watch.text} held at ${at}` });
    } else if (onHit === "mark") {
      this.#mark(watch, hit);
    } else {
      this.#deepen(watch, hit);
    }
  }

  #mark(watch: Watch, { t, event }: Hit): void {
    if (this.#marks >= MAX_MARKS) return;
    this.#marks += 1;
    const mark = { t, event, label: watch.text, condition: watch.text };
    this.#work(async () => await this.#target.mark(mark), "the mark was not kept");
  }

  /** Once for each function: what is recorded deeply already stays so. */
  #deepen(watch: Watch, hit: Hit): void {
    const key = hit.mfa ?? watch.text;
    if (this.#deepened.has(key)) return;
    this.#deepened.add(key);
    this.#work(async () => {
      const done = await this.#target.deepen(hit);
      this.#say({ type: "deepened", function: key, done }, `deeper ${visible(done)}`);
    }, `${key} is not recorded more deeply`);
  }

  /** What fails is said once and goes no further. */
  #work(work: () => Promise<void>, failure: string): void {
    const working: Promise<void> = work()
      .catch((thrown: unknown) => {
        const message = `${failure}: ${messageOf(thrown)}`;
        if (this.#failed.has(message)) return;
        this.#failed.add(message);
        this.#say({ type: "break_problem", message }, visible(message));
      })
      .finally(() => this.#working.delete(working));
    this.#working.add(working);
  }

  #say(json: object, text: string): void {
    this.#options.print(this.#options.json ? JSON.stringify(json) : text);
  }
}
