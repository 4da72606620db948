// A cause graph as text: one line per event in order, with the events that it follows from.

import type { CauseSteps } from "@elixirscope/query";
import { noteLines } from "./note-lines.ts";
import { styled } from "./style.ts";
import { formatCount } from "./units.ts";
import { clipped, visible } from "./visible.ts";

const MOST_COLUMNS = 120;
const SURE = { exact: "", ordered: "~", inferred: "?" } as const;

export function causesText(view: CauseSteps, stream: NodeJS.WriteStream): string {
  const { event, direction, events, edges, ends, steps, truncated } = view;
  const into = new Map<number, CauseSteps["edges"][number][]>();
  for (const edge of edges) into.set(edge.target, [...(into.get(edge.target) ?? []), edge]);
  const isBack = direction === "causes";
  const count = `${formatCount(events.length - 1)}${truncated ? " or more" : ""}`;
  const what = isBack ? `led to event ${event}` : `followed from event ${event}`;
  const last = `${formatCount(ends.length)} ${isBack ? "root" : "end"}${ends.length === 1 ? "" : "s"}`;
  const lines = [styled(stream, "bold", `${count} events ${what}; ${last}`)];
  const hidden = events.length - steps.length;
  if (isBack && hidden > 0) lines.push(`… ${formatCount(hidden)} earlier ones (--limit)`);
  let pid = "";
  for (const step of steps) {
    const { process } = step;
    if (process.pid !== pid) {
      pid = process.pid;
      const who = process.name === null ? pid : `${process.name} ${pid}`;
      lines.push(styled(stream, "cyan", visible(who)));
    }
    const causes = (into.get(step.event) ?? []).map(
      ({ source, type, confidence }) => `${SURE[confidence]}${type} #${source}`,
    );
    const from = causes.length === 0 ? "" : styled(stream, "dim", `  ← ${causes.join(", ")}`);
    lines.push(
      `  #${step.event}  ${(step.t / 1e9).toFixed(6)} s  ${clipped(step.text, MOST_COLUMNS)}${from}`,
    );
  }
  if (!isBack && hidden > 0) lines.push(`… ${formatCount(hidden)} later ones (--limit)`);
  return [...lines, ...noteLines(view.limits, stream)].join("\n");
}
