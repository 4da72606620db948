// Named questions: a told recording beside the real analysis of a small project.

import { Repository } from "@elixirscope/codegraph";
import { askQuestion, QUESTIONS, type NoAnswer, type QuestionView } from "@elixirscope/query";
import { CodeStore, RecordingReader } from "@elixirscope/store";
import { atom, tuple } from "@elixirscope/etf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mixExs, TemporaryProject } from "../../packages/codegraph/testing/temporary-project.ts";
import { Story, testManifest } from "../support/story.ts";
import { recordingFolder, tell } from "./told.ts";

const CART = `defmodule Shop.Cart do
  use GenServer

  def add(cart, item, count \\\\ 1), do: GenServer.call(cart, {:add, item, count})
  def lose(cart), do: GenServer.cast(Shop.Cart, {:lose, cart})
  def tested(n), do: n + 1
  def unused(n), do: helper(n)
  def not_watched, do: :ok
  defp helper(n), do: n

  @impl true
  def init(items), do: {:ok, items}

  @impl true
  def handle_call({:add, item, _count}, _from, items) do
    cond do
      item == :apple -> {:reply, 1, [item | items]}
      item == :pear -> {:reply, 2, [item | items]}
      item == :plum -> raise "no plums"
      true -> {:reply, 4, items}
    end
  end

  def handle_call(:clear, _from, _items), do: {:reply, :ok, []}
end
`;
const SUPERVISOR = `defmodule Shop.Supervisor do
  use Supervisor
  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg)
  @impl true
  def init(_arg), do: Supervisor.init([{Shop.Cart, []}], strategy: :one_for_one)
end
`;
const TEST = `defmodule Shop.CartTest do
  use ExUnit.Case
  test "it counts", do: assert Shop.Cart.tested(1) == 2
end
`;
const FILE = "lib/cart.ex";
const A = "<0.1.0>";
const SERVER = "<0.2.0>";
const SECOND = 1_000_000_000;
const handleCall = ["Shop.Cart", "handle_call", 3] as const;
const handleInfo = ["Shop.Cart", "handle_info", 2] as const;

let project: TemporaryProject;
let repository: Repository;
let recording: RecordingReader;

beforeAll(async () => {
  project = new TemporaryProject({
    "mix.exs": mixExs("shop"),
    [FILE]: CART,
    "lib/supervisor.ex": SUPERVISOR,
    "test/cart_test.exs": TEST,
  });
  repository = await Repository.open(project.root, { roles: ["compiled", "script", "test"] });
  const folder = recordingFolder("questions");
  const story = await Story.begin(folder, {
    plan: planOf(["add", 3], ["lose", 1], ["unused", 1], ["helper", 1], ["tested", 1]),
  });
  told(story);
  await story.end(100 * SECOND);
  await CodeStore.write(folder, repository.codeTables());
  recording = await RecordingReader.open(folder);
});

afterAll(async () => {
  await recording.close();
  await repository.close();
  project[Symbol.dispose]();
});

function planOf(
  ...names: readonly (readonly [string, number])[]
): ReturnType<typeof testManifest>["plan"] {
  const { plan } = testManifest();
  return {
    ...plan,
    functions: names.map(([name, arity]) => ({
      module: "Elixir.Shop.Cart",
      function: name,
      arity,
      returns: "value",
    })),
  };
}

function told(story: Story): void {
  const first = story.site(handleCall, "function_clause", [FILE, 15], null, { clause: 0 });
  story.site(handleCall, "function_clause", [FILE, 24], null, { clause: 1 });
  const apple = story.site(handleCall, "cond_clause", [FILE, 17], null, { clause: 0 });
  story.site(handleCall, "cond_clause", [FILE, 18], null, { clause: 1 });
  const unmatched = story.site(handleCall, "no_clause", [FILE, 15]);
  story.process(SERVER, { name: "Shop.Cart", initialCall: "Shop.Cart.init/1" });
  for (const [i, item] of [":apple", ":plum", ":plum"].entries()) {
    const t = i * 40 * SECOND;
    story.enter(A, t, ["Shop.Cart", "add", 2], [":cart", item]);
    story.enter(SERVER, t + 1, handleCall, [tuple(atom("add"), atom("x")), ":from", []], first);
    if (i === 0) story.at(SERVER, t + 2, apple, [], "branch");
    story.leave(SERVER, t + 3, ":x", i === 0 ? "returned" : "raised");
    story.leave(A, t + 4, 1);
  }
  story.enter(A, 5, ["Shop.CartTest", "test it counts", 1], []);
  story.call(A, 6, 7, ["Shop.Cart", "tested", 1], [1], 2);
  story.leave(A, 8);
  story.call(A, 10, 11, ["Shop.Cart", "lose", 1], [":cart"]);
  story.call(SERVER, 20, 21, handleInfo, [":late", []], tuple(atom("noreply"), atom("s")));
  story.at(SERVER, 30, unmatched, [":odd"], "no_clause");
  story.exit(SERVER, 99 * SECOND, ":boom");
}

