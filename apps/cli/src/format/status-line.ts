// One line about a live recording, redrawn in place on a terminal; silent when nobody watches.

import type { Status } from "@elixirscope/wire";
import { styled } from "./style.ts";
import { formatBytes, formatCount, formatDurationMs } from "./units.ts";

const CLEAR_LINE = "\r\u001B[K";

export function statusText(status: Status, stream: NodeJS.WriteStream): string {
  const loss =
    status.lost === 0 ? "no loss" : styled(stream, "red", `${formatCount(status.lost)} lost`);
  const parts = [
    styled(stream, "green", "●") + ` ${formatDurationMs(status.durationNs / 1e6)}`,
    `${formatCount(status.events)} events`,
    `${formatCount(Math.round(status.eventsPerSecond))}/s`,
    loss,
    status.targetProbeBytes === null ? null : `probe ${formatBytes(status.targetProbeBytes)}`,
    status.ringUse === null ? null : `ring ${Math.round(status.ringUse * 100)}%`,
    status.message === null ? null : styled(stream, "yellow", status.message),
  ];
  return parts.filter((part) => part !== null).join("  ");
}

export class StatusLine implements Disposable {
  readonly #stream: NodeJS.WriteStream;
  #shown = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(status: Status): void {
    if (!this.#stream.isTTY) return;
    this.#stream.write(CLEAR_LINE + statusText(status, this.#stream));
    this.#shown = true;
  }

  clear(): void {
    if (this.#shown) this.#stream.write(CLEAR_LINE);
    this.#shown = false;
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}
