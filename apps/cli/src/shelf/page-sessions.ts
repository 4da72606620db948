// Recordings that the page begins: the same sessions as `attach` makes, in the process that serves the page.

import { hostname } from "node:os";
import path from "node:path";
import { attach, doctor, type Session } from "@elixirscope/capture";
import { epmdNames, parseNodeName } from "@elixirscope/dist";
import {
  removeLive,
  ServerError,
  writeLive,
  type ServerAddress,
  type SessionStarter,
} from "@elixirscope/server";
import type { CheckView, Params, Reply, Target } from "@elixirscope/wire";
import { cookieSources } from "../commands/target-options.ts";
import { deepInstrumenter } from "../deep-instrumenter.ts";
import { liveSource } from "../live-source.ts";
import { freePath, newRecordingPath } from "../recording-path.ts";
import type { FolderShelf } from "./recording-shelf.ts";

/** Each has threads and a staging ring of its own. */
const MOST_SESSIONS = 4;

export class PageSessions implements SessionStarter, AsyncDisposable {
  readonly #shelf: FolderShelf;
  readonly #abort = new AbortController();
  #starting = 0;

  constructor(shelf: FolderShelf) {
    this.#shelf = shelf;
  }

  async attach(params: Params<"attachNode">, at: ServerAddress): Promise<Reply<"attachNode">> {
    if (this.#shelf.live.size + this.#starting >= MOST_SESSIONS) {
      throw new ServerError("refused", `${MOST_SESSIONS} recordings are under way: stop one first`);
    }
    this.#starting += 1;
    try {
      return { name: await this.#attach(params, at) };
    } finally {
      this.#starting -= 1;
    }
  }

  async check(target: Target): Promise<readonly CheckView[]> {
    const cookie = cookieSources(target);
    return await doctor({ target: target.node, cookie, signal: this.#abort.signal });
  }

  async localNodes(): Promise<Reply<"localNodes">> {
    const names = (await epmdNames("127.0.0.1")).map(({ name }) => name).toSorted();
    return { names, hosts: ["127.0.0.1", hostname().split(".", 1)[0] ?? hostname()] };
  }

  /** Ends what still runs; the targets are as before. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await Promise.all([...this.#shelf.live.values()].map((live) => live.stop()));
  }

  async #attach(params: Params<"attachNode">, at: ServerAddress): Promise<string> {
    const { node, selectors, durationMs } = params;
    const parsed = parseNodeName(node);
    if (!parsed.ok) throw parsed.error;
    const out = freePath(newRecordingPath(node));
    const session = await attach({
      target: node,
      selectors,
      cookie: cookieSources(params),
      out,
      budgets: { durationMs },
      instrumenter: deepInstrumenter(),
      actor: "page",
      signal: this.#abort.signal,
    });
    const name = path.basename(out);
    this.#shelf.live.set(out, liveSource(session));
    await writeLive(out, { pid: process.pid, ...at, recording: name });
    void this.#forgetEnded(session, out);
    return name;
  }

  async #forgetEnded(session: Session, out: string): Promise<void> {
    await session.ended;
    this.#shelf.live.delete(out);
    await removeLive(out);
  }
}
