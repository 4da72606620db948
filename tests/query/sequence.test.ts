// Sequence diagrams: which messages are in one, how they pair, when they come merged, how one steps.

import {
  mailboxDepths,
  messageArrows,
  partners,
  sequence,
  sequenceStep,
  type Source,
} from "@elixirscope/query";
import { ELSEWHERE, type SequenceView } from "@elixirscope/wire";
import { beforeAll, describe, expect, it } from "vitest";
import type { Story } from "../support/story.ts";
import { tell } from "./told.ts";

const MS = 1_000_000;
const SERVER = "<0.10.0>";
const CLIENT = "<0.11.0>";
const LOGGER = "<0.12.0>";
const WORKER = "<0.13.0>";
const WHOLE = { t0: 0, t1: 1_000 * MS };

let world: Source;
let told: ReturnType<typeof shop>;

function shop(story: Story): Readonly<Record<"request" | "reply" | "cast" | "late", number>> {
  story.process(SERVER, { name: "Shop.Server", behaviour: "gen_server" });
  story.process(CLIENT, { label: "client" });
  story.process(LOGGER, { name: "Shop.Logger" });
  story.process(WORKER, { parent: SERVER, spawned: 50 * MS });
  story.event("spawn", SERVER, 50 * MS);
  const request = story.message(
    [CLIENT, 100 * MS],
    [SERVER, 110 * MS],
    { get: 1 },
    { kind: "call" },
  );
  story.handle(SERVER, 130 * MS, request);
  story.state(SERVER, 140 * MS, { n: 1 });
  const reply = story.message([SERVER, 150 * MS], [CLIENT, 155 * MS], ":done", {
    kind: "reply",
    replyTo: request,
  });
  const cast = story.message(
    [CLIENT, 200 * MS],
    [SERVER, 210 * MS],
    { put: 2 },
    {
      kind: "cast",
      match: "ordered",
    },
  );
  story.message([SERVER, 220 * MS], [LOGGER, 230 * MS], "a line");
  story.message([SERVER, 240 * MS], [LOGGER, 250 * MS], "another");
  // nobody known sent the first, nobody took the second
  story.message([null, null], [SERVER, 300 * MS], ":tick", { kind: "info", match: "none" });
  story.message([SERVER, 310 * MS], [CLIENT, null], ":lost", { match: "none" });
  const late = story.message([CLIENT, 400 * MS], [SERVER, 410 * MS], { late: 1 }, { kind: "cast" });
  story.handle(SERVER, 700 * MS, late);
  story.exit(WORKER, 800 * MS, [":badarg", []]);
  story.gap(500 * MS, 520 * MS, "dropped", 7);
  story.gap(530 * MS, 540 * MS, "rate_limited", 3, LOGGER);
  return { request, reply, cast, late };
}

beforeAll(async () => {
  world = await tell((story) => (told = shop(story)), {}, WHOLE.t1);
});

async function diagram(
  pids: readonly string[],
  patch: Partial<Parameters<typeof sequence>[1]> = {},
): Promise<SequenceView> {
  const params = { ...WHOLE, pids, others: "hidden", buckets: 100, limit: 100 } as const;
  return await sequence(world, { ...params, ...patch });
}

