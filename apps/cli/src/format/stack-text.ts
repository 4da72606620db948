// A stack as text, in the form of Elixir's own stack traces: innermost call first, the variables below.

import type { FrameView, StackView } from "@elixirscope/query";
import { styled } from "./style.ts";
import { visible } from "./visible.ts";

const MOST_COLUMNS = 160;

export function stackText(view: StackView, stream: NodeJS.WriteStream): string {
  const who = view.name === null ? view.pid : `${view.pid} ${view.name}`;
  const event = view.event === null ? "" : `, after event ${view.event}`;
  const lines = [styled(stream, "bold", visible(`${who} at ${view.t / 1e9} s${event}`))];
  if (view.why !== null) lines.push(`    ${visible(view.why)}`);
  for (const frame of view.frames.toReversed()) lines.push(...frameLines(frame, stream));
  if (view.more > 0) lines.push(`    … ${view.more} outer calls more`);
  for (const limit of view.limits) {
    lines.push(`${styled(stream, "yellow", "note:")} ${visible(limit)}`);
  }
  return lines.join("\n");
}

export function frameLines(frame: FrameView, stream: NodeJS.WriteStream): string[] {
  const { place, locals, ends, limits, args } = frame;
  const where = place === null ? "" : `${place.file}:${place.line}: `;
  const lines = [`    ${visible(where)}${styled(stream, "cyan", visible(frame.mfa))}`];
  if (place !== null && place.source !== null) {
    lines.push(`        ${styled(stream, "dim", "│")} ${cut(place.source.trim())}`);
  }
  if (locals.length === 0 && args !== null && frame.arity > 0) {
    lines.push(`        arguments: ${cut(args)}`);
  }
  const width = Math.min(24, Math.max(0, ...locals.map(({ name }) => name.length)));
  for (const { name, text, inScope } of locals) {
    const over = inScope === false ? styled(stream, "dim", "  (its block is over)") : "";
    lines.push(`        ${visible(name).padEnd(width)} = ${cut(text)}${over}`);
  }
  if (ends !== null) {
    lines.push(`        ${ends.outcome}: ${cut(ends.result ?? "(not recorded)")}`);
  }
  for (const limit of limits) lines.push(`        ${styled(stream, "dim", `(${visible(limit)})`)}`);
  return lines;
}

function cut(text: string): string {
  const shown = visible(text);
  return shown.length > MOST_COLUMNS ? `${shown.slice(0, MOST_COLUMNS - 1)}…` : shown;
}
