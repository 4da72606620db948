import { expect, it } from "vitest";
import { mixExs } from "../../../testing/temporary-project.ts";
import { readMixProject } from "./mix-project.ts";

function pathsOf(settings: string, definitions = ""): readonly (readonly string[])[] {
  const { paths, testPaths } = readMixProject(
    mixExs("shop", settings).replace(/end\n$/, `${definitions}\nend\n`),
  );
  return [paths, testPaths];
}

it("reads the application, and lib where nothing else is said", () => {
  expect(readMixProject(mixExs("shop"))).toEqual({
    app: "shop",
    appsPath: null,
    paths: ["lib"],
    testPaths: [],
    unknown: [],
  });
});

it("reads an umbrella's apps_path", () => {
  const project = readMixProject(
    'defmodule A do\n  def project, do: [apps_path: "services"]\nend\n',
  );
  expect(project).toMatchObject({ app: null, appsPath: "services" });
});

it.each([
  ["a literal", 'elixirc_paths: ["lib", "web"]', "", [["lib", "web"], []]],
  [
    "clauses by environment, as Phoenix writes them",
    "elixirc_paths: elixirc_paths(Mix.env())",
    'defp elixirc_paths(:test), do: ["lib", "test/support"]\n  defp elixirc_paths(_), do: ["lib"]',
    [["lib"], ["test/support"]],
  ],
  [
    "a guard",
    "elixirc_paths: paths(Mix.env())",
    'defp paths(env) when env in [:test, :bench], do: ["lib", "support"]\n  defp paths(_env), do: ["lib"]',
    [["lib"], ["support"]],
  ],
  [
    "lists put together",
    "elixirc_paths: base() ++ extra(Mix.env)",
    'def base, do: ["src"]\n  def extra(:test), do: ["t"]\n  def extra(:dev), do: ["d"]\n  def extra(_), do: []',
    [["src", "d"], ["t"]],
  ],
  ["an attribute", "elixirc_paths: @paths", '@paths ["a", "b"]', [["a", "b"], []]],
  [
    "an if",
    'elixirc_paths: if(Mix.env() == :test, do: ["lib", "t"], else: ["lib"])',
    "",
    [["lib"], ["t"]],
  ],
])("follows %s", (_what, settings, definitions, expected) => {
  expect(pathsOf(settings, definitions)).toEqual(expected);
});

it.each([
  ["something computed", 'elixirc_paths: Path.wildcard("*/lib")', ""],
  ["a function that calls itself", "elixirc_paths: paths()", "def paths, do: paths()"],
])("says that it cannot follow %s, where it stands", (_what, settings, definitions) => {
  const text = mixExs("shop", settings).replace(/end\n$/, `${definitions}\nend\n`);
  const project = readMixProject(text);
  expect(project.paths).toEqual(["lib"]);
  expect(project.unknown).toMatchObject([{ line: 8 }]);
});

it("finds settings in lists that are put together", () => {
  const text =
    'defmodule A do\n  def project do\n    [app: :a] ++ [elixirc_paths: ["x"]]\n  end\nend\n';
  expect(readMixProject(text)).toMatchObject({ app: "a", paths: ["x"] });
});
