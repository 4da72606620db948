import { expect, it } from "vitest";
import { type CommitExtent, CommitQueue } from "./commit-queue.ts";
import { StoreError } from "./store-error.ts";

const failed = (cause: unknown): StoreError => new StoreError("io_error", "failed", { cause });

it("shares a waiting commit and gives it the largest extent asked for", async () => {
  const ran: CommitExtent[] = [];
  const queue = new CommitQueue(async (extent) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    ran.push(extent);
  }, failed);
  const first = queue.commit("rows");
  await Promise.resolve();
  await Promise.resolve();
  const second = queue.commit("rows");
  expect(queue.commit("durable")).toBe(second);
  expect(queue.commit("written")).toBe(second);
  await Promise.all([first, second]);
  expect(ran).toEqual(["rows", "durable"]);
});

it("runs nothing after a failure and tells those who wait for durability", async () => {
  let runs = 0;
  const queue = new CommitQueue(() => {
    runs++;
    return Promise.reject(new Error("no"));
  }, failed);
  await queue.commit("rows");
  await expect(queue.commitOrThrow("durable")).rejects.toMatchObject({ code: "io_error" });
  expect(runs).toBe(1);
  expect(queue.failure?.code).toBe("io_error");
});

it("refuses commits after closing, also those that waited for their turn", async () => {
  const queue = new CommitQueue(() => new Promise((resolve) => setTimeout(resolve, 5)), failed);
  const running = queue.commitOrThrow("rows");
  const closing = queue.close();
  await running;
  await closing;
  await expect(queue.commitOrThrow("rows")).rejects.toMatchObject({ code: "closed" });
});

it("is settled when the commits that were asked for have ended", async () => {
  let ended = 0;
  const queue = new CommitQueue(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    ended++;
  }, failed);
  await queue.settled();
  expect(ended).toBe(0);
  void queue.commit("rows");
  await Promise.resolve();
  void queue.commit("rows");
  await queue.settled();
  expect(ended).toBe(2);
});
