// The messages that waited at an instant, against a model of a server and its mailbox.

import { mailboxAt, processesAt, type MailboxView, type ProcessAtView } from "@elixirscope/query";
import type { RecordingReader } from "@elixirscope/store";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { testManifest, type Story } from "../support/story.ts";
import { tell } from "./told.ts";

const P = "<0.1.0>";
const A = "<0.2.0>";
const B = "<0.3.0>";

async function mailbox(recording: RecordingReader, t: number, pid = P): Promise<MailboxView> {
  const view = await mailboxAt(recording, { pid, t, limit: 1_000 });
  if (view === null) throw new Error("no such process");
  return view;
}

function bodies({ messages }: MailboxView): readonly string[] {
  return messages.map(({ body }) => body);
}

async function processAt(
  recording: RecordingReader,
  t: number,
  pid = P,
): Promise<ProcessAtView | undefined> {
  const { processes } = await processesAt(recording, { t, limit: 100 });
  return processes.find((one) => one.pid === pid);
}

/** One process for each generated history: a recording costs more to make than to ask. */
function server(i: number): string {
  return `<0.${100 + i}.0>`;
}

it("holds in the mailbox what was sent and not yet taken, in the order of arrival", async () => {
  const recording = await tell((story) => {
    story.process(P, { behaviour: "gen_server", name: "Shop.Cart" });
    const one = story.message([A, 10], [P, 30], "one", { kind: "cast" });
    const two = story.message([B, 20], [P, 30], "two", { kind: "cast" });
    const timer = story.message([null, null], [P, 31], ":tick", { kind: "info" });
    story.handle(P, 35, one);
    story.state(P, 50, 1);
    story.handle(P, 50, two);
    story.state(P, 60, 2);
    story.handle(P, 61, timer);
    story.state(P, 62, 2);
  });
  const before = await mailbox(recording, 25);
  expect(before.messages).toMatchObject([
    {
      body: '"one"',
      from: A,
      kind: "cast",
      tSent: 10,
      tArrived: null,
      dwellNs: 15,
      confidence: "exact",
    },
    { body: '"two"', from: B, dwellNs: 5 },
  ]);
  expect(before.handling).toBeNull();
  const busy = await mailbox(recording, 40);
  expect(busy.handling).toMatchObject({ body: '"one"', from: A, t: 35 });
  expect(busy.messages).toMatchObject([
    { body: '"two"', tArrived: 30, dwellNs: 20 },
    { body: ":tick", from: null, tSent: null, dwellNs: 9 },
  ]);
  expect(bodies(await mailbox(recording, 55))).toEqual([":tick"]);
  expect(bodies(await mailbox(recording, 70))).toEqual([]);
  expect((await processAt(recording, 40))?.mailbox).toEqual({ known: 2, inferred: 0 });
  const one = await mailboxAt(recording, { pid: P, t: 25, limit: 1 });
  expect(one).toMatchObject({ total: 2, messages: [{ body: '"one"' }] });
});

/** A message as a model of a gen_server saw it; times in the order sent, arrived, taken. */
type Served = {
  readonly body: string;
  readonly from: string | null;
  readonly sent: number;
  arrived: number;
  taken: number;
};

type Operation = "send A" | "send B" | "timer" | "look" | "take" | "finish";

type Model = { readonly messages: readonly Served[]; readonly finished: readonly number[] };

/** What a gen_server does that looks at its mailbox now and then, until all is done. */
function serve(operations: readonly Operation[]): Model {
  const messages: Served[] = [];
  const finished: number[] = [];
  let isBusy = false;
  const drain = operations.flatMap((): Operation[] => ["finish", "take"]);
  for (const [i, operation] of [
    ...operations,
    "look" as const,
    ...drain,
    "finish" as const,
  ].entries()) {
    const t = (i + 1) * 10;
    const waiting = messages.find(({ arrived, taken }) => arrived < t && taken === Infinity);
    if (operation === "look") {
      for (const one of messages) one.arrived = Math.min(one.arrived, t);
    } else if (operation === "take") {
      if (isBusy || waiting === undefined) continue;
      isBusy = true;
      waiting.taken = t;
    } else if (operation === "finish") {
      if (isBusy) finished.push(t);
      isBusy = false;
    } else {
      const from = operation === "timer" ? null : operation === "send A" ? A : B;
      messages.push({ body: `m${i}`, from, sent: t, arrived: Infinity, taken: Infinity });
    }
  }
  return { messages, finished };
}

/** First what had arrived; what a timer sends is known from its arrival on. */
function modelMailbox(messages: readonly Served[], t: number): readonly string[] {
  const there = messages.filter(
    ({ from, sent, arrived, taken }) => (from === null ? arrived : sent) <= t && taken > t,
  );
  const seen = there.filter(({ arrived }) => arrived <= t);
  return [...seen, ...there.filter(({ arrived }) => arrived > t)].map(({ body }) => `"${body}"`);
}

