// Messages across files: who takes what when receivers are names, topics, values or nothing known.

import { describe, expect, it } from "vitest";
import { linkProject, ProjectLinker } from "./link-project.ts";
import { linkedFile } from "./linked-file.ts";
import type { MessageGraph } from "./project-graphs.ts";

function messages(...texts: string[]): MessageGraph {
  return linkProject(texts.map((text, i) => linkedFile(`lib/${i}.ex`, text))).messages;
}

function lines(graph: MessageGraph): string[] {
  return graph.edges.map(({ send, handler, confidence, evidence, module }) => {
    const from = graph.sends[send];
    const to = graph.handlers[handler];
    return `${from?.function} ${from?.shape} -> ${to?.function ?? module}#${to?.order ?? ""} ${confidence} ${evidence}`;
  });
}

const server = (name: string, body: string, registered = "__MODULE__"): string => `
  defmodule ${name} do
    use GenServer
    def start_link(id), do: GenServer.start_link(__MODULE__, id, name: ${registered})
    def init(id), do: {:ok, id}
    ${body}
  end
`;

const subscriber = (name: string, topic: string): string => `
  defmodule ${name} do
    use GenServer
    def init(id) do
      Phoenix.PubSub.subscribe(My.PubSub, ${topic})
      {:ok, id}
    end
    def handle_info({:price, _}, s), do: {:noreply, s}
  end`;

describe("clauses are tried in their order", () => {
  it("what the first clause takes for certain does not reach the next", () => {
    const graph = messages(
      server(
        "A",
        `def handle_call({:get, _}, _, s), do: {:reply, s, s}
         def handle_call({:get, :all}, _, s), do: {:reply, s, s}
         def handle_call(_, _, s), do: {:reply, nil, s}`,
      ),
      "defmodule B do\n def run(x) do\n GenServer.call(A, {:get, x})\n GenServer.call(A, x)\n end\n end",
    );
    expect(lines(graph)).toEqual([
      "B.run/1 {:get, _} -> A.handle_call/3#0 exact receiver",
      "B.run/1 _ -> A.handle_call/3#0 possible receiver",
      "B.run/1 _ -> A.handle_call/3#1 possible receiver",
      "B.run/1 _ -> A.handle_call/3#2 possible receiver",
    ]);
  });
});

describe("receivers", () => {
  it("by a registered atom, by a name of another module, by a via tuple", () => {
    const graph = messages(
      server("A", "def handle_cast({:a, _}, s), do: {:noreply, s}", ":alpha"),
      server("B", "def handle_cast(:b, s), do: {:noreply, s}", "B.Name"),
      server("C", "def handle_cast(:c, s), do: {:noreply, s}", "{:via, Registry, {Reg, {:c, id}}}"),
      `defmodule D do
         def run(x) do
           GenServer.cast(:alpha, {:a, x})
           GenServer.cast(B.Name, :b)
           GenServer.cast({:via, Registry, {Reg, {:c, x}}}, :c)
           GenServer.cast({:via, Registry, {Other, x}}, :c)
         end
       end`,
    );
    expect(lines(graph)).toEqual([
      "D.run/1 {:a, _} -> A.handle_cast/2#0 exact receiver",
      "D.run/1 :b -> B.handle_cast/2#0 exact receiver",
      "D.run/1 :c -> C.handle_cast/2#0 exact receiver",
      // nobody registers there: only the message says who could take it
      "D.run/1 :c -> C.handle_cast/2#0 possible shape",
    ]);
  });

  it("by topic: those who subscribe to one that could be it", () => {
    const graph = messages(
      subscriber("A", '"prices:" <> id'),
      subscriber("B", '"prices:all"'),
      subscriber("C", '"orders"'),
      `defmodule D do
         def run(x), do: Phoenix.PubSub.broadcast(My.PubSub, "prices:all", {:price, x})
       end`,
    );
    expect(lines(graph)).toEqual([
      "D.run/1 {:price, _} -> A.handle_info/2#0 exact topic",
      "D.run/1 {:price, _} -> B.handle_info/2#0 exact topic",
    ]);
  });

  it("that are values: the own module first, then whoever could take the message", () => {
    const graph = messages(
      server("A", "def handle_call({:only_a, _}, _, s), do: {:reply, 1, s}"),
      `defmodule A.Client do
         def ask(pid, x), do: GenServer.call(pid, {:only_a, x})
         def other(pid, x), do: GenServer.call(pid, x)
       end`,
    );
    expect(lines(graph)).toEqual([
      "A.Client.ask/2 {:only_a, _} -> A.handle_call/3#0 possible shape",
    ]);
    expect(graph.openSends.map((send) => graph.sends[send]?.function)).toEqual([
      "A.Client.other/2",
    ]);
  });

  it("self() in a callback is the module's process, in a public function only perhaps", () => {
    const graph = messages(
      `defmodule A do
         use GenServer
         def init(s) do
           send(self(), :boot)
           {:ok, s}
         end
         def poke, do: send(self(), :boot)
         def handle_info(:boot, s), do: {:noreply, s}
       end`,
    );
    expect(lines(graph)).toEqual([
      "A.init/1 :boot -> A.handle_info/2#0 exact receiver",
      "A.poke/0 :boot -> A.handle_info/2#0 inferred own_module",
    ]);
  });

  it("started in the same function", () => {
    const graph = messages(
      server("A", "def handle_info(:go, s), do: {:noreply, s}", ":a"),
      "defmodule B do\n def run do\n {:ok, pid} = A.start_link(1)\n send(pid, :go)\n end\n end",
    );
    expect(lines(graph)).toEqual(["B.run/0 :go -> A.handle_info/2#0 exact receiver"]);
  });
});

