import { expect, test } from "vitest";
import type { FunctionCode, ModuleCode, TailCall } from "./module-code.ts";
import { tailCycles } from "./tail-cycles.ts";

type Calls = Readonly<Record<string, readonly TailCall[]>>;

function moduleOf(module: string, functions: Calls, more: Partial<ModuleCode> = {}): ModuleCode {
  const code = Object.entries(functions).map(([text, tailCalls]): FunctionCode => ({
    ...nameOf(text),
    tailCalls,
    makes: [],
  }));
  return { module, functions: code, lambdas: [], ...more };
}

function nameOf(text: string): { name: string; arity: number } {
  const slash = text.lastIndexOf("/");
  return { name: text.slice(0, slash), arity: Number(text.slice(slash + 1)) };
}

function local(text: string): TailCall {
  const { name, arity } = nameOf(text);
  return { kind: "local", function: name, arity };
}

function remote(module: string, text: string): TailCall {
  const { name, arity } = nameOf(text);
  return { kind: "remote", module, function: name, arity };
}

function cycles(modules: readonly ModuleCode[], opaque: readonly string[] = []): string[] {
  return [...tailCycles(modules, new Set(opaque))].toSorted();
}

test("a loop of one, of two, and over modules", () => {
  const a = moduleOf("a", {
    "loop/1": [local("loop/1")],
    "ping/0": [local("pong/0")],
    "pong/0": [local("ping/0")],
    "start/0": [local("loop/1")],
    "out/0": [remote("b", "back/0")],
  });
  const b = moduleOf("b", {
    "back/0": [remote("a", "out/0")],
    "plain/0": [remote("lists", "map/2")],
  });
  expect(cycles([a, b])).toEqual(["a:loop/1", "a:out/0", "a:ping/0", "a:pong/0", "b:back/0"]);
});

test("a fun may be any closure of its arity", () => {
  const lambda = { name: "-run/1-fun-0-", arity: 2, free: 1 };
  const functions = {
    "run/1": [{ kind: "fun", arity: 1 }],
    "other/1": [{ kind: "fun", arity: 0 }],
    "-run/1-fun-0-/2": [local("run/1")],
  } satisfies Calls;
  expect(cycles([moduleOf("a", functions, { lambdas: [lambda] })])).toEqual([
    "a:-run/1-fun-0-/2",
    "a:run/1",
  ]);
});

test("a closure handed to a function outside may be called by it last", () => {
  const lambda = { name: "-loop/1-fun-0-", arity: 1, free: 1 };
  const loop: FunctionCode = {
    name: "loop",
    arity: 1,
    tailCalls: [remote("Elixir.Map", "get_lazy/3")],
    makes: [lambda],
  };
  const again: FunctionCode = { ...lambda, tailCalls: [local("loop/1")], makes: [] };
  const code = { module: "a", functions: [loop, again], lambdas: [lambda] };
  expect(cycles([code])).toEqual(["a:-loop/1-fun-0-/1", "a:loop/1"]);
});

test("a dynamic call goes to functions of that name, a special process comes back from sys", () => {
  const a = moduleOf("a", {
    "step/1": [{ kind: "apply", function: "step", arity: 1 }],
    "wait/1": [remote("sys", "handle_system_msg/6")],
    "system_continue/3": [local("wait/1")],
  });
  expect(cycles([a])).toEqual(["a:step/1", "a:system_continue/3", "a:wait/1"]);
});

test("a module without code may call back", () => {
  const a = moduleOf("a", { "f/0": [remote("dark", "g/0")], "h/0": [local("f/0")], "i/0": [] });
  expect(cycles([a])).toEqual([]);
  expect(cycles([a], ["dark"])).toEqual(["a:f/0", "a:h/0"]);
});

test("a chain of 100,000 functions is no problem", () => {
  const functions: Record<string, readonly TailCall[]> = {};
  for (let i = 0; i < 100_000; i++) functions[`f${i}/0`] = [local(`f${(i + 1) % 100_000}/0`)];
  expect(cycles([moduleOf("a", functions)])).toHaveLength(100_000);
});
