// What is instrumented: the project's own code or what was asked for, from the cache or anew.

import { existsSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { PLAIN, Project, rowsOf } from "./projects.ts";

const WITH_DEPENDENCY: Readonly<Record<string, string>> = {
  ...PLAIN,
  "mix.exs": (PLAIN["mix.exs"] ?? "").replace("deps: []", 'deps: [{:other, path: "deps/other"}]'),
  "deps/other/mix.exs": `defmodule Other.MixProject do
  use Mix.Project
  def project, do: [app: :other, version: "0.1.0"]
end
`,
  "deps/other/lib/other.ex": `defmodule Other do
  def half(x) do
    result = div(x, 2)
    result
  end
end
`,
  "run.exs": "IO.puts(Other.half(Plain.add(1, 2)))\n",
};

const RUN = ["mix", "run", "run.exs"];
const CALLS = `select module || '.' || "function" from calls order by call`;

it("leaves dependencies alone unless they are named", async () => {
  using project = new Project(WITH_DEPENDENCY);
  const own = await project.record(RUN);
  expect(own.stdout).toContain("3\n");
  expect(await rowsOf(own.out, CALLS)).toEqual([["Plain.add"]]);
  const all = await project.record(RUN, { flags: ["--only", "*"] });
  expect(await rowsOf(all.out, CALLS)).toEqual([["Plain.add"]]);
  const named = await project.record(RUN, { flags: ["--only", "Other", "Plain"] });
  expect(await rowsOf(named.out, CALLS)).toEqual([["Plain.add"], ["Other.half"]]);
});

it("takes from the cache what an earlier run made, with sites that are right", async () => {
  using project = new Project(PLAIN);
  const command = ["mix", "test", "--seed", "0"];
  const counted = async (flags: readonly string[]): Promise<readonly unknown[]> => {
    const ran = await project.record(command, { flags: ["--json", ...flags] });
    const line = ran.stderr.split("\n").find((text) => text.startsWith("{")) ?? "{}";
    const { modules, modulesFromCache }: { modules: unknown[]; modulesFromCache: number } =
      JSON.parse(line);
    const sql = `select s.line, b.name from bindings b join sites s using (site)
      where b.name in ('sum', 'actual', 'count') group by all order by 1, 2`;
    return [modules.length, modulesFromCache, await rowsOf(ran.out, sql)];
  };
  const places = [
    [5, "sum"],
    [7, "count"],
    [11, "actual"],
  ];
  expect(await counted([])).toEqual([4, 0, places]);
  expect(await counted([])).toEqual([4, 4, places]);
  expect(await counted(["--no-cache"])).toEqual([4, 0, places]);
  // the same code from a text that differs in a comment only
  project.write("lib/plain.ex", (PLAIN["lib/plain.ex"] ?? "").replace("a + b", "a + b # both"));
  expect(await counted([])).toEqual([4, 4, places]);
});

it("can be done by several runs at once", async () => {
  using project = new Project(PLAIN);
  await project.run(["mix", "compile"]);
  project.write("run.exs", "IO.puts(Plain.add(1, 2))\n");
  const runs = await Promise.all([1, 2, 3].map(async () => await project.record(RUN)));
  for (const ran of runs) {
    expect(ran.stdout).toBe("6\n");
    expect(await rowsOf(ran.out, CALLS)).toEqual([["Plain.add"]]);
  }
});

it("follows a strategy, and writes nothing into the project for it", async () => {
  using project = new Project({ ...PLAIN, "run.exs": "IO.puts(Plain.add(1, 2))\n" });
  const minimal = await project.record(RUN, { flags: ["--strategy", "minimal"] });
  expect(minimal.stdout).toContain("6\n");
  expect(await rowsOf(minimal.out, CALLS)).toEqual([]);
  const balanced = await project.record(RUN, { flags: ["--strategy", "balanced"] });
  expect(balanced.stdout).toBe("6\n");
  expect(existsSync(path.join(project.root, ".elixirscope"))).toBe(false);
});

const REQUESTS = {
  ...PLAIN,
  "lib/desk.ex": `defmodule Desk do
  use GenServer
  def start_link, do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
  def ask(n), do: GenServer.call(__MODULE__, {:ask, n})
  def init(asked), do: {:ok, asked}
  def handle_call({:ask, n}, _from, asked), do: {:reply, Plain.add(n, asked), asked + 1}
end
`,
  "run.exs": `{:ok, _} = Desk.start_link()
for n <- 1..1000, do: (Desk.ask(n); Process.sleep(1))
`,
  "plan.exs": `[version: 1, sample: 0.2, functions: [
  {"Desk.ask/1", :boundaries}, {"Desk.handle_call/3", :boundaries}, {"Plain.add/2", :boundaries}]]
`,
};

it("records a share of the requests, each in all its processes, and tells when it recorded none", async () => {
  using project = new Project(REQUESTS);
  const { out } = await project.record(RUN, { flags: ["--plan", "plan.exs"] });
  const counts = `select "function", count(*), count(distinct pid) from calls group by all order by all`;
  const [added, asked, handled] = await rowsOf(out, counts);
  expect([added?.[0], asked?.[0], handled?.[0]]).toEqual(["add", "ask", "handle_call"]);
  const requests = Number(asked?.[1]);
  expect(requests).toBeGreaterThan(80);
  expect(requests).toBeLessThan(400);
  // a request that is under way when a window opens or closes is in one process only: at most two for each window
  const closed = "select count(*) from gaps where reason = 'sampled' and count is null";
  const windows = Number((await rowsOf(out, closed))[0]?.[0]);
  expect(windows).toBeGreaterThan(10);
  expect(Math.abs(requests - Number(handled?.[1]))).toBeLessThanOrEqual(windows);
  expect(added?.[1]).toBe(handled?.[1]);
  const between = `select count(*) from calls c join gaps g
    on c.t_enter > g.t_from + 1000000 and c.t_enter < g.t_to where g.reason = 'sampled' and c."function" = 'ask'`;
  expect(await rowsOf(out, between)).toEqual([[0]]);
});
