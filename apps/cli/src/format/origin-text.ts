// Where a value came from as text: the place that was asked about, then back in time a line for each place.

import type { OriginHop, OriginPlace, OriginView } from "@elixirscope/query";
import { noteLines } from "./note-lines.ts";
import { styled } from "./style.ts";
import { clipped, visible } from "./visible.ts";

const MOST_COLUMNS = 140;

export function originText(view: OriginView, stream: NodeJS.WriteStream): string {
  const { value, asked, hops, end, limits } = view;
  const lines = [
    styled(stream, "bold", clipped(value, MOST_COLUMNS)),
    `  ${placeText(asked, stream)}`,
  ];
  for (const hop of hops) lines.push(...hopLines(hop, stream));
  const { expression, inputs, parts, maybe } = end;
  const by =
    expression === null ? "" : `: ${expression.text}  (${expression.file}:${expression.line})`;
  lines.push(
    `  ${styled(stream, end.kind === "made" ? "green" : "yellow", "=")} ${clipped(`${end.text}${by}`, MOST_COLUMNS)}`,
  );
  for (const { name, text, event } of inputs) {
    lines.push(
      `      with ${visible(name)} = ${clipped(text, MOST_COLUMNS)}  ${styled(stream, "dim", `event ${event}`)}`,
    );
  }
  for (const { path, place } of parts) {
    lines.push(`      its part ${visible(path)} was in ${placeText(place, stream)}`);
  }
  for (const place of maybe) lines.push(`      an equal value is in ${placeText(place, stream)}`);
  lines.push(...noteLines(limits, stream));
  return lines.join("\n");
}

function hopLines(
  { place, how, confidence, candidates, copies }: OriginHop,
  stream: NodeJS.WriteStream,
): readonly string[] {
  const more = copies === 0 ? "" : `, unchanged over ${copies} more`;
  const sure =
    confidence === "exact"
      ? ""
      : `  ${styled(stream, "yellow", candidates > 1 ? `${confidence}: 1 of ${candidates} equal values` : confidence)}`;
  return [`  ${styled(stream, "dim", `< ${how}${more}`)}${sure}`, `  ${placeText(place, stream)}`];
}

function placeText(place: OriginPlace, stream: NodeJS.WriteStream): string {
  const { kind, where, mfa, pid, peer, t, event, file, line } = place;
  const other = peer === null ? "" : ` ${kind === "sent" ? "to" : "from"} ${peer}`;
  const said = kind === "sent" || kind === "received" ? `${kind} ${where}${other}` : where;
  const at = file === null ? "" : ` (${file}:${line ?? "?"})`;
  const of = mfa === null ? "" : `  ${styled(stream, "cyan", visible(mfa))}`;
  const facts = `${pid}, event ${event}, ${(t / 1e9).toFixed(6)} s`;
  return `${visible(said)}${of}${visible(at)}  ${styled(stream, "dim", visible(facts))}`;
}
