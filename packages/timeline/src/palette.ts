// Every colour that is painted. The page passes the light or the dark one; nothing else knows of themes.

import type { MarkView } from "@elixirscope/wire";

export type SpanColours = { readonly fill: string; readonly merged: string };

export type Palette = {
  readonly background: string;
  readonly laneSelected: string;
  readonly laneHover: string;
  readonly line: string;
  readonly groupLine: string;
  readonly grid: string;
  readonly alive: string;
  readonly text: string;
  readonly mutedText: string;
  readonly spanText: string;
  readonly spanError: string;
  readonly spanOpen: string;
  readonly cursor: string;
  readonly cursorText: string;
  readonly selection: string;
  readonly selectionEdge: string;
  readonly gapFill: string;
  readonly gapLine: string;
  readonly gapText: string;
  readonly density: string;
  readonly densityOutside: string;
  readonly errors: string;
  /** time in which a call waited for a message */
  readonly waiting: string;
  readonly waitingLine: string;
  /** what a query found */
  readonly resultMark: string;
  readonly windowEdge: string;
  readonly outside: string;
  /** a function keeps its colour: chosen by its module's name */
  readonly spans: readonly SpanColours[];
  readonly marks: Readonly<Record<MarkView["kind"], string>>;
};

export const LIGHT: Palette = {
  background: "#ffffff",
  laneSelected: "#eef3ff",
  laneHover: "#f6f7f9",
  line: "#e8eaee",
  groupLine: "#cdd2da",
  grid: "#eef0f3",
  alive: "#f7f8fa",
  text: "#1b1f27",
  mutedText: "#5b6472",
  spanText: "#182033",
  spanError: "#c62f3a",
  spanOpen: "#6b7484",
  cursor: "#1f56d8",
  cursorText: "#ffffff",
  selection: "rgba(31, 86, 216, 0.10)",
  selectionEdge: "#1f56d8",
  gapFill: "rgba(196, 123, 10, 0.10)",
  gapLine: "rgba(176, 106, 0, 0.42)",
  gapText: "#7d4b00",
  density: "#7f93b8",
  densityOutside: "#c6cedd",
  errors: "#d03a44",
  waiting: "#e9ebef",
  waitingLine: "#aab2c0",
  resultMark: "#b0128f",
  windowEdge: "#55627a",
  outside: "rgba(243, 244, 247, 0.66)",
  spans: [
    { fill: "#b9cdf6", merged: "#dbe5fb" },
    { fill: "#b6e0d4", merged: "#dbf0ea" },
    { fill: "#d9c8f3", merged: "#ece3f9" },
    { fill: "#f3d9a9", merged: "#f9ecd3" },
    { fill: "#bfe0b4", merged: "#dff0d9" },
    { fill: "#f4c8cf", merged: "#f9e3e7" },
    { fill: "#b5def0", merged: "#daeff8" },
    { fill: "#dcdcb0", merged: "#eeeed8" },
  ],
  marks: {
    send: "#2767d8",
    receive: "#0c8578",
    state: "#7a3fd0",
    exit: "#3c4554",
    spawn: "#2f8a2f",
    exception: "#c62f3a",
    link: "#8a93a2",
  },
};

export const DARK: Palette = {
  background: "#14171d",
  laneSelected: "#1b2436",
  laneHover: "#191d25",
  line: "#232832",
  groupLine: "#38404e",
  grid: "#1d222b",
  alive: "#181c23",
  text: "#e6e9ef",
  mutedText: "#98a2b3",
  spanText: "#f1f4fa",
  spanError: "#ff6b74",
  spanOpen: "#8b95a6",
  cursor: "#6f9bff",
  cursorText: "#0b1220",
  selection: "rgba(111, 155, 255, 0.14)",
  selectionEdge: "#6f9bff",
  gapFill: "rgba(240, 178, 76, 0.09)",
  gapLine: "rgba(240, 178, 76, 0.36)",
  gapText: "#f0be6c",
  density: "#6c82ad",
  densityOutside: "#363f51",
  errors: "#ff6b74",
  waiting: "#20252e",
  waitingLine: "#4d586b",
  resultMark: "#ff83e2",
  windowEdge: "#93a1ba",
  outside: "rgba(14, 16, 21, 0.6)",
  spans: [
    { fill: "#36518c", merged: "#263759" },
    { fill: "#235f55", merged: "#1c3f3b" },
    { fill: "#543c80", merged: "#392d54" },
    { fill: "#6d5222", merged: "#463820" },
    { fill: "#3a5f2e", merged: "#2a4024" },
    { fill: "#74343f", merged: "#4a2930" },
    { fill: "#215a74", merged: "#1c3d4d" },
    { fill: "#55552a", merged: "#3a3a22" },
  ],
  marks: {
    send: "#74a3ff",
    receive: "#3fc6b4",
    state: "#b98cff",
    exit: "#c3cad6",
    spawn: "#6fcf6a",
    exception: "#ff6b74",
    link: "#78818f",
  },
};

/** The colours of a box: by the module, so one module looks alike in every lane. */
export function spanColours(palette: Palette, label: string): SpanColours {
  let hash = hashes.get(label);
  if (hash === undefined) {
    hash = hashOf(moduleOf(label));
    if (hashes.size > 4096) hashes.clear();
    hashes.set(label, hash);
  }
  const colours = palette.spans[hash % palette.spans.length];
  return colours ?? { fill: palette.density, merged: palette.densityOutside };
}

/** By label, of its module: a frame asks for some thousands. */
const hashes = new Map<string, number>();

/** `Shop.Cart` of `Shop.Cart.add/3`, `lists` of `:lists.map/2`. */
export function moduleOf(label: string): string {
  const name = label.split("/", 1)[0] ?? label;
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? name : name.slice(0, dot);
}

function hashOf(text: string): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 16777619) >>> 0;
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}
