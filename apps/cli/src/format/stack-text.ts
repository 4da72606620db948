// A stack as text, in the form of Elixir's own stack traces: innermost call first, the variables below.

import type { FrameView, StackView } from "@elixirscope/query";
import { noteLines } from "./note-lines.ts";
import { styled } from "./style.ts";
import { clipped, visible } from "./visible.ts";

const MOST_COLUMNS = 160;

export function stackText(view: StackView, stream: NodeJS.WriteStream): string {
  const who = view.name === null ? view.pid : `${view.pid} ${view.name}`;
  const event = view.event === null ? "" : `, after event ${view.event}`;
  const lines = [styled(stream, "bold", visible(`${who} at ${view.t / 1e9} s${event}`))];
  if (view.why !== null) lines.push(`    ${visible(view.why)}`);
  for (const frame of view.frames.toReversed()) lines.push(...frameLines(frame, stream));
  if (view.more > 0) lines.push(`    … ${view.more} outer calls more`);
  lines.push(...noteLines(view.limits, stream));
  return lines.join("\n");
}

export function frameLines(frame: FrameView, stream: NodeJS.WriteStream): string[] {
  const { place, locals, ends, limits, args } = frame;
  const where = place === null ? "" : `${place.file}:${place.line}: `;
  const lines = [`    ${visible(where)}${styled(stream, "cyan", visible(frame.mfa))}`];
  if (place !== null && place.source !== null) {
    lines.push(
      `        ${styled(stream, "dim", "│")} ${clipped(place.source.trim(), MOST_COLUMNS)}`,
    );
  }
  if (locals.length === 0 && args !== null && frame.arity > 0) {
    lines.push(`        arguments: ${clipped(args, MOST_COLUMNS)}`);
  }
  const width = Math.min(24, Math.max(0, ...locals.map(({ name }) => name.length)));
  for (const { name, text, inScope } of locals) {
    const over = inScope === false ? styled(stream, "dim", "  (its block is over)") : "";
    lines.push(`        ${visible(name).padEnd(width)} = ${clipped(text, MOST_COLUMNS)}${over}`);
  }
  if (ends !== null) {
    lines.push(
      `        ${ends.outcome}: ${clipped(ends.result ?? "(not recorded)", MOST_COLUMNS)}`,
    );
  }
  for (const limit of limits) lines.push(`        ${styled(stream, "dim", `(${visible(limit)})`)}`);
  return lines;
}