it("agrees at any instant with a mailbox that is kept beside", async () => {
  const one = fc.constantFrom<Operation>("send A", "send B", "timer", "look", "take", "finish");
  const operations = fc.array(one, { minLength: 1, maxLength: 30 });
  const cases = fc.array(fc.tuple(operations, fc.nat(950)), { minLength: 40, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(cases, async (all) => {
      const models = all.map(([ofOne]) => serve(ofOne));
      const recording = await tell((story) => {
        for (const [i, model] of models.entries()) tellServed(story, server(i), model);
      });
      for (const [i, { messages, finished }] of models.entries()) {
        const t = all[i]?.[1] ?? 0;
        const view = await mailbox(recording, t, server(i));
        const busy = messages.find(
          ({ taken }) => taken <= t && !finished.some((end) => end > taken && end <= t),
        );
        const expected = modelMailbox(messages, t);
        expect({ i, t, bodies: bodies(view), handling: view.handling?.body }).toEqual({
          i,
          t,
          bodies: expected,
          handling: busy === undefined ? undefined : `"${busy.body}"`,
        });
        const size = (await processAt(recording, t, server(i)))?.mailbox;
        expect(size).toEqual({ known: expected.length, inferred: 0 });
      }
    }),
    { numRuns: 1 },
  );
});

function tellServed(story: Story, pid: string, { messages, finished }: Model): void {
  story.process(pid, { behaviour: "gen_server" });
  const moments = finished.map((t) => ({ t, id: 0 }));
  for (const { body, from, sent, arrived, taken } of messages) {
    const id = story.message(from === null ? [null, null] : [from, sent], [pid, arrived], body);
    moments.push({ t: taken, id });
  }
  for (const { t, id } of moments.toSorted((a, b) => a.t - b.t)) {
    if (id === 0) story.state(pid, t, 0);
    else story.handle(pid, t, id);
  }
  story.message([A, 2_000], [pid, 2_001], "the process is traced");
}

it("tells apart what was never taken, what may have arrived, and what cannot be known", async () => {
  const recording = await tell(
    (story) => {
      story.process(P, { behaviour: "gen_server" });
      const one = story.message([A, 10], [P, 20], "one", { kind: "cast" });
      // arrived and not taken until the recording ended
      story.message([A, 11], [P, 20], "two", { kind: "cast" });
      story.handle(P, 25, one);
      // its arrival was not recorded: the sends and arrivals between B and P are counted against each other
      story.message([B, 30], [P, null], "lost 1", { kind: "plain", match: "none" });
      story.message([B, 31], [P, null], "lost 2", { kind: "plain", match: "none" });
      story.message([null, null], [P, 40], "from nowhere", { kind: "plain", match: "none" });
      // a name that nobody had
      story.message([B, 32], ["Shop.Gone", null], "to nobody", { match: "none" });
      story.process(A, { spawned: 5 });
      story.exit(A, 50, ":normal");
      story.message([B, 60], [A, null], "too late", { match: "none" });
      story.message([P, 6], [B, null], "to an untraced one", { match: "none" });
    },
    {},
    100,
  );
  const view = await mailbox(recording, 45);
  expect(view.messages.map(({ body, confidence }) => [body, confidence])).toEqual([
    ['"two"', "inferred"],
    ['"lost 1"', "inferred"],
    ['"lost 2"', "inferred"],
  ]);
  expect(view.handling?.body).toBe('"one"');
  expect((await processAt(recording, 45))?.mailbox).toEqual({ known: 0, inferred: 3 });
  expect((await mailbox(recording, 70, A)).why).toMatch(/had exited/);
  expect((await mailbox(recording, 2, A)).why).toMatch(/did not exist yet/);
  const untraced = await mailbox(recording, 45, B);
  expect(untraced).toMatchObject({ messages: [], total: 0 });
  expect(untraced.why).toMatch(/^no arrival at this process was recorded/);
  expect((await processAt(recording, 45, B))?.mailbox).toBeUndefined();
});

it("counts the arrivals from a sender whose sends were not matched against its oldest sends", async () => {
  const recording = await tell(
    (story) => {
      for (const t of [10, 11, 12]) {
        story.message([A, t], [P, null], `m${t}`, { match: "none" });
      }
      story.message([A, null], [P, 20], "m10", { match: "none" });
    },
    {},
    30,
  );
  expect(bodies(await mailbox(recording, 15))).toEqual(['"m10"', '"m11"', '"m12"']);
  expect(bodies(await mailbox(recording, 25))).toEqual(['"m11"', '"m12"']);
});

it("has no mailbox when messages were not recorded", async () => {
  const recording = await tell(
    (story) => {
      story.process(P);
      story.state(P, 10, 1);
    },
    { plan: { ...testManifest().plan, messages: false } },
  );
  expect(await mailbox(recording, 10)).toMatchObject({
    messages: [],
    why: "the recording was made without messages",
  });
  expect((await processAt(recording, 10))?.mailbox).toBeNull();
});
