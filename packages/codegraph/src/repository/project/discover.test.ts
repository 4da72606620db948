import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { mixExs, TemporaryProject } from "../../../testing/temporary-project.ts";
import { Discovery } from "./discover.ts";
import type { FileRole, Project } from "./project-file.ts";

const ALL: readonly FileRole[] = ["compiled", "template", "script", "test", "dependency"];

let project: TemporaryProject | null = null;

afterEach(() => {
  project?.[Symbol.dispose]();
  project = null;
});

function make(files: Readonly<Record<string, string>>): TemporaryProject {
  project = new TemporaryProject(files);
  return project;
}

async function discover(root: string, wanted?: readonly FileRole[]): Promise<Project> {
  const options = wanted === undefined ? {} : { roles: wanted };
  return await (await Discovery.begin(root, options)).find();
}

function roles({ files }: Project): Record<string, FileRole> {
  return Object.fromEntries(files.map(({ path, role }) => [path, role]));
}

describe("a Mix project", () => {
  const FILES = {
    "mix.exs": mixExs("shop", "elixirc_paths: elixirc_paths(Mix.env())").replace(
      /end\n$/,
      'defp elixirc_paths(:test), do: ["lib", "test/support"]\n  defp elixirc_paths(_), do: ["lib"]\nend\n',
    ),
    "config/config.exs": "",
    "lib/shop.ex": "",
    "lib/shop/deps/graph.ex": "",
    "lib/shop_web/page.html.heex": "",
    "priv/repo/seeds.exs": "",
    "priv/other.ex": "",
    "test/shop_test.exs": "",
    "test/support/case.ex": "",
    "deps/plug/mix.exs": mixExs("plug"),
    "deps/plug/lib/plug.ex": "",
    "_build/dev/lib/shop.ex": "",
    "assets/node_modules/x/y.ex": "",
    ".elixir_ls/z.ex": "",
    "README.md": "",
  };

  it("gives each file a role, without tests, dependencies and what tools made", async () => {
    const found = await discover(make(FILES).root);
    expect(roles(found)).toEqual({
      "config/config.exs": "script",
      "lib/shop.ex": "compiled",
      "lib/shop/deps/graph.ex": "compiled",
      "lib/shop_web/page.html.heex": "template",
      "mix.exs": "script",
      "priv/other.ex": "script",
      "priv/repo/seeds.exs": "script",
    });
    expect(found).toMatchObject({
      kind: "mix",
      applications: [{ name: "shop", path: ".", compiledPaths: ["lib"] }],
      leftOut: { test: 2 },
      problems: [],
    });
  });

  it("takes tests and dependencies when they are asked for", async () => {
    const found = await discover(make(FILES).root, ALL);
    expect(roles(found)).toMatchObject({
      "test/shop_test.exs": "test",
      "test/support/case.ex": "test",
      "deps/plug/lib/plug.ex": "dependency",
    });
    expect(Object.keys(roles(found)).filter((path) => path.startsWith("_build"))).toEqual([]);
  });
});

it("understands an umbrella, also with apps elsewhere", async () => {
  const { root } = make({
    "app/mix.exs": 'defmodule U do\n  def project, do: [apps_path: "../services"]\nend\n',
    "services/cart/mix.exs": mixExs("cart", 'elixirc_paths: ["src", "../../shared"]'),
    "services/cart/src/cart.ex": "",
    "services/web/mix.exs": mixExs("web"),
    "services/web/lib/web.ex": "",
    "services/web/test/web_test.exs": "",
    "shared/money.ex": "",
  });
  const found = await discover(`${root}/app`);
  expect(found.kind).toBe("umbrella");
  expect(found.applications.map(({ name }) => name)).toEqual(["app", "cart", "web"]);
  expect(roles(found)).toEqual({
    "../services/cart/mix.exs": "script",
    "../services/cart/src/cart.ex": "compiled",
    "../services/web/lib/web.ex": "compiled",
    "../services/web/mix.exs": "script",
    "../shared/money.ex": "compiled",
    "mix.exs": "script",
  });
  const cart = found.files.find(({ path }) => path.endsWith("cart.ex"));
  expect(cart?.application).toBe("cart");
  expect(found.files.find(({ path }) => path === "../shared/money.ex")?.application).toBe("cart");
});

