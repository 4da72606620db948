import { describe, expect, it } from "vitest";
import { linkedFile } from "./linked-file.ts";
import type { LinkFacts } from "./link-facts.ts";

function facts(text: string): LinkFacts {
  return linkedFile("lib/a.ex", text).links;
}

/** Facts of a function body in a module `A` that has `@server A.Server` and `alias A.Worker`. */
function inFunction(body: string, head = "run(pid, x)"): LinkFacts {
  return facts(`
    defmodule A do
      alias A.Worker
      @server A.Server
      def ${head} do
        ${body}
      end
      defp via(id), do: {:via, Registry, {A.Names, id}}
      defp name, do: A.Named
    end
  `);
}

const sends = (body: string, head?: string): string[] =>
  inFunction(body, head).sends.map(
    (send) => `${send.kind} ${JSON.stringify(Object.values(send.receiver))} ${send.shape}`,
  );

describe("receivers", () => {
  it.each([
    ["GenServer.call(__MODULE__, :m)", 'call ["module","A"] :m'],
    ["GenServer.call(Worker, :m)", 'call ["module","A.Worker"] :m'],
    ["GenServer.call(@server, :m)", 'call ["module","A.Server"] :m'],
    ["GenServer.cast(:worker, :m)", 'cast ["name","worker"] :m'],
    ["GenServer.cast({:worker, node()}, :m)", 'cast ["name","worker"] :m'],
    ["GenServer.cast({Worker, :n@h}, :m)", 'cast ["module","A.Worker"] :m'],
    ["GenServer.call({:global, {:w, x}}, :m)", 'call ["via","{:global, {:w, _}}"] :m'],
    ["GenServer.call(via(x), :m)", 'call ["via","{:via, Registry, {A.Names, _}}"] :m'],
    ["GenServer.call(name(), :m)", 'call ["module","A.Named"] :m'],
    ["send(self(), :m)", 'send ["self"] :m'],
    ["me = self()\nspawn(fn -> send(me, :m) end)", 'send ["self"] :m'],
    ["send(pid, :m)", 'send ["unknown","pid"] :m'],
    ["send(x.pid, :m)", 'send ["unknown","x.pid"] :m'],
    ["{:ok, w} = Worker.start_link(x)\nsend(w, :m)", 'send ["process","A.Worker"] :m'],
    ["{:ok, w} = GenServer.start(Worker, x)\nsend(w, :m)", 'send ["process","A.Worker"] :m'],
    ["w = start_supervised!({Worker, x})\nsend(w, :m)", 'send ["process","A.Worker"] :m'],
    ["send(Process.whereis(:w), :m)", 'send ["name","w"] :m'],
    ["x = :w\nx = Worker\nsend(x, :m)", 'send ["module","A.Worker"] :m'],
    ["x = :w\ncase pid do\n  x -> send(x, :m)\nend", 'send ["unknown","x"] :m'],
    ["if pid do\n  x = :w\n  x\nend\nsend(x, :m)", 'send ["unknown","x"] :m'],
    ["pid |> GenServer.call(:m)", 'call ["unknown","pid"] :m'],
    ["Worker |> Process.whereis() |> send(:m)", 'send ["module","A.Worker"] :m'],
    [
      'Phoenix.PubSub.broadcast(A.PubSub, "t:#{x}", :m)',
      'broadcast ["topic","A.PubSub","<<_>>"] :m',
    ],
    [
      'Phoenix.PubSub.broadcast!(A.PubSub, "t:" <> x, :m)',
      'broadcast ["topic","A.PubSub","\\"t:\\" <> _"] :m',
    ],
    [
      "Registry.dispatch(A.Names, :k, fn entries -> for {p, _} <- entries, do: send(p, :m) end)",
      'send ["via","{:via, Registry, {A.Names, :k}}"] :m',
    ],
    [":timer.send_after(100, :m)", 'send_after ["self"] :m'],
    [":timer.send_interval(100, Worker, :m)", 'send_after ["module","A.Worker"] :m'],
    [":erlang.start_timer(5, self(), :m)", 'send_after ["self"] {:timeout, _, :m}'],
    ["Agent.update(Worker, & &1)", 'call ["module","A.Worker"] fn'],
    [":gen_event.notify(:bus, {:e, x})", 'notify ["name","bus"] {:e, _}'],
    ["GenServer.reply(x, :m)", 'reply ["unknown","x"] :m'],
    ["GenServer.abcast([node()], Worker, :m)", 'cast ["module","A.Worker"] :m'],
  ])("%s", (body, expected) => {
    expect(sends(body)).toEqual([expected]);
  });

  it("a parameter's default says who is meant", () => {
    expect(sends("GenServer.call(server, :m)", "run(server \\\\ __MODULE__)")).toEqual([
      'call ["module","A"] :m',
    ]);
  });
});

