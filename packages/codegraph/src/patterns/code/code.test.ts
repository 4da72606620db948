import { isCall, parse, walk, type Node } from "@elixirscope/syntax";
import { describe, expect, it } from "vitest";
import { fileSyntax } from "../../module/file-syntax.ts";
import { routesOf } from "../recognisers/routes.ts";
import { bindingOf } from "./bindings.ts";
import { callOf } from "./call.ts";
import { callsOfFunction, reachedCalls } from "./calls-in.ts";
import { FileCode } from "./file-code.ts";
import { loopAround, variesWith } from "./loops.ts";
import { originsOf } from "./origins.ts";
import { sameCode } from "./same-code.ts";
import { inputIn } from "./trust.ts";

const codeOf = (body: string, head = ""): FileCode =>
  new FileCode(fileSyntax("lib/a.ex", parse(`defmodule A do\n${head}\n${body}\nend`)));

/** The first argument of the call `mark(…)`. */
function marked(code: FileCode): Node {
  const node = code.calls("mark")[0]?.args[0];
  if (node === undefined) throw new Error("nothing is marked");
  return node;
}

const bound = (body: string): string => {
  const code = codeOf(body);
  const binding = bindingOf(marked(code), code);
  if (binding === null) return "nothing";
  return `${binding.kind} ${binding.value === null ? "" : code.text(binding.value)}`.trim();
};

describe("bindings", () => {
  it("find the last binding before a use in its scope", () => {
    expect(bound("def f(x), do: mark(x)")).toBe("parameter");
    expect(bound("def f(x) do\n x = g(x)\n mark(x)\nend")).toBe("match g(x)");
    expect(bound("def f(x) do\n if x do\n x = 1\n x\n end\n mark(x)\nend")).toBe("parameter");
    expect(bound("def f(x) do\n x = h(mark(x))\n x\nend")).toBe("parameter");
    expect(bound("def f(a), do: mark(b)")).toBe("nothing");
  });

  it("know the clauses of constructs", () => {
    expect(bound("def f(x) do\n case g(x) do\n {:ok, y} when y > 1 -> mark(y)\n end\nend")).toBe(
      "clause g(x)",
    );
    expect(bound("def f(x), do: for(y <- g(x), do: mark(y))")).toBe("element g(x)");
    expect(bound("def f(x) do\n with {:ok, y} <- g(x), do: mark(y)\nend")).toBe("match g(x)");
    expect(bound("def f(x), do: Enum.map(x, fn {y, _} -> mark(y) end)")).toBe(
      "closure fn {y, _} -> mark(y) end",
    );
    expect(bound("def f do\n receive do\n {:a, y} -> mark(y)\n end\nend")).toBe("message");
    expect(bound("def f(x) do\n g(x)\nrescue\n e in E -> mark(e)\nend")).toBe("caught");
  });

  it("take pins for uses", () => {
    expect(bound("def f(x, z) do\n case z do\n {^x, _} -> mark(x)\n end\nend")).toBe("parameter");
  });
});

const origins = (body: string): string[] => {
  const code = codeOf(body);
  return originsOf(marked(code), code)
    .map((origin) =>
      origin.kind === "parameter"
        ? origin.binding.name
        : `${origin.kind} ${code.text(origin.node)}`,
    )
    .toSorted();
};

const of = (text: string): Node => parse(text).tree;

const input = (body: string, head = ""): number => {
  const code = codeOf(body, head);
  return inputIn(marked(code), code)?.confidence ?? 0;
};

describe("origins", () => {
  it("go back through names, text and functions that reshape", () => {
    expect(origins('def f(a, b) do\n t = "x#{a}" <> String.trim(b)\n mark(t)\nend')).toEqual([
      "a",
      "b",
    ]);
    expect(origins("def f(a), do: a.name |> String.upcase() |> mark()")).toEqual(["a"]);
    expect(origins("def f(a), do: Enum.map(a, fn x -> mark(x.id) end)")).toEqual(["a"]);
    expect(origins("def f(a), do: Enum.map(a, &mark(&1))")).toEqual(["a"]);
    expect(origins('def f(_), do: mark("fixed")')).toEqual([]);
  });

  it("end at calls that make something new", () => {
    expect(origins("def f(a), do: mark(Shop.Repo.get(Ship, a))")).toEqual([
      "call Shop.Repo.get(Ship, a)",
    ]);
    expect(origins("def f(a), do: mark(String.to_integer(a))")).toEqual([]);
  });
});

