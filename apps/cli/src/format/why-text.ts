// The answer of `why` as text: a crash from what failed to what followed, each line with its event.

import type { Crashes, CrashView, EventStory, StoryStep, WhyView } from "@elixirscope/query";
import { noteLines } from "./note-lines.ts";
import { styled } from "./style.ts";
import { formatCount } from "./units.ts";
import { clipped, visible } from "./visible.ts";

const MOST_COLUMNS = 160;

/** `others`: how many crashes there are beside this one, as far as they were counted. */
export function whyText(view: WhyView, others: number, stream: NodeJS.WriteStream): string {
  const lines = view.kind === "crash" ? crashLines(view, stream) : eventLines(view, stream);
  if (others > 0) {
    lines.push(
      "",
      `${formatCount(others)} other ${others === 1 ? "crash" : "crashes"}: --list shows them, --crash 2 tells the next older one`,
    );
  }
  return lines.join("\n");
}

export function crashListText(
  { crashes, searched, isAll }: Crashes,
  stream: NodeJS.WriteStream,
): string {
  const lines = crashes.map(({ event, t, process, reason }, i) => {
    const who = styled(stream, "bold", visible(whoText(process)));
    return `${String(i + 1).padStart(3)}  ${time(t)}  ${who}  ${clipped(reason, MOST_COLUMNS)}${id(event, stream)}`;
  });
  if (crashes.length === 0) lines.push("no crash");
  if (!isAll) lines.push(`… among the newest ${formatCount(searched)} ends of processes`);
  return lines.join("\n");
}

function crashLines(view: CrashView, stream: NodeJS.WriteStream): string[] {
  const { failure, message, state, deaths, restart } = view;
  const heading = (text: string): string => styled(stream, "cyan", text);
  const lines = [
    styled(stream, "bold", visible(`${whoText(view.process)} crashed at ${seconds(view.t)}`)) +
      id(view.event, stream),
    `    ${styled(stream, "red", clipped(failure.error, MOST_COLUMNS))}`,
    "",
    heading("what failed") + id(failure.event, stream),
  ];
  if (failure.mfa !== null) {
    const args = failure.arguments === null ? "" : `(${failure.arguments})`;
    lines.push(
      `    ${clipped(args === "" ? failure.mfa : failure.mfa.replace(/\/\d+$/, args), MOST_COLUMNS)}`,
    );
  }
  if (failure.file !== null) {
    const text = failure.source === null ? "" : `  │ ${failure.source.trim()}`;
    lines.push(`    ${clipped(`${failure.file}:${failure.line}${text}`, MOST_COLUMNS)}`);
  }
  for (const clause of failure.clauses)
    lines.push(`    ${clipped(`no match: ${clause}`, MOST_COLUMNS)}`);
  for (const { name, text } of failure.locals)
    lines.push(`    ${clipped(`${name} = ${text}`, MOST_COLUMNS)}`);
  if (failure.callers.length > 0)
    lines.push(`    ${clipped(`called by ${failure.callers.join(", ")}`, MOST_COLUMNS)}`);
  lines.push("", heading("the message it was handling"));
  if (message === null)
    lines.push("    none: what the process did was begun by no message that was recorded");
  else {
    const from = message.from === null ? "" : `, from ${whoText(message.from)}`;
    lines.push(
      `    ${clipped(`${message.text}${from}`, MOST_COLUMNS)}${id(message.event, stream)}`,
    );
  }
  lines.push("", heading("the state before"));
  if (state === null) lines.push("    not recorded");
  else
    lines.push(
      `    ${clipped(state.text, MOST_COLUMNS)}  (version ${state.version}, ${seconds(state.t)})${id(state.event, stream)}`,
    );
  lines.push(
    "",
    heading("how it came to this"),
    ...storyLines(view.story.steps, view.story.omitted, stream),
  );
  lines.push("", heading("what followed"));
  for (const { event, t, process, fate, reason, confidence } of deaths) {
    const why = reason === null || reason === view.reason ? "" : `: ${reason}`;
    const what = fate === "died" ? "died with it" : `was ${fate}`;
    lines.push(
      `    ${time(t)}  ${clipped(`${whoText(process)} ${what}${why}`, MOST_COLUMNS)}${sure(confidence, stream)}${id(event, stream)}`,
    );
  }
  if (deaths.length === 0) lines.push("    no other process was seen to die or be told of it");
  if (restart === null) lines.push("    nothing was seen to be started in its place");
  else {
    const text = `${whoText(restart.by)} started ${whoText(restart.process)} in its place`;
    lines.push(
      `    ${time(restart.t)}  ${clipped(text, MOST_COLUMNS)}${sure(restart.confidence, stream)}${id(restart.event, stream)}`,
    );
  }
  return [...lines, ...noteLines(view.limits, stream)];
}

function eventLines(view: EventStory, stream: NodeJS.WriteStream): string[] {
  const [last] = view.story.steps.slice(-1);
  const title = `${whoText(view.process)} ${last?.text ?? ""} at ${seconds(view.t)}`;
  const heading = (text: string): string => styled(stream, "cyan", text);
  return [
    styled(stream, "bold", clipped(title, MOST_COLUMNS)) + id(view.event, stream),
    "",
    heading("how it came to this"),
    ...storyLines(view.story.steps, view.story.omitted, stream),
    "",
    heading("what it led to at once"),
    ...(view.effects.length === 0
      ? ["    nothing that was recorded"]
      : storyLines(view.effects, 0, stream)),
    ...noteLines(view.limits, stream),
  ];
}

/** The process is named where it changes. */
function storyLines(
  steps: readonly StoryStep[],
  omitted: number,
  stream: NodeJS.WriteStream,
): string[] {
  const lines: string[] = [];
  for (const [i, step] of steps.entries()) {
    const before = steps[i - 1];
    if (before?.process.pid !== step.process.pid) {
      lines.push(`    ${styled(stream, "bold", visible(whoText(step.process)))}`);
    }
    lines.push(
      `      ${time(step.t)}  ${clipped(step.text, MOST_COLUMNS)}${sure(step.confidence, stream)}${id(step.event, stream)}`,
    );
    if (i === 0 && omitted > 0) lines.push(`      … ${formatCount(omitted)} steps between`);
  }
  return lines;
}

/** That something is certain goes without saying; so does the order of one process. */
function sure(confidence: StoryStep["confidence"], stream: NodeJS.WriteStream): string {
  return confidence === "inferred" ? styled(stream, "yellow", "  (inferred)") : "";
}

function whoText({ pid, name }: StoryStep["process"]): string {
  return name === null ? pid : `${name} ${pid}`;
}

function id(event: number | null, stream: NodeJS.WriteStream): string {
  return event === null ? "" : styled(stream, "dim", `  #${event}`);
}

function time(t: number): string {
  return `${(t / 1e9).toFixed(6).padStart(10)} s`;
}

function seconds(t: number): string {
  return `${(t / 1e9).toFixed(6)} s`;
}
