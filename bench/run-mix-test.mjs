// What `elixirscope run` adds to `mix test` on a project of 100 modules: cold (everything is compiled and
// instrumented for the first time) and warm (nothing is). With and without us in turn, medians.
//
//   node bench/run-mix-test.mjs [--runs 5] [--modules 100]

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    modules: { type: "string", default: "100" },
  },
});
const runs = Number(values.runs);
const modules = Number(values.modules);
const bin = resolve(import.meta.dirname, "../apps/cli/bin/elixirscope.mjs");
const base = mkdtempSync(join(tmpdir(), "es-bench-"));
process.on("exit", () => rmSync(base, { recursive: true, force: true }));
const project = join(base, "project");
const cache = join(base, "cache");

const moduleText = (n) => `defmodule Bench.M${n} do
  defstruct [:id, :items, total: 0]

  def new(id), do: %__MODULE__{id: id, items: []}

  def add(%__MODULE__{items: items} = cart, {name, price, count}) when count > 0 do
    line = %{name: name, price: price, count: count}
    total = Enum.reduce([line | items], 0, fn item, sum -> sum + item.price * item.count end)
    %{cart | items: [line | items], total: total}
  end

  def add(cart, _), do: cart

  def checkout(%__MODULE__{total: total} = cart, opts \\\\ []) do
    rate = Keyword.get(opts, :rate, 0.2)

    case discount(total) do
      {:ok, percent} -> {:ok, round(total * (1 - percent / 100) * (1 + rate)), cart}
      :none when total > 0 -> {:ok, round(total * (1 + rate)), cart}
      :none -> {:error, :empty}
    end
  end

  defp discount(total) when total > 1_000, do: {:ok, 10}
  defp discount(total) when total > 100, do: {:ok, 5}
  defp discount(_), do: :none

  def describe(%__MODULE__{id: id, items: items}) do
    names = for %{name: name, count: count} <- items, count > 0, do: "#{count} #{name}"

    with [_ | _] <- names,
         text = Enum.join(names, ", ") do
      "#{id}: #{text}"
    else
      [] -> "#{id}: nothing"
    end
  end
end
`;

const testText = (n) => `defmodule Bench.M${n}Test do
  use ExUnit.Case, async: true
  alias Bench.M${n}

  test "checks out" do
    cart = M${n}.new(${n}) |> M${n}.add({"apple", 20, 3}) |> M${n}.add({"pear", 30, 4})
    assert {:ok, 205, _} = M${n}.checkout(cart)
    assert M${n}.describe(cart) == "${n}: 4 pear, 3 apple"
  end

  test "is empty" do
    assert {:error, :empty} = M${n}.checkout(M${n}.new(1))
  end
end
`;

const write = (name, text) => writeFileSync(join(project, name), text);
for (const folder of ["lib", "test"]) mkdirSync(join(project, folder), { recursive: true });
write(
  "mix.exs",
  `defmodule Bench.MixProject do
  use Mix.Project
  def project, do: [app: :bench, version: "0.1.0", deps: []]
end
`,
);
write("test/test_helper.exs", "ExUnit.start()\n");
for (let n = 1; n <= modules; n += 1) {
  write(`lib/m${n}.ex`, moduleText(n));
  // as many tests as a project of this size may have
  if (n % 4 === 0) write(`test/m${n}_test.exs`, testText(n));
}

const seconds = (withUs) => {
  const out = join(base, "run.escope");
  rmSync(out, { recursive: true, force: true });
  const command = ["mix", "test", "--seed", "0"];
  const [program, ...args] = withUs
    ? [process.execPath, bin, "run", "--quiet", "--out", out, "--", ...command]
    : command;
  const started = performance.now();
  const { status, stdout } = spawnSync(program, args, {
    cwd: project,
    encoding: "utf8",
    env: { ...process.env, XDG_CACHE_HOME: cache },
  });
  if (status !== 0) throw new Error(stdout);
  return (performance.now() - started) / 1000;
};

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const cold = (withUs) => {
  for (const folder of [join(project, "_build"), cache]) {
    rmSync(folder, { recursive: true, force: true });
  }
  return seconds(withUs);
};

const report = (name, once, goal) => {
  const alone = [];
  const ours = [];
  for (let i = 0; i < runs; i += 1) {
    alone.push(once(false));
    ours.push(once(true));
  }
  const added = median(ours) - median(alone);
  const figures = [median(alone), median(ours), added].map((s) => `${s.toFixed(2)} s`.padStart(9));
  console.log(`${name.padEnd(6)}${figures.join("")}   (goal: at most ${goal} s)`);
};

console.log(`${modules} modules, medians of ${runs}, mix test`);
console.log("         alone      with     added");
report("cold", cold, 10);
cold(true);
report("warm", seconds, 1);
