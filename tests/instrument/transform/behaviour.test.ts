// Instrumented code does what it did: loops of tail calls stay flat, and real work has the same results.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { atom, binary, inspect, integer, list, type Term } from "@elixirscope/etf";
import { instrumentForms, type FunctionLevel } from "@elixirscope/instrument";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormsNode } from "../support/forms-node.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const CAPTURES = ["arguments", "result", "exception", "bindings", "branches", "messages"] as const;
const BOUNDARIES: FunctionLevel = { level: "boundaries", captures: CAPTURES, detail: "bindings" };
const FULL: FunctionLevel = { level: "full", captures: CAPTURES, detail: "expressions" };

let node: FormsNode;

beforeAll(async () => {
  node = await FormsNode.start({ recorder: true });
});
afterAll(async () => {
  await node.stop();
});

function transformed(forms: Term, level: FunctionLevel): Term {
  const options = { plan: { levelOf: () => level }, firstSite: 1, md5: "", vsn: null };
  const result = instrumentForms(forms, options);
  if (!result.ok) throw new Error(result.error.message);
  return result.value.forms;
}

const LOOPS = `
defmodule Loops do
  def self(0), do: :done
  def self(n), do: self(n - 1)

  def even?(0), do: true
  def even?(n), do: odd?(n - 1)
  def odd?(0), do: false
  def odd?(n), do: even?(n - 1)

  def short(0), do: false
  def short(n), do: n > 0 and short(n - 1)

  def bound(0), do: :done
  def bound(n) do
    result = bound(n - 1)
    result
  end

  def chosen(n) do
    cond do
      n == 0 -> :done
      rem(n, 2) == 0 -> chosen(n - 1)
      true -> with m when m >= 0 <- n - 1, do: chosen(m)
    end
  end

  def through_catch(0), do: :done
  def through_catch(n) do
    try do
      throw(n)
    catch
      m -> through_catch(m - 1)
    end
  end

  def anonymous(n) do
    loop = fn
      0, _ -> :done
      m, f -> f.(m - 1, f)
    end
    loop.(n, loop)
  end

  def receiving(n) do
    send(self(), n)
    receive_loop()
  end

  defp receive_loop do
    receive do
      0 -> :done
      n ->
        send(self(), n - 1)
        receive_loop()
    end
  end
end`;

describe.each([
  ["boundaries", BOUNDARIES],
  ["full", FULL],
] as const)("loops of tail calls at level %s", (_, level) => {
  beforeAll(async () => {
    await node.load("Elixir.Loops", transformed(await node.compiled(LOOPS), level));
  });

  it.each(["self", "even?", "short", "bound", "chosen", "through_catch", "receiving", "anonymous"])(
    "%s/1 makes a million steps within 30,000 words",
    async (name) => {
      const steps = list([integer(1_000_000)]);
      const words = integer(30_000);
      const ended = await node.call("within", [atom("Elixir.Loops"), atom(name), steps, words]);
      expect(inspect(ended)).toMatch(/^{:done, (:done|true|false)}$/);
    },
  );
});

const FORMATTER = [
  "Elixir.Code.Formatter",
  "Elixir.Code.Normalizer",
  "Elixir.Code.Identifier",
  "Elixir.Inspect.Algebra",
];
const FILES = [
  "tests/instrument/equality/beam/server.exs",
  "tests/codegraph/beam/observer.exs",
  "examples/shop/lib/shop/cart.ex",
];

describe("formatting with an instrumented formatter", () => {
  it.each([
    ["boundaries", BOUNDARIES],
    ["full", FULL],
  ] as const)("gives the same text at level %s", async (_, level) => {
    const texts = FILES.map((file) => readFileSync(join(ROOT, file), "utf8").replaceAll("  ", " "));
    const format = async (): Promise<string[]> => {
      const done: string[] = [];
      for (const text of texts) {
        done.push(inspect(await node.apply("Elixir.Code", "format_string!", [binary(text)])));
      }
      return done;
    };
    const before = await format();
    const loaded: string[] = [];
    for (const module of FORMATTER) {
      const forms = await node.call("forms", [atom(module)]);
      if (forms.kind !== "list") continue;
      await node.load(module, transformed(forms, level));
      loaded.push(module);
    }
    expect(loaded.length).toBe(FORMATTER.length);
    expect(await format()).toEqual(before);
  });
});
