// What goes wrong: with the collector, the command, the command line, and modules that cannot be changed.

import { describe, expect, it } from "vitest";
import {
  elixirReleases,
  systemElixir,
  PLAIN,
  Project,
  processOf,
  rowsOf,
  scope,
  steady,
} from "./projects.ts";

const LONG: Readonly<Record<string, string>> = {
  ...PLAIN,
  "test/plain_test.exs": `defmodule PlainTest do
  use ExUnit.Case

  for n <- 1..40 do
    test "adds #{n}" do
      for i <- 1..1000, do: Plain.add(i, 1)
      Process.sleep(50)
      IO.puts("test #{unquote(n)}")
    end
  end

  test "is what it was" do
    Process.sleep(1_000)
    {_, beam, _} = :code.get_object_code(Plain)
    assert :code.module_md5(beam) == :erlang.get_module_info(Plain, :md5)
    assert Process.whereis(:elixir_scope_janitor) == nil
  end

  test "fails" do
    assert Plain.add(1, 1) == 5
  end
end
`,
};

describe.each(systemElixir())("the collector killed with $name", (release) => {
  it("is not noticed by the command, whose code becomes what it was", async () => {
    using project = new Project(LONG);
    const running = project.start(
      [
        "sh",
        "-c",
        `"$@"; echo "ended $?"`,
        "sh",
        ...scope(["--out", project.recording()], ["mix", "test", "--seed", "0"]),
      ],
      { release },
    );
    await running.printed(/test 5\n/);
    process.kill(processOf("node", `run --out ${project.recordingFolder}`), "SIGKILL");
    // the command goes on without who started it
    await running.printed(/42 tests?|Result: /);
    await running.printed(/1 failure|41\/42 passed/);
    const { stdout } = await running.done;
    for (let n = 1; n <= 40; n += 1) expect(stdout).toContain(`test ${String(n)}\n`);
    expect(stdout).not.toMatch(/elixir_scope/);
    expect(stdout).toContain("ended 137");
  });
});

describe("the command's end", () => {
  const [release] = elixirReleases();
  const options = release === undefined ? {} : { release };
  const SLEEP = {
    "sleep.exs": `defmodule Sleep do
  def forever(name) do
    IO.puts(name)
    Process.sleep(:infinity)
  end

  def before(x), do: x + 1
end

Sleep.before(1)
Process.sleep(300)
Sleep.forever("sleeping")
`,
  };

  it("by a signal is ours, and what was flushed is there", async () => {
    using project = new Project(SLEEP);
    const out = project.recording();
    const running = project.start(
      scope(["--out", out], ["elixir", "sleep.exs", project.recordingFolder]),
      options,
    );
    await running.printed(/sleeping/);
    process.kill(processOf("beam.smp", project.recordingFolder), "SIGKILL");
    expect(await running.done).toMatchObject({ code: null, signal: "SIGKILL" });
    expect(await rowsOf(out, `select term(args) from calls where "function" = 'before'`)).toEqual([
      ["[1]"],
    ]);
    const gaps = await rowsOf(out, "select reason from gaps");
    expect(gaps.flat()).toContain("disconnected");
  });

  it("by SIGTERM goes through to the command, which stops in order", async () => {
    using project = new Project(SLEEP);
    const out = project.recording();
    const running = project.start(scope(["--out", out], ["elixir", "sleep.exs"]), options);
    await running.printed(/sleeping/);
    process.kill(running.pid, "SIGTERM");
    const ended = await running.done;
    expect([ended.code, ended.signal]).toEqual([0, null]);
    const sql = `select "function", outcome from calls order by call`;
    expect(await rowsOf(out, sql)).toEqual([
      ["before", "returned"],
      ["forever", "open"],
    ]);
  });

  it("by Ctrl-C is the command's own matter", async () => {
    using project = new Project(SLEEP);
    const running = project.start(
      scope(
        ["--out", project.recording()],
        ["sh", "-c", "trap 'echo trapped; exit 9' INT; echo ready; while :; do sleep 0.1; done"],
      ),
      options,
    );
    await running.printed(/ready/);
    process.kill(-running.pid, "SIGINT");
    expect(await running.done).toMatchObject({ code: 9, stdout: "ready\ntrapped\n" });
  });
});

