// What the diagram shows and how to change it: processes, range, axis; and its answers from the server.
//
// A selection is the extent: the diagram zooms and pans inside of it. Processes that nobody chose stay as
// they were suggested for as long as the selected one is among them, so that a click moves no column.

import { clampRange, panBy, spanOf, zoomAbout } from "@elixirscope/timeline";
import {
  MOST_COLUMNS,
  type OtherMessages,
  type Reply,
  type SequenceMessage,
  type SequenceView,
  type TimeRange,
} from "@elixirscope/wire";
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Cinema } from "../../model/cinema.ts";
import { timeText } from "../../model/time-text.ts";
import { timeParams } from "../../model/lane-cache.ts";
import { Loader } from "../../model/loader.ts";

const SUGGESTED = 6;
/** One by one at most, with those around what is shown: 2,000 and 5,000 in sight; by order there is room for each. */
const LIMITS = { time: 3_400, order: 8_500 } as const;
/** One bucket in so many pixels of an even axis. */
const BUCKET_PX = { marks: 4, depths: 2 } as const;
/** By order a pixel has no length. */
const ORDER_BUCKETS = 600;

export class ProcessModel {
  readonly range: ReadonlySignal<TimeRange>;
  readonly pids: ReadonlySignal<readonly string[]>;
  readonly axis: ReadonlySignal<"time" | "order">;
  readonly others: ReadonlySignal<OtherMessages>;
  readonly isTable: ReadonlySignal<boolean>;
  readonly heightPx: Signal<number> = signal(0);
  readonly sequence: Loader<"sequence">;
  readonly depths: Loader<"mailboxDepths">;
  readonly suggestion: Loader<"partners">;
  /** the last answers, whatever is under way */
  readonly view: ReadonlySignal<SequenceView | null>;
  readonly mailboxes: ReadonlySignal<Reply<"mailboxDepths"> | null>;
  /** the message at the cursor */
  readonly current: ReadonlySignal<SequenceMessage | null>;
  readonly #suggested: Signal<readonly string[]> = signal<readonly string[]>([]);
  readonly #cinema: Cinema;
  readonly #undo: (() => void)[] = [];
  #isStepping = false;

