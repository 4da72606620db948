import { parse } from "@elixirscope/syntax";
import { describe, expect, it } from "vitest";
import { fileSyntax } from "./file-syntax.ts";
import { linkModule } from "./link-module.ts";
import type { ModuleData } from "./module-data.ts";
import { templateOwners } from "./template-owners.ts";

/** Modules of files, linked, by name. */
function project(files: Readonly<Record<string, string>>): ReadonlyMap<string, ModuleData> {
  const all = Object.entries(files).flatMap(([file, text]) =>
    fileSyntax(file, parse(text, { file })).modules.map(({ data }) => data),
  );
  const byName = new Map(all.map((module) => [module.name, module]));
  const owners = templateOwners(all);
  return new Map(
    all.map((module) => {
      const owner = byName.get(owners.get(module.name) ?? "");
      return [module.name, linkModule(module, (name) => byName.get(name), owner)];
    }),
  );
}

const callsOf = (module: ModuleData | undefined): readonly string[] =>
  (module?.functions ?? [])
    .flatMap(({ calls }) => calls)
    .map(({ target, resolution, kind }) => `${target ?? "?"} ${resolution} ${kind}`);

const using = (name: string, other: string): string =>
  `defmodule ${name} do\n defmacro __using__(_), do: quote(do: use(${other}))\n use ${other}\n def f, do: g()\nend\n`;

const WEB = `
defmodule ShopWeb do
  def controller do
    quote do
      use Phoenix.Controller, formats: [:html]
      import ShopWeb.Helpers
      alias ShopWeb.Router.Helpers, as: Routes
      @behaviour ShopWeb.Action
      def audit(conn), do: conn
      unquote(shared())
    end
  end

  def html do
    quote do
      use Phoenix.Component
      unquote(shared())
    end
  end

  defp shared do
    quote do
      import ShopWeb.Text, only: [shorten: 1]
      alias ShopWeb.Layouts
    end
  end

  defmacro __using__(which) when is_atom(which), do: apply(__MODULE__, which, [])
end
defmodule ShopWeb.Helpers do
  def present(x, opts \\\\ []), do: {x, opts}
  defmacro shout(x), do: x
  defp hidden(x), do: x
end
defmodule ShopWeb.Text do
  def shorten(x), do: x
end
defmodule ShopWeb.Action do
  @callback run(term, term) :: term
end
`;

describe("a module linked with its project", () => {
  const linked = project({
    "lib/shop_web.ex": WEB,
    "lib/shop_web/page.ex": `
defmodule ShopWeb.Page do
  use ShopWeb, :controller
  def run(conn, x) do
    audit(conn)
    present(x)
    shout(x)
    hidden(x)
    shorten(x)
    json(conn, x)
    Routes.page_path(conn, :index)
    Layouts.app(x)
    nowhere()
  end
end`,
  });

  it("has what its use brings: imports, aliases, behaviours, functions, also through each other", () => {
    const page = linked.get("ShopWeb.Page");
    expect(callsOf(page)).toEqual([
      "ShopWeb.Page.audit/1 exact call",
      "ShopWeb.Helpers.present/1 imported call",
      "ShopWeb.Helpers.shout/1 imported macro",
      "ShopWeb.Page.hidden/1 unknown call",
      "ShopWeb.Text.shorten/1 imported call",
      "Phoenix.Controller.json/2 imported call",
      "ShopWeb.Router.Helpers.page_path/2 exact call",
      "ShopWeb.Layouts.app/1 exact call",
      "ShopWeb.Page.nowhere/0 unknown call",
    ]);
    expect(page?.behaviours).toEqual(["ShopWeb.Action", "Plug"]);
    expect(page?.functions[0]?.callbackOf).toBe("ShopWeb.Action");
  });

  it("has imports of the project resolved, and remote macros told as such", () => {
    const { get } = { get: (name: string) => other.get(name) };
    const other = project({
      "a.ex": "defmodule A do\n def f(x), do: x\n defmacro m(x), do: x\nend",
      "b.ex": `
defmodule B do
  import A, except: [m: 1]
  require A
  def g(x), do: {f(x), m(x), A.m(x), A.f(x)}
end`,
    });
    expect(callsOf(get("B"))).toEqual([
      "A.f/1 imported call",
      "B.m/1 unknown call",
      "A.m/1 exact macro",
      "A.f/1 exact call",
    ]);
  });

  it("is the same object when nothing is to be resolved", () => {
    const [module] = fileSyntax(
      "a.ex",
      parse("defmodule A do\n def f(x), do: g(x)\n def g(x), do: x\nend"),
    ).modules;
    if (module === undefined) throw new Error("no module");
    expect(linkModule(module.data, () => undefined)).toBe(module.data);
  });

  it("ends when modules use each other in circles", () => {
    const circle = project({ "a.ex": using("A", "B") + using("B", "A") });
    expect(callsOf(circle.get("A"))).toContain("A.g/0 unknown call");
  });
});

describe("a template linked with its project", () => {
  it("sees what the module that embeds it sees", () => {
    const linked = project({
      "lib/shop_web.ex": WEB,
      "lib/shop_web/page_html.ex": `
defmodule ShopWeb.PageHTML do
  use ShopWeb, :html
  embed_templates "page_html/*"
  def badge(assigns), do: assigns
end`,
      "lib/shop_web/page_html/home.html.heex":
        "<.badge /><.link>{shorten(@x)}</.link><Layouts.app /><.other />",
    });
    expect(callsOf(linked.get(':"lib/shop_web/page_html/home.html.heex"'))).toEqual([
      "ShopWeb.PageHTML.badge/1 exact call",
      "Phoenix.Component.link/1 imported call",
      "ShopWeb.Text.shorten/1 imported call",
      "ShopWeb.Layouts.app/1 exact call",
      ':"lib/shop_web/page_html/home.html.heex".other/1 unknown call',
    ]);
  });

  it("is found beside its live view, below embedding folders, and by the folders of views", () => {
    const files = {
      "lib/web/live/cart_live.ex": "defmodule Web.CartLive do\nend",
      "lib/web/live/cart_live.html.heex": "x",
      "lib/web/views/page_view.ex": "defmodule Web.PageView do\nend",
      "lib/web/templates/page/index.html.eex": "x",
      "lib/web/deep.ex": 'defmodule Web.Deep do\n embed_templates "all/**/*.html"\nend',
      "lib/web/all/a/b/c.html.heex": "x",
      "lib/web/lonely.html.heex": "x",
    };
    const all = Object.entries(files).flatMap(([file, text]) =>
      fileSyntax(file, parse(text, { file })).modules.map(({ data }) => data),
    );
    expect(Object.fromEntries(templateOwners(all))).toEqual({
      ':"lib/web/live/cart_live.html.heex"': "Web.CartLive",
      ':"lib/web/templates/page/index.html.eex"': "Web.PageView",
      ':"lib/web/all/a/b/c.html.heex"': "Web.Deep",
    });
  });
});