describe("input", () => {
  it("is what clients send, for sure", () => {
    expect(input('def show(conn, %{"id" => id}), do: mark(id)', "use Phoenix.Controller")).toBe(
      0.95,
    );
    expect(
      input('def handle_event("a", params, s), do: mark(params["x"])', "use Phoenix.LiveView"),
    ).toBe(0.95);
    expect(input("def handle_event(_, _, s), do: mark(s)", "use Phoenix.LiveView")).toBe(0.6);
  });

  it("may be what callers choose, and is nothing where they cannot", () => {
    expect(input("def f(name), do: mark(name)")).toBe(0.6);
    expect(input("def f(params), do: mark(params)")).toBe(0.7);
    expect(input("def f(name) when name in @names, do: mark(name)")).toBe(0);
    expect(input("defp f(name), do: mark(name)")).toBe(0);
    expect(input('defp f(name), do: mark(name)\ndef g, do: f("fixed")')).toBe(0);
    expect(input("defp f(name), do: mark(name)\ndef g(text), do: f(text)")).toBe(0.6);
    expect(input("def f(x), do: mark(wrap(x))\ndefp wrap(y), do: {y}")).toBe(0.6);
  });

  it("is no number", () => {
    expect(input("def f(n) do\n m = n + 1\n mark(n)\n m\nend")).toBe(0);
  });
});

describe("calls and loops", () => {
  it("see pipes, aliases and what closures of other processes call", () => {
    const code = codeOf(
      "def f(x) do\n x |> G.map(&k/1)\n Task.async(fn -> away() end)\n near()\nend",
      "alias Enum, as: G",
    );
    expect(code.callsTo("Enum", "map").map(({ args }) => args.length)).toEqual([2]);
    const fn = code.syntax.modules[0]?.functions[0];
    if (fn === undefined) throw new Error("no function");
    const names = callsOfFunction(fn, code, "own").map(({ name }) => name);
    expect(names).toContain("near");
    expect(names).not.toContain("away");
  });

  it("reach through functions of the module", () => {
    const code = codeOf("def a, do: b()\ndefp b, do: c(1)\ndefp c(x), do: Other.d(x)");
    const fn = code.syntax.modules[0]?.functions[0];
    if (fn === undefined) throw new Error("no function");
    const reached = reachedCalls(fn, code).map(({ call, via }) => `${call.name} via ${via.name}`);
    expect(reached.filter((text) => /^[a-z]/.test(text))).toEqual([
      "b via b",
      "c via b",
      "d via b",
    ]);
  });

  it("know what runs per element", () => {
    const code = codeOf(
      "def f(xs, to) do\n Enum.each(xs, fn x -> mark(x, to) end)\n Map.update(xs, 1, 2, fn y -> other(y) end)\nend",
    );
    const [mark] = code.calls("mark");
    const loop = mark === undefined ? null : loopAround(mark.node, code);
    expect(loop?.text).toBe("Enum.each");
    const [x, to] = mark?.args ?? [];
    if (loop === null || x === undefined || to === undefined) throw new Error("no loop");
    expect([variesWith(x, loop, code), variesWith(to, loop, code)]).toEqual([true, false]);
    const [other] = code.calls("other");
    expect(other === undefined ? undefined : loopAround(other.node, code)).toBeNull();
  });

  it("compare code without layout", () => {
    expect(sameCode(of("f(x,  1)"), of("f((x), 1)"))).toBe(true);
    expect(sameCode(of("f(x)"), of("g(x)"))).toBe(false);
    const deep = "[".repeat(20_000) + "]".repeat(20_000);
    expect(sameCode(of(deep), of(deep))).toBe(true);
  });

  it("take field reads for no calls", () => {
    let calls = 0;
    walk(parse("user.name; user[:a]; Mod.fun; :ets.all").tree, (node) => {
      if (
        !isCall(node, "__block__") &&
        !isCall(node, ".") &&
        !isCall(node, "__aliases__") &&
        callOf(node) !== null
      )
        calls += 1;
    });
    expect(calls).toBe(3);
  });
});

describe("routes", () => {
  it("have the paths, modules and pipelines of their scopes", () => {
    const code = codeOf(
      `scope "/admin", ShopWeb.Admin do
        pipe_through [:browser, :admin]
        get "/", PageController, :home
        resources "/users", UserController, only: [:show]
        scope "/api" do
          pipe_through :api
          live "/map", MapLive
        end
      end
      match :*, "/*path", ShopWeb.Fallback, :any`,
      "use Phoenix.Router",
    );
    const module = code.syntax.modules[0];
    if (module === undefined) throw new Error("no module");
    const routes = routesOf(module, code).map(
      ({ verb, path, plug, action, pipelines }) =>
        `${verb} ${path} ${plug} ${action ?? "-"} ${pipelines.join("+")}`,
    );
    expect(routes).toEqual([
      "get /admin ShopWeb.Admin.PageController home browser+admin",
      "get /admin/users/:id ShopWeb.Admin.UserController show browser+admin",
      "live /admin/api/map ShopWeb.Admin.MapLive - browser+admin+api",
      "* /*path ShopWeb.Fallback any ",
    ]);
  });
});
