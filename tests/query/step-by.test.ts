// Steps in time, forward and back, and running to where a condition holds.

import {
  parseWatch,
  runTo,
  stepBy,
  type Direction,
  type Instant,
  type RunToView,
  type StepUnit,
  type StepView,
} from "@elixirscope/query";
import type { RecordingReader } from "@elixirscope/store";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Story } from "../support/story.ts";
import { tell } from "./told.ts";

const P = "<0.1.0>";
const Q = "<0.2.0>";
const FILE = "lib/cart.ex";
const add = ["Elixir.Shop.Cart", "add", 1] as const;
const total = ["Elixir.Shop.Cart", "total", 1] as const;
const plain = ["Elixir.Shop", "plain", 0] as const;

async function stepped(
  recording: RecordingReader,
  from: Instant,
  by: StepUnit,
  direction: Direction = "next",
): Promise<StepView> {
  const view = await stepBy(recording, { pid: P, from, by, direction });
  if (view === null) throw new Error("no such event or process");
  return view;
}

async function target(
  recording: RecordingReader,
  event: number,
  by: StepUnit,
  direction: Direction = "next",
): Promise<number | null> {
  const view = await stepped(recording, { kind: "event", event }, by, direction);
  return view.to?.event ?? null;
}

const ids = { call: 0, one: 0, one2: 0, inner: 0, deep: 0, deeper: 0, innerEnd: 0, two: 0, end: 0 };

/**
 * add/1 (line 10) runs line 11, calls total/1 (line 20) from there, which runs line 21 twice and returns,
 * goes on on line 11 and on line 12, and returns.
 */
function twoFunctions(story: Story): void {
  const head = story.site(add, "function_clause", [FILE, 10], ["cart"]);
  const eleven = story.site(add, "match", [FILE, 11], ["a"]);
  const elevenToo = story.site(add, "match", [FILE, 11], ["b"]);
  const twelve = story.site(add, "match", [FILE, 12], ["c"]);
  const totalHead = story.site(total, "function_clause", [FILE, 20], ["cart"]);
  const twentyOne = story.site(total, "match", [FILE, 21], ["d"]);
  story.enter(Q, 5, add, [0], head);
  story.enter(P, 5, plain);
  ids.call = story.enter(P, 10, add, [1], head);
  story.message([P, 11], [Q, 12], ":ping");
  ids.one = story.at(P, 20, eleven, [1]);
  story.at(Q, 20, eleven, [9]);
  ids.inner = story.enter(P, 30, total, [1], totalHead);
  ids.deep = story.at(P, 31, twentyOne, [1]);
  ids.deeper = story.at(P, 31, twentyOne, [2]);
  ids.innerEnd = story.leave(P, 32, 7);
  ids.one2 = story.at(P, 40, elevenToo, [2]);
  story.state(P, 41, { n: 1 });
  ids.two = story.at(P, 50, twelve, [3]);
  story.state(P, 51, { n: 2 });
  ids.end = story.leave(P, 60, 8);
  story.leave(P, 70);
}

it("steps over calls from line to line, and shows the values as they were there", async () => {
  const recording = await tell(twoFunctions);
  expect(await target(recording, ids.call, "line")).toBe(ids.one);
  // what is called and what comes after on the same line are one visit
  expect(await target(recording, ids.one, "line")).toBe(ids.two);
  expect(await target(recording, ids.two, "line", "previous")).toBe(ids.one);
  expect(await target(recording, ids.one2, "line", "previous")).toBe(ids.one);
  expect(await target(recording, ids.one, "line", "previous")).toBe(ids.call);
  const back = await stepped(recording, { kind: "event", event: ids.two }, "line", "previous");
  expect(back.to?.frame?.locals.map(({ name, text }) => `${name}=${text}`)).toEqual([
    "cart=1",
    "a=1",
  ]);
  expect(back.to?.frame?.place).toMatchObject({ file: FILE, line: 11 });
  // behind a call its caller goes on
  expect(await target(recording, ids.deep, "line")).toBe(ids.one2);
  expect(await target(recording, ids.inner, "line", "previous")).toBe(ids.one);
  const end = await stepped(recording, { kind: "event", event: ids.two }, "line");
  expect(end.to).toBeNull();
  expect(end.why).toMatch(/no caller is instrumented/);
});

it("steps into calls and out of them", async () => {
  const recording = await tell(twoFunctions);
  expect(await target(recording, ids.one, "into")).toBe(ids.inner);
  expect(await target(recording, ids.inner, "into")).toBe(ids.deep);
  expect(await target(recording, ids.deep, "into")).toBe(ids.one2);
  expect(await target(recording, ids.one2, "into", "previous")).toBe(ids.deep);
  expect(await target(recording, ids.deeper, "into", "previous")).toBe(ids.deep);
  expect(await target(recording, ids.deep, "out")).toBe(ids.innerEnd);
  expect(await target(recording, ids.innerEnd, "out")).toBe(ids.end);
  expect(await target(recording, ids.deep, "out", "previous")).toBe(ids.inner);
  expect(await target(recording, ids.inner, "out", "previous")).toBe(ids.call);
  const out = await stepped(recording, { kind: "time", t: 31 }, "out");
  expect(out.to?.frame?.ends).toEqual({ outcome: "returned", result: "7" });
});

