// Other commands than `mix test`: umbrellas, scripts, IEx, code that is compiled again while it runs.

import { describe, expect, it } from "vitest";
import { elixirReleases, systemElixir, PLAIN, Project, rowsOf, scope, steady } from "./projects.ts";

const CHILD = (app: string, deps: string): string => `defmodule ${app.toUpperCase()}.MixProject do
  use Mix.Project

  def project do
    [
      app: :${app},
      version: "0.1.0",
      build_path: "../../_build",
      deps_path: "../../deps",
      lockfile: "../../mix.lock",
      deps: [${deps}]
    ]
  end
end
`;

const TESTS = (app: string): string => `defmodule ${app.toUpperCase()}Test do
  use ExUnit.Case

  test "goes" do
    assert ${app.toUpperCase()}.go(1) == 2
  end
end
`;

const UMBRELLA: Readonly<Record<string, string>> = {
  "mix.exs": `defmodule Umbrella.MixProject do
  use Mix.Project
  def project, do: [apps_path: "apps", deps: []]
end
`,
  "apps/a/mix.exs": CHILD("a", ""),
  "apps/b/mix.exs": CHILD("b", "{:a, in_umbrella: true}"),
  "apps/a/lib/a.ex": "defmodule A do\n  def go(x) do\n    x + 1\n  end\nend\n",
  "apps/b/lib/b.ex": "defmodule B do\n  def go(x) do\n    A.go(x)\n  end\nend\n",
  "apps/a/test/test_helper.exs": "ExUnit.start()\n",
  "apps/b/test/test_helper.exs": "ExUnit.start()\n",
  "apps/a/test/a_test.exs": TESTS("a"),
  "apps/b/test/b_test.exs": TESTS("b"),
};

describe.each(systemElixir())("an umbrella with $name", (release) => {
  const calls = `select module || '.' || "function", count(*) from calls group by all order by 1`;
  const fromRoot = [
    ["A.go", 2],
    ["ATest.test goes", 1],
    ["B.go", 1],
    ["BTest.test goes", 1],
  ];
  const fromChild = [
    ["A.go", 1],
    ["B.go", 1],
    ["BTest.test goes", 1],
  ];

  it("is recorded from its root, cold and warm, and from an application's folder", async () => {
    using project = new Project(UMBRELLA);
    const cold = await project.record(["mix", "test"], { release });
    expect(await rowsOf(cold.out, calls)).toEqual(fromRoot);
    expect(await rowsOf(cold.out, "select module, outcome from tests order by 1")).toEqual([
      ["ATest", "passed"],
      ["BTest", "passed"],
    ]);
    const warm = await project.record(["mix", "test"], { release });
    expect(await rowsOf(warm.out, calls)).toEqual(fromRoot);
    const child = await project.record(["mix", "test"], { release, cwd: "apps/b" });
    expect(await rowsOf(child.out, calls)).toEqual(fromChild);
  });
});

describe.each(systemElixir())("scripts with $name", (release) => {
  it("are recorded to the last call, also when they halt the VM", async () => {
    using project = new Project({
      "script.exs": `defmodule Script do
  def main(args) do
    count = length(args)
    IO.puts("got #{count}")
    count
  end
end

System.halt(Script.main(System.argv()))
`,
    });
    const ran = await project.record(["elixir", "script.exs", "a", "--b"], { release });
    expect([ran.code, ran.stdout]).toEqual([2, "got 2\n"]);
    const sql = `select "function", outcome, term(args), term(result) from calls`;
    expect(await rowsOf(ran.out, sql)).toEqual([["main", "returned", `[["a", "--b"]]`, "2"]]);
    expect(await rowsOf(ran.out, "select reason from gaps")).toEqual([]);
  });

  it("that run tests when they end have those tests recorded", async () => {
    using project = new Project({
      "tests.exs": `ExUnit.start()

defmodule ScriptTest do
  use ExUnit.Case

  test "one" do
    assert 1 + 1 == 2
  end
end
`,
    });
    const ran = await project.record(["elixir", "tests.exs"], { release });
    expect(ran.code).toBe(0);
    expect(await rowsOf(ran.out, "select name, outcome from tests")).toEqual([
      ["test one", "passed"],
    ]);
  });

  it("that stop the VM in order are drained", async () => {
    using project = new Project({
      "stop.exs": `defmodule Stop do
  def now(status) do
    System.stop(status)
    Process.sleep(:infinity)
  end
end

Stop.now(4)
`,
    });
    const ran = await project.record(["elixir", "stop.exs"], { release });
    expect(ran.code).toBe(4);
    expect(await rowsOf(ran.out, 'select "function", term(args) from calls')).toEqual([
      ["now", "[4]"],
    ]);
    expect(await rowsOf(ran.out, "select reason from gaps where reason = 'disconnected'")).toEqual(
      [],
    );
  });
});

