import { parse } from "@elixirscope/syntax";
import { describe, expect, test } from "vitest";
import { fileSyntax } from "../module/file-syntax.ts";
import { buildCfg } from "./cfg-build.ts";
import { buildDfg } from "./dfg-build.ts";
import { linkFlows } from "./interprocedural.ts";
import { TAINT_TABLES } from "./taint-tables.ts";
import { MESSAGE_SOURCES } from "./taint-table-sources.ts";
import { findTaint, type TaintFlow, type TaintOptions } from "./taint.ts";

function taint(code: string, options: TaintOptions = {}): readonly TaintFlow[] {
  const file = fileSyntax("m.ex", parse(code));
  const functions = file.modules.flatMap((module) =>
    module.functions.map((fn) => ({
      data: fn.data,
      dfg: buildDfg(fn, module, buildCfg(fn, module, file.ids), file.ids),
    })),
  );
  const byKey = new Map(functions.map(({ data }) => [data.key, data]));
  const program = linkFlows(
    functions.map(({ dfg }) => dfg),
    (key) => byKey.get(key),
  );
  const modules = new Map(file.modules.map(({ data }) => [data.name, data]));
  return findTaint(program, (name) => modules.get(name), options).flows;
}

/** `atom 3: request 2`: category and line of the sink, label and line of the source. */
function found(code: string, options: TaintOptions = {}): readonly string[] {
  return taint(code, options).map(
    ({ category, source, sink }) => `${category} ${sink.line}: ${source.label} ${source.line}`,
  );
}

/** A controller action with that body, which begins in line 4. */
function action(body: string): readonly string[] {
  return found(
    `defmodule ShopWeb.C do\n  use ShopWeb, :controller\n  def show(conn, params) do\n${body}\n  end\nend`,
  );
}

function callback(uses: string, head: string): string {
  return `defmodule M do\n  use ${uses}\n  ${head}, do: String.to_atom(p)\nend`;
}

const PARAMS = "parameters of a controller action 3";

describe("sources", () => {
  test("a controller's parameters and what is read of the request", () => {
    expect(action('String.to_atom(params["a"])')).toEqual([`atom 4: ${PARAMS}`]);
    expect(action('String.to_atom(conn.query_params["a"])')).toEqual(["atom 4: request 4"]);
    expect(action('%{params: p} = conn\nString.to_atom(p["a"])')).toEqual(["atom 5: request 4"]);
    expect(action("String.to_atom(conn.assigns.name)")).toEqual([]);
  });

  test("callbacks of LiveViews, channels and tasks", () => {
    expect(found(callback("W, :live_view", "def handle_event(_, p, _s)"))).toHaveLength(1);
    expect(found(callback("Phoenix.LiveView", "def handle_event(_, p, _s)"))).toHaveLength(1);
    expect(found(callback("W, :channel", "def handle_in(_, p, _s)"))).toHaveLength(1);
    expect(found(callback("Mix.Task", "def run(p)"))).toHaveLength(1);
    expect(found(callback("GenServer", "def handle_event(_, p, _s)"))).toEqual([]);
  });

  test("input of the program", () => {
    expect(
      found('defmodule M do\n  def f do\n    IO.gets("?") |> String.to_atom()\n  end\nend'),
    ).toEqual(["atom 3: standard input 3"]);
    expect(found("defmodule M do\n  def f, do: System.argv() |> hd() |> :os.cmd()\nend")).toEqual([
      "command 2: command line 2",
    ]);
  });

  test("messages only when asked for", () => {
    const code =
      "defmodule M do\n  use GenServer\n  def handle_info({:n, x}, s), do: {String.to_atom(x), s}\nend";
    expect(found(code)).toEqual([]);
    const sources = [...TAINT_TABLES.sources, ...MESSAGE_SOURCES];
    expect(found(code, { tables: { ...TAINT_TABLES, sources } })).toEqual([
      "atom 3: message to a server 3",
    ]);
  });
});

