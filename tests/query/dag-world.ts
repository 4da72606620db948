// Small generated worlds of processes that call, send, receive, spawn and link, told as a recording, together
// with what is true of them.

import * as fc from "fast-check";
import type { Story } from "../support/story.ts";

const NODE = "shop@127.0.0.1";
export const PIDS = ["<0.1.0>", "<0.2.0>", "<0.3.0>", "<0.4.0>"] as const;
const FUNCTIONS = ["open", "add", "total"] as const;

export type Deed = {
  readonly what: number;
  readonly who: number;
  readonly whom: number;
  readonly n: number;
};

export const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.record({
    what: fc.nat(8),
    who: fc.nat(PIDS.length - 1),
    whom: fc.nat(PIDS.length - 1),
    n: fc.nat(5),
  }),
  { minLength: 120, maxLength: 180 },
);

export type World = {
  /** in the order of their ids, 1 first */
  readonly events: { readonly pid: string }[];
  /** what came before what, beside the order in each process */
  readonly between: (readonly [source: number, target: number])[];
  readonly calls: {
    readonly call: number;
    readonly parent: number;
    readonly name: string;
    selfNs: number | null;
  }[];
  readonly messages: { readonly from: string; readonly to: string }[];
  readonly states: number[];
};

type Letter = {
  readonly from: string;
  readonly send: number;
  readonly t: number;
  readonly body: string;
};

/** One thing after the other, 10 ns apart. */
export function tellWorld(story: Story, all: readonly Deed[]): World {
  const world: World = { events: [], between: [], calls: [], messages: [], states: [] };
  const mailboxes = new Map<string, Letter[]>();
  const stacks = new Map<string, { at: number; t: number; inner: number }[]>();
  let t = 0;
  const saw = (pid: string, event: number): number => {
    world.events[event - 1] = { pid };
    return event;
  };
  const stackOf = (pid: string): { at: number; t: number; inner: number }[] => {
    const stack = stacks.get(pid) ?? [];
    stacks.set(pid, stack);
    return stack;
  };
  for (const { what, who, whom, n } of all) {
    const [pid, other] = [PIDS[who] ?? PIDS[0], PIDS[whom] ?? PIDS[0]];
    const stack = stackOf(pid);
    t += 10;
    if (what <= 1) {
      const name = FUNCTIONS[n % 3] ?? "open";
      const call = saw(pid, story.enter(pid, t, ["Elixir.Shop", name, 1], [`value ${n}`]));
      world.calls.push({ call, parent: stack.at(-1)?.at ?? 0, name, selfNs: null });
      stack.push({ at: call, t, inner: 0 });
    } else if (what <= 3) {
      const top = stack.pop();
      if (top === undefined) continue;
      saw(pid, story.leave(pid, t, `value ${n}`));
      const call = world.calls.find((one) => one.call === top.at);
      if (call !== undefined) call.selfNs = t - top.t - top.inner;
      const above = stack.at(-1);
      if (above !== undefined) above.inner += t - top.t;
    } else if (what === 4) {
      const body = `value ${n}`;
      const send = saw(pid, story.event("send", pid, t, body));
      mailboxes.set(other, [...(mailboxes.get(other) ?? []), { from: pid, send, t, body }]);
    } else if (what === 5) {
      const mailbox = mailboxes.get(pid) ?? [];
      // selective: not always the oldest
      const [letter] = mailbox.splice(n % Math.max(1, mailbox.length), 1);
      if (letter === undefined) continue;
      const receive = saw(pid, story.event("receive", pid, t, letter.body));
      deliver(story, letter, pid, receive, t);
      world.between.push([letter.send, receive]);
      world.messages.push({ from: letter.from, to: pid });
    } else if (what === 6) {
      const spawn = saw(pid, story.event("spawn", pid, t, other));
      const first = saw(other, story.event("register", other, t + 1, ":name"));
      story.link(spawn, first, "spawn");
      world.between.push([spawn, first]);
    } else if (what === 7) {
      // who is linked may be heard of before who links
      const linked = saw(other, story.event("getting_linked", other, t));
      const link = saw(pid, story.event("link", pid, t + 1));
      story.link(link, linked, "link");
      if (pid !== other) world.between.push([link, linked]);
    } else {
      world.states.push(saw(pid, story.state(pid, t, { n })));
    }
  }
  return world;
}

function deliver(story: Story, letter: Letter, to: string, receive: number, t: number): void {
  const { messages } = story.writer.tables;
  const row = messages.next();
  const { columns } = messages;
  columns.message[row] = letter.send;
  columns.from_pid[row] = story.writer.pids.intern(letter.from, NODE);
  columns.to_pid[row] = story.writer.pids.intern(to, NODE);
  columns.t_sent[row] = letter.t;
  columns.t_received[row] = t;
  columns.match[row] = 1;
  columns.send_event[row] = letter.send;
  columns.receive_event[row] = receive;
}

/** For each event all that come after it, by any path. */
export function reachable(
  size: number,
  edges: readonly (readonly [source: number, target: number])[],
): readonly ReadonlySet<number>[] {
  const next = new Map<number, number[]>();
  for (const [from, to] of edges) next.set(from, [...(next.get(from) ?? []), to]);
  return Array.from({ length: size + 1 }, (_, start) => {
    const seen = new Set<number>();
    const pending = [start];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      for (const to of next.get(at) ?? []) {
        if (!seen.has(to)) pending.push(to);
        seen.add(to);
      }
    }
    return seen;
  });
}
