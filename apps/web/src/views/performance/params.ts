// What this view keeps in the address, read and written as what it means. An address is user input: what makes
// no sense is what nothing is.

import type { FlameTime, TimeRange } from "@elixirscope/wire";

export const MODES = ["flame", "functions", "processes", "path", "compare"] as const;
export type Mode = (typeof MODES)[number];

export const FLAME_TIMES: readonly FlameTime[] = ["all", "running", "waiting"];

export function modeOf(text: string): Mode {
  return MODES.find((mode) => mode === text) ?? "flame";
}

export function oneOf<T extends string>(text: string, all: readonly T[], usual: T): T {
  return all.find((one) => one === text) ?? usual;
}

/** `12.45.7`: numbers of functions from the bottom of the stack. */
export function pathOf(text: string): readonly number[] {
  if (!/^\d{1,15}(\.\d{1,15})*$/.test(text)) return [];
  return text.split(".").map(Number);
}

export function pathText(path: readonly number[]): string {
  return path.join(".");
}

/** `1000~2000`: times or durations, the second one larger. */
export function rangeOf(text: string): TimeRange | null {
  const [, from, to] = /^(\d{1,16})~(\d{1,16})$/.exec(text) ?? [];
  if (from === undefined || to === undefined || Number(to) <= Number(from)) return null;
  return { t0: Number(from), t1: Number(to) };
}
