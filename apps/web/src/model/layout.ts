// How the page is divided: what stands beside and below the main view, how large, and whether at all.

import { effect, signal, type Signal } from "@preact/signals";

export type Split = {
  /** how large the part after the edge is */
  readonly size: Signal<number>;
  readonly open: Signal<boolean>;
  readonly name: string;
  readonly key: string;
  /** `column`: parts side by side */
  readonly axis: "column" | "row";
  readonly least: number;
  readonly most: number;
  readonly start: number;
  /** what the part before the edge keeps at least */
  readonly rest: number;
};

type SplitSpec = Omit<Split, "size" | "open">;

const SIDE: SplitSpec = {
  name: "Width of the side panel",
  key: "elixirscope.inspector-width",
  axis: "column",
  least: 320,
  most: 900,
  start: 440,
  rest: 480,
};

const LANES: SplitSpec = {
  name: "Height of the timeline",
  key: "elixirscope.timeline-height",
  axis: "row",
  least: 150,
  most: 900,
  start: 260,
  rest: 260,
};

export class Layout {
  readonly side: Split;
  readonly lanes: Split;

  constructor(storage: Storage) {
    this.side = stored(storage, SIDE);
    this.lanes = stored(storage, LANES);
  }

  reset(): void {
    for (const split of [this.side, this.lanes]) {
      split.size.value = split.start;
      split.open.value = true;
    }
  }
}

function stored(storage: Storage, spec: SplitSpec): Split {
  const { key, least, most, start } = spec;
  const saved = Number(storage.getItem(key));
  const size = signal(saved >= least && saved <= most ? saved : start);
  const open = signal(storage.getItem(`${key}.closed`) === null);
  effect(() => {
    if (size.value === start) storage.removeItem(key);
    else storage.setItem(key, String(size.value));
  });
  effect(() => {
    if (open.value) storage.removeItem(`${key}.closed`);
    else storage.setItem(`${key}.closed`, "1");
  });
  return { ...spec, size, open };
}
