// Servers whose callbacks are all recorded: nobody asks their processes for a state, and yet all is known.

import { describe, expect, it } from "vitest";
import { elixirReleases, PLAIN, Project, rowsOf } from "./projects.ts";

const SCRIPT = `defmodule Stock do
  use GenServer
  def init(n), do: {:ok, n}
  def handle_call({:take, k}, _from, n), do: {:reply, n - k, n - k}
  def handle_call(:ask, _from, n), do: {:reply, Ledger.total(), n}
  def handle_cast({:put, k}, n), do: {:noreply, n + k, {:continue, :round}}
  def handle_continue(:round, n), do: {:noreply, div(n, 10) * 10}
end

defmodule Ledger do
  use GenServer
  def total, do: GenServer.call(__MODULE__, :total)
  def init(n), do: {:ok, n}
  def handle_call(:total, _from, n), do: {:reply, n, n + 1}
  def handle_info(:tick, n), do: {:noreply, n * 2}
end

defmodule Door do
  @behaviour :gen_statem
  def callback_mode, do: :state_functions
  def init(code), do: {:ok, :locked, %{code: code, tries: 0}}
  def locked({:call, from}, {:open, code}, %{code: code} = data), do: {:next_state, :open, data, [{:reply, from, :ok}]}
  def locked({:call, from}, {:open, _}, data), do: {:keep_state, %{data | tries: data.tries + 1}, [{:reply, from, :no}]}
  def open(:cast, :close, data), do: {:next_state, :locked, data}
  def open({:call, from}, :who, _data), do: {:keep_state_and_data, [{:reply, from, self()}]}
end

defmodule Main do
  def debug(name) do
    {:status, _, _, [_dictionary, _state, _parent, debug | _]} = :sys.get_status(name)
    IO.puts("#{inspect(name)} has #{length(debug)} debug functions")
  end

  def run do
    {:ok, stock} = GenServer.start_link(Stock, 100, name: Stock)
    {:ok, _} = GenServer.start_link(Ledger, 5, name: Ledger)
    97 = GenServer.call(Stock, {:take, 3})
    GenServer.cast(Stock, {:put, 8})
    5 = GenServer.call(Stock, :ask)
    send(Ledger, :tick)
    12 = Ledger.total()
    :sys.replace_state(Stock, fn _ -> 50 end)
    49 = GenServer.call(Stock, {:take, 1})
    send(stock, :unexpected)
    48 = GenServer.call(Stock, {:take, 1})
    {:ok, door} = :gen_statem.start_link(Door, 42, [])
    :no = :gen_statem.call(door, {:open, 1})
    :ok = :gen_statem.call(door, {:open, 42})
    ^door = :gen_statem.call(door, :who)
    :gen_statem.cast(door, :close)
    :ok = :gen_statem.call(door, {:open, 42})
    # a keeper that asks does so at once
    Process.sleep(300)
    for name <- [Stock, Ledger, door], do: debug(name)
    GenServer.cast(Stock, {:put, 4})
  end
end

Logger.configure(level: :none)
Main.run()
`;

const states = (initial: string): string => `
  select s.version, term(s.state), s.callback, m.kind, term(m.body)
  from states s join processes p using (pid) left join messages m on m.message = s.cause_message
  where p.initial_call = '${initial}' order by 1`;