describe("messages", () => {
  it.each([
    ["{:add, x, 1}", "{:add, _, 1}"],
    ["{:pair, [1, x | pid]}", "{:pair, [1, _ | _]}"],
    ['%{"b" => nil, a: x}', '%{"b" => nil, a: _}'],
    ["%Worker{id: 1}", "%A.Worker{id: 1}"],
    ["%{x | a: 1}", "%{_ | a: 1}"],
    ["{Worker, __MODULE__, :erlang}", "{A.Worker, A, :erlang}"],
    ["{:f, fn -> 1 end, &run/2}", "{:f, fn, fn}"],
    ["if(x, do: 1, else: 2)", "_"],
    ["{-1, 2.0, 'abc', \"a#{x}\"}", "{-1, 2.0, 'abc', <<_>>}"],
  ])("%s", (message, shape) => {
    expect(inFunction(`send(pid, ${message})`).sends[0]?.shape).toBe(shape);
  });

  it("are followed to the variable's value, also when variables hold variables without end", () => {
    const doubled = Array.from({ length: 40 }, (_, i) => `x${i + 1} = {x${i}, x${i}}`).join("\n");
    const shape = inFunction(`x0 = :m\n${doubled}\nsend(pid, {:deep, x40})`).sends[0]?.shape ?? "";
    expect(shape.startsWith("{:deep, {{{")).toBe(true);
    expect(shape.length).toBeLessThan(4_000);
  });

  it("keep the time-out", () => {
    const { sends: found } = inFunction("GenServer.call(pid, :m, :infinity)");
    expect(found[0]?.timeout).toBe(":infinity");
  });
});

describe("functions that pass a message on", () => {
  it("are followed to those who call them", () => {
    const { sends: found } = facts(`
      defmodule A do
        def get(key), do: request({:get, key})
        def put(key, value), do: {:put, key, value} |> request()
        defp request(message), do: call_server(message, 5_000)
        defp call_server(message, timeout), do: GenServer.call(__MODULE__, message, timeout)
      end
    `);
    expect(found.map((send) => [send.function, send.shape, send.through])).toEqual([
      ["A.get/1", "{:get, _}", "A.request/1"],
      ["A.put/2", "{:put, _, _}", "A.request/1"],
    ]);
    expect(found[0]?.receiver).toEqual({ kind: "module", module: "A" });
  });

  it("are sites themselves when others may call them", () => {
    const { sends: found } = facts(`
      defmodule A do
        def stop(pid), do: call(pid, :stop)
        def call(pid, message), do: GenServer.call(pid, message)
      end
    `);
    expect(found.map((send) => [send.function, send.shape])).toEqual([
      ["A.call/2", "_"],
      ["A.stop/1", ":stop"],
    ]);
  });
});

