// Facts of the constellation in words: the tooltip, the table and the canvas say the same.

import { bytesText } from "@elixirscope/base";
import { formatDuration } from "@elixirscope/timeline";
import type { SystemEdge, SystemNode, SystemView } from "@elixirscope/wire";

export function countText(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? noun : nouns}`;
}

/** What is written at a node. */
export function labelIn({ nodes }: SystemView, id: string): string {
  return nodes.find((one) => one.id === id)?.label ?? id;
}

/** `2.34k/s`; below one a second: `3/min`. */
export function rateText(messages: number, spanNs: number): string {
  const perSecond = (messages * 1e9) / Math.max(1, spanNs);
  if (perSecond >= 10_000) return `${(perSecond / 1_000).toPrecision(3)}k/s`;
  if (perSecond >= 1)
    return `${perSecond >= 100 ? Math.round(perSecond) : perSecond.toPrecision(2)}/s`;
  return `${(perSecond * 60).toPrecision(2)}/min`;
}

/** `1,246 · 125/s · 82 B` */
export function edgeText({ messages, size }: SystemEdge, spanNs: number): string {
  const parts = [messages.toLocaleString("en"), rateText(messages, spanNs)];
  if (size !== null) parts.push(`${size.of < messages ? "≈" : "⌀"} ${bytesText(size.mean)}`);
  return parts.join(" · ");
}

export function sizeText({ size, messages }: SystemEdge): string {
  if (size === null) return "not recorded, or none was looked at";
  const of =
    size.of < messages
      ? `on average of ${size.of.toLocaleString("en")} that were looked at`
      : "on average";
  return `${bytesText(size.mean)} ${of}`;
}

/** How a node fares at the end of the stretch. */
export function lifeText({ process, count, dead, crashed }: SystemNode): string {
  if (process === null) {
    if (dead === 0) return count === 1 ? "alive" : "all alive";
    const crashes = crashed === 0 ? "" : `, ${crashed.toLocaleString("en")} crashed`;
    return `${dead.toLocaleString("en")} of ${count.toLocaleString("en")} exited${crashes}`;
  }
  if (process.tExited === null) return "alive";
  const how = process.exitReason ?? "reason not recorded";
  return `${process.crashed ? "crashed" : "exited"}: ${how}`;
}

export function mailboxText({ mailbox }: SystemNode): string {
  return mailbox === null ? "not recorded" : countText(mailbox, "message");
}

/** The lines of a tooltip, the title first. */
export function nodeLines(
  node: SystemNode,
  spanNs: number,
  withMailbox: boolean,
  tell: (t: number) => string,
): readonly string[] {
  const { process, label, count, received, sent } = node;
  const title = process === null && count > 1 ? `${label} × ${count.toLocaleString("en")}` : label;
  const kind =
    process === null
      ? count > 1
        ? "a group of processes: click to draw them apart"
        : "the recording does not describe this process"
      : [process.pid, process.behaviour, process.application]
          .filter((one) => one !== null)
          .join(" · ");
  return [
    title,
    kind,
    ...(process?.initialCall == null || process.initialCall === label
      ? []
      : [`started as ${process.initialCall}`]),
    ...(process?.tSpawned == null ? [] : [`spawned at ${tell(process.tSpawned)}`]),
    lifeText(node) + (process?.tExited == null ? "" : `, at ${tell(process.tExited)}`),
    `messages in ${received.toLocaleString("en")}, out ${sent.toLocaleString("en")} in ${formatDuration(spanNs)}`,
    ...(withMailbox ? [`mailbox: ${mailboxText(node)}`] : []),
    ...(node.reductions === null
      ? []
      : [`${Math.round(node.reductions).toLocaleString("en")} reductions a second`]),
  ];
}