describe("sequence", () => {
  it("has the messages between its processes in the order in which they began, and counts those with others", async () => {
    const view = await diagram([CLIENT, SERVER]);
    expect(view.columns.map(({ pid, name }) => [pid, name])).toEqual([
      [CLIENT, "client"],
      [SERVER, "Shop.Server"],
    ]);
    expect(view.messages.map(({ from, to, kind, text }) => [from, to, kind, text])).toEqual([
      [CLIENT, SERVER, "call", "%{get: 1}"],
      [SERVER, CLIENT, "reply", ":done"],
      [CLIENT, SERVER, "cast", "%{put: 2}"],
      [null, SERVER, "info", ":tick"],
      [SERVER, CLIENT, "plain", ":lost"],
      [CLIENT, SERVER, "cast", "%{late: 1}"],
    ]);
    expect([view.total, view.hidden]).toEqual([6, 2]);
    const shown = await diagram([CLIENT, SERVER], { others: "shown" });
    expect([shown.total, shown.hidden]).toEqual([8, 0]);
    expect(shown.messages.filter(({ to }) => to === LOGGER)).toHaveLength(2);
  });

  it("says what is known of each end, when it was taken up, and how sure the match is", async () => {
    const { messages } = await diagram([CLIENT, SERVER]);
    const [request, reply, cast, tick, lost] = messages;
    expect(request).toMatchObject({ tSent: 100 * MS, tReceived: 110 * MS, tHandled: 130 * MS });
    expect(request).toMatchObject({ message: told.request, match: "exact", replyTo: null });
    expect(reply).toMatchObject({ replyTo: told.request, tHandled: null });
    expect(cast).toMatchObject({ match: "ordered", tHandled: null });
    expect(tick).toMatchObject({ tSent: null, sendEvent: null, tReceived: 300 * MS });
    expect(lost).toMatchObject({ tReceived: null, receiveEvent: null, tSent: 310 * MS });
  });

  it("pairs a request with its reply also where the range has neither end", async () => {
    const { activations } = await diagram([SERVER], { t0: 135 * MS, t1: 145 * MS });
    expect(activations).toEqual([
      { pid: SERVER, t0: 130 * MS, t1: 150 * MS, call: told.request, reply: told.reply },
    ]);
    expect((await diagram([SERVER], { t0: 160 * MS, t1: 190 * MS })).activations).toEqual([]);
  });

  it("has a message that came before the range and was taken up inside of it", async () => {
    const { messages, total } = await diagram([CLIENT, SERVER], { t0: 600 * MS, t1: 750 * MS });
    expect(messages.map(({ message, tHandled }) => [message, tHandled])).toEqual([
      [told.late, 700 * MS],
    ]);
    expect(total).toBe(0);
  });

  it("merges by bucket and pair what is more than the limit, and loses none", async () => {
    const view = await diagram([CLIENT, SERVER], { limit: 3, buckets: 16, others: "shown" });
    expect(view.messages).toEqual([]);
    expect(view.merged.reduce((sum, { count }) => sum + count, 0)).toBe(8);
    const elsewhere = view.merged.filter(({ to }) => to === ELSEWHERE);
    expect(elsewhere).toMatchObject([{ from: SERVER, count: 2, t0: 220 * MS, t1: 240 * MS }]);
    expect(elsewhere[0]?.t).toBe(230 * MS);
  });

  it("marks lives, states, crashes and what is missing", async () => {
    const view = await diagram([SERVER, WORKER]);
    expect(view.columns[1]).toMatchObject({
      parent: SERVER,
      tSpawned: 50 * MS,
      tExited: 800 * MS,
      crashed: true,
      exitReason: "[:badarg, []]",
    });
    expect(view.marks.map(({ pid, kind, t }) => [pid, kind, t])).toEqual([
      [SERVER, "spawn", 50 * MS],
      [SERVER, "state", 140 * MS],
      [WORKER, "exit", 800 * MS],
    ]);
    // a gap of a process that is not shown is none of this diagram
    expect(view.gaps.map(({ reason }) => reason)).toEqual(["dropped"]);
    expect(view.limits.join()).toContain("dropped (7 events)");
  });

  it("keeps a column for a process that the recording does not know", async () => {
    const view = await diagram(["<0.99.0>", CLIENT]);
    expect(view.columns.map(({ pid, known }) => [pid, known])).toEqual([
      ["<0.99.0>", false],
      [CLIENT, true],
    ]);
    expect((await diagram([])).messages).toEqual([]);
  });
});

it("counts the most messages in a mailbox per bucket", async () => {
  const { depths } = await mailboxDepths(world, { ...WHOLE, pids: [SERVER], buckets: 10 });
  // the request lay there from 100 to 130, the cast from 200 to 210, the late one from 400 to 700
  expect(depths).toEqual([{ pid: SERVER, lengths: [0, 1, 1, 0, 1, 1, 1, 1, 0, 0], longest: 1 }]);
});

