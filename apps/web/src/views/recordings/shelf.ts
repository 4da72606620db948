// The list of recordings on this page: read again after each action and, while something is being recorded, by itself.

import { messageOf } from "@elixirscope/base";
import { RECORDING_PARAM, type RecordingList, type RecordingView } from "@elixirscope/wire";
import { signal, type Signal } from "@preact/signals";
import type { Cinema } from "../../model/cinema.ts";

const AGAIN_MS = 2_000;

export class Shelf {
  readonly list: Signal<RecordingList | null> = signal<RecordingList | null>(null);
  readonly failure: Signal<string | null> = signal<string | null>(null);
  /** what went wrong, until the next action */
  readonly problem: Signal<string | null> = signal<string | null>(null);
  /** names of recordings that something is being done to */
  readonly busy: Signal<ReadonlySet<string>> = signal<ReadonlySet<string>>(new Set());
  readonly cinema: Cinema;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #stop: () => void;

  constructor(cinema: Cinema) {
    this.cinema = cinema;
    // at once, and when the connection is back
    this.#stop = cinema.connection.epoch.subscribe((epoch) => {
      if (epoch > 0) void this.reload();
    });
    this.#timer = setInterval(() => {
      const live = this.list.value?.recordings.some(({ state }) => state === "live") ?? false;
      if (live && cinema.connection.state.value.kind === "open") void this.reload();
    }, AGAIN_MS);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#stop();
  }

  async reload(): Promise<void> {
    try {
      this.list.value = await this.cinema.connection.request("recordings", {});
      this.failure.value = null;
    } catch (error) {
      this.failure.value = messageOf(error);
    }
  }

  async open({ name, shown }: RecordingView): Promise<void> {
    if (shown && !this.cinema.empty.value) {
      this.cinema.main.value = "timeline";
      return;
    }
    await this.#doing(name, async () => {
      const where = await this.cinema.connection.request("openRecording", { name });
      if (where.kind === "elsewhere") location.assign(where.url);
      else this.goTo(where.name);
    });
  }

  /** The page begins anew with that recording; null: with the one that the server began with. */
  goTo(name: string | null): void {
    if (name === this.cinema.recording && !this.cinema.empty.value) {
      this.cinema.main.value = "timeline";
      return;
    }
    const params = new URLSearchParams(name === null ? {} : { [RECORDING_PARAM]: name });
    location.hash = params.toString();
  }

  async pin({ name, pinned }: RecordingView): Promise<void> {
    const pin = pinned ? "off" : "on";
    await this.#doing(name, async () => {
      await this.cinema.connection.request("pinRecording", { name, pin });
    });
  }

  async remove(name: string): Promise<void> {
    await this.#doing(name, async () => {
      await this.cinema.connection.request("deleteRecording", { name });
      this.cinema.notify(`${name} deleted.`);
    });
  }

  /** As one file, handed to the browser's own download. */
  async download(name: string): Promise<void> {
    await this.#doing(name, async () => {
      const { path, file } = await this.cinema.connection.request("packRecording", { name });
      const link = document.createElement("a");
      link.href = path;
      link.download = file;
      link.click();
      this.cinema.notify(`${file} is being downloaded.`);
    });
  }

  async #doing(name: string, action: () => Promise<void>): Promise<void> {
    if (this.busy.value.has(name)) return;
    this.busy.value = new Set([...this.busy.value, name]);
    this.problem.value = null;
    try {
      await action();
    } catch (error) {
      this.problem.value = messageOf(error);
    }
    this.busy.value = new Set([...this.busy.value].filter((other) => other !== name));
    await this.reload();
  }
}
