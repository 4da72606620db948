// Where a step led, as text: the event, its line, the variables there, what a state changed.

import type { Landing, RunToView, StepView } from "@elixirscope/query";
import { diffLines } from "./diff-text.ts";
import { noteLines } from "./note-lines.ts";
import { shortDuration } from "./short-duration.ts";
import { frameLines } from "./stack-text.ts";
import { styled } from "./style.ts";
import { formatInstant } from "./units.ts";
import { clipped, visible } from "./visible.ts";

const MOST_COLUMNS = 140;
const MOST_CHANGES = 20;

export function stepText(view: StepView | RunToView, stream: NodeJS.WriteStream): string {
  const { from, to, why, limits } = view;
  const lines =
    to === null ? [visible(why ?? "nothing was found")] : landingLines(to, from.t, stream);
  const values = "hit" in view ? Object.entries(view.hit?.values ?? {}) : [];
  for (const [name, value] of values) {
    lines.push(`    held with ${visible(name)} = ${clipped(value, MOST_COLUMNS)}`);
  }
  return [...lines, ...noteLines(limits, stream)].join("\n");
}

function landingLines(to: Landing, from: number, stream: NodeJS.WriteStream): string[] {
  const who = visible(to.name === null ? to.pid : `${to.pid} ${to.name}`);
  const distance =
    to.t === from ? "" : `, ${to.t > from ? "+" : "-"}${shortDuration(Math.abs(to.t - from))}`;
  const lines = [
    `${styled(stream, "bold", `event ${to.event} at ${formatInstant(to.t)}`)}${distance}  ${who}`,
    `    ${to.kind}: ${visible(to.title)}`,
  ];
  // arguments and results show below, with the call
  const isOfFrame = to.frame !== null && (to.frame.call === to.event || to.frame.ends !== null);
  if (to.payload !== null && to.state === null && !isOfFrame) {
    lines.push(`    ${clipped(to.payload, MOST_COLUMNS)}`);
  }
  if (to.state !== null) {
    const { version, callback, text, diff } = to.state;
    const origin = callback === null ? "" : ` after ${visible(callback)}`;
    lines.push(`    version ${version}${origin}: ${clipped(text, MOST_COLUMNS)}`);
    lines.push(...diffLines(diff ?? [], MOST_CHANGES, stream).map((line) => `        ${line}`));
  }
  if (to.frame !== null) lines.push(...frameLines(to.frame, stream));
  return lines;
}