describe("what does not meet", () => {
  it("a send that no clause of its receiver takes, and a clause that nobody sends to", () => {
    const graph = messages(
      server(
        "A",
        `def handle_call({:get, _}, _, s), do: {:reply, s, s}
         def handle_info({:DOWN, _, :process, _, _}, s), do: {:noreply, s}
         def handle_info(:timeout, s), do: {:noreply, s}
         def handle_info({ref, _}, s) when is_reference(ref), do: {:noreply, s}
         def handle_info(:never, s), do: {:noreply, s}`,
      ),
      `defmodule B do
         def run do
           GenServer.call(A, {:fetch, 1})
           GenServer.cast(A, {:get, 1})
           GenServer.call(Elsewhere, :x)
         end
       end`,
    );
    expect(graph.unmatchedSends.map((send) => graph.sends[send]?.shape)).toEqual([
      "{:fetch, 1}",
      "{:get, 1}",
    ]);
    expect(graph.openSends.map((send) => graph.sends[send]?.shape)).toEqual([":x"]);
    expect(graph.unsentHandlers.map((handler) => graph.handlers[handler]?.shape)).toEqual([
      "{:get, _}",
      ":never",
    ]);
  });

  it("is not said of a module into which an unknown use may bring clauses", () => {
    const graph = messages(
      `defmodule A do
         use Some.Library
         def start_link(x), do: GenServer.start_link(__MODULE__, x, name: __MODULE__)
         def run, do: GenServer.call(__MODULE__, :get)
       end`,
    );
    expect(graph.unmatchedSends).toEqual([]);
    expect(graph.openSends).toHaveLength(1);
  });
});

describe("state machines and event managers", () => {
  it("take what their events' types allow", () => {
    const graph = messages(
      `defmodule A do
         @behaviour :gen_statem
         def start_link, do: :gen_statem.start_link({:local, :sm}, __MODULE__, [], [])
         def callback_mode, do: :handle_event_function
         def init(_), do: {:ok, :idle, nil}
         def handle_event(:cast, :go, :idle, d), do: {:next_state, :on, d, [{:state_timeout, 5, :off}]}
         def handle_event(:state_timeout, :off, _, d), do: {:next_state, :idle, d}
         def handle_event({:call, from}, _, _, _), do: {:keep_state_and_data, [{:reply, from, 1}]}
         def handle_event(:info, {:tcp, _, _}, _, _), do: :keep_state_and_data
       end`,
      `defmodule B do
         def run do
           :gen_statem.cast(:sm, :go)
           GenServer.call(:sm, :go)
           send(:sm, :go)
         end
       end`,
    );
    expect(lines(graph)).toEqual([
      "A.handle_event/4 :off -> A.handle_event/4#1 exact receiver",
      // only in the state :idle
      "B.run/0 :go -> A.handle_event/4#0 possible receiver",
      "B.run/0 :go -> A.handle_event/4#2 exact receiver",
    ]);
    expect(graph.unmatchedSends.map((send) => graph.sends[send]?.kind)).toEqual(["send"]);
    expect(graph.unsentHandlers).toEqual([]);
  });
});

