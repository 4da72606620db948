// A command: one thing the user can do, by whatever way. Palette, keyboard and help are made of them.
//
// A chord is written as `w`, `Shift+ArrowLeft`, `Ctrl+k` (also Cmd on a Mac) or `g t` (one key after the other).

import type { App } from "./app-context.ts";

export const GROUPS = [
  "View",
  "Move in time",
  "Play",
  "Zoom",
  "Process",
  "Side panel",
  "Copy and export",
  "Page",
] as const;
export type Group = (typeof GROUPS)[number];

export type Command = {
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  /** what it is for, where the title does not say it */
  readonly detail?: string;
  readonly keys?: readonly string[];
  /** false: of no use now, so the palette leaves it out */
  readonly isOffered?: () => boolean;
  /** what else it may be looked for by */
  readonly words?: string;
  readonly run: () => void;
};

export type CommandList = (app: App) => readonly Command[];

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** What was pressed, most exact first: a key with Shift also means the key alone. */
export function chordsOf(event: Pressed): readonly string[] {
  if (event.altKey) return [];
  const isLetter = event.key.length === 1;
  const key = isLetter ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) return event.shiftKey ? [] : [`Ctrl+${key}`];
  return event.shiftKey ? [`Shift+${key}`, key] : [key];
}

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
};

/** The keys of a chord as they are printed on a keyboard; those of a sequence follow each other. */
export function keyCaps(chord: string): readonly string[] {
  if (chord === " ") return ["Space"];
  // a plus sign at the end is the key itself
  return chord.split(" ").flatMap((one) => one.split(/\+(?=.)/).map(capOf));
}

function capOf(key: string): string {
  return SIGNS[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

/** As a tooltip names it: `Shift+I`, `G T`. */
export function chordText(chord: string): string {
  return keyCaps(chord).join(/.\+./.test(chord) ? "+" : " ");
}