describe("messages in what callbacks return", () => {
  it("continue", () => {
    const { sends: found } = facts(`
      defmodule A do
        use GenServer
        def init(x), do: {:ok, x, {:continue, {:load, x}}}
        def handle_continue({:load, _}, s), do: {:noreply, s}
      end
    `);
    expect(found.map((send) => [send.kind, send.shape, send.receiver.kind])).toEqual([
      ["continue", "{:load, _}", "self"],
    ]);
  });

  it("events and time-outs of a state machine", () => {
    const { sends: found, handlers } = facts(`
      defmodule A do
        @behaviour :gen_statem
        def callback_mode, do: :handle_event_function
        def init(_), do: {:ok, :idle, nil, [{:state_timeout, 10, :tired}]}
        def handle_event(:state_timeout, :tired, :idle, data) do
          {:keep_state, data, [{:next_event, :internal, :go}, {{:timeout, :t}, 5, :late}]}
        end
        def handle_event({:call, from}, :go, _, _), do: {:keep_state_and_data, [{:reply, from, 1}]}
      end
    `);
    expect(found.map((send) => `${send.eventType} ${send.shape}`)).toEqual([
      ":state_timeout :tired",
      ":internal :go",
      "{:timeout, :t} :late",
    ]);
    expect(handlers.map((handler) => `${handler.eventType} ${handler.shape}`)).toEqual([
      ":state_timeout :tired",
      "{:call, _} :go",
    ]);
  });
});

describe("handlers", () => {
  it("have their clauses in order, with what may refuse", () => {
    const { handlers } = facts(`
      defmodule A do
        use GenServer
        def handle_call({:get, key}, _from, %{ready: true} = s), do: {:reply, key, s}
        def handle_call({:get, key}, {pid, _tag}, %{map: map}) when is_pid(pid), do: map[key]
        def handle_call(_, _, s), do: {:reply, :error, s}
        def handle_cast(%A.Job{id: id} = job, s), do: {:noreply, {id, job, s}}
        def handle_info({ref, ref}, s), do: {:noreply, s}
      end
    `);
    expect(handlers.map((h) => [h.kind, h.shape, h.guarded, h.order])).toEqual([
      ["call", "{:get, _}", true, 0],
      ["call", "{:get, _}", true, 1],
      ["call", "_", false, 2],
      ["cast", "%A.Job{id: _}", false, 0],
      ["info", "{_, ^_}", false, 0],
    ]);
  });

  it("are the clauses of a receive too, each receive a group", () => {
    const { handlers } = inFunction(`
      receive do
        {:a, ^x} -> 1
        {:b, y} when y > 1 -> 2
      after
        10 -> receive do
          :c -> 3
        end
      end
    `);
    expect(handlers.map((h) => [h.shape, h.guarded, h.order])).toEqual([
      ["{:a, ^_}", false, 0],
      ["{:b, _}", true, 1],
      [":c", false, 0],
    ]);
    expect(new Set(handlers.map((h) => h.group)).size).toBe(2);
  });

  it("of :gen_event and of a LiveView are told apart", () => {
    const { handlers } = facts(`
      defmodule A do
        @behaviour :gen_event
        def handle_event({:log, _}, s), do: {:ok, s}
        def handle_call(:get, s), do: {:ok, s, s}
      end
      defmodule B do
        use Phoenix.LiveView
        def handle_event("save", _, socket), do: {:noreply, socket}
        def handle_info(:tick, socket), do: {:noreply, socket}
      end
    `);
    expect(handlers.map((h) => `${h.protocol} ${h.kind} ${h.shape}`)).toEqual([
      "gen_event event {:log, _}",
      "gen_event call :get",
      'plain event "save"',
      "gen_server info :tick",
    ]);
  });
});