describe("ways", () => {
  test("through patterns, containers, pipes, interpolation and branches", () => {
    expect(action('%{"q" => q} = params\nsql = "select #{q}"\nShop.Repo.query(sql)')).toEqual([
      `sql 6: ${PARAMS}`,
    ]);
    expect(action('x = if conn, do: params["x"], else: "y"\nCode.eval_string(x)')).toEqual([
      `code 5: ${PARAMS}`,
    ]);
  });

  test("only the tainted part of a tuple or map counts", () => {
    expect(action("{a, _} = {params, 1}\nString.to_atom(a)")).toHaveLength(1);
    expect(action("{_, b} = {params, 1}\nString.to_atom(b)")).toEqual([]);
    expect(action("m = %{a: params, b: 1}\nString.to_atom(m.b)")).toEqual([]);
    expect(action('redirect(conn, to: params["to"])')).toEqual([]);
    expect(action('redirect(conn, external: params["to"])')).toEqual([`redirect 4: ${PARAMS}`]);
  });

  test("through closures and captured functions", () => {
    expect(action("Enum.map(params, fn {k, _} -> String.to_atom(k) end)")).toHaveLength(1);
    expect(action("Enum.map(params, &String.to_atom/1)")).toHaveLength(1);
    expect(action('Enum.each([1], fn _ -> File.rm(params["f"]) end)')).toHaveLength(1);
    expect(action('x = Enum.find(["a"], fn y -> y == params["f"] end)\nFile.rm(x)')).toEqual([]);
  });

  test("into functions, out of them and up to callers, with the steps", () => {
    const [flow, ...others] = taint(`defmodule A do
  def main, do: read() |> B.run()
  defp read, do: IO.gets("name")
end
defmodule B do
  def run(name), do: name |> String.trim() |> atom()
  defp atom(text), do: String.to_atom(text)
end`);
    expect(others).toEqual([]);
    expect(flow?.source).toMatchObject({ function: "A.read/0", line: 3 });
    expect(flow?.sink).toMatchObject({
      function: "B.atom/1",
      line: 7,
      called: "String.to_atom/1",
      argument: 0,
    });
    const functions = flow?.steps
      .map((step) => step.function)
      .filter((key, i, all) => key !== all[i - 1]);
    expect(functions).toEqual(["A.read/0", "A.main/0", "B.run/1", "B.atom/1"]);
    expect(flow?.steps.at(-1)?.name).toBe("text");
  });

  test("a call does not mix its callers", () => {
    const code = `defmodule M do
  def a, do: id(IO.gets("")) |> IO.puts()
  def b, do: id("fixed") |> String.to_atom()
  defp id(x), do: x
end`;
    expect(found(code)).toEqual([]);
  });

  test("from inside a function to the closure that it was given, and back", () => {
    const out = `defmodule M do
  def run, do: with_line(fn line -> String.to_atom(line) end)
  def other, do: with_line(fn _ -> :ok end)
  defp with_line(fun) do
    line = IO.gets("")
    fun.(line)
  end
end`;
    expect(found(out)).toEqual(["atom 2: standard input 5"]);
    const back = `defmodule M do
  def run, do: with_line(fn -> IO.gets("") end)
  defp with_line(fun), do: String.to_atom(fun.())
end`;
    expect(found(back)).toEqual(["atom 3: standard input 2"]);
  });

  test("through the state of a server and what a LiveView shows", () => {
    const server = `defmodule M do
  use GenServer
  def init(_), do: {:ok, %{a: IO.gets(""), b: 1}}
  def handle_call(:a, _from, state), do: {:reply, String.to_atom(state.a), state}
  def handle_call(:b, _from, state), do: {:reply, String.to_atom(state.b), state}
end`;
    expect(found(server)).toEqual(["atom 4: standard input 3"]);
    const live = `defmodule M do
  use Phoenix.LiveView
  def handle_event("save", params, socket) do
    socket = Phoenix.Component.assign(socket, :html, params["html"])
    {:noreply, Phoenix.Component.assign(socket, :title, "fixed")}
  end
  def render(assigns) do
    ~H"{Phoenix.HTML.raw(@title)} {Phoenix.HTML.raw(@html)}"
  end
end`;
    expect(taint(live).map(({ sink }) => [sink.line, sink.column])).toEqual([[8, 49]]);
  });

  test("through mutual recursion", () => {
    const code = `defmodule M do
  def run, do: even(IO.gets(""), 10)
  defp even(x, 0), do: String.to_atom(x)
  defp even(x, n), do: odd(x, n - 1)
  defp odd(x, n), do: even(x, n - 1)
end`;
    expect(found(code)).toEqual(["atom 3: standard input 2"]);
  });

  test("by apply", () => {
    const code = `defmodule M do
  def run, do: apply(M, :go, [1, IO.gets("")])
  def go(_, x), do: String.to_atom(x)
end`;
    expect(found(code)).toEqual(["atom 3: standard input 2"]);
  });
});

