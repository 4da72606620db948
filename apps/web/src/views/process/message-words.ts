// A message in words: for tooltip, table and those who hear the page. What was not recorded is said to be
// so, in other words than what did not happen.

import { formatDuration } from "@elixirscope/timeline";
import { ELSEWHERE, type SequenceColumn, type SequenceMessage } from "@elixirscope/wire";

/** An instant in words, as the user wants them. */
export type Tell = (t: number) => string;

export const MATCH_WORDS: Readonly<Record<SequenceMessage["match"], string>> = {
  exact: "exact match",
  ordered: "matched by order",
  none: "one end only",
};

export const MATCH_HELP: Readonly<Record<SequenceMessage["match"], string>> = {
  exact: "The VM named the sender, and messages of one pair keep their order",
  ordered: "Matched by order after a gap: likely, not certain",
  none: "Only one of its two ends was recorded",
};

export function nameOf(pid: string | null, columns: readonly SequenceColumn[]): string {
  if (pid === null) return "not recorded";
  if (pid === ELSEWHERE) return "processes that are not shown";
  const name = columns.find((column) => column.pid === pid)?.name ?? null;
  if (name === null) return pid;
  // tasks are told apart by their pids only
  return columns.filter((column) => column.name === name).length > 1 ? `${pid} ${name}` : name;
}

/** Whom it is from; a signal and what the VM sends has no process that sent it. */
export function senderOf(message: SequenceMessage, columns: readonly SequenceColumn[]): string {
  if (message.from !== null) return nameOf(message.from, columns);
  return "VM, timer or untraced process";
}

export function sentWords({ tSent, kind, from }: SequenceMessage, tell: Tell): string {
  if (tSent !== null) return `sent ${tell(tSent)}`;
  if ((kind === "down" || kind === "exit") && from !== null) return "told by the VM: it exited";
  return "send not recorded";
}

export function receivedWords({ tReceived, tHandled }: SequenceMessage, tell: Tell): string {
  if (tReceived === null) return "never received in this recording";
  const arrived = `received ${tell(tReceived)}`;
  return tHandled === null ? arrived : `${arrived}, taken up ${tell(tHandled)}`;
}

/** From its send until the behaviour took it up or, where it reports none, until it was received. */
export function dwellOf({ tSent, tReceived, tHandled }: SequenceMessage): number | null {
  const taken = tHandled ?? tReceived;
  const arrived = tSent ?? (tHandled === null ? null : tReceived);
  return taken === null || arrived === null ? null : taken - arrived;
}

export function dwellWords(message: SequenceMessage): string {
  const dwell = dwellOf(message);
  if (dwell === null) return "";
  const least = message.tSent === null ? "at least " : "";
  return `${least}${formatDuration(dwell)} in the mailbox`;
}

export function messageWords(
  message: SequenceMessage,
  columns: readonly SequenceColumn[],
  tell: Tell,
): string {
  const ends = `${senderOf(message, columns)} to ${nameOf(message.to, columns)}`;
  const facts = [sentWords(message, tell), receivedWords(message, tell), dwellWords(message)];
  return [`${message.kind} from ${ends}: ${message.text}`, ...facts.filter((f) => f !== "")].join(
    ", ",
  );
}
