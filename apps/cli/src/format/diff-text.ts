// A structural difference as lines: `~ .items["apple"]: 1 → 2`, `+` for what came, `-` for what went.

import type { DiffEntry } from "@elixirscope/wire";
import { styled } from "./style.ts";
import { clipped, visible } from "./visible.ts";

const MOST_COLUMNS = 70;
const SIGNS = { added: ["+", "green"], removed: ["-", "red"], changed: ["~", "yellow"] } as const;

export function diffLines(
  diff: readonly DiffEntry[],
  most: number,
  stream: NodeJS.WriteStream,
): readonly string[] {
  const lines = diff.slice(0, most).map((entry) => diffLine(entry, stream));
  return diff.length > most ? [...lines, `… ${diff.length - most} changes more`] : lines;
}

function diffLine({ path, kind, before, after }: DiffEntry, stream: NodeJS.WriteStream): string {
  const [sign, colour] = SIGNS[kind];
  const sides = [before, after].flatMap((side) =>
    side === null ? [] : [clipped(side, MOST_COLUMNS)],
  );
  const where = path === "" ? "" : `${visible(path)}: `;
  return `${styled(stream, colour, sign)} ${where}${sides.join(" → ")}`;
}
