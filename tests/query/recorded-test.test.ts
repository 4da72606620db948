// Tests out of recorded calls: ExUnit on a real node says whether they hold.

import { atom, binary, integer, map, tuple, type Term } from "@elixirscope/etf";
import { recordedTest, type NoTest, type RecordedTest } from "@elixirscope/query";
import type { RecordingReader } from "@elixirscope/store";
import { describe, expect, it } from "vitest";
import { evaluateElixir, itemsOf } from "../support/elixir-oracle.ts";
import type { Plain, Story } from "../support/story.ts";
import { tell } from "./told.ts";

const A = "<0.1.0>";
const B = "<0.2.0>";
const pid: Term = { kind: "pid", node: "shop@127.0.0.1", id: 7, serial: 0, creation: 1 };
const reference: Term = { kind: "reference", node: "shop@127.0.0.1", creation: 1, ids: [1, 2, 3] };
const cut = tuple(atom("$elixir_scope_cut"), atom("binary"), integer(9_000), binary("ab"));
const upcase = ["Elixir.String", "upcase", 1] as const;

function exception(module: string, message: string): Term {
  return map([
    [atom("__struct__"), atom(module)],
    [atom("__exception__"), atom("true")],
    [atom("message"), binary(message)],
  ]);
}

async function generated(recording: RecordingReader, call: number): Promise<RecordedTest> {
  const test = await recordedTest(recording, call);
  if (!test.ok) throw new Error(test.error.message);
  return test.value;
}

async function refused(recording: RecordingReader, call: number): Promise<NoTest> {
  const test = await recordedTest(recording, call);
  if (test.ok) throw new Error("it was not refused");
  return test.error;
}

/** Failures and tests of a file that ExUnit runs, and whether `mix format` would leave it as it is. */
async function run(text: string): Promise<readonly [number, number, boolean]> {
  const source = `
    ExUnit.start(autorun: false, formatters: [])
    modules = Code.compile_string(text)
    %{failures: failures, total: total} = ExUnit.run()
    for {module, _} <- modules, do: :code.delete(module)
    {failures, total, IO.iodata_to_binary([Code.format_string!(text), ?\\n]) == text}`;
  const bindings = [tuple(atom("text"), binary(text))];
  const [failures, total, isFormatted] = itemsOf(await evaluateElixir(source, bindings));
  return [
    failures?.kind === "integer" ? Number(failures.value) : -1,
    total?.kind === "integer" ? Number(total.value) : -1,
    isFormatted?.kind === "atom" && isFormatted.name === "true",
  ];
}

async function oneCall(
  mfa: readonly [string, string, number],
  args: readonly Plain[],
  end: (story: Story) => void,
): Promise<{ readonly recording: RecordingReader; readonly call: number }> {
  let call = 0;
  const recording = await tell((story) => {
    call = story.enter(A, 10, mfa, args);
    end(story);
  });
  return { recording, call };
}

