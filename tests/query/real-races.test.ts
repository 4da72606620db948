// Recorded by attaching to a real node: two GenServers that call each other and time out, and an ETS counter
// that two processes increment in two steps.

import { deadlocks, races } from "@elixirscope/query";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startNode, type BeamNode } from "../support/beam-node.ts";
import { record } from "../support/recorded-node.ts";

const CODE = `
defmodule Bank.Account do
  use GenServer
  def start(name, other), do: GenServer.start(__MODULE__, other, name: name)
  def transfer(account, timeout), do: GenServer.call(account, {:transfer, timeout}, 2_000)
  def deposit(account, timeout), do: GenServer.call(account, :deposit, timeout)
  @impl true
  def init(other), do: {:ok, other}
  @impl true
  def handle_call({:transfer, timeout}, _from, other) do
    Process.sleep(100)
    {:reply, deposit(other, timeout), other}
  end
  def handle_call(:deposit, _from, other), do: {:reply, :ok, other}
end
Logger.configure(level: :none)
{:ok, _} = Bank.Account.start(:left, :right)
{:ok, _} = Bank.Account.start(:right, :left)
`;

const BOTH = `
for {account, timeout} <- [left: 400, right: 600] do
  spawn(fn -> Bank.Account.transfer(account, timeout) end)
end
Process.sleep(1_000)
`;

let node: BeamNode;

beforeAll(async () => {
  node = await startNode({ program: "elixir", code: CODE });
});

afterAll(async () => {
  await node.stop();
});

it("finds the deadlock of a real node, and only it", async () => {
  const quiet = `{:ok, _} = {:ok, Bank.Account.transfer(:left, 400)}`;
  const recording = await record(node, { selectors: ["Bank.*"], processes: ["all"] }, quiet, BOTH);
  const { cycles, unanswered, limits } = await deadlocks(recording);
  expect(limits.filter((limit) => limit.includes("missing"))).toEqual([]);
  expect(cycles).toHaveLength(1);
  const [cycle] = cycles;
  const waits = cycle?.waits.map(({ caller, server, request }) => ({
    caller: caller.name,
    server: server?.name,
    request,
  }));
  expect(waits?.toSorted((a, b) => String(a.caller).localeCompare(String(b.caller)))).toEqual([
    { caller: ":left", server: ":right", request: ":deposit" },
    { caller: ":right", server: ":left", request: ":deposit" },
  ]);
  // the left one gave up first, after its 400 ms
  const left = cycle?.waits.find(({ caller }) => caller.name === ":left");
  expect(left).toMatchObject({ end: "timeout", function: "Bank.Account.deposit/2" });
  expect((cycle?.to ?? 0) - (left?.from ?? 0)).toBeGreaterThan(399_000_000);
  expect((cycle?.to ?? 0) - (left?.from ?? 0)).toBeLessThan(550_000_000);
  // the two clients that had asked for it
  expect(cycle?.others).toBe(2);
  expect(unanswered).toEqual([]);
});

it("finds the lost update of an ETS key, not the counter next to it", async () => {
  const table = `:ets.new(:hits, [:named_table, :public]); :ets.insert(:hits, [{"page", 0}, {"safe", 0}]); true = Process.register(self(), :ets_owner)`;
  const count = `
    me = self()
    for pause <- [20, 60] do
      spawn(fn ->
        [{_, n}] = :ets.lookup(:hits, "page")
        Process.sleep(pause)
        :ets.insert(:hits, {"page", n + 1})
        :ets.update_counter(:hits, "safe", 1)
        send(me, :done)
      end)
    end
    for _ <- 1..2, do: receive(do: (:done -> :ok))`;
  const recording = await record(
    node,
    { selectors: [":ets.lookup/2", ":ets.insert/2", ":ets.update_counter/3"], processes: ["all"] },
    `${table}; ${count}`,
  );
  const { races: found } = await races(recording);
  const lost = found.filter(({ kind }) => kind === "lost_update");
  expect(lost).toMatchObject([
    { subject: { kind: "ets", table: ":hits" }, read: ":ets.lookup", write: ":ets.insert" },
  ]);
  expect(lost[0]?.happened).toBe(1);
  expect(JSON.stringify(found)).not.toContain("safe");
});