describe("what makes harmless", () => {
  test("sanitizers, for all or for one kind of harm", () => {
    expect(action('String.to_existing_atom(params["a"]) |> File.rm()')).toEqual([]);
    expect(action('params["a"] |> Path.basename() |> File.rm()')).toEqual([]);
    expect(action('params["a"] |> Path.basename() |> String.to_atom()')).toHaveLength(1);
    expect(action('Phoenix.HTML.raw(Plug.HTML.html_escape(params["a"]))')).toEqual([]);
    expect(action('String.to_atom("#{params["a"] == 1}")')).toEqual([]);
  });

  test("a list of what is allowed, a comparison, a guard", () => {
    expect(action('x = params["x"]\nif x in ~w(a b), do: String.to_atom(x)')).toEqual([]);
    expect(action('x = params["x"]\nif x in ~w(a b), do: 1, else: String.to_atom(x)')).toHaveLength(
      1,
    );
    expect(action('x = params["x"]\nif x not in ~w(a b), do: 1, else: String.to_atom(x)')).toEqual(
      [],
    );
    expect(action('x = params["x"]\ncase x do\n  "a" -> String.to_atom(x)\nend')).toEqual([]);
    expect(
      action('x = params["x"]\ncase x do\n  y when y in ["a"] -> String.to_atom(y)\nend'),
    ).toEqual([]);
  });

  test("what a database answers", () => {
    expect(action('user = Repo.get(User, params["id"])\nFile.rm(user.path)')).toEqual([]);
  });

  test("constants", () => {
    expect(action('File.rm("/var/cache")\nString.to_atom("a")')).toEqual([]);
  });
});

test("tables can be replaced", () => {
  const tables = {
    ...TAINT_TABLES,
    sources: [{ kind: "call", label: "mine", functions: ["My.input"] }],
    sinks: [{ category: "code", label: "mine", functions: ["My.danger/2"], argument: 1 }],
  } as const;
  const code =
    "defmodule M do\n  def f(a) do\n    My.danger(a, My.input())\n    My.danger(My.input(), a)\n  end\nend";
  expect(found(code, { tables })).toEqual(["code 3: mine 3"]);
});

test("a search that is cut short says so", () => {
  const file = fileSyntax(
    "m.ex",
    parse('defmodule M do\n  def f, do: IO.gets("") |> g() |> h()\nend'),
  );
  const [module] = file.modules;
  if (module === undefined) throw new Error("no module");
  const dfgs = module.functions.map((fn) =>
    buildDfg(fn, module, buildCfg(fn, module, file.ids), file.ids),
  );
  const program = linkFlows(dfgs, () => module.data.functions[0]);
  expect(findTaint(program, () => module.data, { states: 1 }).complete).toBe(false);
  expect(findTaint(program, () => module.data).complete).toBe(true);
});
