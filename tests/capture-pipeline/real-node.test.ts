// What a real application under load looks like after correlation: the promises that no generated
// stream can check, because only the VM says in which order things are really heard.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { attach } from "@elixirscope/capture";
import { RecordingReader } from "@elixirscope/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startShop } from "../support/shop.ts";

let folder = "";
let reader: RecordingReader;

async function rows(sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await reader.query(sql)).rows;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "escope-real-"));
  const shop = await startShop();
  try {
    const session = await attach({
      target: shop.name,
      cookie: shop.cookie,
      out: path.join(folder, "shop.escope"),
      estimate: false,
    });
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await session.stop();
    reader = await RecordingReader.open(session.pipeline.path);
  } finally {
    await shop.stop();
  }
});

afterAll(async () => {
  await reader.close();
  await rm(folder, { recursive: true, force: true });
});

describe("a recording of the shop under load", () => {
  it("is complete", async () => {
    expect(await rows("SELECT * FROM gaps")).toEqual([]);
    const [counts] = await rows(
      "SELECT count(*), count(DISTINCT id), count(pid) FROM events WHERE kind <> 'module'",
    );
    expect(counts?.[0]).toBeGreaterThan(1_000);
    expect(new Set(counts).size).toBe(1);
  });

  it("pairs every send with its receive, exactly", async () => {
    // what was heard of a sender before it was traced makes the order of what is on its way uncertain
    const [sends] = await rows(
      `SELECT count(*) FILTER (t_received IS NOT NULL), count(*) FILTER (match = 'exact'),
         count(*) FILTER (match = 'exact' AND dwell_ns < 0),
         count(*) FILTER (t_received IS NOT NULL AND match <> 'exact' AND NOT EXISTS (
           FROM messages b WHERE b.t_sent IS NULL AND b.from_pid = m.from_pid AND b.to_pid = m.to_pid))
       FROM messages m WHERE t_sent IS NOT NULL`,
    );
    const [received, exact, early, doubtful] = (sends ?? []).map(Number);
    expect(received).toBeGreaterThan(100);
    expect([early, doubtful]).toEqual([0, 0]);
    expect(exact).toBeGreaterThan(Number(received) * 0.99);
    // What was sent before its sender was traced may be heard after: it is the first that is heard of it.
    // After that no receive is without its send, except of what the VM itself sends.
    expect(
      await rows(
        `SELECT m.kind, count(*) FROM messages m
         WHERE m.t_sent IS NULL AND m.from_pid IS NOT NULL AND m.kind NOT IN ('down', 'exit')
           AND EXISTS (SELECT 1 FROM messages b WHERE b.from_pid = m.from_pid AND b.to_pid = m.to_pid
             AND b.t_sent IS NOT NULL AND b.t_received < m.t_received)
         GROUP BY m.kind`,
      ),
    ).toEqual([]);
    const [[unsent] = []] = await rows(
      "SELECT count(*) FROM messages WHERE t_sent IS NULL AND from_pid IS NOT NULL AND kind NOT IN ('down', 'exit')",
    );
    expect(Number(unsent)).toBeLessThan(20);
  });

  it("pairs every reply with its request", async () => {
    const [replies] = await rows(
      `SELECT count(*), count(*) FILTER (q.kind = 'call' AND q.from_pid = r.to_pid AND q.to_pid = r.from_pid)
       FROM messages r JOIN messages q ON q.message = r.reply_to WHERE r.kind = 'reply'`,
    );
    expect(replies?.[0]).toBeGreaterThan(100);
    expect(replies?.[1]).toBe(replies?.[0]);
  });

  it("ends every call that ended", async () => {
    expect(await rows("SELECT count(*) FROM calls WHERE outcome = 'lost'")).toEqual([[0]]);
    const [nested] = await rows(
      `SELECT count(*), count(*) FILTER (p.pid = c.pid AND p.t_enter <= c.t_enter AND (p.t_exit IS NULL OR p.t_exit >= c.t_exit))
       FROM calls c JOIN calls p ON p.call = c.parent_call WHERE c.outcome = 'returned'`,
    );
    expect(nested?.[0]).toBeGreaterThan(100);
    expect(nested?.[1]).toBe(nested?.[0]);
  });

  it("knows what each state was caused by, and who ended whom", async () => {
    expect(
      await rows(
        "SELECT count(*) FROM states WHERE callback LIKE 'handle_%' AND cause_message IS NULL",
      ),
    ).toEqual([[0]]);
    const [announced] = await rows(
      `SELECT count(*), (SELECT count(*) FROM links WHERE type = 'monitor' AND confidence = 'exact')
       FROM messages WHERE kind = 'down'`,
    );
    expect(announced?.[0]).toBeGreaterThan(0);
    expect(announced?.[1]).toBe(announced?.[0]);
  });
});