it("takes everything of a folder without mix.exs", async () => {
  const { root } = make({ "a.ex": "", "b/c_test.exs": "", "b/d.eex": "", "deps/e.ex": "" });
  const found = await discover(root);
  expect(found.kind).toBe("folder");
  expect(roles(found)).toEqual({
    "a.ex": "compiled",
    "b/c_test.exs": "script",
    "b/d.eex": "template",
  });
});

it("takes a single file", async () => {
  const { root } = make({ "a.exs": "1", "b.ex": "" });
  const found = await discover(`${root}/a.exs`);
  expect(found).toMatchObject({ root, kind: "file", files: [{ path: "a.exs", bytes: 1 }] });
});

it("leaves projects below tests to the tests", async () => {
  const { root } = make({
    "mix.exs": mixExs("shop"),
    "lib/a.ex": "",
    "test/fixtures/app/mix.exs": mixExs("app"),
    "test/fixtures/app/lib/b.ex": "",
  });
  const found = await discover(root);
  expect(Object.keys(roles(found))).toEqual(["lib/a.ex", "mix.exs"]);
  expect(found.applications).toHaveLength(1);
});

describe("what is wrong in a tree", () => {
  it("does not go round in loops of links, and says where they are", async () => {
    const { root } = make({ "lib/a.ex": "", "lib/sub/b.ex": "" });
    symlinkSync("..", `${root}/lib/sub/up`);
    symlinkSync("self.ex", `${root}/lib/self.ex`);
    symlinkSync("nowhere.ex", `${root}/lib/dangling.ex`);
    const found = await discover(root);
    expect(Object.keys(roles(found))).toEqual(["lib/a.ex", "lib/sub/b.ex"]);
    expect(found.problems.map(({ path, code }) => [path, code])).toEqual([
      ["lib/dangling.ex", "unreadable"],
      ["lib/self.ex", "symlink_loop"],
      ["lib/sub/up", "symlink_loop"],
    ]);
  });

  it("takes what two ways lead to once", async () => {
    const { root } = make({ "real/a.ex": "" });
    symlinkSync("real", `${root}/way`);
    const found = await discover(root);
    expect(Object.keys(roles(found))).toEqual(["real/a.ex"]);
    expect(found.problems).toEqual([]);
  });

  it("notes what has a source's name and is no file", async () => {
    const { root } = make({ "a.ex": "" });
    mkdirSync(`${root}/folder.ex`);
    writeFileSync(`${root}/folder.ex/b.ex`, "");
    expect(Object.keys(roles(await discover(root)))).toEqual(["a.ex", "folder.ex/b.ex"]);
  });

  it("rejects a root that is not there", async () => {
    await expect(discover("/nowhere/at/all")).rejects.toMatchObject({
      code: "unreadable",
      message: expect.stringContaining("/nowhere/at/all"),
    });
  });

  it("stops at a limit of files and says so", async () => {
    const { root } = make({ "a/1.ex": "", "a/2.ex": "", "b/3.ex": "" });
    const found = await (await Discovery.begin(root, { maxFiles: 2 })).find();
    expect(Object.keys(roles(found))).toEqual(["a/1.ex", "a/2.ex"]);
    expect(found.problems).toMatchObject([{ path: "b", code: "too_many_files" }]);
  });
});

it("looks again only where something changed", async () => {
  const { root } = make({ "lib/a.ex": "", "lib/old/b.ex": "", "mix.exs": mixExs("shop") });
  const discovery = await Discovery.begin(root);
  await discovery.find();
  renameSync(`${root}/lib/old`, `${root}/lib/new`);
  writeFileSync(`${root}/lib/new/c.ex`, "");
  rmSync(`${root}/lib/a.ex`);
  const found = await discovery.find([`${root}/lib`]);
  expect(Object.keys(roles(found))).toEqual(["lib/new/b.ex", "lib/new/c.ex", "mix.exs"]);
  expect(discovery.folders).toEqual([root, `${root}/lib`, `${root}/lib/new`]);
});