describe("a message for a value", () => {
  it("goes to the module that has a clause for it, not to one that takes anything", () => {
    const graph = messages(
      server("A", "def handle_info({:job, _}, s), do: {:noreply, s}"),
      `defmodule B do
         use GenServer
         def init(s), do: {:ok, s}
         def run(pid), do: send(pid, {:job, 1})
         def other(pid), do: send(pid, {:else, 1})
         def handle_info(_, s), do: {:noreply, s}
       end`,
    );
    expect(lines(graph)).toEqual([
      "B.run/1 {:job, 1} -> A.handle_info/2#0 possible shape",
      "B.other/1 {:else, 1} -> B.handle_info/2#0 inferred own_module",
    ]);
  });

  it("that an event manager passes on goes to any handler of events", () => {
    const graph = messages(
      "defmodule A do\n @behaviour :gen_event\n def handle_event({:log, _}, s), do: {:ok, s}\n end",
      "defmodule B do\n def run, do: :gen_event.notify(Manager, {:log, 1})\n end",
    );
    expect(lines(graph)).toEqual(["B.run/0 {:log, 1} -> A.handle_event/2#0 possible shape"]);
  });

  it("sent to several by one function counts for each", () => {
    const graph = messages(
      server("A", "def handle_cast({:a, _}, s), do: {:noreply, s}"),
      "defmodule E do\n @behaviour :gen_event\n def handle_event({:a, _}, s), do: {:ok, s}\n end",
      `defmodule B do
         def run(x), do: notify(x, {:a, 1})
         defp notify({manager, pids}, event) do
           :gen_event.notify(manager, event)
           for pid <- pids, do: GenServer.cast(pid, event)
         end
       end`,
    );
    expect(lines(graph)).toEqual([
      "B.run/1 {:a, 1} -> E.handle_event/2#0 possible shape",
      "B.run/1 {:a, 1} -> A.handle_cast/2#0 possible shape",
    ]);
  });
});

describe("a linker", () => {
  it("gives the same graphs as linking at once, whatever was replaced before", () => {
    const a = linkedFile("a.ex", server("A", "def handle_cast(:x, s), do: {:noreply, s}"));
    const b = linkedFile("b.ex", "defmodule B do\n def run, do: GenServer.cast(A, :x)\n end");
    const other = linkedFile("b.ex", "defmodule B do\n import C\n def run, do: help(1)\n end");
    const c = linkedFile("c.ex", "defmodule C do\n def help(x, y \\\\ 2), do: {x, y}\n end");
    const linker = new ProjectLinker();
    linker.replace(a);
    linker.replace(other);
    const before = linker.link();
    expect(before.calls.bindings.at(-1)).toBe("unresolved");
    expect(linker.link()).toBe(before);
    linker.replace(c);
    const { calls } = linker.link();
    expect([...calls.graph.predecessors(calls.indexOf("C.help/2") ?? -1)]).toEqual([
      calls.indexOf("B.run/0"),
    ]);
    linker.replace(b);
    linker.remove("c.ex");
    const fresh = linkProject([b, a]);
    const after = linker.link();
    expect(after.messages.edges).toEqual(fresh.messages.edges);
    expect(after.calls.keys).toEqual(fresh.calls.keys);
    expect(after.calls.graph).toEqual(fresh.calls.graph);
    expect(after.modules.dependencies).toEqual(fresh.modules.dependencies);
  });
});