describe("modules that cannot be instrumented", () => {
  it("are named with the reason, and the others are recorded", async () => {
    using project = new Project({
      ...PLAIN,
      "lib/loads.ex": `defmodule Loads do
  @on_load :load
  def load, do: :ok
  def go(x), do: Plain.add(x, x)
end
`,
      "lib/bare.ex": `defmodule Bare do
  @compile {:debug_info, false}
  def go(x), do: Plain.add(x, x)
end
`,
      "run.exs": "IO.puts(Loads.go(1))\nIO.puts(Bare.go(2))\n",
    });
    const ran = await project.record(["mix", "run", "run.exs"]);
    expect(ran.stdout).toContain("4\n8\n");
    expect(ran.stderr).toMatch(/^elixirscope: not recorded: Loads \(.*(on_load|loaded).*\)$/m);
    expect(ran.stderr).toMatch(
      /^elixirscope: not recorded: Bare \(was compiled without debug info/m,
    );
    expect(ran.stderr).toContain("not recorded: Plain.Sized (it is a protocol");
    const sql = "select module from calls order by call";
    expect(await rowsOf(ran.out, sql)).toEqual([["Plain"], ["Plain"]]);
  });
});

describe("a wrong command line", () => {
  it.each([
    [["run"], "write -- before the command"],
    [["run", "mix", "test", "--trace"], "write -- before the command"],
    [["run", "--"], "there is no command behind --"],
    [["run", "--nonsense", "--", "mix", "test"], "there is no option --nonsense"],
    [["run", "extra", "--", "mix", "test"], "extra stands before --"],
    [["run", "--", "no-such-command-here"], "there is no command no-such-command-here"],
    [["run", "--only", "lists:map", "--", "mix", "test"], ":lists.map"],
    [["run", "--plan", "absent.exs", "--", "mix", "test"], "cannot read the plan absent.exs"],
    [["run", "--plan", "broken.exs", "--", "mix", "test"], "broken.exs:1:"],
    [
      ["run", "--plan", "p.exs", "--strategy", "full", "--", "mix"],
      "leave out --plan or --strategy",
    ],
  ])("%j says what to do", async (args, expected) => {
    using project = new Project({ ...PLAIN, "broken.exs": "[version: 1, functions: [" });
    const [node = "", bin = ""] = scope([], []);
    const ran = await project.run([node, bin, ...args]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(expected);
    expect(ran.stderr.trim().split("\n").length).toBeLessThanOrEqual(3);
    expect(ran.stdout).toBe("");
  });

  it("without any Elixir in the command records nothing and says so", async () => {
    using project = new Project(PLAIN);
    const ran = await project.record(["sh", "-c", "echo hello; exit 4"]);
    expect([ran.code, ran.stdout]).toEqual([4, "hello\n"]);
    expect(ran.stderr).toMatch(/^elixirscope: .* started no Elixir, so nothing was recorded\n$/);
    expect(Object.keys(project.hashes()).toSorted()).toEqual(Object.keys(PLAIN).toSorted());
  });

  it("names that nothing fits are told with the nearest ones, and the rest is recorded", async () => {
    using project = new Project({
      ...PLAIN,
      "run.exs": "IO.puts(Plain.add(1, 2))\n",
      "plan.exs": `[version: 1, functions: [
  {"Plain.add/2", :boundaries},
  {"Plain.ad/2", :full},
  {"Plian.add/2", :full}
]]
`,
    });
    const command = ["mix", "run", "run.exs"];
    const only = await project.record(command, { flags: ["--only", "Plian", "Plain"] });
    expect(only.stderr).toContain("elixirscope: nothing fits Plian; did you mean Plain");
    expect(await rowsOf(only.out, "select count(*) from calls")).toEqual([[1]]);
    const planned = await project.record(command, { flags: ["--plan", "plan.exs"] });
    expect(planned.stderr).toContain("there is no function Plain.ad/2; did you mean Plain.add/2?");
    expect(planned.stderr).toContain("there is no module Plian; did you mean Plain?");
    expect(await rowsOf(planned.out, "select term(result) from calls")).toEqual([["6"]]);
    expect(await rowsOf(planned.out, "select count(*) from bindings where name = 'sum'")).toEqual([
      [0],
    ]);
    const quiet = await project.record(command, { flags: ["--quiet"] });
    expect(steady(quiet.stderr)).toBe(quiet.stderr);
    const json = await project.record(command, { flags: ["--json"] });
    expect(JSON.parse(json.stderr)).toMatchObject({ type: "run", exitCode: 0, out: json.out });
  });
});
