import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, walk, type Node } from "@elixirscope/syntax";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileSyntax } from "./file-syntax.ts";
import type { FunctionData, ModuleData } from "./module-data.ts";
import type { FileSyntax } from "./module-syntax.ts";

const read = (text: string, file = "lib/a.ex"): FileSyntax =>
  fileSyntax(file, parse(text, { file }));
const modules = (text: string): readonly ModuleData[] => read(text).modules.map(({ data }) => data);
const only = (text: string): ModuleData => {
  const [module] = modules(`defmodule M do\n${text}\nend`);
  if (module === undefined) throw new Error("no module");
  return module;
};
const functionOf = (text: string): FunctionData => {
  const fn = only(text).functions.at(-1);
  if (fn === undefined) throw new Error("no function");
  return fn;
};
/** Calls of the last function, without operators: `target resolution kind`, `!` for the last thing. */
const calls = (text: string): readonly string[] =>
  functionOf(text).calls.map(
    ({ target, resolution, kind, tail }) =>
      `${target ?? "?"} ${resolution} ${kind}${tail ? " !" : ""}`,
  );

/** Names of the calls that are the last thing a function with this body does, Kernel's left out. */
const tails = (body: string): readonly string[] =>
  calls(`def f(x) do\n${body}\nend`)
    .filter((call) => call.endsWith("!") && !call.startsWith("Kernel."))
    .map((call) => call.slice(2, call.indexOf("/")));

describe("modules", () => {
  it("have what their own `use` defines, not that of a module inside or of a quote", () => {
    const call = "def x, do: child_spec(1)";
    expect(calls(`use GenServer\n${call}`)).toEqual(["M.child_spec/1 exact call !"]);
    const unknown = ["M.child_spec/1 unknown call !"];
    expect(calls(`defmodule N do\nuse GenServer\nend\n${call}`)).toEqual(unknown);
    const using = "defmacro __using__(_) do\nquote do\nuse GenServer\nend\nend";
    expect(calls(`${using}\n${call}`)).toEqual(unknown);
  });

  it("are named as Elixir names them, with their parents", () => {
    const all = modules(`
alias Top.Level
defmodule Level.A do
  defmodule B.C do
    defmodule __MODULE__.D, do: nil
  end
  def f, do: B.run()
end
defmodule :erl do
end
defprotocol P do
  def size(x)
end
defimpl P, for: [Level, Map] do
  def size(x), do: x
end
`);
    expect(all.map(({ name, kind, parent }) => `${name} ${kind} ${parent ?? "-"}`)).toEqual([
      "Top.Level.A module -",
      "Top.Level.A.B.C module Top.Level.A",
      "Top.Level.A.B.C.D module Top.Level.A.B.C",
      ":erl module -",
      "P protocol -",
      "P.Top.Level implementation -",
      "P.Map implementation -",
    ]);
    expect(all[0]?.functions[0]?.calls[0]?.target).toBe("Top.Level.A.B.run/0");
    expect(all[5]?.functions[0]).toMatchObject({ key: "P.Top.Level.size/1", callbackOf: "P" });
  });

  it("that functions or quotes make, or whose names are computed, are left out and told of", () => {
    const file = read(`
defmodule A do
  defmacro m do
    quote do
      defmodule Quoted do
      end
    end
  end
  def f do
    defmodule Inner do
    end
  end
  defmodule unquote(name) do
  end
end
`);
    expect(file.modules.map(({ data }) => data.name)).toEqual(["A"]);
    expect(file.excluded.map(({ reason, range }) => `${range.line} ${reason}`)).toEqual([
      "5 defmodule inside a quote",
      "10 defmodule inside a function",
      "13 its name is computed",
    ]);
  });

  it("carry docs, attributes, types, callbacks, struct fields, uses and imports", () => {
    const data = only(`
  @moduledoc """
  Doc.
  """
  use GenServer, restart: :transient
  @behaviour Other
  import Enum, only: [map: 2]
  import Foo, except: [bar: 1]
  alias A.{B, C}
  alias D.E, as: F
  require Logger
  @limit 10
  @type t(x) :: {x, integer}
  @opaque o :: t(1)
  @callback run(term) :: :ok
  @macrocallback gone() :: Macro.t
  @optional_callbacks run: 1
  @fields [:a, :b]
  defstruct @fields
`);
    expect(data).toMatchObject({
      doc: "Doc.\n",
      behaviours: ["GenServer", "Other"],
      uses: [{ module: "GenServer", options: "restart: :transient" }],
      imports: [
        { module: "Enum", only: ["map/2"], except: null },
        { module: "Foo", only: null, except: ["bar/1"] },
      ],
      aliases: [
        { as: "B", module: "A.B" },
        { as: "C", module: "A.C" },
        { as: "F", module: "D.E" },
      ],
      attributes: [
        { name: "limit", value: "10" },
        { name: "fields", value: "[:a, :b]" },
      ],
      types: [
        { kind: "type", name: "t", arity: 1 },
        { kind: "opaque", name: "o", arity: 0 },
      ],
      callbacks: [
        { name: "run", arity: 1, optional: true },
        { name: "gone", arity: 0, optional: false },
      ],
      structFields: ["a", "b"],
    });
    expect(only("@moduledoc false").doc).toBe(false);
    const schema = only(`
  use Ecto.Schema
  schema "carts" do
    field :name, :string
    belongs_to :user, User
    embeds_many :items, Item
    timestamps()
  end`);
    expect(schema.structFields).toEqual([
      "id",
      "name",
      "user_id",
      "user",
      "items",
      "inserted_at",
      "updated_at",
    ]);
    expect(only("defexception [:code, message: 1]")).toMatchObject({
      structFields: ["code", "message"],
      behaviours: ["Exception"],
    });
  });
});

