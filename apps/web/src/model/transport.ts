// Moving through time step by step, and on or back to where a condition holds.
//
// What is stepped by and the condition are kept in the address. A step begins where the one before it ended,
// also when keys come faster than answers.

import type { Direction, RunToReply, StepReply, StepUnit } from "@elixirscope/wire";
import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Cinema } from "./cinema.ts";
import type { Cursor } from "./place.ts";
import { sentence } from "./sentence.ts";
import { retold } from "./time-text.ts";

/** A key that is held must not go on long after it is let go. */
const MOST_STEPS_WAITING = 4;

/** What one can step by with the step buttons; `into` and `out` have their own. */
export const UNITS = ["event", "line", "call", "message", "state"] as const;
export type Unit = (typeof UNITS)[number];

export type RunOutcome = { readonly direction: Direction; readonly reply: RunToReply };

export class Transport {
  readonly unit: ReadonlySignal<Unit>;
  /** a condition such as `Shop.Cart.add/3: qty < 0` */
  readonly until: Signal<string>;
  readonly running: Signal<Direction | null> = signal<Direction | null>(null);
  /** what the last run came to; null: nothing to say */
  readonly outcome: Signal<RunOutcome | null> = signal<RunOutcome | null>(null);

  readonly #cinema: Cinema;
  readonly #chosen: Signal<string>;
  #lastStep: Promise<void> = Promise.resolve();
  #stepsWaiting = 0;

  constructor(cinema: Cinema) {
    this.#cinema = cinema;
    this.#chosen = cinema.param("transport.unit");
    this.until = cinema.param("transport.until");
    this.unit = computed(() => UNITS.find((unit) => unit === this.#chosen.value) ?? "event");
  }

  choose(unit: string): void {
    this.#chosen.value = unit === "event" ? "" : unit;
  }

  /** By the chosen unit. */
  async step(direction: Direction): Promise<void> {
    const unit = this.unit.peek();
    if (unit === "event") await this.stepEvent(direction);
    else await this.stepBy(unit, direction);
  }

  /** The only step that needs no process: without one it goes through the events of all. */
  async stepEvent(direction: Direction): Promise<void> {
    await this.#inTurn(async () => {
      const { pid, connection } = this.#cinema;
      const found = await connection.request("step", {
        ...withEvent(this.#start(direction)),
        direction,
        ...(pid.value === null ? {} : { pid: pid.value }),
      });
      if (found === null) this.#cinema.notify(nothingFurther(direction, pid.value));
      else this.#cinema.goTo({ t: found.t, event: found.event });
    });
  }

  async stepBy(by: StepUnit, direction: Direction): Promise<void> {
    await this.#inTurn(async () => {
      const { pid, connection } = this.#cinema;
      if (pid.value === null) {
        this.#cinema.notify(`Select a process first: a step by ${by} follows one process.`);
        return;
      }
      const { t } = this.#start(direction);
      // an event brings its process: another than the selected one is left behind
      const event = await this.#eventOf(pid.value);
      const reply = await connection.request("stepBy", {
        pid: pid.value,
        ...withEvent({ t, event }),
        by,
        direction,
      });
      this.#land(reply, pid.value);
    });
  }

  /** The next or previous version of the selected process's state. */
  async stepState(direction: Direction): Promise<void> {
    await this.#inTurn(async () => {
      const { cursor, pid, connection } = this.#cinema;
      const t = cursor.value?.t;
      if (pid.value === null || t === undefined) {
        this.#cinema.notify("Select a process and a moment first.");
        return;
      }
      const reply = await connection.request("stateVersion", { pid: pid.value, t });
      const other = direction === "next" ? reply.next : reply.previous;
      if (other === null) {
        this.#cinema.notify(`No ${direction} state of ${pid.value} was recorded.`);
      } else this.#cinema.goTo({ t: other.t, event: null });
    });
  }

  /** To the next or previous place, in any process, where the condition held. */
  async run(direction: Direction): Promise<void> {
    const until = this.until.peek().trim();
    if (until === "" || this.running.peek() !== null) return;
    this.running.value = direction;
    this.outcome.value = null;
    await this.#cinema.attempt(async () => {
      const from = withEvent(this.#start(direction));
      const reply = await this.#cinema.connection.request("runTo", { ...from, until, direction });
      this.outcome.value = { direction, reply };
      if (reply.kind === "ran" && reply.to !== null) this.#cinema.goTo(reply.to);
    });
    this.running.value = null;
  }

  /** The cursor, or the end of the recording to begin at without one. */
  #start(direction: Direction): Cursor {
    const { t0, t1 } = this.#cinema.bounds.peek();
    return this.#cinema.cursor.peek() ?? { t: direction === "next" ? t0 : t1, event: null };
  }

  /** The cursor's event when it is one of this process. */
  async #eventOf(pid: string): Promise<number | null> {
    const id = this.#cinema.cursor.value?.event ?? null;
    if (id === null) return null;
    const event = await this.#cinema.connection.request("event", { id });
    return event?.pid === pid ? id : null;
  }

  #land(reply: StepReply | null, pid: string): void {
    if (reply === null) {
      this.#cinema.notify(`Process ${pid} is not in this recording.`);
      return;
    }
    const [limit] = reply.limits;
    if (reply.to === null) {
      const why = reply.why ?? "There is no such step";
      const words = `${sentence(why)}${limit === undefined ? "" : ` ${sentence(limit)}`}`;
      this.#cinema.notify(retold(this.#cinema, words));
      return;
    }
    this.#cinema.goTo(reply.to);
    if (limit?.startsWith("between") === true)
      this.#cinema.notify(retold(this.#cinema, sentence(limit)));
  }

  async #inTurn(step: () => Promise<void>): Promise<void> {
    if (this.#stepsWaiting >= MOST_STEPS_WAITING) return;
    this.#stepsWaiting += 1;
    this.#lastStep = this.#lastStep.then(() => this.#cinema.attempt(step));
    await this.#lastStep;
    this.#stepsWaiting -= 1;
  }
}

/** As requests name an instant: without an event it is left out. */
function withEvent({ t, event }: Cursor): { readonly t: number; readonly event?: number } {
  return event === null ? { t } : { t, event };
}

function nothingFurther(direction: Direction, pid: string | null): string {
  const whose = pid === null ? "" : ` of ${pid}`;
  return direction === "next"
    ? `No later event${whose} was recorded.`
    : `No earlier event${whose} was recorded.`;
}