  constructor(cinema: Cinema) {
    this.#cinema = cinema;
    const chosen = cinema.param("process.pids");
    const axis = cinema.param("process.axis");
    const others = cinema.param("process.others");
    const form = cinema.param("process.form");
    this.range = computed(() => shownRange(cinema.view.value, cinema.selection.value));
    this.axis = computed(() => (axis.value === "order" ? "order" : "time"));
    this.others = computed(() => (others.value === "shown" ? "shown" : "hidden"));
    this.isTable = computed(() => form.value === "table");
    this.pids = computed(() =>
      chosen.value === "" ? this.#suggested.value : pidsIn(chosen.value),
    );
    this.suggestion = new Loader(cinema, "partners", () => {
      const pid = cinema.pid.value;
      const known = this.#suggested.peek();
      const isIn = pid === null ? known.length > 0 : known.includes(pid);
      if (chosen.value !== "" || isIn) return null;
      // of a recording that has just begun there may be nobody yet
      if (cinema.live.value && known.length === 0) void cinema.beat.value;
      return {
        subject: pid ?? "",
        params: {
          ...whole(this.range.peek()),
          ...(pid === null ? {} : { pid }),
          limit: SUGGESTED,
        },
      };
    });
    this.sequence = new Loader(cinema, "sequence", () => {
      const range = this.#asked(BUCKET_PX.marks);
      if (range === null) return null;
      const pids = this.pids.value.toSorted();
      const limit = LIMITS[this.axis.value];
      return { subject: "", params: { ...range, pids, others: this.others.value, limit } };
    });
    this.depths = new Loader(cinema, "mailboxDepths", () => {
      const range = this.#asked(BUCKET_PX.depths);
      if (range === null || this.isTable.value) return null;
      return { subject: "", params: { ...range, pids: this.pids.value.toSorted() } };
    });
    this.view = computed(() => this.sequence.state.value.value);
    this.mailboxes = computed(() => this.depths.state.value.value);
    this.current = computed(() => {
      const event = cinema.cursor.value?.event ?? null;
      if (event === null) return null;
      const found = this.view.value?.messages.find(
        ({ sendEvent, receiveEvent }) => sendEvent === event || receiveEvent === event,
      );
      return found ?? null;
    });
    this.#undo.push(
      effect(() => {
        const found = this.suggestion.state.value.value?.partners;
        if (found === undefined || found.length === 0) return;
        const own = found.find(({ pid }) => pid === cinema.pid.peek());
        const rest = found.filter((one) => one !== own);
        // who asks stands left of who answers
        this.#suggested.value = [
          ...rest.filter(({ asks }) => asks),
          ...(own === undefined ? [] : [own]),
          ...rest.filter(({ asks }) => !asks),
        ].map(({ pid }) => pid);
      }),
      effect(() => {
        if (cinema.beat.value < 0) return;
        this.sequence.refresh();
        this.depths.refresh();
      }),
    );
  }

  get isChosen(): boolean {
    return this.#cinema.param("process.pids").value !== "";
  }

  dispose(): void {
    for (const undo of this.#undo) undo();
    for (const loader of [this.sequence, this.depths, this.suggestion]) loader.dispose();
  }

  choose(pids: readonly string[]): void {
    this.#cinema.param("process.pids").value = pids.slice(0, MOST_COLUMNS).join(",");
  }

  /** Back to those that exchange most messages with the selected process in what is shown. */
  suggest(): void {
    this.#suggested.value = [];
    this.#cinema.param("process.pids").value = "";
    this.suggestion.refresh();
  }

  move(pid: string, by: -1 | 1): void {
    const pids = [...this.pids.peek()];
    const at = pids.indexOf(pid);
    const other = pids[at + by];
    if (at === -1 || other === undefined) return;
    pids[at + by] = pid;
    pids[at] = other;
    this.choose(pids);
  }

  set(name: "axis" | "others" | "form", value: string): void {
    this.#cinema.param(`process.${name}`).value = value;
  }

  zoom(anchor: number, factor: number): void {
    this.#cinema.setView(zoomAbout(this.range.peek(), anchor, factor, this.#extent()));
  }

  pan(ns: number): void {
    this.#cinema.setView(panBy(this.range.peek(), ns, this.#extent()));
  }

  /** Zooms to where something is, with some time around it. */
  showAround({ t0, t1 }: TimeRange): void {
    const air = Math.max((t1 - t0) * 0.1, spanOf(this.range.peek()) * 0.002);
    this.#cinema.setView(clampRange({ t0: t0 - air, t1: t1 + air }, this.#extent()));
  }

  /** An instant in words. */
  tell(t: number): string {
    return timeText(this.#cinema, t, 1000);
  }

  /** To a message: where it arrived, at its receiver; else what is known of it. */
  goTo({ tSent, tReceived, sendEvent, receiveEvent, from, to }: SequenceMessage): void {
    const t = tReceived ?? tSent;
    if (t === null) return;
    const event = tReceived === null ? sendEvent : receiveEvent;
    this.#cinema.goTo({ t, event, pid: this.#shown(to) ?? this.#shown(from) });
  }

  async step(direction: "next" | "previous"): Promise<void> {
    if (this.#isStepping) return;
    this.#isStepping = true;
    const cinema = this.#cinema;
    await cinema.attempt(async () => {
      const cursor = cinema.cursor.peek();
      const { t0, t1 } = this.range.peek();
      const found = await cinema.connection.request("sequenceStep", {
        pids: this.pids.peek(),
        others: this.others.peek(),
        t: cursor?.t ?? (direction === "next" ? t0 : t1),
        ...(cursor?.event == null ? {} : { event: cursor.event }),
        direction,
      });
      if (found === null) {
        const which = direction === "next" ? "later" : "earlier";
        cinema.notify(`No ${which} message of these processes was recorded.`);
      } else cinema.goTo({ t: found.t, event: found.event, pid: this.#shown(found.pid) });
    });
    this.#isStepping = false;
  }

  #shown(pid: string | null): string | null {
    return pid !== null && this.pids.peek().includes(pid) ? pid : null;
  }

  #extent(): TimeRange {
    return this.#cinema.selection.peek() ?? this.#cinema.bounds.peek();
  }

  #asked(bucketPx: number): (TimeRange & { readonly buckets: number }) | null {
    const height = this.heightPx.value;
    if (this.pids.value.length === 0 || (height === 0 && !this.isTable.value)) return null;
    const { t0, t1, buckets } = timeParams(this.range.value, Math.max(1, height / bucketPx));
    const isEven = this.axis.value === "time" && height > 0;
    return { t0, t1, buckets: isEven ? Math.min(2_000, buckets) : ORDER_BUCKETS };
  }
}

/** The selection, or what of it is zoomed to. */
function shownRange(view: TimeRange, selection: TimeRange | null): TimeRange {
  if (selection === null) return view;
  const t0 = Math.max(view.t0, selection.t0);
  const t1 = Math.min(view.t1, selection.t1);
  return t1 > t0 ? { t0, t1 } : selection;
}

function pidsIn(text: string): readonly string[] {
  const pids = text.split(",").map((pid) => pid.trim());
  return [...new Set(pids.filter((pid) => pid !== ""))].slice(0, MOST_COLUMNS);
}

/** The server takes whole nanoseconds. */
export function whole({ t0, t1 }: TimeRange): TimeRange {
  return { t0: Math.floor(t0), t1: Math.ceil(t1) };
}

/** A reply holds a little more than what is shown. */
export function messagesIn(view: SequenceView, { t0, t1 }: TimeRange): readonly SequenceMessage[] {
  return view.messages.filter(({ tSent, tReceived }) => {
    const began = tSent ?? tReceived ?? t0;
    return began >= t0 && began <= t1;
  });
}