describe("a test of a recorded call", () => {
  it.each<[string, readonly [string, string, number], readonly Plain[], Plain]>([
    ["text", upcase, ["ä#{b}\n"], "Ä#{B}\n"],
    ["numbers", ["erlang", "max", 2], [1, 2.5], 2.5],
    [
      "a struct",
      ["Elixir.Date", "new", 3],
      [2024, 2, 30],
      tuple(atom("error"), atom("invalid_date")),
    ],
    [
      "long values",
      ["lists", "reverse", 1],
      [Array.from({ length: 9 }, (_, i) => ({ sku: `article ${i}`, price: i }))],
      Array.from({ length: 9 }, (_, i) => ({ sku: `article ${8 - i}`, price: 8 - i })),
    ],
  ])("that returned asserts its result: %s", async (_, mfa, args, result) => {
    const { recording, call } = await oneCall(mfa, args, (story) => story.leave(A, 20, result));
    const { text, outcome } = await generated(recording, call);
    expect(outcome).toBe("returned");
    expect(await run(text), text).toEqual([0, 1, true]);
  });

  it("fails when the function does not do what it did", async () => {
    const { recording, call } = await oneCall(upcase, ["a"], (story) => story.leave(A, 20, "B"));
    expect(await run((await generated(recording, call)).text)).toEqual([1, 1, true]);
  });

  it.each<[string, readonly [string, string, number], readonly Plain[], Term]>([
    [
      "an exception",
      ["Elixir.String", "to_existing_atom", 1],
      ["no such atom, I say"],
      tuple(atom("error"), atom("badarg")),
    ],
    [
      "an exception's message",
      ["Elixir.Enum", "random", 1],
      [[]],
      tuple(
        atom("error"),
        map([
          [atom("__struct__"), atom("Elixir.Enum.EmptyError")],
          [atom("__exception__"), atom("true")],
          [atom("message"), binary("empty error")],
        ]),
      ),
    ],
    [
      "an exception with a stack",
      ["Elixir.Integer", "pow", 2],
      [2, ":a"],
      tuple(atom("error"), atom("function_clause"), atom("nil")),
    ],
    [
      "an argument's error",
      ["Elixir.Integer", "digits", 2],
      [1, 1],
      tuple(atom("error"), atom("function_clause")),
    ],
    [
      "a throw",
      ["erlang", "throw", 1],
      [{ a: 1 }],
      tuple(atom("throw"), map([[atom("a"), integer(1)]])),
    ],
    ["an exit", ["erlang", "exit", 1], [":why"], tuple(atom("exit"), atom("why"))],
    [
      "an error of one's own",
      ["Elixir.Version", "parse!", 1],
      ["x"],
      tuple(
        atom("error"),
        map([
          [atom("__struct__"), atom("Elixir.Version.InvalidVersionError")],
          [atom("__exception__"), atom("true")],
          [atom("version"), binary("x")],
        ]),
      ),
    ],
    [
      "a message",
      ["Elixir.Enum", "chunk_every", 2],
      [[1], 0],
      tuple(atom("error"), exception("Elixir.ArgumentError", "not this one")),
    ],
  ])("that did not return asserts %s", async (what, mfa, args, result) => {
    const { recording, call } = await oneCall(mfa, args, (story) =>
      story.leave(A, 20, result, "raised"),
    );
    const { text, outcome } = await generated(recording, call);
    expect(outcome).toBe("raised");
    const failures = what === "a message" ? 1 : 0;
    expect(await run(text), text).toEqual([failures, 1, true]);
  });

  it("of a server's callback stands in for whoever waits for the reply", async () => {
    const from = tuple(pid, { kind: "list", items: [atom("alias")], tail: reference });
    const mfa = ["Elixir.Shop.TestServer", "handle_call", 3] as const;
    const state = { waiting: [from], n: 1 };
    const { recording, call } = await oneCall(
      mfa,
      [":wait", from, { waiting: [], n: 0 }],
      (story) =>
        story.leave(
          A,
          20,
          tuple(
            atom("noreply"),
            map([
              [atom("waiting"), { kind: "list", items: [from], tail: null }],
              [atom("n"), integer(state.n)],
            ]),
          ),
        ),
    );
    const { text, warnings } = await generated(recording, call);
    const server = `defmodule Shop.TestServer do
      def handle_call(:wait, from, state), do: {:noreply, %{waiting: [from | state.waiting], n: state.n + 1}}
    end
    `;
    const [failures, total] = await run(`${server}\n${text}`);
    expect([failures, total, warnings], text).toEqual([0, 1, []]);
  });
});