describe("process starts", () => {
  it.each([
    ["spawn(fn -> run(pid, x) end)", "spawn A.run/2 function false"],
    ["spawn_link(A, :run, [pid, x])", "spawn_link A.run/2 function true"],
    ["spawn(fn -> x; pid end)", "spawn null closure false"],
    ["Task.async(&name/0)", "task A.name/0 function true"],
    ["Task.start(x)", "task null unknown false"],
    ["Task.async_stream([1], &via/1)", "task A.via/1 function true"],
    ["[1] |> Task.async_stream(A, :via, [])", "task A.via/0 function true"],
    ["Agent.start_link(fn -> %{} end)", "agent null closure true"],
    ["GenServer.start_link(Worker, x)", "start_link A.Worker module true"],
    [":gen_statem.start_link({:local, :w}, Worker, x, [])", "start_link A.Worker module true"],
    ["DynamicSupervisor.start_child(A.Sup, {Worker, x})", "start_child A.Worker module false"],
    [
      "spec = %{id: 1, start: {Worker, :start_link, [x]}}\nSupervisor.start_child(A.Sup, spec)",
      "start_child A.Worker module false",
    ],
    [
      "Supervisor.start_link([Worker], strategy: :one_for_one)",
      "start_link Supervisor module true",
    ],
  ])("%s", (body, expected) => {
    const found = inFunction(body).spawns.map(
      (site) => `${site.kind} ${site.target} ${site.targetKind} ${site.linked}`,
    );
    expect(found).toEqual([expected]);
  });

  it("say under which supervisor", () => {
    const { spawns } = inFunction("Task.Supervisor.async_nolink(A.Tasks, fn -> x end)");
    expect(spawns[0]?.under).toEqual({ kind: "module", module: "A.Tasks" });
  });
});

describe("names", () => {
  it.each([
    ["GenServer.start_link(Worker, x, name: :w)", "A.Worker", ":w"],
    ["GenServer.start_link(__MODULE__, x, name: __MODULE__)", "A", "A"],
    ["GenServer.start_link(Worker, x, name: via(x))", "A.Worker", "{:via, Registry, {A.Names, _}}"],
    [
      "opts = Keyword.put_new(x, :name, Worker)\nGenServer.start_link(Worker, 1, opts)",
      "A.Worker",
      "A.Worker",
    ],
    [":gen_server.start_link({:local, :w}, Worker, x, [])", "A.Worker", ":w"],
    [":gen_server.start_link({:global, :w}, Worker, x, [])", "A.Worker", "{:global, :w}"],
    ["Process.register(self(), :w)", "A", ":w"],
    ["Registry.register(A.Names, {:k, x}, nil)", "A", "{:via, Registry, {A.Names, {:k, _}}}"],
    ["Agent.start_link(fn -> 1 end, name: :w)", "A", ":w"],
  ])("%s", (body, module, name) => {
    expect(inFunction(body).registered).toEqual([{ module, name }]);
  });

  it("of topics", () => {
    const { subscriptions } = inFunction('Phoenix.PubSub.subscribe(A.PubSub, "t:#{x}")');
    expect(subscriptions).toMatchObject([{ module: "A", pubsub: "A.PubSub", topic: "<<_>>" }]);
  });
});

/** What a list of children is read as, a line each; `…` when not all of them are known. */
const children = (list: string): string[] => {
  const { supervisors } = inFunction(`${list}\nSupervisor.init(children, strategy: :rest_for_one)`);
  const [site] = supervisors;
  return [
    ...(site?.children ?? []).map((child) =>
      [
        child.module,
        child.id ?? "",
        child.name ?? "",
        child.restart ?? "",
        child.type === "supervisor" ? "supervisor" : "",
        child.conditional ? "conditional" : "",
        child.many ? "many" : "",
      ]
        .filter((part) => part !== "")
        .join(" "),
    ),
    ...(site?.complete === true ? [] : ["…"]),
  ];
};