describe("functions", () => {
  it("of every kind are known with their clauses, defaults, docs and specs", () => {
    const { functions } = only(`
  @doc "Adds."
  @spec add(integer, integer) :: integer
  def add(a, b \\\\ 1)
  def add(a, b) when is_integer(a) and b > 0, do: a + b
  def add(a, _), do: a
  @doc false
  defp hidden, do: :ok
  defmacro m(x), do: x
  defguard is_small(x) when x < 3
  defdelegate go(x, y \\\\ 2), to: Other, as: :run
  def unquote(:named)(x), do: x
  def unquote(name)(x), do: x
`);
    const shapes = functions.map(
      ({ key, kind, minArity, clauses }) => `${key} ${kind} ${minArity} ${clauses.length}`,
    );
    expect(shapes).toEqual([
      "M.add/2 def 1 2",
      "M.hidden/0 defp 0 1",
      "M.m/1 defmacro 1 1",
      "M.is_small/1 defguard 1 1",
      "M.go/2 defdelegate 1 1",
      "M.named/1 def 1 1",
      "M.unquote(name)/1 def 1 1",
    ]);
    expect(functions[0]).toMatchObject({
      doc: "Adds.",
      specs: ["add(integer, integer) :: integer"],
      clauses: [
        { index: 0, patterns: ["a", "b"], guard: "is_integer(a) and b > 0" },
        { index: 1, patterns: ["a", "_"], guard: null },
      ],
    });
    expect(functions[1]?.doc).toBe(false);
    expect(functions[6]?.dynamic).toBe(true);
    expect(functions[4]?.calls[0]).toMatchObject({ target: "Other.run/2", tail: true });
  });

  it("are also the blocks that macros make functions of", () => {
    const { functions } = only(`
  use ExUnit.Case
  setup %{a: a}, do: run(a)
  describe "cart" do
    test "adds", %{cart: cart} do
      assert add(cart)
    end
    test "adds", do: add(1)
  end
  use Plug.Router
  get "/items/:id" do
    send_resp(conn, 200, show(id))
  end`);
    expect(functions.map(({ key, kind }) => `${key} ${kind}`)).toEqual([
      "M.setup/1 block",
      "M.test cart adds/1 block",
      "M.test cart adds/0 block",
      "M.get /items/:id/1 block",
    ]);
    expect(functions[1]).toMatchObject({ clauses: [{ patterns: ["%{cart: cart}"] }] });
    const called = functions.map(({ calls: sites }) => sites.map(({ target }) => target).join(" "));
    expect(called).toEqual([
      "M.run/1",
      "ExUnit.Assertions.assert/1 M.add/1",
      "M.add/1",
      "Plug.Conn.send_resp/3 M.show/1",
    ]);
  });

  it("know whose callback they are", () => {
    const data = only(`
  use GenServer
  @behaviour Plug
  @impl true
  def init(x), do: x
  def handle_call(:x, _, s), do: s
  def call(conn, _), do: conn
  def other(x), do: x
`);
    expect(data.functions.map(({ callbackOf, impl }) => `${callbackOf ?? "-"} ${impl}`)).toEqual([
      "GenServer true",
      "GenServer false",
      "Plug false",
      "- false",
    ]);
  });

  it("keep the parts of a body with rescue apart", () => {
    const [module] = read(`defmodule M do
  def f(x) do
    x
  rescue
    e -> e
  catch
    _, t -> t
  else
    y -> y
  after
    z()
  end
end`).modules;
    const clause = module?.functions[0]?.clauses[0];
    const parts = [clause?.body, clause?.rescue, clause?.catch, clause?.else, clause?.after];
    expect(parts.every((part) => part !== null && part !== undefined)).toBe(true);
  });
});

