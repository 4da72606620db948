import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { LiveWatch, parseWatch, type LiveHit, type Source, type Watch } from "@elixirscope/query";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Story } from "../support/story.ts";

let root: string;
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "elixirscope-live-"));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

const A = "<0.1.0>";
const add = ["Elixir.Shop.Cart", "add", 2] as const;
const FILE = "lib/cart.ex";

function watchOf(text: string): Watch {
  const watch = parseWatch(text);
  if (!watch.ok) throw new Error(watch.error.message);
  return watch.value;
}

type Live = {
  readonly story: Story;
  readonly hits: LiveHit[];
  readonly problems: string[];
  readonly watch: LiveWatch;
  /** as many looks as it takes for what was written to be seen */
  readonly settle: () => Promise<void>;
  readonly end: () => Promise<void>;
};

async function live(texts: readonly string[], hitsPerSecond = 1_000): Promise<Live> {
  const story = await Story.begin(path.join(root, `${count++}.escope`));
  const hits: LiveHit[] = [];
  const problems: string[] = [];
  const looks: number[] = [];
  const { writer } = story;
  const source: Source = {
    manifest: writer.manifest,
    query: async (sql, options) => {
      if (sql.includes("max(id) FROM raw.events")) looks.push(looks.length);
      return await writer.query(sql, options);
    },
  };
  const watch = new LiveWatch(source, {
    watches: texts.map(watchOf),
    everyMs: 10,
    hitsPerSecond,
    onHit: (hit) => hits.push(hit),
    onProblem: (message) => problems.push(message),
  });
  return {
    story,
    hits,
    problems,
    watch,
    settle: async () => {
      // the look after the next one begins after the next one has ended
      const wanted = looks.length + 2;
      for (let waited = 0; looks.length < wanted && waited < 2_000; waited++) {
        await new Promise((done) => setTimeout(done, 10));
      }
    },
    end: async () => {
      await watch.stop();
      await story.end();
    },
  };
}

it("tells a hit once, while calls that began before go on", async () => {
  const { story, hits, settle, end } = await live([
    "Shop.Cart.add/2: price > qty",
    "Shop.Cart.add/2: result == :ok and qty == 1",
    "state of Shop.Cart: n > 1",
  ]);
  await settle();
  expect(hits).toEqual([]);
  const head = story.site(add, "function_clause", [FILE, 10], ["cart", "qty"]);
  const match = story.site(add, "match", [FILE, 12], ["price"]);
  story.process(A, { name: "Shop.Cart" });
  story.enter(A, 10, add, [":a", 1], head);
  await settle();
  expect(hits).toEqual([]);
  story.at(A, 20, match, [0]);
  await settle();
  story.at(A, 30, match, [5]);
  await settle();
  await settle();
  expect(hits.map(({ hit }) => [hit.t, hit.pid, hit.trigger, hit.values])).toEqual([
    [30, A, "binding", { qty: "1", price: "5" }],
  ]);
  story.state(A, 40, { n: 1 });
  story.leave(A, 50, ":ok");
  story.state(A, 60, { n: 2 });
  await end();
  expect(hits.map(({ hit, watch }) => [hit.t, watch.text])).toEqual([
    [30, "Shop.Cart.add/2: price > qty"],
    [50, "Shop.Cart.add/2: result == :ok and qty == 1"],
    [60, "state of Shop.Cart: n > 1"],
  ]);
});

it("tells few of many hits, and counts the others", async () => {
  const { story, hits, watch, end } = await live(["Shop.Cart.add/2: arg2 >= 0"], 5);
  for (let i = 0; i < 30_000; i++) story.call(A, i * 2, i * 2 + 1, add, [":a", i]);
  await end();
  expect(hits.length).toBeGreaterThanOrEqual(5);
  expect(hits.length).toBeLessThan(200);
  expect(hits.length + watch.suppressed).toBe(30_000);
  expect(watch.counters[0]?.asked).toBe(30_000);
});

it("says once what it can never find", async () => {
  const { story, hits, problems, settle, end } = await live(["Shop.Cart.add/2: quantity < 0"]);
  story.call(A, 10, 20, add, [":a", 1]);
  await settle();
  story.call(A, 30, 40, add, [":a", 1]);
  await settle();
  await end();
  expect(hits).toEqual([]);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/only calls were recorded/);
});