describe("supervisors", () => {
  it.each([
    ["children = [Worker, {Worker, x}]", ["A.Worker", "A.Worker"]],
    ["children = [{Registry, keys: :unique, name: A.R}]", ["Registry A.R supervisor"]],
    [
      "children = [{Worker, [name: :w]}, {DynamicSupervisor, name: A.D}]",
      ["A.Worker :w", "DynamicSupervisor A.D supervisor"],
    ],
    [
      "children = [%{id: :a, start: {Worker, :start_link, [x]}, restart: :transient, type: :supervisor}]",
      ["A.Worker :a transient supervisor"],
    ],
    [
      "children = [Supervisor.child_spec({Worker, x}, id: :b, restart: :temporary)]",
      ["A.Worker :b temporary"],
    ],
    [
      "children = [Supervisor.child_spec(%{id: 1, start: {Worker, :run, []}}, id: 2)]",
      ["A.Worker 2"],
    ],
    ["children = [Worker.child_spec(x)]", ["A.Worker"]],
    [
      "import Supervisor.Spec\nchildren = [worker(Worker, [x], id: :c), supervisor(A.S, [])]",
      ["A.Worker :c", "A.S supervisor"],
    ],
    ["a = [Worker]\nchildren = a ++ [A.B | [A.C]]", ["A.Worker", "A.B", "A.C"]],
    ["children = [Worker] ++ if(x, do: [A.B], else: [])", ["A.Worker", "A.B conditional"]],
    [
      "children = [Worker, x && A.B, if(x, do: A.C)] |> Enum.filter(& &1)",
      ["A.Worker conditional", "A.B conditional", "A.C conditional"],
    ],
    ["children = for i <- 1..3, do: {Worker, i}", ["A.Worker many"]],
    [
      "children = Enum.map(x, fn i -> Supervisor.child_spec({Worker, i}, id: i) end)",
      ["A.Worker _ many"],
    ],
    ["children = [Worker | rest(x)]", ["A.Worker", "…"]],
    ["children = case x do\n 1 -> [Worker]\n _ -> []\nend", ["A.Worker conditional"]],
    ["children = List.flatten([[Worker], [A.B]])", ["A.Worker", "A.B"]],
    ["children = [Worker, mod_of(x)]", ["A.Worker", "…"]],
  ])("%s", (list, expected) => {
    expect(children(list)).toEqual(expected);
  });

  it("list made by a function of the module", () => {
    const { supervisors } = facts(`
      defmodule A do
        use Supervisor
        def init(x), do: Supervisor.init(children(x), strategy: :one_for_all)
        defp children(:test), do: []
        defp children(x) do
          first = {A.B, x}
          [first, A.C]
        end
      end
    `);
    expect(supervisors).toMatchObject([
      {
        supervisor: "A",
        strategy: "one_for_all",
        complete: true,
        children: [
          { module: "A.B", conditional: true },
          { module: "A.C", conditional: true },
        ],
      },
    ]);
  });

  it("as Erlang writes them", () => {
    const { supervisors } = facts(`
      defmodule A do
        @behaviour :supervisor
        def init(_) do
          children = [{:w, {A.Worker, :start_link, []}, :transient, 5000, :worker, [A.Worker]}]
          {:ok, {{:one_for_all, 1, 5}, children}}
        end
      end
    `);
    expect(supervisors).toMatchObject([
      {
        strategy: "one_for_all",
        children: [{ module: "A.Worker", id: ":w", restart: "transient" }],
      },
    ]);
  });
});

const deep = (open: string, close: string): string =>
  `send(pid, ${open.repeat(10_000)}x${close.repeat(10_000)})`;

describe("hostile input", () => {
  it("nested ten thousand levels gives facts, not an overflow", () => {
    for (const body of [
      deep("{:a, ", "}"),
      deep("[", "]"),
      deep("not ", ""),
      deep("Process.whereis(", ")"),
    ]) {
      expect(inFunction(body).sends.map((send) => send.kind)).toEqual(["send"]);
    }
    const state = `${"{".repeat(10_000)}s${", t}".repeat(10_000)}`;
    const { handlers } = facts(
      `defmodule A do\n def handle_call(:m, _, ${state}), do: 1\n def handle_info(${state}, s), do: s\nend`,
    );
    expect(handlers.map((handler) => handler.kind)).toEqual(["call", "info"]);
    const specs = `Supervisor.init(${"[".repeat(10_000)}x${"]".repeat(10_000)}, [])`;
    expect(inFunction(specs).supervisors).toMatchObject([{ children: [], complete: false }]);
  });

  it("that names itself ends", () => {
    const { sends: found } = facts(`
      defmodule A do
        @a @b
        @b @a
        def run(x) do
          x = x
          send(@a, x)
          send(loop(), x)
        end
        defp loop, do: loop()
      end
    `);
    expect(found).toHaveLength(2);
  });
});
