// When a session is to end by itself. It may be moved while it runs, and may lie further off than a timer can.

const MOST_TIMER_MS = 2 ** 31 - 1;

export class Deadline {
  readonly #onPast: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(onPast: () => void) {
    this.#onPast = onPast;
  }

  /** In so many ms from now; null: never. */
  set(ms: number | null): void {
    this.clear();
    if (ms === null) return;
    const next = Math.min(Math.max(0, ms), MOST_TIMER_MS);
    const then = (): void => (ms > next ? this.set(ms - next) : this.#onPast());
    this.#timer = setTimeout(then, next);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
