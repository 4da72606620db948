// Processes at an instant as a table or a tree, and a mailbox message by message.

import type {
  Doing,
  MailboxSize,
  MailboxView,
  ProcessAtView,
  ProcessesAtView,
  WaitingMessage,
} from "@elixirscope/query";
import { columnsText, left, right } from "./columns.ts";
import { noteLines } from "./note-lines.ts";
import { processTree } from "./process-tree.ts";
import { shortDuration } from "./short-duration.ts";
import { styled } from "./style.ts";
import { formatCount, formatInstant } from "./units.ts";
import { clipped, visible } from "./visible.ts";

const MOST_COLUMNS = 110;

export function processesText(view: ProcessesAtView, stream: NodeJS.WriteStream): string {
  const rows = view.processes.map((process) => row(process, process.pid, view.t));
  return framed(view, columnsText(COLUMNS, rows, stream), stream);
}

export function processTreeText(view: ProcessesAtView, stream: NodeJS.WriteStream): string {
  const rows = processTree(view.processes).map(({ process, depth }) =>
    row(process, `${"  ".repeat(depth)}${process.pid}`, view.t),
  );
  return framed(view, columnsText(COLUMNS, rows, stream), stream);
}

const COLUMNS = [left("pid"), left("name"), left("behaviour"), right("mailbox"), left("doing")];

function row(process: ProcessAtView, pid: string, t: number): readonly string[] {
  const { name, label, initialCall, behaviour, mailbox, doing } = process;
  const known = name ?? label ?? (initialCall === null ? "" : `(${initialCall})`);
  return [pid, known, behaviour ?? "", mailboxText(mailbox), doingText(doing, t)];
}

/** `3+1?`: three are known, one more was sent. */
function mailboxText(size: MailboxSize | null): string {
  if (size === null) return "?";
  return size.inferred === 0 ? `${size.known}` : `${size.known}+${size.inferred}?`;
}

function doingText(doing: Doing, t: number): string {
  switch (doing.kind) {
    case "call":
      return `${doing.mfa} for ${shortDuration(t - doing.t)}`;
    case "handling":
      return `handling ${doing.message.body}`;
    case "waiting":
      return "waiting";
    case "unseen":
      return `not seen before ${formatInstant(doing.first)}`;
    case "unknown":
      return "no recorded call";
    default:
      return doing satisfies never;
  }
}

function framed(view: ProcessesAtView, table: string, stream: NodeJS.WriteStream): string {
  const { t, processes, alive, exited, limits } = view;
  const hidden = alive - processes.length;
  const more = hidden > 0 ? `, ${formatCount(hidden)} of them not shown (--limit)` : "";
  return [
    styled(
      stream,
      "bold",
      `at ${formatInstant(t)}: ${formatCount(alive)} processes alive${more}, ${formatCount(exited)} had exited`,
    ),
    table,
    ...noteLines(limits, stream),
  ].join("\n");
}

export function mailboxTextOf(
  { name, view }: { readonly name: string | null; readonly view: MailboxView },
  stream: NodeJS.WriteStream,
): string {
  const { pid, t, messages, total, handling, why, limits } = view;
  const who = visible(name === null ? pid : `${pid} ${name}`);
  const count =
    why === null ? `: ${formatCount(total)} ${total === 1 ? "message" : "messages"}` : "";
  const lines = [styled(stream, "bold", `${who} at ${formatInstant(t)}${count}`)];
  if (why !== null) lines.push(`    ${visible(why)}`);
  if (handling !== null) {
    lines.push(
      `at work for ${shortDuration(t - handling.t)} on: ${clipped(handling.body, MOST_COLUMNS)}  ${styled(stream, "dim", `event ${handling.event}`)}`,
    );
  }
  for (const message of messages) lines.push(...messageLines(message, stream));
  if (total > messages.length) {
    lines.push(`… ${formatCount(total - messages.length)} messages more (--limit)`);
  }
  return [...lines, ...noteLines(limits, stream)].join("\n");
}

function messageLines(message: WaitingMessage, stream: NodeJS.WriteStream): readonly string[] {
  const { kind, from, body, dwellNs, confidence, event, tSent, tArrived } = message;
  const since = tSent === null ? "arrived" : "waits";
  const parts = [
    ...(tArrived === null ? ["not seen by the process yet"] : []),
    ...(confidence === "exact" ? [] : [confidence]),
    ...(event === null ? [] : [`event ${event}`]),
  ];
  return [
    `${since} ${shortDuration(dwellNs)}  ${styled(stream, "cyan", visible(`${kind} from ${from ?? "the VM or a timer"}`))}  ${styled(stream, "dim", parts.join(", "))}`,
    `    ${clipped(body, MOST_COLUMNS)}`,
  ];
}
