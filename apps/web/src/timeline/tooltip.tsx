// What is under the pointer, in words. Text nodes only: labels come from the target.

import { countText, formatDuration, gapText, type RowHit } from "@elixirscope/timeline";
import type { MarkView, SpanView } from "@elixirscope/wire";
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../frame/app-context.ts";
import type { Cinema } from "../model/cinema.ts";
import { timeText } from "../model/time-text.ts";
import type { Hover } from "./gestures.ts";

const MARK_WORDS: Readonly<Record<MarkView["kind"], string>> = {
  send: "message sent",
  receive: "message received",
  state: "state change",
  exit: "process exit",
  spawn: "spawn",
  exception: "exception",
  link: "link",
};

const OUTCOME_WORDS: Readonly<Record<SpanView["outcome"], string>> = {
  open: "had not returned when the recording ended",
  returned: "returned",
  raised: "raised",
  tail: "left by a tail call or traced without returns",
  lost: "its end fell into a gap: not recorded",
  mixed: "some of them raised or did not return",
};

export function Tooltip({ hover }: { readonly hover: Signal<Hover | null> }): JSX.Element | null {
  const { cinema } = useApp();
  const { value } = hover;
  if (value === null) return null;
  const { hit } = value;
  const lines =
    hit.kind === "span"
      ? spanLines(cinema, hit.span)
      : hit.kind === "mark"
        ? markLines(cinema, hit.mark)
        : hit.kind === "gap"
          ? [gapText(hit.gap), hit.gap.detail ?? "", formatDuration(hit.gap.t1 - hit.gap.t0)]
          : hit.kind === "row"
            ? rowLines(cinema, hit)
            : [];
  const [first, ...rest] = lines.filter((line) => line !== "");
  const left = Math.min(value.x + 14, globalThis.innerWidth - 340);
  const top = Math.min(value.y + 16, globalThis.innerHeight - 90);
  return (
    <div class="tooltip" style={{ left: `${left}px`, top: `${top}px` }} aria-hidden="true">
      <div class="mono clip">{first}</div>
      {rest.map((line) => (
        <div class="muted" key={line}>
          {line}
        </div>
      ))}
    </div>
  );
}

function spanLines(cinema: Cinema, span: SpanView): readonly string[] {
  const many = span.count > 1;
  return [
    span.label,
    many
      ? `${countText(span.count)} calls within ${formatDuration(span.t1 - span.t0)}: zoom in to see them apart`
      : formatDuration(span.t1 - span.t0),
    `${OUTCOME_WORDS[span.outcome]} · at ${timeText(cinema, span.t0, 1000)}`,
  ];
}

function markLines(cinema: Cinema, mark: MarkView): readonly string[] {
  const name = MARK_WORDS[mark.kind];
  const title = mark.count > 1 ? `${countText(mark.count)} × ${name}` : name;
  return [
    title,
    `at ${timeText(cinema, mark.t, 1000)}`,
    mark.event === null ? "zoom in to see them apart" : "",
  ];
}

function rowLines(cinema: Cinema, { mark, count }: RowHit): readonly string[] {
  const marks = cinema.marks.peek();
  if (marks === null) return [];
  const of = `row ${countText(mark.row + 1)} of the query`;
  const who = mark.pid === null ? "" : ` · ${mark.pid}`;
  return [
    marks.tell(mark.row) || of,
    of,
    `at ${timeText(cinema, mark.t, 1000)}${who}`,
    count > 1 ? `${countText(count)} rows here: zoom in to see them apart` : "",
  ];
}
