// Told recordings in which processes wait for each other, and their twins in which nobody is stuck.

import { atom, integer, list, tuple, type Term } from "@elixirscope/etf";
import { deadlocks } from "@elixirscope/query";
import { expect, it } from "vitest";
import type { Story } from "../support/story.ts";
import { tell } from "./told.ts";

const MS = 1_000_000;
const [A, B, C, D] = ["<0.1.0>", "<0.2.0>", "<0.3.0>", "<0.4.0>"] as const;

function request(what: string): Term {
  return tuple(atom("$gen_call"), tuple(atom("from"), atom("ref")), atom(what));
}

function ask(story: Story, from: string, to: string, t: number, what = "work"): number {
  return story.message([from, t], [to, t + 10_000], request(what), { kind: "call" });
}

function reply(story: Story, from: string, to: string, t: number, replyTo: number): void {
  const body = tuple(atom("ref"), atom("ok"));
  story.message([from, t], [to, t + 10_000], body, { kind: "reply", replyTo });
}

const timeout = tuple(
  atom("timeout"),
  tuple(atom("Elixir.GenServer"), atom("call"), list([atom("x"), integer(5_000)])),
);

it("finds two servers that call each other, and who gave up first", async () => {
  const recording = await tell((story) => {
    story.process(A, { name: "Elixir.Bank.A" });
    story.process(B, { name: "Elixir.Bank.B" });
    ask(story, A, B, 10 * MS, "to_b");
    ask(story, B, A, 11 * MS, "to_a");
    story.exit(A, 5_010 * MS, timeout);
    story.exit(B, 5_020 * MS, timeout);
  });
  const { cycles, unanswered } = await deadlocks(recording);
  expect(unanswered).toEqual([]);
  expect(cycles).toMatchObject([
    {
      from: 11 * MS,
      to: 5_010 * MS,
      others: 0,
      waits: [
        {
          caller: { name: "Bank.A" },
          server: { name: "Bank.B" },
          request: ":to_b",
          end: "timeout",
        },
        {
          caller: { name: "Bank.B" },
          server: { name: "Bank.A" },
          request: ":to_a",
          end: "timeout",
        },
      ],
    },
  ]);
});

it("finds a longer cycle that is still there at the end, and counts who waits for it", async () => {
  const recording = await tell(
    (story) => {
      ask(story, A, B, 10 * MS);
      ask(story, B, C, 11 * MS);
      ask(story, C, A, 12 * MS);
      ask(story, D, B, 20 * MS);
    },
    {},
    1_000 * MS,
  );
  const { cycles, unanswered } = await deadlocks(recording);
  expect(unanswered).toEqual([]);
  expect(cycles).toHaveLength(1);
  expect(cycles[0]).toMatchObject({ from: 12 * MS, to: null, others: 1 });
  expect(cycles[0]?.waits.map(({ caller, end }) => [caller.pid, end])).toEqual([
    [A, "open"],
    [B, "open"],
    [C, "open"],
  ]);
});

it("has no cycle where calls went both ways, one after the other", async () => {
  const recording = await tell((story) => {
    const first = ask(story, A, B, 10 * MS);
    reply(story, B, A, 12 * MS, first);
    const second = ask(story, B, A, 13 * MS);
    reply(story, A, B, 14 * MS, second);
  });
  expect(await deadlocks(recording)).toMatchObject({ cycles: [], unanswered: [], calls: 2 });
});

it("has no cycle where the second only called after the first had given up", async () => {
  const recording = await tell((story) => {
    ask(story, A, B, 10 * MS);
    story.call(A, 5_010 * MS, 5_011 * MS, ["Elixir.Bank", "went_on", 0]);
    const back = ask(story, B, A, 5_020 * MS);
    reply(story, A, B, 5_021 * MS, back);
  });
  const { cycles, unanswered } = await deadlocks(recording);
  expect(cycles).toEqual([]);
  expect(unanswered).toMatchObject([{ chain: [{ end: "gave_up", to: 5_010 * MS }], alike: 1 }]);
});

it("tells of a timeout the chain of waiting and what the last in it was doing", async () => {
  const recording = await tell(
    (story) => {
      story.process(C, { name: "Elixir.Bank.Disk" });
      story.enter(A, 5 * MS, ["Elixir.Bank", "pay", 1], [3]);
      ask(story, A, B, 10 * MS);
      ask(story, B, C, 11 * MS);
      story.enter(C, 12 * MS, ["Elixir.Bank.Disk", "sync", 1], ["file"]);
      // a message that arrives ends nobody's waiting
      story.message([D, 20 * MS], [A, 21 * MS], "news");
      story.leave(A, 5_010 * MS, tuple(atom("exit"), timeout), "raised");
      story.leave(C, 6_000 * MS);
      story.exit(A, 5_011 * MS, timeout);
    },
    {},
    7_000 * MS,
  );
  const { cycles, unanswered } = await deadlocks(recording);
  expect(cycles).toEqual([]);
  const [call] = unanswered;
  expect(call?.chain.map((wait) => [wait.caller.pid, wait.server?.pid, wait.end])).toEqual([
    [A, B, "timeout"],
    [B, C, "open"],
  ]);
  expect(call?.chain[0]).toMatchObject({ function: "Bank.pay/1", to: 5_010 * MS });
  expect(call?.doing).toMatchObject({ name: "Bank.Disk", frames: [{ mfa: "Bank.Disk.sync/1" }] });
  // both calls hang on the disk
  expect(call?.alike).toBe(2);
});

it("knows a server that is gone from a timeout", async () => {
  const gone = tuple(
    atom("noproc"),
    tuple(atom("Elixir.GenServer"), atom("call"), list([atom("x")])),
  );
  const recording = await tell((story) => {
    ask(story, A, B, 10 * MS);
    story.exit(B, 12 * MS, ":boom");
    story.exit(A, 13 * MS, gone);
    ask(story, C, D, 20 * MS);
    story.exit(D, 22 * MS, ":boom");
    story.call(C, 23 * MS, 24 * MS, ["Elixir.Bank", "went_on", 0]);
  });
  const { unanswered } = await deadlocks(recording);
  expect(unanswered.map(({ chain }) => chain[0]?.end)).toEqual(["server_gone", "server_gone"]);
});

it("says of a call that its reply may be in a gap, where there is one", async () => {
  const recording = await tell((story) => {
    ask(story, A, B, 10 * MS);
    ask(story, C, D, 10 * MS);
    story.gap(11 * MS, 12 * MS, "rate_limited", 9, B);
  });
  const { unanswered } = await deadlocks(recording);
  expect(unanswered.map(({ chain }) => [chain[0]?.caller.pid, chain[0]?.gaps])).toEqual([
    [A, ["rate_limited"]],
    [C, []],
  ]);
});

it("says what limits the answer", async () => {
  const { plan } = (await tell(() => undefined)).manifest;
  const recording = await tell(
    (story) => {
      story.event("exit", A, 10 * MS);
      story.gap(1 * MS, 2 * MS, "dropped", 7);
    },
    { plan: { ...plan, messages: false } },
  );
  const { limits } = await deadlocks(recording);
  expect(limits.join("\n")).toMatch(/dropped \(7 events\)/);
  expect(limits).toContain("the recording was made without messages");
});
