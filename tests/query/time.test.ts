// States and processes at an instant, against recordings with a known truth.

import {
  history,
  mailboxAt,
  processesAt,
  state,
  stateDiff,
  type ProcessAtView,
} from "@elixirscope/query";
import type { RecordingReader } from "@elixirscope/store";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { Story } from "../support/story.ts";
import { recordingFolder, tell } from "./told.ts";

const P = "<0.1.0>";
const A = "<0.2.0>";
const B = "<0.3.0>";
const run = ["Elixir.Shop", "run", 1] as const;

async function processAt(
  recording: RecordingReader,
  t: number,
  pid = P,
): Promise<ProcessAtView | undefined> {
  const { processes } = await processesAt(recording, { t, limit: 100 });
  return processes.find((one) => one.pid === pid);
}

it("gives each state of a range with its change, its callback and the message that it came of", async () => {
  let cause = 0;
  const recording = await tell((story) => {
    story.state(P, 10, { items: 1, owner: "ann" }, "init");
    cause = story.message([A, 15], [P, 16], { add: 2 }, { kind: "call" });
    story.state(P, 20, { items: 3, owner: "ann" }, "handle_call", cause);
    story.state(P, 30, { items: 3, owner: "ann" }, "handle_info", 999);
    story.state(P, 40, { items: 4, owner: "ann" });
  });
  const view = await history(recording, { pid: P, from: 20, to: 30, limit: 10 });
  expect(
    view?.entries.map(({ version, t, callback, diff }) => [version, t, callback, diff]),
  ).toEqual([
    [2, 20, "handle_call", [{ path: ".items", kind: "changed", before: "1", after: "3" }]],
    [3, 30, "handle_info", []],
  ]);
  expect(view?.entries[0]?.cause).toMatchObject({
    message: cause,
    from: A,
    kind: "call",
    body: "%{add: 2}",
    t: 16,
  });
  // its message is not in the recording: nothing is made up
  expect(view?.entries[1]?.cause).toMatchObject({ message: 999, from: null, body: null });
  expect(view).toMatchObject({ total: 2, why: null, limits: [] });
  const first = await history(recording, { pid: P, from: 0, to: 50, limit: 1 });
  expect(first?.entries[0]).toMatchObject({ version: 1, diff: null, cause: null });
  const rest = await history(recording, { pid: P, from: 0, to: 50, offset: 3, limit: 10 });
  expect(rest).toMatchObject({ total: 4, offset: 3 });
  expect(rest?.entries.map(({ version }) => version)).toEqual([4]);
  expect(rest?.entries[0]?.diff).toHaveLength(1);
  const empty = await history(recording, { pid: P, from: 41, to: 50, limit: 10 });
  expect(empty?.why).toBe("no state was recorded in this range; version 4 is from before");
});

it("compares the states of any two instants, also backwards, and says what is not known", async () => {
  const recording = await tell((story) => {
    story.process(P, { spawned: 5 });
    story.state(P, 10, { items: 1 });
    story.state(P, 20, { items: 2, note: "x" });
    story.state(P, 30, { items: 1 });
    story.gap(22, 24, "dropped", 3, P);
  });
  const view = await stateDiff(recording, { pid: P, t1: 15, t2: 25 });
  expect(view?.diff).toEqual([
    { path: ".items", kind: "changed", before: "1", after: "2" },
    { path: ".note", kind: "added", before: null, after: '"x"' },
  ]);
  expect(view).toMatchObject({ versions: 1, before: { version: 1 }, after: { version: 2 } });
  expect(view?.limits).toEqual([
    "between 0.000000 s and 0.000000 s something is missing: dropped (3 events)",
  ]);
  const back = await stateDiff(recording, { pid: P, t1: 25, t2: 15 });
  expect(back?.diff?.map(({ kind }) => kind)).toEqual(["changed", "removed"]);
  expect((await stateDiff(recording, { pid: P, t1: 10, t2: 30 }))?.diff).toEqual([]);
  const early = await stateDiff(recording, { pid: P, t1: 2, t2: 15 });
  expect(early).toMatchObject({ before: null, diff: null });
  expect(early?.why).toMatch(/did not exist yet/);
});

/** One process for each generated history: a recording costs more to make than to ask. */
function server(i: number): string {
  return `<0.${100 + i}.0>`;
}

