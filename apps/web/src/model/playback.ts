// Playing a recording: the cursor moves with the clock, times a speed, until the end.
//
// With `skipIdle` a stretch in which nothing was recorded is jumped, and said: how long it was, and whether
// that is because events were lost there.

import { formatDuration } from "@elixirscope/timeline";
import { effect, signal, type Signal } from "@preact/signals";
import type { Cinema } from "./cinema.ts";

export const SPEEDS = [0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 100] as const;

/** Idle is what takes longer than this to watch; after a jump a part of it is shown before the event. */
const IDLE_MS = 600;
const LEAD_MS = 150;

export class Playback {
  readonly playing: Signal<boolean> = signal(false);
  readonly speed: Signal<number> = signal(1);
  readonly skipIdle: Signal<boolean> = signal(false);
  readonly #cinema: Cinema;
  #frame = 0;
  #before = 0;
  /** the next event from where it was looked for; `t` null: there is none */
  #ahead: { readonly from: number; readonly t: number | null } | null = null;
  #looking = false;

  constructor(cinema: Cinema) {
    this.#cinema = cinema;
    effect(() => {
      if (this.playing.value) this.#begin();
      else cancelAnimationFrame(this.#frame);
    });
  }

  /** Space: a live recording is followed or held, any other is played or paused. */
  toggle(): void {
    const cinema = this.#cinema;
    if (cinema.following.value) {
      cinema.follow(false);
      return;
    }
    if (!this.playing.value) {
      const { t0, t1 } = cinema.bounds.value;
      const at = cinema.cursor.value?.t ?? t0;
      if (cinema.live.value && at >= t1 - 1e9) {
        cinema.follow(true);
        return;
      }
      if (at >= t1) cinema.goTo({ t: t0, event: null });
    }
    this.playing.value = !this.playing.value;
  }

  /** To the next slower or faster speed. */
  changeSpeed(by: 1 | -1): void {
    const at = SPEEDS.findIndex((speed) => speed >= this.speed.peek());
    this.speed.value = SPEEDS[at + by] ?? this.speed.peek();
    this.#cinema.notify(`Plays at ${this.speed.peek()}×.`);
  }

  #begin(): void {
    this.#before = performance.now();
    this.#ahead = null;
    const turn = (now: number): void => {
      const { t0, t1 } = this.#cinema.bounds.value;
      const from = this.#cinema.cursor.value?.t ?? t0;
      const passed = Math.max(0, (now - this.#before) * 1e6 * this.speed.value);
      this.#before = now;
      const t = Math.min(
        t1,
        this.skipIdle.value ? this.#pastIdle(from, from + passed) : from + passed,
      );
      this.#cinema.goTo({ t, event: null });
      if (t >= t1) this.playing.value = false;
      else this.#frame = requestAnimationFrame(turn);
    };
    this.#frame = requestAnimationFrame(turn);
  }

  /** Where the clock stands instead of `t`: near the next event when it is far. */
  #pastIdle(from: number, t: number): number {
    const ahead = this.#ahead;
    const known = ahead !== null && ahead.from <= from && (ahead.t === null || ahead.t > t);
    if (!known) {
      void this.#lookAhead(t);
      return t;
    }
    const next = ahead.t ?? this.#cinema.bounds.peek().t1;
    const msOf = this.speed.peek() * 1e6;
    if (next - t < IDLE_MS * msOf) return t;
    const landing = next - LEAD_MS * msOf;
    void this.#saySkipped(t, landing);
    return landing;
  }

  async #lookAhead(t: number): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const { connection } = this.#cinema;
      const found = await connection.request("step", { t: Math.floor(t), direction: "next" });
      this.#ahead = { from: Math.floor(t), t: found?.t ?? null };
    } catch {
      // without an answer it plays on as without skipping; a lost connection is told elsewhere
      this.#ahead = null;
    } finally {
      this.#looking = false;
    }
  }

  async #saySkipped(t0: number, t1: number): Promise<void> {
    const cinema = this.#cinema;
    await cinema.attempt(async () => {
      const gaps = await cinema.connection.request("gaps", { t0, t1 });
      const isLost = gaps.some(({ reason }) => reason !== "truncated");
      const length = formatDuration(t1 - t0);
      cinema.notify(
        isLost
          ? `Skipped ${length} in which nothing was recorded: events were lost or left out there.`
          : `Skipped ${length} without events.`,
      );
    });
  }
}
