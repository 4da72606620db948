// Breakpoints of a command that is recorded: they mark or end the recording, never the command.

import { expect, it } from "vitest";
import { Project, rowsOf } from "./projects.ts";

const STEPS = {
  "steps.exs": `defmodule Steps do
  def step(n, acc) do
    Process.sleep(20)
    total = acc + n
    {total, n}
  end

  def run(n), do: Enum.reduce(1..n, 0, fn i, acc -> elem(step(i, acc), 0) end)
end

IO.inspect(Steps.run(200))
`,
};
const WHEN = ["--break", "Steps.step/2: total == 55"];

it("a breakpoint marks where its condition held", async () => {
  using project = new Project(STEPS);
  const ran = await project.record(["elixir", "steps.exs"], { flags: WHEN });
  expect([ran.code, ran.stdout]).toEqual([0, "20100\n"]);
  expect(ran.stderr).toMatch(/^hit {3}.*steps\.exs:4: Steps\.step\/2 {2}binding/m);
  const marked = `select condition, name, term(value)
    from marks join bindings using (event)`;
  expect(await rowsOf(ran.out, marked)).toEqual([["Steps.step/2: total == 55", "total", "55"]]);
});

it("a breakpoint ends the recording, and the command goes on", async () => {
  using project = new Project(STEPS);
  const flags = [...WHEN, "--on-hit", "stop"];
  const ran = await project.record(["elixir", "steps.exs"], { flags });
  expect([ran.code, ran.stdout]).toEqual([0, "20100\n"]);
  const rows = await rowsOf(ran.out, `select count(*) from calls where "function" = 'step'`);
  const steps = Number(rows[0]?.[0]);
  expect(steps).toBeGreaterThanOrEqual(10);
  expect(steps).toBeLessThan(200);
});

it("a condition that cannot be read is told before anything runs", async () => {
  using project = new Project(STEPS);
  const ran = await project.record(["elixir", "steps.exs"], {
    flags: ["--break", "Steps.step/2: total =="],
  });
  expect([ran.code, ran.stdout]).toEqual([2, ""]);
  expect(ran.stderr).toMatch(/--break 1:23: expected an expression/);
});