describe.each(elixirReleases())("servers with $name", (release) => {
  it("tell their states, and what they handle, without a state handler", async () => {
    using project = new Project({ "script.exs": SCRIPT });
    const done = await project.record(["elixir", "script.exs"], { release });
    expect(done.stdout.match(/has 0 debug functions/gu)).toHaveLength(3);
    expect(await rowsOf(done.out, states("Stock.init/1"))).toEqual([
      [0, "100", "init", null, null],
      [1, "97", "handle_call", "call", expect.stringContaining("{:take, 3}")],
      [2, "105", "handle_cast", "cast", '{:"$gen_cast", {:put, 8}}'],
      [3, "100", "handle_continue", "cast", '{:"$gen_cast", {:put, 8}}'],
      [4, "100", "handle_call", "call", expect.stringContaining(":ask")],
      [5, "50", null, null, null],
      [6, "49", "handle_call", "call", expect.stringContaining("{:take, 1}")],
      [7, "49", "handle_info", "info", ":unexpected"],
      [8, "48", "handle_call", "call", expect.stringContaining("{:take, 1}")],
      [9, "52", "handle_cast", "cast", '{:"$gen_cast", {:put, 4}}'],
      [10, "50", "handle_continue", "cast", '{:"$gen_cast", {:put, 4}}'],
    ]);
    expect(await rowsOf(done.out, states("Ledger.init/1"))).toEqual([
      [0, "5", "init", null, null],
      [1, "6", "handle_call", "call", expect.stringContaining(":total")],
      [2, "12", "handle_info", "info", ":tick"],
      [3, "13", "handle_call", "call", expect.stringContaining(":total")],
    ]);
    expect(await rowsOf(done.out, states("Door.init/1"))).toEqual([
      [0, "{:locked, %{code: 42, tries: 0}}", "init", null, null],
      [
        1,
        "{:locked, %{code: 42, tries: 1}}",
        "locked",
        "call",
        expect.stringContaining("{:open, 1}"),
      ],
      [
        2,
        "{:open, %{code: 42, tries: 1}}",
        "locked",
        "call",
        expect.stringContaining("{:open, 42}"),
      ],
      [3, "{:open, %{code: 42, tries: 1}}", "open", "call", expect.stringContaining(":who")],
      [4, "{:locked, %{code: 42, tries: 1}}", "open", "cast", '{:"$gen_cast", :close}'],
      [
        5,
        "{:open, %{code: 42, tries: 1}}",
        "locked",
        "call",
        expect.stringContaining("{:open, 42}"),
      ],
    ]);
    const handled = `select p.initial_call, count(*) from events e join processes p using (pid)
      where e.kind = 'handle' and p.initial_call like '%.init/1' group by 1 order by 1`;
    expect(await rowsOf(done.out, handled)).toEqual([
      ["Door.init/1", 5],
      ["Ledger.init/1", 3],
      ["Stock.init/1", 7],
    ]);
    const facts =
      "select initial_call, behaviour, name from processes where behaviour like 'gen_%' order by 1";
    expect(await rowsOf(done.out, facts)).toEqual([
      ["Door.init/1", "gen_statem", null],
      ["Ledger.init/1", "gen_server", "Ledger"],
      ["Stock.init/1", "gen_server", "Stock"],
    ]);
  });

  it("have a state handler where a callback is left out", async () => {
    using project = new Project({ "script.exs": SCRIPT });
    const only = ["--only", "Stock.handle_call/3", "Stock.init/1", "Main"];
    const done = await project.record(["elixir", "script.exs"], { release, flags: only });
    expect(done.stdout).toContain("Stock has 1 debug functions");
    const last = `select term(s.state) from states s join processes p using (pid)
      where p.name = 'Stock' order by s.version desc limit 1`;
    expect(await rowsOf(done.out, last)).toEqual([["50"]]);
  });

  it("tell their states within a plan, which has no state handlers", async () => {
    const [modules = "", run = ""] = SCRIPT.split("Logger.configure");
    using project = new Project({
      ...PLAIN,
      "lib/servers.ex": modules,
      "run.exs": `Logger.configure${run}`,
    });
    const flags = ["--strategy", "minimal"];
    const done = await project.record(["mix", "run", "run.exs"], { release, flags });
    expect(done.stdout.match(/has 0 debug functions/gu)).toHaveLength(3);
    const told = states("Ledger.init/1");
    expect(await rowsOf(done.out, told)).toEqual([
      [0, "5", "init", null, null],
      [1, "6", "handle_call", null, null],
      [2, "12", "handle_info", null, null],
      [3, "13", "handle_call", null, null],
    ]);
    const door = `select term(s.state) from states s join processes p using (pid)
      where p.initial_call = 'Door.init/1' order by version desc limit 1`;
    expect(await rowsOf(done.out, door)).toEqual([["{:open, %{code: 42, tries: 1}}"]]);
  });
});
