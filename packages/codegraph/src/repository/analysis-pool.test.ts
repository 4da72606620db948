import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TemporaryProject } from "../../testing/temporary-project.ts";
import { DEFAULT_ANALYSIS_LIMITS } from "./analysis-limits.ts";
import { AnalysisPool, chunksOf, type FileOutcome, type SizedTask } from "./analysis-pool.ts";

let project: TemporaryProject;

beforeEach(() => {
  project = new TemporaryProject();
});

afterEach(() => project[Symbol.dispose]());

function files(count: number): SizedTask[] {
  return Array.from({ length: count }, (_, i) => {
    const path = `m${i}.ex`;
    const text = `defmodule M${i} do\n  def run(x), do: x + ${i}\nend\n`;
    project.write(path, text);
    return { path, absolute: project.path(path), bytes: text.length };
  });
}

async function analyse(
  pool: AnalysisPool,
  tasks: readonly SizedTask[],
  signal?: AbortSignal,
): Promise<Map<string, FileOutcome>> {
  const outcomes = new Map<string, FileOutcome>();
  await pool.analyse(
    tasks,
    (path, outcome) => {
      expect(outcomes.has(path)).toBe(false);
      outcomes.set(path, outcome);
    },
    signal,
  );
  return outcomes;
}

it("analyses every file once", async () => {
  const pool = new AnalysisPool({ threads: 2, limits: DEFAULT_ANALYSIS_LIMITS, patterns: [] });
  const outcomes = await analyse(pool, files(50));
  await pool.close();
  expect(outcomes.size).toBe(50);
  for (const [path, outcome] of outcomes) {
    expect(outcome.kind === "facts" && outcome.facts.outline.modules[0]?.file).toBe(path);
  }
});

it("loses one file to a thread that dies, and goes on with the others", async () => {
  const pool = new AnalysisPool({ threads: 1, limits: DEFAULT_ANALYSIS_LIMITS, patterns: [] });
  const tasks = files(20);
  await analyse(pool, tasks.slice(0, 1));
  pool.crashThread();
  const outcomes = await analyse(pool, tasks);
  expect(outcomes.size).toBe(20);
  const failed = [...outcomes.values()].filter(({ kind }) => kind === "failed");
  expect(failed).toEqual([{ kind: "failed", code: "analysis_crashed", message: "asked to crash" }]);
  expect(pool.restarts).toBe(1);
  await pool.close();
});

it("ends the thread that takes too long on a file, and that file alone has failed", async () => {
  const tasks = files(5);
  const slow = `defmodule Slow do\n${"  def f(x), do: g(x + 1, [x | {x, h(x)}])\n".repeat(45_000)}end\n`;
  writeFileSync(project.path("slow.ex"), slow);
  tasks.push({ path: "slow.ex", absolute: project.path("slow.ex"), bytes: slow.length });
  const pool = new AnalysisPool({
    threads: 2,
    limits: { ...DEFAULT_ANALYSIS_LIMITS, hardMs: 700 },
    patterns: [],
  });
  const outcomes = await analyse(pool, tasks);
  await pool.close();
  expect(outcomes.get("slow.ex")).toMatchObject({ kind: "failed", code: "analysis_timeout" });
  expect([...outcomes.values()].filter(({ kind }) => kind === "facts")).toHaveLength(5);
});

it("tells files that are gone and such that cannot be read", async () => {
  const pool = new AnalysisPool({ threads: 1, limits: DEFAULT_ANALYSIS_LIMITS, patterns: [] });
  const outcomes = await analyse(pool, [
    { path: "gone.ex", absolute: project.path("gone.ex"), bytes: 1 },
    { path: "folder.ex", absolute: project.root, bytes: 1 },
  ]);
  await pool.close();
  expect(outcomes.get("gone.ex")).toMatchObject({ kind: "gone" });
  expect(outcomes.get("folder.ex")).toMatchObject({
    kind: "facts",
    facts: { outline: { diagnostics: [{ code: "unreadable", severity: "error", line: 1 }] } },
  });
});

it("stops when it is told to", async () => {
  const pool = new AnalysisPool({ threads: 2, limits: DEFAULT_ANALYSIS_LIMITS, patterns: [] });
  const controller = new AbortController();
  const outcome = analyse(pool, files(200), controller.signal);
  setTimeout(() => controller.abort(), 50);
  await expect(outcome).rejects.toMatchObject({ code: "cancelled" });
  expect((await analyse(pool, files(3))).size).toBe(3);
  await pool.close();
  await expect(analyse(pool, files(1))).rejects.toMatchObject({ code: "closed" });
});

it("cuts chunks of about equal bytes, large files first, each file once", () => {
  const sizes = [5, 900, 20, 400, 400, 1, 1, 1, 300];
  const tasks = sizes.map((bytes, i) => ({ path: `${i}`, absolute: `/${i}`, bytes }));
  const chunks = chunksOf(tasks, 1);
  expect(chunks[0]).toEqual([{ path: "1", absolute: "/1" }]);
  expect(chunks.flat().toSorted((a, b) => Number(a.path) - Number(b.path))).toEqual(
    tasks.map(({ path, absolute }) => ({ path, absolute })),
  );
});