describe("calls", () => {
  it("resolve local, imported, remote, dynamic and unknown names", () => {
    expect(
      calls(`
  import Enum, only: [map: 2]
  def own(x), do: x
  def f(m, g) do
    own(1)
    map(m, g)
    String.trim(m)
    :ets.new(:a, [])
    m.run(1)
    g.(2)
    m.field
    nowhere(3)
  end`),
    ).toEqual([
      "M.own/1 exact call",
      "Enum.map/2 imported call",
      "String.trim/1 exact call",
      ":ets.new/2 exact call",
      "? dynamic call",
      "? dynamic call",
      "M.nowhere/1 unknown call !",
    ]);
  });

  it("name what module, function and arguments name", () => {
    expect(
      calls("def f(x), do: {apply(M, :g, [x, 1]), Task.async(M, :h, [x]), apply(x, :y, [])}"),
    ).toEqual([
      "Kernel.apply/3 imported call",
      "M.g/2 exact apply",
      "Task.async/3 exact call",
      "M.h/1 exact apply",
      "Kernel.apply/3 imported call",
    ]);
  });

  it("in queries are only those that are evaluated", () => {
    expect(
      calls(`
  import Ecto.Query
  def f(q, id), do: from(u in base(q), where: u.id == ^key(id)) |> where([u], u.a > 1)`),
    ).toEqual([
      "Kernel.|>/2 imported macro !",
      "Ecto.Query.from/2 imported macro",
      "M.base/1 unknown call",
      "M.key/1 unknown call",
      "Ecto.Query.where/3 imported macro !",
    ]);
  });

  it("inside quotes are none, but what is unquoted is", () => {
    expect(calls("defmacro m(x), do: quote(do: run(unquote(prep(x))))")).toEqual([
      "M.prep/1 unknown call",
    ]);
  });

  it("are last where nothing follows", () => {
    expect(tails("a(x)\nb(x)")).toEqual(["b"]);
    expect(tails("if c(x), do: a(x), else: b(x)")).toEqual(["a", "b"]);
    expect(tails("case c(x) do\n 1 -> a(x)\n _ -> b(x)\nend")).toEqual(["a", "b"]);
    expect(tails("with {:ok, y} <- c(x) do\n a(y)\nelse\n _ -> b(x)\nend")).toEqual(["a", "b"]);
    expect(tails("x |> a() |> b()")).toEqual(["b"]);
    expect(tails("a(x) && b(x)")).toEqual(["b"]);
    expect(tails("try do\n a(x)\nrescue\n _ -> b(x)\nend")).toEqual(["b"]);
    expect(tails("try do\n a(x)\nafter\n b(x)\nend")).toEqual([]);
    expect(tails("y = Enum.map(x, fn y -> a(y) end)\n:ok")).toEqual([]);
    expect(tails("for y <- x, do: a(y)")).toEqual([]);
    expect(tails("receive do\n y -> a(y)\nafter\n 1 -> b(x)\nend")).toEqual(["a", "b"]);
  });

  it("of components in templates are calls of functions", () => {
    expect(
      calls(`
  use Phoenix.Component
  def badge(assigns), do: assigns
  def page(assigns) do
    ~H"""
    <.badge label={upcase(@name)} />
    <Shop.Card.card>{raw(@html)}</Shop.Card.card>
    <.link href="/">x</.link>
    """
  end`),
    ).toEqual([
      "Phoenix.Component.sigil_H/2 imported macro !",
      "M.badge/1 exact call",
      "M.upcase/1 unknown call",
      "Shop.Card.card/1 exact call",
      "M.raw/1 unknown call",
      "Phoenix.Component.link/1 imported call",
    ]);
  });

  it("are found by their nodes, and modules by theirs", () => {
    const [module] = read("defmodule M do\n alias A.B\n def f, do: B.C.run(:ets, B)\nend").modules;
    const call = module?.functions[0]?.clauses[0]?.body;
    if (call?.kind !== "call" || module === undefined) throw new Error("no call");
    expect(module.names.targetOf(call)).toEqual({ target: "A.B.C.run/2", resolution: "exact" });
    expect(call.args.map((arg) => module.names.moduleOf(arg))).toEqual([":ets", "A.B"]);
    expect(module.names.siteOf(call)?.range).toMatchObject({ line: 3, column: 13 });
    expect(module.names.targetOf(module.node)).toBeNull();
  });
});

