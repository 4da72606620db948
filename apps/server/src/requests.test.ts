import type { Request } from "@elixirscope/wire";
import { expect, it } from "vitest";
import { MAX_RUNNING, MAX_WAITING, RequestQueue, type Outcome } from "./requests.ts";

function request(id: number, slot: string | null = null): Request {
  return { id, method: "info", params: {}, slot };
}

/** A queue whose requests end when the test says so. */
function setUp() {
  const started: number[] = [];
  const ends = new Map<number, (outcome: Outcome) => void>();
  const answers: string[] = [];
  const signals: AbortSignal[] = [];
  const queue = new RequestQueue(
    ({ id }, signal) => {
      started.push(id);
      signals.push(signal);
      return new Promise((resolve) => ends.set(id, resolve));
    },
    (id, outcome) => {
      answers.push(outcome.kind === "reply" ? `${id}` : `${id} ${outcome.error.code}`);
    },
  );
  const end = async (id: number): Promise<void> => {
    ends.get(id)?.({ kind: "reply", result: null });
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { queue, started, answers, signals, end };
}

it("runs a few at a time and the others in order", async () => {
  const { queue, started, answers, end } = setUp();
  for (let id = 1; id <= MAX_RUNNING + 2; id++) queue.add(request(id));
  expect(started).toHaveLength(MAX_RUNNING);
  await end(2);
  expect(started.at(-1)).toBe(MAX_RUNNING + 1);
  await end(1);
  expect(started).toHaveLength(MAX_RUNNING + 2);
  expect(answers).toEqual(["2", "1"]);
});

it("drops what waits when a newer request has its slot, but not what runs", async () => {
  const { queue, started, answers, end } = setUp();
  for (let id = 1; id <= MAX_RUNNING; id++) queue.add(request(id, "lanes"));
  for (let id = 11; id <= 13; id++) queue.add(request(id, "lanes"));
  queue.add(request(14, "gaps"));
  queue.add(request(15));
  queue.add(request(16));
  expect(answers).toEqual(["11 superseded", "12 superseded"]);
  for (let id = 1; id <= MAX_RUNNING; id++) await end(id);
  expect(started.slice(MAX_RUNNING)).toEqual([13, 14, 15, 16]);
});

it("refuses more than can wait", () => {
  const { queue, answers } = setUp();
  for (let id = 1; id <= MAX_RUNNING + MAX_WAITING + 1; id++) queue.add(request(id));
  expect(answers).toEqual([`${MAX_RUNNING + MAX_WAITING + 1} busy`]);
});

it("answers nothing more once it is disposed, and cancels what runs", async () => {
  const { queue, started, answers, signals, end } = setUp();
  for (let id = 1; id <= MAX_RUNNING + 1; id++) queue.add(request(id));
  queue[Symbol.dispose]();
  expect(signals.every((signal) => signal.aborted)).toBe(true);
  await end(1);
  queue.add(request(99));
  expect(started).toHaveLength(MAX_RUNNING);
  expect(answers).toEqual([]);
});

function cancel(id: number, of: number): Request {
  return { id, method: "cancel", params: { id: of }, slot: null };
}

it("gives up the one request that is named, whether it waits or runs, ahead of all that wait", async () => {
  const { queue, started, answers, signals, end } = setUp();
  for (let id = 1; id <= MAX_RUNNING + 2; id++) queue.add(request(id));
  queue.add(cancel(51, 2));
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, true, false, false]);
  queue.add(cancel(52, MAX_RUNNING + 1));
  queue.add(cancel(53, 999));
  expect(answers).toEqual(["51", `${MAX_RUNNING + 1} cancelled`, "52", "53"]);
  await end(2);
  expect(started.at(-1)).toBe(MAX_RUNNING + 2);
});
