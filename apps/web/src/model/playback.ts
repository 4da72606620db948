// Playing a recording: the cursor moves with the clock, times a speed, until the end.

import { effect, signal, type Signal } from "@preact/signals";
import type { Cinema } from "./cinema.ts";

export const SPEEDS = [0.001, 0.01, 0.1, 1, 10, 100] as const;

export class Playback {
  readonly playing: Signal<boolean> = signal(false);
  readonly speed: Signal<number> = signal(1);
  readonly #cinema: Cinema;
  #frame = 0;
  #before = 0;

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

  #begin(): void {
    this.#before = performance.now();
    const turn = (now: number): void => {
      const { t0, t1 } = this.#cinema.bounds.value;
      const passed = (now - this.#before) * 1e6 * this.speed.value;
      this.#before = now;
      const t = Math.min(t1, (this.#cinema.cursor.value?.t ?? t0) + Math.max(0, passed));
      this.#cinema.goTo({ t, event: null });
      if (t >= t1) this.playing.value = false;
      else this.#frame = requestAnimationFrame(turn);
    };
    this.#frame = requestAnimationFrame(turn);
  }
}