describe("a test is refused", () => {
  it("where a value cannot be written, with its place and what can be tested instead", async () => {
    let call = 0;
    let served = 0;
    const recording = await tell((story) => {
      const add = ["Elixir.Shop.Cart", "add", 2] as const;
      const head = story.site(add, "function_clause", ["lib/cart.ex", 2], ["cart", null]);
      call = story.enter(A, 10, add, [pid, 1], head);
      const from = tuple(pid, reference);
      story.message([A, 11], [B, 12], tuple(atom("$gen_call"), from, atom("add")), {
        kind: "call",
      });
      const handle = ["Elixir.Shop.Cart", "handle_call", 3] as const;
      story.call(B, 13, 14, handle, [":add", ":another", 2]);
      served = story.call(B, 15, 16, handle, [":add", from, 2]);
      story.leave(A, 20, ":ok");
    });
    expect(await refused(recording, call)).toMatchObject({
      code: "irreproducible",
      message: expect.stringMatching(/^argument 1 \(cart\): a pid/),
      instead: { call: served, mfa: "Shop.Cart.handle_call/3" },
    });
  });

  it.each<[string, readonly Plain[], Plain, RegExp]>([
    ["cut", [{ items: [1, cut] }], ":ok", /argument 1 \(arg1\) at \.items\[1\]: it was cut/],
    [
      "a reference",
      [1],
      { at: tuple(atom("ok"), reference) },
      /the result at \.at\{1\}: a reference/,
    ],
    [
      "in a key",
      [map([[tuple(integer(1), pid), integer(2)]])],
      ":ok",
      /argument 1 \(arg1\) at \[\{1, #PID<0\.7\.0>\}\]\(key\)\{1\}: a pid/,
    ],
  ])("with the way to what is %s", async (_, args, result, message) => {
    const mfa = ["Elixir.Shop.Cart", "put", 1] as const;
    const { recording, call } = await oneCall(mfa, args, (story) => story.leave(A, 20, result));
    expect((await refused(recording, call)).message).toMatch(message);
  });

  it("for private functions, with the nearest public caller", async () => {
    const file = "lib/cart.ex";
    const text =
      "defmodule Shop.Cart do\n  def total(items), do: sum(items)\n  defp sum(_), do: 1\nend\n";
    let outer = 0;
    let inner = 0;
    const recording = await tell((story) => {
      story.writer.add("sources", { path: file, sha256: "0", bytes: text.length, text });
      const total = ["Elixir.Shop.Cart", "total", 1] as const;
      const sum = ["Elixir.Shop.Cart", "sum", 1] as const;
      const [head, tail] = [
        story.site(total, "function_clause", [file, 2], ["items"]),
        story.site(sum, "function_clause", [file, 3], [null]),
      ];
      outer = story.enter(A, 10, total, [[1]], head);
      inner = story.enter(A, 11, sum, [[1]], tail);
      story.leave(A, 12, 1);
      story.leave(A, 13, 1);
    });
    expect(await refused(recording, inner)).toEqual({
      code: "private",
      message: "Shop.Cart.sum/1 is private: a test cannot call it",
      instead: { call: outer, mfa: "Shop.Cart.total/1" },
    });
    expect((await generated(recording, outer)).warnings).toEqual([]);
  });

  it("for what is no call, has not ended, or was not recorded", async () => {
    let ids: readonly number[] = [];
    const recording = await tell((story) => {
      const call = story.enter(A, 10, upcase, ["a"]);
      const end = story.leave(A, 20, "A");
      ids = [call, end, story.enter(B, 30, upcase, ["b"])];
    });
    const [call = 0, end = 0, open = 0] = ids;
    expect(await refused(recording, end)).toMatchObject({ code: "no_call", instead: { call } });
    expect(await refused(recording, 4711)).toMatchObject({ code: "no_call", instead: null });
    expect(await refused(recording, open)).toMatchObject({ code: "not_ended" });
  });
});

it("warns of what the result may depend on beside the arguments", async () => {
  let call = 0;
  const recording = await tell((story) => {
    story.process(B, { name: "Elixir.Shop.Stock" });
    call = story.enter(A, 10, upcase, ["a"]);
    story.message([A, 11], [B, 12], ":level", { kind: "call" });
    story.message([B, 13], [A, 14], 3, { kind: "reply" });
    story.leave(A, 20, "A");
    story.gap(15, 16, "dropped", 3);
  });
  const { warnings, limits, text } = await generated(recording, call);
  expect(warnings.join("\n")).toContain(
    "It sent 1 message, received 1 message: its result may depend on other processes, of Shop.Stock.",
  );
  expect(text).toContain("# It sent 1 message");
  expect(limits.join()).toMatch(/dropped \(3 events\)/);
});
