// Messages between processes, added up for the nodes that stand for them.

import type { SystemEdge } from "@elixirscope/wire";
import type { Flow, Sized } from "./traffic.ts";

/** The id of a process's node; null: it has none. */
export type Nodes = (pid: number) => string | null;

export type Counts = { readonly received: number; readonly sent: number };

export function receivedAndSent(flows: readonly Flow[], idOf: Nodes): ReadonlyMap<string, Counts> {
  const counts = new Map<string, { received: number; sent: number }>();
  const of = (pid: number | null): { received: number; sent: number } | null => {
    const id = pid === null ? null : idOf(pid);
    if (id === null) return null;
    const known = counts.get(id) ?? { received: 0, sent: 0 };
    counts.set(id, known);
    return known;
  };
  for (const { from, to, messages } of flows) {
    const [sender, receiver] = [of(from), of(to)];
    if (sender !== null) sender.sent += messages;
    if (receiver !== null) receiver.received += messages;
  }
  return counts;
}

type Sum = { from: string; to: string; messages: number; bytes: number; of: number };

/** The busiest first. */
export function edgesOf(
  flows: readonly Flow[],
  sized: readonly Sized[],
  idOf: Nodes,
): readonly SystemEdge[] {
  const edges = new Map<string, Sum>();
  const edge = (from: number | null, to: number | null): Sum | null => {
    const [a, b] = [from === null ? null : idOf(from), to === null ? null : idOf(to)];
    if (a === null || b === null) return null;
    const key = `${a}\n${b}`;
    const known = edges.get(key) ?? { from: a, to: b, messages: 0, bytes: 0, of: 0 };
    edges.set(key, known);
    return known;
  };
  for (const { from, to, messages } of flows) {
    const at = edge(from, to);
    if (at !== null) at.messages += messages;
  }
  for (const { from, to, bytes, of } of sized) {
    const at = edge(from, to);
    if (at === null) continue;
    at.bytes += bytes;
    at.of += of;
  }
  return [...edges.values()]
    .filter(({ messages }) => messages > 0)
    .map(({ from, to, messages, bytes, of }): SystemEdge => ({
      from,
      to,
      messages,
      size: of === 0 ? null : { mean: bytes / of, of },
    }))
    .toSorted((a, b) => b.messages - a.messages);
}