it("suggests whom a process speaks with most, itself first, and who asks whom", async () => {
  const of = await partners(world, { ...WHOLE, pid: SERVER, limit: 5 });
  expect(of.partners.map(({ pid, messages, asks }) => [pid, messages, asks])).toEqual([
    [SERVER, 7, false],
    [CLIENT, 5, true],
    [LOGGER, 2, false],
  ]);
  const all = await partners(world, { ...WHOLE, limit: 2 });
  expect(all.partners.map(({ pid }) => pid)).toEqual([SERVER, CLIENT]);
  expect((await partners(world, { ...WHOLE, pid: "<0.99.0>", limit: 5 })).partners).toEqual([]);
});

it("steps from message to message as they began, and back the same way", async () => {
  const pids = [CLIENT, SERVER];
  const walk = async (direction: "next" | "previous", t: number): Promise<readonly number[]> => {
    const found: number[] = [];
    let at: { readonly t: number; readonly event?: number } = { t };
    for (;;) {
      const step = await sequenceStep(world, { pids, others: "hidden", direction, ...at });
      if (step === null) return found;
      found.push(step.message);
      at = { t: step.t, ...(step.event === null ? {} : { event: step.event }) };
    }
  };
  const { messages } = await diagram(pids);
  const order = messages.map(({ message }) => message);
  expect(await walk("next", 0)).toEqual(order);
  expect(await walk("previous", WHOLE.t1)).toEqual(order.toReversed());
  const first = await sequenceStep(world, { pids, others: "hidden", direction: "next", t: 0 });
  expect(first).toMatchObject({ t: 110 * MS, pid: SERVER });
});

async function sentIn(pids: readonly string[], t0: number, t1: number): Promise<unknown> {
  const { messages } = await messageArrows(world, { t0: t0 * MS, t1: t1 * MS, pids, limit: 100 });
  return messages
    .map(({ from, to, tSent }) => [from, to, tSent / MS] as const)
    .toSorted(([, , a], [, , b]) => a - b);
}

describe("arrows between lanes", () => {
  const ALL = [SERVER, CLIENT, LOGGER];

  it("are the messages with both ends at one of the processes, of which a part lies in the range", async () => {
    expect(await sentIn(ALL, 0, 1_000)).toEqual([
      [CLIENT, SERVER, 100],
      [SERVER, CLIENT, 150],
      [CLIENT, SERVER, 200],
      [SERVER, LOGGER, 220],
      [SERVER, LOGGER, 240],
      [CLIENT, SERVER, 400],
    ]);
    // sent before the range, received in it
    expect(await sentIn(ALL, 105, 120)).toEqual([[CLIENT, SERVER, 100]]);
    expect(await sentIn([SERVER, LOGGER], 0, 230)).toEqual([[SERVER, LOGGER, 220]]);
    expect(await sentIn([SERVER, WORKER], 0, 1_000)).toEqual([]);
    expect(await sentIn([SERVER], 0, 1_000)).toEqual([]);
  });

  it("are none when they are more than can be read", async () => {
    const asked = { ...WHOLE, pids: ALL };
    const { messages } = await messageArrows(world, { ...asked, limit: 6 });
    const { rows } = await world.query(
      `SELECT receive_event FROM raw.messages WHERE message = ${told.request}`,
    );
    const received = Number(rows[0]?.[0]);
    expect(messages).toHaveLength(6);
    expect(messages.find(({ message }) => message === told.request)).toEqual({
      message: told.request,
      from: CLIENT,
      to: SERVER,
      tSent: 100 * MS,
      tReceived: 110 * MS,
      sendEvent: told.request,
      receiveEvent: received,
    });
    expect(await messageArrows(world, { ...asked, limit: 5 })).toEqual({
      messages: [],
      areAll: false,
    });
  });
});