async function asked(
  name: string,
  parameters: Readonly<Record<string, number>> = {},
  range: { readonly from?: number; readonly to?: number } = {},
): Promise<QuestionView> {
  const params = { name, limit: 100, parameters: new Map(Object.entries(parameters)), ...range };
  const answer = await askQuestion(recording, params);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

async function refused(
  source: RecordingReader,
  name: string,
  parameter?: string,
): Promise<NoAnswer> {
  const parameters = new Map(parameter === undefined ? [] : [[parameter, 1] as const]);
  const answer = await askQuestion(source, { name, parameters, limit: 10 });
  if (answer.ok) throw new Error("it was not refused");
  return answer.error;
}

/** Some columns of the rows. */
async function cells(view: QuestionView, ...names: readonly string[]): Promise<readonly unknown[]> {
  const places = names.map((name) => view.columns.findIndex((column) => column.name === name));
  return view.rows.map((row) =>
    places.map((place) => {
      const cell = row[place];
      return typeof cell === "bigint" ? Number(cell) : cell;
    }),
  );
}

describe("named questions", () => {
  it("find complicated functions that raised, also in the last part only", async () => {
    const of = ["function", "cyclomatic", "raised", "calls", "line"];
    const whole = await asked("complex-and-raised", { cyclomatic: 3 });
    expect(await cells(whole, ...of)).toEqual([["handle_call", 5, 2, 3, 15]]);
    const late = await asked("complex-and-raised", { cyclomatic: 3 }, { from: 50 * SECOND });
    expect(await cells(late, ...of)).toEqual([["handle_call", 5, 1, 1, 15]]);
    expect((await asked("complex-and-raised")).rows).toEqual([]);
  });

  it("find functions that were not called, of those that would have been recorded", async () => {
    const view = await asked("functions-never-called");
    expect(await cells(view, "function", "kind", "callers_in_code")).toEqual([
      ["helper", "defp", 1],
      ["unused", "def", 0],
    ]);
    expect(view.limits.join("\n")).toMatch(/4 of 10 functions of the code were not watched/);
  });

  it("find what only tests call", async () => {
    const view = await asked("only-called-from-tests");
    expect(await cells(view, "function", "calls", "callers_in_code")).toEqual([["tested", 1, 0]]);
  });

  it("find clauses that were never chosen, of functions and inside of them", async () => {
    expect(await cells(await asked("clauses-never-chosen"), "of", "clause", "line")).toEqual([
      ["cond", 2, 18],
      ["function", 2, 24],
    ]);
    const same = await asked("functions-of-many-clauses", { clauses: 2 });
    expect(await cells(same, "function", "clauses", "always", "calls")).toEqual([
      ["handle_call", 2, 1, 3],
    ]);
  });

  it("find handlers that no message reached", async () => {
    const view = await asked("handlers-without-messages");
    expect(await cells(view, "function", "clause", "known", "line")).toEqual([
      ["handle_call", 2, "never chosen", 24],
    ]);
  });

  it("find messages that no clause handles, and say how that is known", async () => {
    const view = await asked("messages-without-clause");
    expect(await cells(view, "known", "function", "message", "times")).toEqual([
      ["left to the default", "handle_info", ":late", 1],
      ["no clause matched", "handle_call", "[:odd]", 1],
      ["sent in the code", "lose", "{:lose, _}", 1],
    ]);
  });

  it("find children that exited, with the supervisor and the reason", async () => {
    const view = await asked("children-that-exited");
    expect(await cells(view, "supervisor", "child", "exits", "last_reason")).toEqual([
      ["Shop.Supervisor", "Shop.Cart", 1, ":boom"],
    ]);
  });

  it("all run, and show SQL that gives the same rows again", async () => {
    for (const { name } of QUESTIONS) {
      const { sql, rows, more } = await asked(name);
      expect((await recording.query(sql)).rows, name).toEqual(rows);
      expect(more).toBe(false);
      expect(sql).not.toMatch(/\$\d/);
    }
  });

  it("are refused with what is missing, or with the nearest names", async () => {
    const bare = await tell((story) => story.call(A, 1, 2, handleCall, [1, 2, 3]));
    expect((await refused(bare, "complex-and-raised")).message).toMatch(/elixirscope analyze/);
    expect((await refused(bare, "clauses-never-chosen")).message).toMatch(/instrumented/);
    expect(await refused(recording, "clauses-never-chosn")).toMatchObject({
      code: "no_question",
      nearest: ["clauses-never-chosen"],
    });
    expect(await refused(recording, "complex-and-raised", "cyclo")).toMatchObject({
      code: "no_parameter",
      nearest: ["cyclomatic"],
    });
  });
});
