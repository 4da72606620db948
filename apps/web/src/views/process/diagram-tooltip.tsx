// What is under the pointer of the diagram, in words. Text nodes only: names and bodies come from the target.

import { formatDuration, gapText } from "@elixirscope/timeline";
import type { MailboxDepth, SequenceMark, SequenceView, TimeRange } from "@elixirscope/wire";
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import type { DiagramHover } from "./diagram-gestures.ts";
import {
  dwellWords,
  MATCH_WORDS,
  nameOf,
  receivedWords,
  senderOf,
  sentWords,
  type Tell,
} from "./message-words.ts";
import type { ProcessModel } from "./process-model.ts";

const MARK_WORDS: Readonly<Record<SequenceMark["kind"], string>> = {
  spawn: "spawn",
  exit: "process exit",
  exception: "exception",
  link: "link",
  state: "state change",
};
const WIDTH_PX = 380;
const HEIGHT_PX = 150;

export function DiagramTooltip({
  hover,
  model,
}: {
  readonly hover: Signal<DiagramHover | null>;
  readonly model: ProcessModel;
}): JSX.Element | null {
  const { value } = hover;
  const view = model.view.value;
  if (value === null || view === null) return null;
  const [first = "", ...rest] = lines(value, view, model).filter((line) => line !== "");
  const left = Math.min(value.x + 14, globalThis.innerWidth - WIDTH_PX - 8);
  const top = Math.min(value.y + 16, globalThis.innerHeight - HEIGHT_PX);
  return (
    <div class="tooltip seq-tip" style={{ left: `${left}px`, top: `${top}px` }} aria-hidden="true">
      <div class="seq-tip-title">{first}</div>
      {rest.map((line, i) => (
        <div key={line} class={i === 0 && value.at.hit?.kind === "message" ? "mono" : "muted"}>
          {line}
        </div>
      ))}
    </div>
  );
}

function lines(
  { at: { hit, t } }: DiagramHover,
  view: SequenceView,
  model: ProcessModel,
): readonly string[] {
  const tell: Tell = (instant) => model.tell(instant);
  switch (hit?.kind) {
    case "message":
      return messageLines(hit.arrow.message, view, tell);
    case "merged": {
      const { from, to, count, t0, t1 } = hit.arrow.merged;
      const ends = `${nameOf(from, view.columns)} → ${nameOf(to, view.columns)}`;
      return count === 1
        ? [ends, `1 message at ${tell(t0)}`]
        : [
            ends,
            `${count.toLocaleString("en")} messages within ${formatDuration(t1 - t0)}`,
            "click or zoom in to see them one by one",
          ];
    }
    case "mark":
      return markLines(hit.placed.mark, view, tell);
    case "active": {
      const { t0, t1, pid } = hit.box.activation;
      return [
        `${nameOf(pid, view.columns)}: a request at work`,
        `${formatDuration(t1 - t0)} from taking it up to its reply`,
        `${tell(t0)} to ${tell(t1)}`,
      ];
    }
    case "gap":
      return [gapText(hit.gap), hit.gap.detail ?? "", formatDuration(hit.gap.t1 - hit.gap.t0)];
    case "depth": {
      const { column } = hit.column;
      const depths = model.mailboxes.peek();
      const own = depths?.depths.find(({ pid }) => pid === column.pid);
      if (depths === null || own === undefined) return [];
      return depthLines(column.name ?? column.pid, own, depths, [t, tell]);
    }
    case undefined:
    default:
      return [];
  }
}

function messageLines(
  message: SequenceView["messages"][number],
  view: SequenceView,
  tell: Tell,
): readonly string[] {
  const { columns, messages } = view;
  const ends = `${senderOf(message, columns)} → ${nameOf(message.to, columns)}`;
  const reply = messages.find((one) => one.replyTo === message.message);
  const answered =
    reply?.tSent == null || message.tSent === null
      ? ""
      : `reply sent ${formatDuration(reply.tSent - message.tSent)} after it`;
  return [
    `${message.kind}: ${ends}`,
    message.text,
    `${sentWords(message, tell)} · ${receivedWords(message, tell)}`,
    dwellWords(message),
    answered,
    MATCH_WORDS[message.match],
  ];
}

function markLines(mark: SequenceMark, { columns }: SequenceView, tell: Tell): readonly string[] {
  const name = MARK_WORDS[mark.kind];
  const column = columns.find(({ pid }) => pid === mark.pid);
  const title = mark.count > 1 ? `${mark.count.toLocaleString("en")} × ${name}` : name;
  return [
    `${nameOf(mark.pid, columns)}: ${title}`,
    mark.kind === "exit" ? (column?.exitReason ?? "") : "",
    `at ${tell(mark.t)}`,
    mark.event === null ? "zoom in to see them apart" : "",
  ];
}

function depthLines(
  name: string,
  { lengths, longest }: MailboxDepth,
  { t0, t1 }: TimeRange,
  [t, tell]: readonly [number, Tell],
): readonly string[] {
  const width = (t1 - t0) / Math.max(1, lengths.length);
  const depth = lengths[Math.floor((t - t0) / width)] ?? 0;
  return [
    `Mailbox of ${name}`,
    `${depth === 1 ? "1 message" : `up to ${depth} messages`} within ${formatDuration(width)} at ${tell(t)}`,
    `at most ${longest} around here`,
  ];
}
