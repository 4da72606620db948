// Where time went, in told recordings of which every duration is known.

import { times } from "@elixirscope/query";
import { describe, expect, it } from "vitest";
import type { Story } from "../support/story.ts";
import { tell } from "./told.ts";

const [CLIENT, SERVER] = ["<0.10.0>", "<0.20.0>"];
const VISIT = ["Elixir.Shop", "visit", 1] as const;
const HANDLE = ["Elixir.Shop.Cart", "handle_call", 3] as const;
const RANGE = { t0: 0, t1: 10_000 };

/** The client asks at 1,000; the server takes it at 1,500, works until 4,000; the reply is there at 4,300. */
function request(story: Story): { readonly visit: number } {
  story.process(CLIENT, { name: "Elixir.Shop.Client" });
  story.process(SERVER, { name: "Elixir.Shop.Cart" });
  const visit = story.enter(CLIENT, 200, VISIT, [1]);
  const ask = story.message([CLIENT, 1_000], [SERVER, 1_400], { call: 1 }, { kind: "call" });
  story.enter(SERVER, 1_500, HANDLE, [1]);
  story.leave(SERVER, 3_900);
  story.message([SERVER, 4_000], [CLIENT, 4_300], ":ok", { kind: "reply", replyTo: ask });
  story.leave(CLIENT, 5_000);
  return { visit };
}

describe("times", () => {
  it("tells waiting for a reply from running, exactly", async () => {
    const recording = await tell(request);
    const { functions, sums, limits } = await times(recording, RANGE, { limit: 10 });
    expect(functions.find(({ mfa }) => mfa === "Shop.visit/1")).toMatchObject({
      calls: 1,
      totalNs: 4_800,
      selfWaitingNs: 3_300,
      selfRunningNs: 1_500,
      waitingNs: 3_300,
    });
    expect(sums).toEqual({ runningNs: 1_500 + 2_400, waitingNs: 3_300, exactWaitingNs: 3_300 });
    expect(limits).toEqual([]);
  });

  it("does not count as waiting what was in the mailbox already, and marks what is inferred", async () => {
    const recording = await tell((story) => {
      story.enter(CLIENT, 100, VISIT);
      story.enter(CLIENT, 200, HANDLE);
      story.message([SERVER, 150], [CLIENT, 900], ":early");
      story.message([SERVER, 1_200], [CLIENT, 1_500], ":late");
      story.message([null, null], [CLIENT, 2_500], ":timeout");
      story.leave(CLIENT, 3_000);
      story.leave(CLIENT, 3_100);
    });
    const { processes } = await times(recording, RANGE, { limit: 10 });
    expect(processes).toMatchObject([
      {
        pid: CLIENT,
        inCallsNs: 3_000,
        waitingFor: { reply: 0, message: 600, timer: 1_000 },
        exactWaitingNs: 0,
        runningNs: 1_400,
      },
    ]);
  });

  it("cuts calls that reach over the range to it", async () => {
    const recording = await tell(request);
    const { functions } = await times(recording, { t0: 4_500, t1: 4_600 }, { limit: 10 });
    expect(functions).toMatchObject([{ mfa: "Shop.visit/1", totalNs: 100, selfRunningNs: 100 }]);
  });

  it("puts processes that ran the same together, named ones not", async () => {
    const recording = await tell((story) => {
      for (const pid of ["<0.31.0>", "<0.32.0>"]) {
        story.process(pid, { initialCall: "Elixir.Shop.Load.run/0" });
        story.call(pid, 100, 300, VISIT);
      }
      story.process(SERVER, { name: "Elixir.Shop.Cart", initialCall: "Elixir.Shop.Load.run/0" });
      story.call(SERVER, 100, 200, VISIT);
    });
    const { processes } = await times(recording, RANGE, { limit: 10 });
    expect(processes).toMatchObject([
      { name: "Shop.Load.run/0", processes: 2, runningNs: 400 },
      { name: "Shop.Cart", processes: 1, runningNs: 100 },
    ]);
  });

  it("says what is missing", async () => {
    const recording = await tell((story) => {
      story.call(CLIENT, 100, 300, VISIT);
      story.gap(150, 200, "dropped", 12);
    });
    const { limits } = await times(recording, RANGE, { limit: 10 });
    expect(limits.join("\n")).toContain("dropped (12 events)");
  });
});
