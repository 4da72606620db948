// What every server of this command line gets beside what it shows: the recordings folder, and new recordings.

import type { RecordingShelf, SessionStarter } from "@elixirscope/server";
import { recordingsFolder } from "../recording-path.ts";
import { PageSessions } from "./page-sessions.ts";
import { FolderShelf } from "./recording-shelf.ts";

/** Dispose it after the server: recordings that pages began end with it. */
export class ServedShelf implements AsyncDisposable {
  readonly shelf: RecordingShelf;
  readonly starter: SessionStarter;
  readonly #sessions: PageSessions;

  constructor() {
    const shelf = new FolderShelf(recordingsFolder());
    this.shelf = shelf;
    this.#sessions = new PageSessions(shelf);
    this.starter = this.#sessions;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sessions[Symbol.asyncDispose]();
  }
}
