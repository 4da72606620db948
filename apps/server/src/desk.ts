// All recordings that are shown: the one that the server began with, and those of the folder that pages ask for by
// name. One that nobody looks at any more is closed after a while, not at once: pages reload.

import { recordingOf, type ServedSource } from "./served.ts";
import { ServerError } from "./server-error.ts";
import type { RecordingShelf, ServerAddress, SessionStarter } from "./shelf.ts";
import { Showing } from "./showing.ts";
import { Tickets } from "./tickets.ts";

const IDLE_MS = 3_000;

export class Desk {
  readonly shelf: RecordingShelf | null;
  readonly starter: SessionStarter | null;
  readonly tickets: Tickets = new Tickets();
  /** what the server was told to show; null: nothing */
  main: Showing | null = null;
  address: ServerAddress = { url: "", token: "" };
  readonly #named = new Map<string, Showing>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(shelf: RecordingShelf | null, starter: SessionStarter | null) {
    this.shelf = shelf;
    this.starter = starter;
  }

  show(source: ServedSource): void {
    if (this.main === null) this.main = Showing.of(source);
    else this.main.show(source);
  }

  /** Null: neither a name, nor anything that is shown without one. */
  find(name: string | null): Showing | null {
    if (name === null) return this.main;
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const made = Showing.named(async () => await this.needShelf().open(name));
    this.#named.set(name, made);
    // what could not be opened may be so later
    made.source().catch(() => this.left(name));
    return made;
  }

  /** A recording of the folder that no page need show, for as long as `ask` takes. */
  async use<T>(name: string, ask: (source: ServedSource) => Promise<T>): Promise<T> {
    const isMain = (await this.needShelf().pathOf(name)) === (await this.mainPath());
    const showing = this.find(isMain ? null : name);
    if (showing === null) throw new ServerError("no_such_recording", `there is no ${name}`);
    showing.users += 1;
    try {
      return await ask(await showing.source());
    } finally {
      showing.users -= 1;
      if (!isMain) this.left(name);
    }
  }

  /** After somebody stopped looking at it. */
  left(name: string | null): void {
    if (name === null) return;
    clearTimeout(this.#timers.get(name));
    const timer = setTimeout(() => void this.#closeIdle(name), IDLE_MS);
    timer.unref();
    this.#timers.set(name, timer);
  }

  needShelf(): RecordingShelf {
    if (this.shelf !== null) return this.shelf;
    throw new ServerError("no_shelf", "this server shows one recording and knows of no others");
  }

  needStarter(): SessionStarter {
    if (this.starter !== null) return this.starter;
    throw new ServerError("refused", "this server cannot begin a recording");
  }

  /** Does a page, or the server itself, show what lies at `path`, which has this name? */
  async isOpen(name: string, path: string): Promise<boolean> {
    if (this.#named.get(name)?.isUsed === true) return true;
    return (await this.mainPath()) === path;
  }

  async mainPath(): Promise<string | null> {
    return this.main === null ? null : recordingOf(await this.main.source()).path;
  }

  async #closeIdle(name: string): Promise<void> {
    const showing = this.#named.get(name);
    if (showing === undefined || showing.isUsed) return;
    this.#named.delete(name);
    this.#timers.delete(name);
    await showing.close();
  }

  /** Before its files go: a recording that was looked at a moment ago is still open. */
  async forget(name: string): Promise<void> {
    clearTimeout(this.#timers.get(name));
    await this.#closeIdle(name);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all([...this.#named.values()].map((showing) => showing.close()));
    this.#named.clear();
    await this.main?.close();
    await this.tickets.close();
  }
}
