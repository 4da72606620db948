// Deadlocks as text: of each who waited for whom, a line each, and what the last one was doing.

import type {
  CallCycle,
  DeadlockView,
  ProcessRef,
  UnansweredCall,
  WaitEnd,
  WaitView,
} from "@elixirscope/query";
import { stackText } from "./stack-text.ts";
import { noteLines } from "./note-lines.ts";
import { styled } from "./style.ts";
import { formatCount } from "./units.ts";
import { clipped, visible } from "./visible.ts";

const MOST_COLUMNS = 100;

export function deadlockText(view: DeadlockView, stream: NodeJS.WriteStream): string {
  const { cycles, unanswered, calls, more } = view;
  const lines = [
    ...cycles.flatMap((cycle) => cycleLines(cycle, stream)),
    ...unanswered.flatMap((call) => unansweredLines(call, stream)),
  ];
  if (more > 0) lines.push(`… ${more} more (--limit)`);
  const left = unanswered.reduce((sum, { alike }) => sum + alike, 0);
  const found = [counted(cycles.length, "deadlock"), counted(left, "other unanswered call")];
  lines.push(`${found.join(", ")} among ${counted(calls, "synchronous call")}`);
  lines.push(...noteLines(view.limits, stream));
  return lines.join("\n");
}

function cycleLines(cycle: CallCycle, stream: NodeJS.WriteStream): string[] {
  const { from, to, waits, others } = cycle;
  const who = waits.map(({ caller }) => nameOf(caller)).join(" → ");
  const until = to === null ? "until the recording's end" : `until ${timeText(to)}`;
  const head = `deadlock: ${who} → ${nameOf(waits[0]?.caller ?? null)}`;
  return [
    styled(stream, "bold", visible(head)),
    `    from ${timeText(from)} ${until} each waited for the next`,
    ...waits.flatMap((wait) => waitLines(wait, stream)),
    ...(others > 0 ? [`    ${counted(others, "more call")} waited for them in vain`] : []),
    "",
  ];
}

function unansweredLines(call: UnansweredCall, stream: NodeJS.WriteStream): string[] {
  const { chain, doing, alike } = call;
  const [first] = chain;
  const last = chain.at(-1)?.server ?? null;
  const times = alike === 1 ? "" : ` (${formatCount(alike)} calls ended up there)`;
  const head = `unanswered: ${nameOf(first?.caller ?? null)} waited for ${nameOf(last)}${times}`;
  const lines = [styled(stream, "bold", visible(head))];
  for (const wait of chain) lines.push(...waitLines(wait, stream));
  if (doing !== null) {
    lines.push(`    what ${visible(nameOf(last))} was doing:`);
    lines.push(
      ...stackText(doing, stream)
        .split("\n")
        .map((line) => `      ${line}`),
    );
  }
  return [...lines, ""];
}

function waitLines(wait: WaitView, stream: NodeJS.WriteStream): string[] {
  const { caller, server, request, from, arrived, to, message, endEvent } = wait;
  const place = wait.function === null ? "" : ` in ${wait.function}`;
  const waited = to === null ? "" : ` after ${secondsText(to - from)}`;
  const event = endEvent === null ? "" : `, event ${endEvent}`;
  return [
    `    ${timeText(from)}  ${styled(stream, "cyan", visible(`${nameOf(caller)} → ${nameOf(server)}`))}` +
      `  ${clipped(request, MOST_COLUMNS)}${visible(place)}  ${styled(stream, "dim", `event ${message}`)}`,
    `        ${END_TEXT[wait.end]}${waited}${styled(stream, "dim", event)}` +
      (arrived === null ? "; that the request arrived was not recorded" : ""),
    ...(wait.gaps.length === 0
      ? []
      : [
          `        events of the two are missing then (${wait.gaps.join(", ")}): it may have been answered`,
        ]),
  ];
}

const END_TEXT: Readonly<Record<WaitEnd, string>> = {
  timeout: "timed out",
  gave_up: "went on without a reply",
  server_gone: "the server was gone",
  ended: "the caller was ended",
  answered: "answered",
  open: "still waiting when the recording ended",
};

function nameOf(process: ProcessRef | null): string {
  if (process === null) return "an unknown process";
  return process.name === null ? process.pid : `${process.pid} ${process.name}`;
}

function timeText(t: number): string {
  return `${(t / 1e9).toFixed(6)} s`;
}

function secondsText(ns: number): string {
  return `${(ns / 1e9).toFixed(3)} s`;
}

function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
