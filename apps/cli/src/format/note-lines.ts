// What limits an answer, one line each, below it.

import { styled } from "./style.ts";
import { visible } from "./visible.ts";

export function noteLines(limits: readonly string[], stream: NodeJS.WriteStream): string[] {
  return limits.map((limit) => `${styled(stream, "yellow", "note:")} ${visible(limit)}`);
}