it("steps by event, call, message and state in one process", async () => {
  const recording = await tell(twoFunctions);
  const next = async (t: number, by: StepUnit, direction: Direction = "next"): Promise<unknown> => {
    const { to } = await stepped(recording, { kind: "time", t }, by, direction);
    return to === null ? null : [to.t, to.kind];
  };
  expect(await next(5, "event")).toEqual([10, "call"]);
  expect(await next(10, "call")).toEqual([30, "call"]);
  expect(await next(9, "message")).toEqual([11, "send"]);
  expect(await next(60, "message", "previous")).toEqual([11, "send"]);
  expect(await next(11, "message")).toBeNull();
  const state = await stepped(recording, { kind: "time", t: 45 }, "state");
  expect(state.to?.state).toMatchObject({
    version: 2,
    diff: [{ path: ".n", before: "1", after: "2" }],
  });
  expect(await next(51, "state", "previous")).toEqual([51, "state"]);
  expect(await next(50, "state", "previous")).toEqual([41, "state"]);
  const none = await stepped(recording, { kind: "time", t: 51 }, "state");
  expect(none.why).toBe("no state of this process was recorded after 0.000000 s");
  expect(
    await stepBy(recording, {
      pid: null,
      from: { kind: "event", event: 999 },
      by: "event",
      direction: "next",
    }),
  ).toBeNull();
});

it("says that nothing instrumented ran, and what is missing on the way", async () => {
  const recording = await tell((story) => {
    story.call(P, 10, 20, plain);
    story.gap(12, 14, "dropped", 5, P);
    story.call(P, 30, 40, plain);
    story.enter(P, 50, plain);
  });
  expect((await stepped(recording, { kind: "time", t: 15 }, "line")).why).toMatch(
    /^no instrumented code/,
  );
  const over = await stepped(recording, { kind: "time", t: 11 }, "call");
  expect(over.limits.join()).toContain("dropped (5 events)");
  expect((await stepped(recording, { kind: "time", t: 35 }, "call")).limits).toEqual([]);
  expect((await stepped(recording, { kind: "time", t: 55 }, "out")).why).toMatch(/still running/);
  expect((await stepped(recording, { kind: "time", t: 45 }, "out")).why).toMatch(
    /^no recorded call/,
  );
});

it("comes back to where it was", async () => {
  const units = ["event", "call", "message", "state"] as const;
  const anEvent = fc.tuple(fc.nat(2), fc.constantFrom("call", "message", "state", "leave"));
  const histories = fc.array(anEvent, { minLength: 20, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(histories, async (events) => {
      const recording = await tell((story) => {
        let t = 0;
        let depth = 0;
        for (const [later, kind] of events) {
          t += later;
          if (kind === "call") {
            story.enter(P, t, plain);
            depth += 1;
          } else if (kind === "message") story.message([P, t], [Q, t], t);
          else if (kind === "state") story.state(P, t, t);
          else if (depth > 0) {
            story.leave(P, t);
            depth -= 1;
          }
        }
      });
      for (const by of units) {
        const forward: number[] = [];
        let from: Instant = { kind: "time", t: 0 };
        for (;;) {
          const { to } = await stepped(recording, from, by);
          if (to === null) break;
          forward.push(to.event);
          from = { kind: "event", event: to.event };
        }
        const back: number[] = [];
        for (let event = forward.at(-1); event !== undefined;) {
          back.push(event);
          if (back.length >= forward.length) break;
          event = (await target(recording, event, by, "previous")) ?? undefined;
        }
        expect({ by, events: back.toReversed() }).toEqual({ by, events: forward });
      }
    }),
    { numRuns: 1 },
  );
});

async function ran(
  recording: RecordingReader,
  condition: string,
  from: Instant,
  direction: Direction,
  pid: string | null = null,
): Promise<RunToView> {
  const watch = parseWatch(condition);
  if (!watch.ok) throw new Error(watch.error.message);
  const within = pid === null ? "recording" : "process";
  const answer = await runTo(recording, { pid, from, direction, watch: watch.value, within });
  if (!answer.ok) throw new Error(answer.missing.message);
  return answer.view;
}

it("runs on, and back, to the next match of a condition", async () => {
  const recording = await tell((story) => {
    for (const [i, n] of [5, 1, 7, 8, 2].entries())
      story.state(i === 3 ? Q : P, (i + 1) * 1e9, { n });
    story.state(P, 5e9, { n: 9 });
  });
  const times = async (
    condition: string,
    t: number,
    pid: string | null = null,
  ): Promise<unknown> => {
    const on = await ran(recording, condition, { kind: "time", t }, "next", pid);
    const back = await ran(recording, condition, { kind: "time", t }, "previous", pid);
    return [back.to?.t ?? null, on.to?.t ?? null];
  };
  const any = `state of ${P}: n > 4`;
  expect(await times(any, 3e9)).toEqual([3e9, 5e9]);
  expect(await times(any, 2.5e9)).toEqual([1e9, 3e9]);
  expect(await times(any, 0.5e9)).toEqual([null, 1e9]);
  expect(await times(`state of ${Q}: n > 4`, 2e9)).toEqual([null, 4e9]);
  expect(await times(`state of ${Q}: n > 4`, 2e9, P)).toEqual([null, null]);
  const hit = await ran(recording, any, { kind: "time", t: 4e9 }, "next");
  expect(hit).toMatchObject({ hit: { t: 5e9, values: { n: "9" } }, to: { state: { version: 5 } } });
  const again = await ran(recording, any, { kind: "event", event: hit.to?.event ?? 0 }, "next");
  expect(again.to).toBeNull();
  expect(again.why).toContain("held nowhere after 5.000000 s");
  const before = await ran(
    recording,
    any,
    { kind: "event", event: hit.to?.event ?? 0 },
    "previous",
  );
  expect(before.to?.t).toBe(3e9);
});