describe("template files", () => {
  it("are modules with one function over assigns", () => {
    const text = "<h1>{@title}</h1>\n<.card :for={c <- @cards}>{raw(c)}</.card>\n";
    const file = read(text, "lib/web/page_html/home.html.heex");
    const [module] = file.modules;
    expect(module?.data).toMatchObject({
      name: ':"lib/web/page_html/home.html.heex"',
      kind: "template",
      functions: [{ name: "home", arity: 1, clauses: [{ patterns: ["assigns"] }] }],
    });
    const nodes: Node[] = [];
    walk(file.parsed.tree, (node) => {
      nodes.push(node);
    });
    const ids = nodes.map((node) => file.ids.idOf(node));
    expect(ids).not.toContain(null);
    expect(new Set(ids).size).toBe(nodes.length);
    expect(
      module?.data.functions[0]?.calls.map(({ target, range }) => `${target ?? ""} ${range.line}`),
    ).toEqual([
      ':"lib/web/page_html/home.html.heex".card/1 2',
      ':"lib/web/page_html/home.html.heex".raw/1 2',
    ]);
  });
});

describe("files that are broken, deep or large", () => {
  it("give what can be read of them", () => {
    const file = read(
      "defmodule A do\n  def ok(x), do: run(x)\n  def broken(x, do\n  def after_it, do: 1\nend",
    );
    expect(file.parsed.diagnostics.length).toBeGreaterThan(0);
    expect(file.modules[0]?.data.functions.map(({ name }) => name)).toContain("ok");
  });

  it("never throw, whatever is cut, doubled or moved", () => {
    const folder = resolve(import.meta.dirname, "../../../../fixtures/codegraph/modules");
    const sources = readdirSync(folder)
      .filter((name) => name.endsWith(".ex"))
      .map((name) => readFileSync(join(folder, name), "utf8"));
    const edit = fc.record({
      source: fc.constantFrom(...sources),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(40),
      to: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(edit, ({ source, at, length, to }) => {
        const from = Math.floor(at * source.length);
        const rest = source.slice(0, from) + source.slice(from + length);
        const put = Math.floor(to * rest.length);
        const text = rest.slice(0, put) + source.slice(from, from + length) + rest.slice(put);
        const { modules: found } = read(text);
        const outside = found
          .flatMap(({ data }) => data.functions.flatMap((fn) => fn.calls))
          .filter(({ range }) => range.start < 0 || range.end > text.length);
        expect(outside).toEqual([]);
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it("nest 10,000 levels", () => {
    const n = 10_000;
    const nests = [
      "[".repeat(n) + "]".repeat(n),
      `${"f(".repeat(n)}1${")".repeat(n)}`,
      `${"fn -> ".repeat(n)}1${" end".repeat(n)}`,
      `${"if x do ".repeat(n)}1${" end".repeat(n)}`,
      `1${" |> f()".repeat(n)}`,
      `${"x = ".repeat(n)}1`,
      `${"quote do ".repeat(n)}1${" end".repeat(n)}`,
    ];
    for (const body of nests) {
      const [module] = modules(`defmodule M do\n def f(x), do: ${body}\nend`);
      expect(module?.functions).toHaveLength(1);
    }
  }, 60_000);
});