it("shows at any instant the state that was the last one by then", async () => {
  const aHistory = fc.array(fc.tuple(fc.nat(3), fc.nat(5)), { minLength: 1, maxLength: 30 });
  const cases = fc.array(fc.tuple(aHistory, fc.nat(100)), { minLength: 20, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(cases, async (histories) => {
      const models = histories.map(([steps]) => {
        let t = 0;
        return steps.map(([later, value]) => ({ t: (t += later), text: `%{n: ${value}}`, value }));
      });
      const recording = await tell((story) => {
        for (const [i, model] of models.entries()) {
          for (const { t, value } of model) story.state(server(i), t, { n: value });
        }
      });
      for (const [i, model] of models.entries()) {
        const t = histories[i]?.[1] ?? 0;
        const until = model.filter((one) => one.t <= t);
        const last = until.at(-1)?.text;
        expect((await state(recording, { pid: server(i), t })).state?.text).toBe(last);
        const all = await history(recording, { pid: server(i), from: 0, to: t, limit: 1_000 });
        expect(all?.entries.map(({ text }) => text)).toEqual(until.map(({ text }) => text));
      }
    }),
    { numRuns: 2 },
  );
});

it("lists who lived at an instant with what each was doing", async () => {
  const recording = await tell((story) => {
    story.process("<0.9.0>", { name: "Elixir.Shop.Sup", behaviour: "supervisor" });
    story.process(P, { parent: "<0.9.0>", behaviour: "gen_server", spawned: 10, name: "late" });
    story.process(A, { parent: P, spawned: 20 });
    story.process(B, { parent: P, spawned: 30 });
    story.process("<0.5.0>");
    const linking = story.event("link", P, 21);
    const linked = story.event("getting_linked", A, 21);
    story.link(linking, linked, "link");
    story.event("register", P, 25, ":late");
    story.enter(A, 22, run, [1]);
    story.enter(A, 24, ["Elixir.Shop", "inner", 0]);
    story.leave(A, 26);
    const sent = story.message([A, 27], [P, 28], "work", { kind: "cast" });
    story.handle(P, 29, sent);
    story.state(P, 33, 1);
    story.exit(A, 40, ":normal");
    story.event("unregister", P, 45, ":late");
    story.event("link", "<0.5.0>", 60);
  });
  const { processes, alive, exited } = await processesAt(recording, { t: 25, limit: 10 });
  expect(processes.map(({ pid, name, parent, doing }) => [pid, name, parent, doing.kind])).toEqual([
    ["<0.9.0>", "Shop.Sup", null, "waiting"],
    [P, ":late", "<0.9.0>", "waiting"],
    [A, null, P, "call"],
    ["<0.5.0>", null, null, "unseen"],
  ]);
  expect([alive, exited]).toEqual([4, 0]);
  expect((await processAt(recording, 25, A))?.doing).toMatchObject({ mfa: "Shop.inner/0", t: 24 });
  expect((await processAt(recording, 26, A))?.doing).toMatchObject({ mfa: "Shop.run/1", t: 22 });
  expect((await processAt(recording, 30))?.doing).toMatchObject({ message: { body: '"work"' } });
  expect((await processAt(recording, 35))?.doing).toEqual({ kind: "waiting" });
  expect((await processAt(recording, 24))?.name).toBeNull();
  expect((await processAt(recording, 50))?.name).toBeNull();
  expect((await processAt(recording, 25))?.links).toEqual([A]);
  expect((await processAt(recording, 41))?.links).toEqual([]);
  expect(await processAt(recording, 41, A)).toBeUndefined();
  expect((await processAt(recording, 35, B))?.doing).toEqual({ kind: "unknown" });
  expect(await processesAt(recording, { t: 41, limit: 1 })).toMatchObject({ alive: 4, exited: 1 });
});

it("answers while the recording is being written", async () => {
  const story = await Story.begin(recordingFolder("time-live"));
  story.process(P, { behaviour: "gen_server", spawned: 1 });
  story.state(P, 5, { n: 1 });
  story.enter(A, 6, run, [1]);
  const one = story.message([A, 10], [P, 11], "one", { kind: "cast" });
  story.message([A, 12], [P, 13], "two", { kind: "cast" });
  story.handle(P, 14, one);
  const live = story.writer;
  expect((await state(live, { pid: P, t: 20 })).state?.text).toBe("%{n: 1}");
  const view = await mailboxAt(live, { pid: P, t: 20, limit: 10 });
  expect(view?.messages).toMatchObject([{ body: '"two"', confidence: "inferred" }]);
  story.process(A, { spawned: 2 });
  const { processes } = await processesAt(live, { t: 20, limit: 10 });
  expect(processes.map(({ pid, doing }) => [pid, doing.kind])).toEqual([
    [P, "handling"],
    [A, "call"],
  ]);
  await story.end();
});