describe.each(systemElixir())("code that changes while it runs with $name", (release) => {
  it("is instrumented again: recompile in IEx, a compiler run as Phoenix does", async () => {
    using project = new Project(PLAIN);
    const out = project.recording();
    const iex = project.start(scope(["--out", out], ["iex", "-S", "mix"]), { release });
    await iex.printed(/iex\(1\)>/);
    iex.write(`Plain.add(1, 2)\n${later(1)}\nrecompile()\nIO.puts("one #{Later.now(10)}.")\n`);
    await iex.printed(/one 11\./);
    iex.write(
      `${later(22)}\nMix.Task.reenable("compile.elixir")\nMix.Task.run("compile.elixir")\nIO.puts("two #{Later.now(10)}.")\n`,
    );
    await iex.printed(/two 32\./);
    iex.write("System.halt(3)\n");
    expect((await iex.done).code).toBe(3);
    const sql = `select name, term(value) from bindings
      where name like 'v%' or name = 'sum' order by name`;
    expect(await rowsOf(out, sql)).toEqual([
      ["sum", "3"],
      ["v1", "11"],
      ["v22", "32"],
    ]);
  });
});

describe("mix", () => {
  const [release] = elixirReleases();
  const options = release === undefined ? {} : { release };

  it("run with code already built and --no-compile is recorded", async () => {
    using project = new Project({
      ...PLAIN,
      "run.exs": "defmodule Run do\n  def go, do: Plain.add(1, 2)\nend\nIO.puts(Run.go())\n",
    });
    await project.run(["mix", "compile"], options);
    const ran = await project.record(["mix", "run", "run.exs"], options);
    expect(ran.stdout).toBe("6\n");
    const calls = `select module || '.' || "function" from calls order by call`;
    expect(await rowsOf(ran.out, calls)).toEqual([["Run.go"], ["Plain.add"]]);
    const without = await project.record(["mix", "run", "--no-compile", "run.exs"], options);
    expect(without.stdout).toBe("6\n");
    expect(await rowsOf(without.out, calls)).toEqual([["Run.go"], ["Plain.add"]]);
  });

  it("reports a compile error exactly as without us", async () => {
    using project = new Project({
      ...PLAIN,
      "lib/broken.ex": "defmodule Broken do\n  def f(x), do: y\nend\n",
    });
    const alone = await project.run(["mix", "test"], options);
    project.remove("_build");
    const ran = await project.record(["mix", "test"], options);
    expect(ran.code).toBe(alone.code);
    expect(ran.stdout).toBe(alone.stdout);
    expect(steady(ran.stderr)).toBe(alone.stderr);
  });

  it("tests with formatters, --trace and --slowest print the same, and all tests are seen", async () => {
    using project = new Project({
      ...PLAIN,
      "test/test_helper.exs": "ExUnit.start(formatters: [ExUnit.CLIFormatter])\n",
    });
    for (const flags of [["--trace"], ["--slowest", "2"], ["--formatter", "ExUnit.CLIFormatter"]]) {
      const command = ["mix", "test", "--seed", "0", ...flags];
      await project.run(command, options);
      const alone = await project.run(command, options);
      const ran = await project.record(command, options);
      expect(ran.code).toBe(alone.code);
      expect(timeless(ran.stdout)).toBe(timeless(alone.stdout));
      expect(await rowsOf(ran.out, "select count(*) from tests")).toEqual([[4]]);
    }
  });

  it("keeps the options that the user gives to Erlang, and its environment is the user's", async () => {
    using project = new Project({
      ...PLAIN,
      "env.exs": `defmodule Env do
  def show do
    IO.inspect(System.get_env("ELIXIR_ERL_OPTIONS"))
    IO.inspect(for {name, _} <- System.get_env(), name =~ "ELIXIR_SCOPE", do: name)
    IO.inspect(:init.get_argument(:mine))
  end
end

Env.show()
`,
    });
    const env = { ELIXIR_ERL_OPTIONS: "-mine yes" };
    const ran = await project.record(["mix", "run", "env.exs"], { ...options, env });
    expect(ran.stdout).toContain(`"-mine yes"\n[]\n{:ok, [['yes']]}\n`);
    expect(await rowsOf(ran.out, 'select "function" from calls')).toEqual([["show"]]);
  });
});

/** An IEx expression that writes a version of the module Later. */
function later(n: number): string {
  const v = `v${String(n)}`;
  const text = `defmodule Later do\\n  def now(x) do\\n    ${v} = x + ${String(n)}\\n    ${v}\\n  end\\nend\\n`;
  return `File.write!("lib/later.ex", "${text}")`;
}

function timeless(text: string): string {
  return steady(text)
    .replaceAll(/\([\d.]+(?:ms|s)\)/g, "(TIME)")
    .replaceAll(/^Top \d.*$/gm, "SLOWEST")
    .replaceAll(/^ +\* .*\[test\/.*$/gm, "one of them");
}
