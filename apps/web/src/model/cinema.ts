// The one model of the page: the recording, the shared cursor and selection, and what can be done.
//
// Every view reads these signals and calls these methods; no view knows another.

import type { Reply, Status, TimeRange, ViewName } from "@elixirscope/wire";
import { fitRange, reveal, spanOf, type ResultMarks } from "@elixirscope/timeline";
import { batch, computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { messageOf } from "@elixirscope/base";
import { TOKEN_PARAM } from "@elixirscope/wire";
import { RequestError, type Connection } from "./connection.ts";
import { placeFromHash, placeToHash, START, type Cursor, type Place, type Tab } from "./place.ts";
import type { Settings } from "./settings.ts";

export type Info = Reply<"info">;

export type Moment = {
  readonly t: number;
  readonly event: number | null;
  readonly pid?: string | null;
};

/** While following a live recording at least this much of its end is shown. */
const LIVE_WINDOW_NS = 10e9;
const URL_DELAY_MS = 250;

export class Cinema {
  readonly connection: Connection;
  readonly info: Signal<Info | null> = signal<Info | null>(null);
  readonly status: Signal<Status | null> = signal<Status | null>(null);
  readonly failure: Signal<string | null> = signal<string | null>(null);
  /** the server shows nothing unless it is asked by name */
  readonly empty: Signal<boolean> = signal(false);
  /** the name of the recording in the server's folder; null: what the server began with */
  readonly recording: string | null;
  /** a sentence for the user that goes away by itself */
  readonly notice: Signal<string | null> = signal<string | null>(null);

  readonly cursor: Signal<Cursor | null> = signal<Cursor | null>(null);
  readonly pid: Signal<string | null> = signal<string | null>(null);
  readonly selection: Signal<TimeRange | null> = signal<TimeRange | null>(null);
  readonly tab: Signal<Tab> = signal<Tab>("state");
  /** what fills the middle of the page */
  readonly main: Signal<ViewName> = signal<ViewName>("timeline");
  readonly filter: Signal<string> = signal("");
  readonly following: Signal<boolean> = signal(false);
  /** rows of a query that are drawn on the timeline */
  readonly marks: Signal<ResultMarks | null> = signal<ResultMarks | null>(null);

  /** what single views keep in the address */
  readonly #params = new Map<string, Signal<string>>();
  readonly #paramNames: Signal<number> = signal(0);

  /** what the user chose to look at; null: all of it */
  readonly #chosenView: Signal<TimeRange | null> = signal<TimeRange | null>(null);

  readonly bounds: ReadonlySignal<TimeRange> = computed(() => {
    const range = this.info.value?.range ?? { t0: 0, t1: 1e9 };
    const end = Math.max(range.t1, this.status.value?.durationNs ?? 0, range.t0 + 1000);
    return { t0: range.t0, t1: end };
  });
  readonly view: ReadonlySignal<TimeRange> = computed(
    () => this.#chosenView.value ?? fitRange(this.bounds.value),
  );
  readonly live: ReadonlySignal<boolean> = computed(
    () => this.status.value?.state === "recording" && (this.info.value?.live ?? false),
  );
  /** live, but nothing is recorded */
  readonly paused: ReadonlySignal<boolean> = computed(() => this.status.value?.paused === true);
  /** grows while live: live data is asked for again */
  readonly beat: ReadonlySignal<number> = computed(() =>
    this.live.value ? beatOf(this.status.value) : -1,
  );

  #noticeTimer: ReturnType<typeof setTimeout> | undefined;

  readonly settings: Settings;
  /** also for what goes over HTTP */
  readonly token: string;
  /** as it was last written or restored */
  #address = "";

  constructor(
    connect: (onStatus: (status: Status) => void) => Connection,
    hash: string,
    token: string,
    settings: Settings,
  ) {
    this.settings = settings;
    this.token = token;
    const place = placeFromHash(hash);
    this.recording = place.rec;
    this.#restore(place);
    this.connection = connect((status) => this.#onStatus(status));
    effect(() => {
      if (this.connection.epoch.value > 0) void this.#loadInfo();
    });
  }

  get place(): Place {
    return {
      rec: this.recording,
      cursor: this.cursor.value,
      pid: this.pid.value,
      view: this.following.value ? null : this.#chosenView.value,
      selection: this.selection.value,
      tab: this.tab.value,
      main: this.main.value,
      filter: this.filter.value,
      params: this.#paramValues(),
    };
  }

  /**
   * A text that a view keeps in the address, such as `query.sql`; empty when nothing was chosen. The same
   * signal for the same name, so that other views can set it before they open the one that reads it.
   */
  param(name: `${string}.${string}`): Signal<string> {
    return this.#param(name);
  }

  /** A link that also opens in another tab: it carries the token, which the address bar does not. */
  get link(): string {
    const token = `${TOKEN_PARAM}=${encodeURIComponent(this.token)}`;
    return `#${[token, placeToHash(this.place).slice(1)].filter((part) => part !== "").join("&")}`;
  }

  /** Keeps the address in step, until somebody gives another: that is for {@link restore}, and not written over. */
  keepAddress(location: Location, history: History): void {
    this.#address = location.hash;
    let timer: ReturnType<typeof setTimeout> | undefined;
    effect(() => {
      const hash = placeToHash(this.place);
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (location.hash !== this.#address) return;
        if (hash !== location.hash) history.replaceState(null, "", hash || location.pathname);
        this.#address = location.hash;
      }, URL_DELAY_MS);
    });
  }

  /** False: the address names another recording, and the page has to begin anew. */
  restore(hash: string): boolean {
    const place = placeFromHash(hash);
    if (place.rec !== this.recording) return false;
    this.#address = hash;
    this.#restore(place);
    return true;
  }

  setView(view: TimeRange): void {
    batch(() => {
      this.following.value = false;
      const { t0, t1 } = fitRange(this.bounds.value);
      this.#chosenView.value = view.t0 <= t0 && view.t1 >= t1 ? null : view;
    });
  }

  fit(): void {
    batch(() => {
      this.following.value = false;
      this.#chosenView.value = null;
    });
  }

  /** Moves the shared cursor, shows its moment and, if asked, selects its process. */
  goTo(moment: Moment): void {
    batch(() => {
      this.following.value = false;
      this.cursor.value = { t: moment.t, event: moment.event };
      if (moment.pid !== undefined && moment.pid !== null) this.pid.value = moment.pid;
      const view = this.#chosenView.value;
      if (view !== null) this.#chosenView.value = reveal(view, moment.t, this.bounds.value);
    });
  }

  /** To an event that another one names, and its process. */
  goToEvent(id: number): Promise<void> {
    return this.attempt(async () => {
      const event = await this.connection.request("event", { id });
      if (event === null) this.notify("That event is not in this recording.");
      else this.goTo({ t: event.t, event: event.id, pid: event.pid });
    });
  }

  select(pid: string | null): void {
    this.pid.value = pid;
  }

  async stop(): Promise<void> {
    await this.attempt(async () => {
      const { stopped } = await this.connection.request("stop", {});
      this.notify(stopped ? "Recording stopped." : "The recording had already ended.");
    });
  }

  /** Of a live recording: nothing is recorded until it goes on. */
  async pause(on: boolean): Promise<void> {
    await this.attempt(async () => {
      const change = { kind: on ? "pause" : "resume" } as const;
      await this.connection.request("changeSession", { change });
      this.notify(on ? "Paused: nothing is recorded." : "Recording again.");
    });
  }

  /** Follows the end of a live recording, or stays where it is. */
  follow(on: boolean): void {
    batch(() => {
      this.following.value = on && this.live.value;
      this.#followEdge();
    });
  }

  notify(text: string): void {
    clearTimeout(this.#noticeTimer);
    this.notice.value = text;
    this.#noticeTimer = setTimeout(() => (this.notice.value = null), 4_000);
  }

  /** Runs what the user asked for; a failure becomes a notice instead of being lost. */
  async attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.notify(messageOf(error));
    }
  }

  #param(name: string): Signal<string> {
    const known = this.#params.get(name);
    if (known !== undefined) return known;
    const made = signal("");
    this.#params.set(name, made);
    this.#paramNames.value = this.#params.size;
    return made;
  }

  #paramValues(): ReadonlyMap<string, string> {
    const values = new Map<string, string>();
    // a name that comes later is also to reach the address
    if (this.#paramNames.value === 0) return values;
    for (const [name, { value }] of this.#params) values.set(name, value);
    return values;
  }

  #restore(place: Place): void {
    batch(() => {
      this.main.value = place.main;
      for (const [name, param] of this.#params) param.value = place.params.get(name) ?? "";
      for (const [name, value] of place.params) this.#param(name).value = value;
      this.cursor.value = place.cursor;
      this.pid.value = place.pid;
      this.#chosenView.value = place.view;
      this.selection.value = place.selection;
      this.tab.value = place.tab;
      this.filter.value = place.filter;
    });
  }

  async #loadInfo(): Promise<void> {
    try {
      const info = await this.connection.request("info", {});
      batch(() => {
        const known = this.info.value;
        if (known !== null && known.manifest.id !== info.manifest.id) this.#restore(START);
        const first = known === null;
        this.info.value = info;
        this.status.value = info.status;
        this.failure.value = null;
        if (first && info.live && this.cursor.value === null) this.follow(true);
      });
    } catch (error) {
      if (error instanceof RequestError && error.serverCode === "no_recording") {
        this.empty.value = true;
      } else this.failure.value = messageOf(error);
    }
  }

  #onStatus(status: Status): void {
    batch(() => {
      const ended = this.live.value && status.state !== "recording";
      this.status.value = status;
      if (this.following.value) this.#followEdge();
      if (ended) {
        this.following.value = false;
        void this.#loadInfo();
      }
    });
  }

  #followEdge(): void {
    if (!this.following.value) return;
    const end = this.bounds.value.t1;
    const chosen = this.#chosenView.value;
    const span = chosen === null ? LIVE_WINDOW_NS : Math.min(spanOf(chosen), 60e9);
    if (end > LIVE_WINDOW_NS || chosen !== null) {
      this.#chosenView.value = { t0: end - span * 0.97, t1: end + span * 0.03 };
    }
    this.cursor.value = { t: end, event: null };
  }
}

/** No events come in a pause, but its gap grows. */
function beatOf(status: Status | null): number {
  if (status === null) return 0;
  return status.events + (status.paused ? 1 + Math.floor(status.durationNs / 1e9) : 0);
}
