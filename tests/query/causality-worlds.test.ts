// Generated worlds of processes that call, send, take, change and spawn: the edges found are the edges told, none
// missing, none invented, by either way of looking; a walk reaches exactly what the edges reach.

import { backward, causesOf, effectsOf, forward, type CauseEdge } from "@elixirscope/query";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Story } from "../support/story.ts";
import { tell } from "./told.ts";

const OPERATIONS = ["enter", "leave", "send", "receive", "handle", "spawn"] as const;
type Act = { readonly who: number; readonly op: (typeof OPERATIONS)[number]; readonly to: number };

type Actor = {
  readonly pid: string;
  readonly stack: number[];
  readonly toHandle: { readonly message: number; readonly receive: number }[];
  received: number;
  handled: number;
  state: number;
  readonly spawn: number;
  first: number;
};

/** Tells the acts and says what they cause: as `source type target confidence`. */
class World {
  readonly edges: string[] = [];
  readonly #story: Story;
  readonly #actors: Actor[] = [];
  #t = 0;

  constructor(story: Story) {
    this.#story = story;
    for (let i = 0; i < 3; i++) this.#add(0);
  }

  act({ who, op, to }: Act): void {
    const actor = this.#actors[who % this.#actors.length];
    const other = this.#actors[to % this.#actors.length];
    if (actor === undefined || other === undefined) return;
    this.#t += 10;
    const { pid, stack } = actor;
    const inside = stack.at(-1) ?? 0;
    if (op === "enter") {
      const call = this.#story.enter(pid, this.#t, ["Shop", "work", 1], [to]);
      this.#did(actor, call, inside);
      stack.push(call);
    } else if (op === "leave" && inside !== 0) {
      const end = this.#story.leave(pid, this.#t);
      stack.pop();
      this.#edge(inside, "return", end, "exact");
      this.#goesOn(actor, end, inside);
    } else if (op === "send") {
      this.#send(actor, other, inside);
    } else if (op === "handle" && inside === 0) {
      this.#handle(actor);
    } else if (op === "spawn" && this.#actors.length < 8) {
      const spawn = this.#story.event("spawn", pid, this.#t, ":child");
      this.#did(actor, spawn, inside);
      const child = this.#add(spawn);
      this.#story.process(child.pid, { parent: pid, spawned: this.#t });
    }
  }

  #add(spawn: number): Actor {
    const pid = `<0.${100 + this.#actors.length}.0>`;
    const actor: Actor = {
      pid,
      stack: [],
      toHandle: [],
      received: 0,
      handled: 0,
      state: 0,
      spawn,
      first: 0,
    };
    this.#actors.push(actor);
    return actor;
  }

  /** Sent and received at once, so that both ends make one row. */
  #send(from: Actor, to: Actor, inside: number): void {
    const send = this.#story.message([from.pid, this.#t], [to.pid, this.#t + 5], `m${this.#t}`);
    this.#did(from, send, inside);
    const receive = send + 1;
    this.#edge(to.stack.at(-1) ?? 0, "call", receive, "exact");
    this.#edge(send, "message", receive, "exact");
    to.received = receive;
    to.first ||= receive;
    to.toHandle.push({ message: send, receive });
  }

  #handle(actor: Actor): void {
    const next = actor.toHandle.shift();
    if (next === undefined) return;
    const handle = this.#story.handle(actor.pid, this.#t, next.message);
    this.#edge(next.receive, "handle", handle, "exact");
    this.#edge(actor.state, "state_read", handle, "exact");
    actor.handled = handle;
    actor.state = this.#story.state(actor.pid, this.#t + 1, { at: this.#t });
    this.#edge(handle, "state_write", actor.state, "exact");
  }

  #did(actor: Actor, event: number, inside: number): void {
    this.#edge(inside, "call", event, "exact");
    this.#goesOn(actor, event, inside);
    actor.first ||= event;
  }

  #goesOn(actor: Actor, event: number, inside: number): void {
    const { received, handled, spawn, first } = actor;
    const last = Math.max(received, handled);
    if (inside !== 0) {
      if (last > inside) this.#edge(last, "program_order", event, "ordered");
    } else if (handled !== 0) {
      this.#edge(handled, "handle", event, "exact");
      if (received > handled) this.#edge(received, "program_order", event, "ordered");
    } else if (received !== 0) {
      this.#edge(received, "handle", event, "ordered");
    } else if (spawn !== 0) {
      if (first === 0) this.#edge(spawn, "spawn", event, "exact");
      else this.#edge(first, "program_order", event, "ordered");
    }
  }

  #edge(source: number, type: string, target: number, confidence: string): void {
    if (source !== 0) this.edges.push(`${source} ${type} ${target} ${confidence}`);
  }
}

function lines(edges: readonly CauseEdge[]): string[] {
  return edges
    .map(({ source, type, target, confidence }) => `${source} ${type} ${target} ${confidence}`)
    .toSorted();
}

/** The told edges that can be walked from an event, against their direction or along it. */
function reachable(edges: readonly string[], start: number, isBack: boolean): string[] {
  const parsed = edges.map((text) => ({
    text,
    source: Number(text.split(" ")[0]),
    target: Number(text.split(" ")[2]),
  }));
  const reached = new Set([start]);
  const ready = [start];
  for (let at = ready.pop(); at !== undefined; at = ready.pop()) {
    for (const { source, target } of parsed) {
      const [from, to] = isBack ? [target, source] : [source, target];
      if (from !== at || reached.has(to)) continue;
      reached.add(to);
      ready.push(to);
    }
  }
  return parsed
    .filter(({ source, target }) => reached.has(isBack ? target : source))
    .map(({ text }) => text)
    .toSorted();
}

const acts = fc.array(
  fc.record({
    who: fc.nat(20),
    op: fc.constantFrom(...OPERATIONS, "enter" as const, "send" as const, "handle" as const),
    to: fc.nat(20),
  }),
  { minLength: 20, maxLength: 120 },
);

it("finds the edges of generated worlds: none missing, none invented", async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (acted) => {
      let told: readonly string[] = [];
      const recording = await tell((story) => {
        const world = new World(story);
        for (const act of acted) world.act(act);
        told = world.edges;
      });
      const { rows } = await recording.query("SELECT id FROM raw.events ORDER BY id");
      const ids = rows.map(([id]) => Number(id));
      expect(lines(await causesOf(recording, ids))).toEqual(told.toSorted());
      expect(lines(await effectsOf(recording, ids))).toEqual(told.toSorted());
      const [first = 0, last = 0] = [ids[0], ids.at(-1)];
      const back = await backward(recording, last);
      expect(lines(back?.edges ?? [])).toEqual(reachable(told, last, true));
      const on = await forward(recording, first);
      expect(lines(on?.edges ?? [])).toEqual(reachable(told, first, false));
    }),
    { numRuns: 6 },
  );
});
