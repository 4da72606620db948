// What each construct reports, on a real compiler: the whole sequence of events, by frame.

import { integer, type Term } from "@elixirscope/etf";
import { instrumentForms, type FunctionLevel, type Instrumented } from "@elixirscope/instrument";
import type { Capture } from "@elixirscope/trace";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventLines, outcomeText } from "../support/event-text.ts";
import { FormsNode } from "../support/forms-node.ts";

const ENDS: readonly Capture[] = ["arguments", "result", "exception"];
const ALL: readonly Capture[] = [...ENDS, "bindings", "branches", "messages"];
const FULL: FunctionLevel = { level: "full", captures: ALL, detail: "bindings" };
const EXPRESSIONS: FunctionLevel = { ...FULL, detail: "expressions" };
const BOUNDARIES: FunctionLevel = { level: "boundaries", captures: ENDS, detail: "bindings" };
const MINIMAL: FunctionLevel = { level: "minimal", captures: ["exception"], detail: "bindings" };
const STATE: FunctionLevel = { ...MINIMAL, captures: ["exception", "state"] };

let node: FormsNode;

beforeAll(async () => {
  node = await FormsNode.start({ recorder: true });
});
afterAll(async () => {
  await node.stop();
});

function transformed(forms: Term, level: FunctionLevel): Instrumented {
  const options = { plan: { levelOf: () => level }, firstSite: 1, md5: "", vsn: null };
  const result = instrumentForms(forms, options);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** The events of `Sample.f(1)` and its outcome; the first line of Elixir's `source` is line 2. */
async function events(source: string, level: FunctionLevel): Promise<string[]> {
  const isErlang = source.startsWith("-module");
  const text = isErlang ? source : `defmodule Sample do\n${source}\nend`;
  const { forms, manifest } = transformed(await node.compiled(text), level);
  const module = isErlang ? "sample" : "Elixir.Sample";
  await node.load(module, forms);
  const recorded = await node.recorded(module, "f", [integer(1)]);
  return [...eventLines(recorded, manifest), outcomeText(recorded)];
}

type Case = readonly [name: string, level: FunctionLevel, source: string, lines: readonly string[]];

const FUNCTIONS: readonly Case[] = [
  [
    "bindings, patterns and the result",
    FULL,
    `def f(x) do
  y = x + 1
  {a, b} = {y, x}
  a * b
end`,
    [
      "1 enter function:2 x=1",
      "1 bind match:3 y=2",
      "1 bind match:4 a=2 b=1",
      "1 return return:2 2",
      ":ok 2",
    ],
  ],
  [
    "whole arguments by name, patterns without one, and what they bind",
    FULL,
    `def f(x), do: g(%{k: x}, {x, 2})
def g(%{k: k} = m, {a, _}), do: [k, m, a]`,
    [
      "1 enter function:2 x=1",
      "2 enter function:3 m=%{k: 1} _={1, 2} k=1 a=1",
      "2 return return:3 [1, %{k: 1}, 1]",
      "1 return tail:2 Sample.g/2 [1, %{k: 1}, 1]",
      ":ok [1, %{k: 1}, 1]",
    ],
  ],
  [
    "a default argument is a function of its own",
    FULL,
    `def f(x, y \\\\ 2), do: x + y`,
    [
      "1 enter function:2 _=1",
      "2 enter function:2 x=1 y=2",
      "2 return return:2 3",
      "1 return tail:2 Sample.f/2 3",
      ":ok 3",
    ],
  ],
  [
    "no clause: the error that comes anyway",
    FULL,
    `def f(x), do: [g(x)]
def g(a) when a > 1, do: a`,
    [
      "1 enter function:2 x=1",
      "0 no_clause no:3 1",
      "1 raise raise:2 :error :function_clause",
      ":error :function_clause",
    ],
  ],
  [
    "a step of a loop stays a tail call",
    FULL,
    `def f(0), do: :done
def f(x), do: f(x - 1)`,
    [
      "1 enter function#1:3 x=1",
      "1 tail tail:3 Sample.f/1",
      "2 enter function:2 _=0",
      "2 return return:2 :done",
      ":ok :done",
    ],
  ],
  [
    "another tail call is held, and its result seen",
    FULL,
    `def f(x), do: g(x, 1)
def g(x, y), do: x - y`,
    [
      "1 enter function:2 x=1",
      "2 enter function:3 x=1 y=1",
      "2 return return:3 0",
      "1 return tail:2 Sample.g/2 0",
      ":ok 0",
    ],
  ],
  [
    "a variable that only carries the result",
    FULL,
    `def f(x) do
  y = String.length("a#{x}")
  y
end`,
    ["1 enter function:2 x=1", "1 bind match:3 y=2", "1 return tail:3 String.length/1 2", ":ok 2"],
  ],
  [
    "a built-in function in tail position raises in the frame",
    FULL,
    `def f(x), do: String.to_integer("z" <> to_string(x))`,
    ["1 enter function:2 x=1", "1 raise raise:2 :error :badarg", ":error :badarg"],
  ],
  [
    "what is no fun raises in the frame",
    FULL,
    `def f(x), do: x.()`,
    ["1 enter function:2 x=1", "1 raise raise:2 :error {:badfun, 1}", ":error {:badfun, 1}"],
  ],
  [
    "an exception through a held call ends both frames",
    FULL,
    `def f(x), do: g(x)
def g(x), do: exit(x)`,
    [
      "1 enter function:2 x=1",
      "2 enter function:3 x=1",
      "2 raise raise:3 :exit 1",
      "1 raise tail:2 Sample.g/1 :exit 1",
      ":exit 1",
    ],
  ],
  [
    "the dictionary without the recorder's entry",
    FULL,
    `def f(x) do
  Process.put(:k, x)
  {Process.get(), :erlang.get_keys()}
end`,
    ["1 enter function:2 x=1", "1 return return:2 {[k: 1], [:k]}", ":ok {[k: 1], [:k]}"],
  ],
];

const BRANCHES: readonly Case[] = [
  [
    "case and if",
    FULL,
    `def f(x) do
  case x do
    0 -> :a
    y when y > 0 -> if y > 1, do: :b, else: :c
  end
end`,
    [
      "1 enter function:2 x=1",
      "1 branch case#1:5 y=1",
      "1 branch case:5",
      "1 return return:2 :c",
      ":ok :c",
    ],
  ],
  [
    "a pinned variable binds nothing",
    FULL,
    `def f(x) do
  case {x, 2} do
    {^x, y} -> y
  end
end`,
    ["1 enter function:2 x=1", "1 branch case:4 y=2", "1 return return:2 2", ":ok 2"],
  ],
  [
    "cond with a binding",
    FULL,
    `def f(x) do
  cond do
    x > 1 -> :a
    y = g(x) -> y
    true -> :c
  end
end
def g(_), do: 7`,
    [
      "1 enter function:2 x=1",
      "1 branch case#1:5",
      "2 enter function:9 _=1",
      "2 return return:9 7",
      "1 bind match:5 y=7",
      "1 branch case:5",
      "1 return return:2 7",
      ":ok 7",
    ],
  ],
  [
    "with and its else",
    FULL,
    `def f(x) do
  with {:ok, a} <- {:ok, x},
       {:ok, b} <- {:error, a} do
    b
  else
    {:error, e} -> e
  end
end`,
    [
      "1 enter function:2 x=1",
      "1 branch case:3 a=1",
      "1 branch case#1:3",
      "1 branch case:3 e=1",
      "1 return return:2 1",
      ":ok 1",
    ],
  ],
  [
    "a field and an interpolation are no branches",
    FULL,
    `def f(x) do
  m = %{a: x}
  "#{m.a}"
end`,
    ["1 enter function:2 x=1", "1 bind match:3 m=%{a: 1}", '1 return return:2 "1"', ':ok "1"'],
  ],
  [
    "short circuits",
    FULL,
    `def f(x), do: x && g(x)
def g(x), do: x`,
    [
      "1 enter function:2 x=1",
      "1 branch case#1:2",
      "2 enter function:3 x=1",
      "2 return return:3 1",
      "1 return tail:2 Sample.g/1 1",
      ":ok 1",
    ],
  ],
  [
    "rescue and after",
    FULL,
    `def f(x) do
  try do
    raise "oops #{x}"
  rescue
    e in RuntimeError -> e.message
  after
    :ok
  end
end`,
    [
      "1 enter function:2 x=1",
      "1 branch rescue:6",
      '1 bind match:6 e=%RuntimeError{message: "oops 1"}',
      "1 branch after:3",
      '1 return return:2 "oops 1"',
      ':ok "oops 1"',
    ],
  ],
  [
    "catch, and else of try",
    FULL,
    `def f(x) do
  try do
    throw(x)
  catch
    :throw, v -> v
  end
  try do
    x
  rescue
    _ -> 0
  else
    v -> v
  end
end`,
    [
      "1 enter function:2 x=1",
      "1 branch catch:6 v=1",
      "1 branch try:13 v=1",
      "1 return return:2 1",
      ":ok 1",
    ],
  ],
  [
    "a message sent and received",
    FULL,
    `def f(x) do
  send(self(), {:m, x})
  receive do
    {:m, v} -> v
  end
end`,
    [
      "1 enter function:2 x=1",
      "1 send send:3 :erlang.send/2",
      "0 waiting",
      "1 branch receive:5 v=1",
      "1 return return:2 1",
      ":ok 1",
    ],
  ],
  [
    "a receive that times out",
    FULL,
    `def f(_) do
  receive do
    :never -> 1
  after
    0 -> :none
  end
end`,
    [
      "1 enter function:2 _=1",
      "0 waiting",
      "1 branch after:6",
      "1 return return:2 :none",
      ":ok :none",
    ],
  ],
];

const FUNS: readonly Case[] = [
  [
    "frames of their own, with what they capture",
    FULL,
    `def f(x) do
  fun = fn a, {b, _} -> a + b + x end
  [fun.(1, {2, 3})]
end`,
    [
      "1 enter function:2 x=1",
      "1 bind match:3 fun=#Function</2 in Sample>",
      "2 enter fn:3 a=1 _={2, 3} b=2 x=1",
      "2 return return:3 4",
      "1 return return:2 [4]",
      ":ok [4]",
    ],
  ],
  [
    "captures",
    FULL,
    `def f(x), do: Enum.map([x], &(&1 + x))`,
    [
      "1 enter function:2 x=1",
      "2 enter fn:2 _=1 x=1",
      "2 return return:2 2",
      "1 return tail:2 Enum.map/2 [2]",
      ":ok [2]",
    ],
  ],
  [
    "a fun called where it is made is part of its function",
    FULL,
    `def f(x), do: x |> then(fn y -> y + 1 end)`,
    ["1 enter function:2 x=1", "1 bind match:2 y=1", "1 return return:2 2", ":ok 2"],
  ],
];

const COMPREHENSIONS: readonly Case[] = [
  [
    "for, with two generators and a filter",
    FULL,
    `def f(x), do: for(i <- [x, 2], j <- [1], i > j, do: {i, j})`,
    [
      "1 enter function:2 x=1",
      "1 branch generator:2 i=1",
      "1 branch generator:2 j=1",
      "1 branch case#1:2",
      "1 branch generator:2 i=2",
      "1 branch generator:2 j=1",
      "1 branch case:2",
      "1 return tail:2 :lists.reverse/1 [{2, 1}]",
      ":ok [{2, 1}]",
    ],
  ],
  [
    "for over a bitstring",
    FULL,
    `def f(_), do: for(<<c <- "ab">>, into: "", do: <<c + 1>>)`,
    [
      "1 enter function:2 _=1",
      "1 branch generator:2 c=97",
      "1 branch generator:2 c=98",
      '1 return return:2 "bc"',
      ':ok "bc"',
    ],
  ],
];

const ERLANG: readonly Case[] = [
  [
    "comprehensions",
    FULL,
    `-module(sample).
-export([f/1]).
f(X) -> [{A, B} || A <- [X, 2], B <- [1], A > B].`,
    [
      "1 enter function:3 X=1",
      "1 branch generator:3 A=1",
      "1 branch generator:3 B=1",
      "1 branch generator:3 A=2",
      "1 branch generator:3 B=1",
      "1 return return:3 [{2, 1}]",
      ":ok [{2, 1}]",
    ],
  ],
  [
    "a guard test of a comprehension stays one",
    FULL,
    `-module(sample).
-export([f/1]).
f(X) -> [A || A <- [[X], 2], hd(A) > 0].`,
    [
      "1 enter function:3 X=1",
      "1 branch generator:3 A=[1]",
      "1 branch generator:3 A=2",
      "1 return return:3 [[1]]",
      ":ok [[1]]",
    ],
  ],
  [
    "variables that branches export",
    FULL,
    `-module(sample).
-export([f/1]).
f(X) -> Y = case X of 1 -> Z = 2, Z; _ -> Z = 3 end, {Y, Z}.`,
    [
      "1 enter function:3 X=1",
      "1 branch case:3",
      "1 bind match:3 Z=2",
      "1 bind match:3 Y=2",
      "1 return return:3 {2, 2}",
      ":ok {2, 2}",
    ],
  ],
  [
    "catch",
    FULL,
    `-module(sample).
-export([f/1]).
f(X) -> catch g(X).
g(X) -> exit(X).`,
    [
      "1 enter function:3 X=1",
      "2 enter function:4 X=1",
      "2 raise raise:4 :exit 1",
      "1 return return:3 {:EXIT, 1}",
      ":ok {:EXIT, 1}",
    ],
  ],
  [
    "named funs",
    FULL,
    `-module(sample).
-export([f/1]).
f(X) -> F = fun G(0) -> X; G(N) -> G(N - 1) end, {F(1)}.`,
    [
      "1 enter function:3 X=1",
      "1 bind match:3 F=#Function</1 in :sample>",
      "2 enter fn#1:3 N=1 X=1",
      "2 tail tail:3",
      "3 enter fn:3 _=0 X=1",
      "3 return return:3 1",
      "1 return return:3 {1}",
      ":ok {1}",
    ],
  ],
  [
    "records, sizes and keys in patterns",
    FULL,
    `-module(sample).
-record(r, {a, b = 2}).
-export([f/1]).
f(X) ->
  #r{a = A} = R = #r{a = X},
  <<N, B:N/binary>> = <<A, 7>>,
  #{B := V} = #{B => R#r.b},
  V.`,
    [
      "1 enter function:4 X=1",
      "1 bind match:5 R={:r, 1, 2}",
      "1 bind match:5 A=1",
      '1 bind match:6 N=1 B="\\a"',
      "1 bind match:7 V=2",
      "1 return return:4 2",
      ":ok 2",
    ],
  ],
  [
    "andalso before a tail call",
    FULL,
    `-module(sample).
-export([f/1]).
f(X) -> X > 0 andalso g(X).
g(X) -> X.`,
    [
      "1 enter function:3 X=1",
      "2 enter function:4 X=1",
      "2 return return:4 1",
      "1 return tail:3 :sample.g/1 1",
      ":ok 1",
    ],
  ],
  [
    "a fun that shadows a variable",
    FULL,
    `-module(sample).
-export([f/1]).
f(X) -> Y = 5, [(fun (Y) -> Y end)(X), lists:map(fun (Y) -> Y + X end, [Y])].`,
    [
      "1 enter function:3 X=1",
      "1 bind match:3 Y=5",
      "1 bind match:3 Y=1",
      "2 enter fn:3 Y=5 X=1",
      "2 return return:3 6",
      "1 return return:3 [1, [6]]",
      ":ok [1, [6]]",
    ],
  ],
];

const DETAILS: readonly Case[] = [
  [
    "lines and the values of expressions",
    EXPRESSIONS,
    `def f(x) do
  y = g(x) + 1
  -y
end
def g(x), do: x`,
    [
      "1 enter function:2 x=1",
      "1 line line:3",
      "2 enter function:6 x=1",
      "2 line line:6",
      "2 return return:6 1",
      "1 value value:3 Sample.g/1 1",
      "1 value value:3 2",
      "1 bind match:3 y=2",
      "1 line line:4",
      "1 value value:4 -2",
      "1 return return:2 -2",
      ":ok -2",
    ],
  ],
  [
    "expressions inside of a comprehension",
    EXPRESSIONS,
    `def f(x), do: for(i <- [x], do: g(i) + 1)
def g(x), do: x`,
    [
      "1 enter function:2 x=1",
      "1 line line:2",
      "1 branch generator:2 i=1",
      "1 line line:2",
      "2 enter function:3 x=1",
      "2 line line:3",
      "2 return return:3 1",
      "1 value value:2 Sample.g/1 1",
      "1 value value:2 2",
      "1 return tail:2 :lists.reverse/1 [2]",
      ":ok [2]",
    ],
  ],
];

const LEVELS: readonly Case[] = [
  [
    "boundaries",
    BOUNDARIES,
    `def f(x) do
  y = if x > 0, do: g(x), else: 0
  y + 1
end
def g(x), do: x`,
    [
      "1 enter function:2 x=1",
      "2 enter function:6 x=1",
      "2 return return:6 1",
      "1 return return:2 2",
      ":ok 2",
    ],
  ],
  [
    "minimal: only exceptions",
    MINIMAL,
    `def f(x), do: raise(ArgumentError, "a#{g(x)}")
def g(x), do: x`,
    [
      '0 failed raise:2 :error %ArgumentError{message: "a1"}',
      ':error %ArgumentError{message: "a1"}',
    ],
  ],
  [
    "minimal with the state of a callback",
    STATE,
    `def f(x), do: {:noreply, x}`,
    ["1 enter function:2", "1 return return:2 {:noreply, 1}", ":ok {:noreply, 1}"],
  ],
];

describe.each([
  ["functions", FUNCTIONS],
  ["branches", BRANCHES],
  ["funs", FUNS],
  ["comprehensions", COMPREHENSIONS],
  ["Erlang", ERLANG],
  ["details", DETAILS],
  ["levels", LEVELS],
] as const)("%s", (_, cases) => {
  it.each(cases)("%s", async (_name, level, source, lines) => {
    expect(await events(source, level)).toEqual(lines);
  });
});
