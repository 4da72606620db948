// Keeps the reply to one kind of request up to date with what it depends on.
//
// At most one request is under way; what is asked meanwhile is sent when it returns, newest only. The
// last reply stays on show while the next is fetched, except when it is about another thing. What nobody but a growing
// recording asks for rests as long as its last reply took, so that it leaves half of the server to what the user asks.

import type { Method, Params, Reply } from "@elixirscope/wire";
import { effect, signal, type Signal } from "@preact/signals";
import { messageOf } from "@elixirscope/base";
import type { Cinema } from "./cinema.ts";
import { RequestError } from "./connection.ts";

export type Loaded<M extends Method> = {
  readonly value: Reply<M> | null;
  /** what `value` is the reply to */
  readonly params: Params<M> | null;
  readonly busy: boolean;
  readonly error: string | null;
};

export type Want<M extends Method> = {
  readonly params: Params<M>;
  /** replies for another subject are dropped, also those on show */
  readonly subject: string;
};

type Owner = Pick<Cinema, "connection" | "following">;

const DEBOUNCE_MS = 35;
const MOST_REST_MS = 3_000;

export class Loader<M extends Method> {
  readonly state: Signal<Loaded<M>>;
  readonly #cinema: Owner;
  readonly #method: M;
  readonly #settleMs: number;
  readonly #stop: () => void;
  #wanted: Want<M> | null = null;
  #sent: string | null = null;
  #subject: string | null = null;
  #flying = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** on the clock of `performance.now()` */
  #restsUntil = 0;
  /** since when it wants what it wants, on the same clock */
  #wantedAt = 0;

  /**
   * `want` runs as an effect: the signals that it reads are what the reply depends on. It is told what the reply on show
   * was asked with. `settleMs`: so long it must want the same before that is asked for.
   */
  constructor(
    cinema: Owner,
    method: M,
    want: (last: Params<M> | null) => Want<M> | null,
    settleMs = 0,
  ) {
    this.#cinema = cinema;
    this.#method = method;
    this.#settleMs = settleMs;
    this.state = signal<Loaded<M>>({ value: null, params: null, busy: false, error: null });
    let epoch = -1;
    this.#stop = effect(() => {
      const next = want(this.state.peek().params);
      const { connection } = cinema;
      if (connection.epoch.value !== epoch) {
        epoch = connection.epoch.value;
        this.#sent = null;
      }
      this.#want(next);
    });
  }

  /** Asks again although nothing changed on this side: live data. */
  refresh(): void {
    this.#sent = null;
    if (this.#wanted !== null) this.#schedule(this.#rest());
  }

  dispose(): void {
    this.#stop();
    clearTimeout(this.#timer);
    this.#wanted = null;
  }

  #want(next: Want<M> | null): void {
    this.#wanted = next;
    const isNew = next === null || next.subject !== this.#subject;
    if (isNew) {
      this.#subject = next?.subject ?? null;
      this.#sent = null;
      this.#restsUntil = 0;
      this.state.value = { value: null, params: null, busy: next !== null, error: null };
    }
    if (next === null) return;
    // where nothing is on show or under way there is nothing to wait for
    const isFirst = this.#sent === null && this.state.peek().value === null;
    this.#wantedAt = performance.now();
    this.#schedule(isFirst ? 0 : Math.max(DEBOUNCE_MS, this.#settleMs, this.#pace()));
  }

  /** While the end is followed, what is wanted moves by itself. */
  #pace(): number {
    return this.#cinema.following.peek() ? this.#rest() : 0;
  }

  #rest(): number {
    return Math.max(0, this.#restsUntil - performance.now());
  }

  #schedule(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), delay);
  }

  async #send(): Promise<void> {
    const wanted = this.#wanted;
    if (wanted === null || this.#flying || this.#cinema.connection.state.peek().kind !== "open")
      return;
    const key = JSON.stringify(wanted.params);
    if (key === this.#sent) return;
    this.#sent = key;
    this.#flying = true;
    const sentAt = performance.now();
    this.state.value = { ...this.state.peek(), busy: true };
    try {
      const value = await this.#cinema.connection.request(this.#method, wanted.params);
      if (this.#subject === wanted.subject) {
        this.state.value = { value, params: wanted.params, busy: false, error: null };
      }
    } catch (error) {
      this.#failed(error, wanted.subject);
    } finally {
      this.#flying = false;
      const now = performance.now();
      this.#restsUntil =
        this.#subject === wanted.subject ? now + Math.min(now - sentAt, MOST_REST_MS) : 0;
      this.#schedule(Math.max(this.#wantedAt + this.#settleMs - now, this.#pace()));
    }
  }

  #failed(error: unknown, subject: string): void {
    if (this.#subject !== subject) return;
    // a lost connection is shown once for the whole page; the reply is asked for again afterwards
    const lost = error instanceof RequestError && error.code === "disconnected";
    this.state.value = {
      ...this.state.peek(),
      busy: lost,
      error: lost ? null : messageOf(error),
    };
  }
}
