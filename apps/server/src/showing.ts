// One recording and the pages that look at it. While it is live they are pushed its status; when it ends under a
// name, the closed recording takes its place.

import type { PageConnection } from "./connection.ts";
import { isLive, statusOf, type ServedSource } from "./served.ts";
import type { Opened } from "./shelf.ts";

const STATUS_INTERVAL_MS = 500;

export class Showing {
  readonly pages: Set<PageConnection> = new Set();
  /** what reads it without a page */
  users = 0;
  readonly #reopen: (() => Promise<Opened>) | null;
  #opened: Promise<Opened>;
  #timer: NodeJS.Timeout | null = null;
  #listener: Disposable | null = null;

  private constructor(opened: Promise<Opened>, reopen: (() => Promise<Opened>) | null) {
    this.#opened = opened;
    this.#reopen = reopen;
    // who asks is told; until then nobody has to know
    this.#opened.catch(() => undefined);
  }

  /** What the server is told to show; who tells it also closes it. */
  static of(source: ServedSource): Showing {
    const showing = new Showing(Promise.resolve(lent(source)), null);
    showing.#follow(source);
    return showing;
  }

  /** What `open` finds; again when it was live and has ended. */
  static named(open: () => Promise<Opened>): Showing {
    const showing = new Showing(open(), open);
    void showing.#opened.then(({ source }) => showing.#follow(source)).catch(() => undefined);
    return showing;
  }

  get isUsed(): boolean {
    return this.pages.size > 0 || this.users > 0;
  }

  async source(): Promise<ServedSource> {
    return (await this.#opened).source;
  }

  show(source: ServedSource): void {
    this.#forget();
    this.#opened = Promise.resolve(lent(source));
    this.#follow(source);
    if (!isLive(source)) this.#push(source);
  }

  async close(): Promise<void> {
    this.#forget();
    await this.#opened.then(async ({ close }) => await close()).catch(() => undefined);
  }

  #follow(source: ServedSource): void {
    if (!isLive(source)) return;
    this.#listener = source.onStatus(() => this.#push(source));
    this.#timer = setInterval(() => this.#push(source), STATUS_INTERVAL_MS);
  }

  #push(source: ServedSource): void {
    const status = statusOf(source);
    const ended = status.state !== "recording";
    // the closed recording must be what is asked next
    if (ended && isLive(source)) this.#ended();
    for (const page of this.pages) page.pushStatus(status);
  }

  #ended(): void {
    this.#forget();
    if (this.#reopen === null) return;
    this.#opened = this.#reopen();
    this.#opened.catch(() => undefined);
  }

  #forget(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#listener?.[Symbol.dispose]();
    this.#listener = null;
  }
}

function lent(source: ServedSource): Opened {
  return { source, close: () => Promise.resolve() };
}
