// The state of OTP behaviours: at the start, after each callback, and what the callback was given.

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FLAG, STATE_PHASE } from "@elixirscope/trace";
import { otpReleases } from "../support/beam-node.ts";
import { ProbeTarget } from "./support/probe-target.ts";

describe.each(otpReleases())("states on OTP $release", ({ root }) => {
  let target: ProbeTarget;

  beforeAll(async () => {
    target = await ProbeTarget.start({ root });
  });
  afterAll(async () => await target.end());
  afterEach(async () => await target.finish());

  const states = (): [number, string][] => target.stream.of("STATE").map((r) => [r.ref, r.text]);

  it("records a gen_server's state before and after each callback", async () => {
    await target.eval("{ok, P} = es_target:start_server(server, #{n => 0}), P.");
    await target.record("processes => [server], state => true");
    await target.until("the first state", () => target.stream.of("STATE").length === 1);
    await target.eval(`ok = gen_server:call(server, {set, 1}), gen_server:cast(server, {set, 2}),
      server ! {set, 3}, ok = gen_server:call(server, {noreply, 4}).`);
    await target.until("all states", () => target.stream.of("STATE").length === 5);
    expect(states()).toEqual([
      [STATE_PHASE.INITIAL, "%{n: 0}"],
      [STATE_PHASE.AFTER_CALLBACK, "1"],
      [STATE_PHASE.AFTER_CALLBACK, "2"],
      [STATE_PHASE.AFTER_CALLBACK, "3"],
      [STATE_PHASE.AFTER_CALLBACK, "4"],
    ]);
    const handled = target.stream
      .of("HANDLE")
      .map((r) => r.text.replace(/#.*?>|\[alias.*?\]/gu, "x"));
    expect(handled[1]).toBe('{:"$gen_cast", {:set, 2}}');
    expect(handled[2]).toBe("{:set, 3}");
    expect(target.stream.of("HANDLE")[0]?.text).toContain('{:"$gen_call", {');
    await target.eval("gen_server:stop(server).");
  });

  it("records a gen_statem's data after its events, and does not change it", async () => {
    await target.eval("{ok, P} = es_statem:start(machine), P.");
    await target.record("processes => [machine], state => true");
    await target.until("the first state", () => target.stream.of("STATE").length === 1);
    await target.eval("started = gen_statem:call(machine, work).");
    await target.until("the work", () => states().some(([, s]) => s === "{:busy, %{count: 1}}"));
    await target.eval("gen_statem:cast(machine, rest).");
    await target.until("the rest", () => states().some(([, s]) => s === "{:idle, %{count: 2}}"));
    expect(states()[0]).toEqual([STATE_PHASE.INITIAL, "{:idle, %{count: 0}}"]);
    expect(
      states()
        .slice(1)
        .every(([phase]) => phase === STATE_PHASE.READ_AFTER),
    ).toBe(true);
    expect(target.stream.of("HANDLE").map((r) => r.text)[1]).toBe('{:"$gen_cast", :rest}');
    expect(await target.eval("sys:get_state(machine).")).toBe("{:idle, %{count: 2}}");
    await target.eval("gen_statem:stop(machine).");
  });

  it("reads a burst of a gen_statem's events once in a while and once at the end", async () => {
    await target.eval("{ok, P} = es_statem:start(machine), started = gen_statem:call(P, work), P.");
    await target.record("processes => [machine], state => true");
    await target.eval(
      "[machine ! {n, I} || I <- lists:seq(1, 500)], gen_statem:cast(machine, rest).",
    );
    await target.until("the last", () => states().some(([, s]) => s === "{:idle, %{count: 2}}"));
    expect(states().length).toBeLessThan(50);
    await target.eval("gen_statem:stop(machine).");
  });

  it("records gen_event, Agent, Supervisor, Registry and DynamicSupervisor", async () => {
    await target.eval(`{ok, _} = es_event:start(events), {ok, _} = application:ensure_all_started(elixir),
      Keep = fun(F) -> S = self(), spawn(fun() -> {ok, P} = F(), S ! {p, P}, receive stop -> ok end end), receive {p, P} -> P end end,
      register(agent, Keep(fun() -> 'Elixir.Agent':start_link(fun() -> 7 end) end)),
      register(dynamic, Keep(fun() -> 'Elixir.DynamicSupervisor':start_link([{strategy, one_for_one}]) end)),
      Keep(fun() -> 'Elixir.Registry':start_link([{keys, unique}, {name, 'Elixir.Reg'}]) end),
      register(sup, Keep(fun() -> 'Elixir.Supervisor':start_link([], [{strategy, one_for_one}]) end)), ok.`);
    await target.record(
      "processes => [events, agent, dynamic, sup, 'Elixir.Reg', 'Elixir.Reg.PIDPartition0'], state => true, lifecycle => true",
    );
    await target.until("all states", () => target.stream.of("STATE").length >= 6);
    expect(states().map(([phase]) => phase)).toEqual(Array<number>(6).fill(STATE_PHASE.INITIAL));
    await target.eval(
      "gen_event:notify(events, news), 'Elixir.Agent':update(agent, fun(X) -> X + 1 end).",
    );
    await target.until("news", () => states().some(([, s]) => s.includes("[:news]")));
    await target.until("the agent", () => states().some(([phase, s]) => phase === 1 && s === "8"));
    const behaviours = target.stream
      .of("PROCESS")
      .flatMap((r) => /behaviour: :(\w+)/u.exec(r.text)?.[1] ?? []);
    expect(behaviours.toSorted((a, b) => a.localeCompare(b))).toEqual([
      "agent",
      "gen_event",
      "gen_server",
      "supervisor",
      "supervisor",
      "supervisor",
    ]);
    await target.eval("gen_event:stop(events).");
  });

  it("bounds a huge state in place and marks it", async () => {
    await target.eval(`{ok, P} = es_target:start_server(big, maps:from_list([{I, lists:seq(1, 50)} || I <- lists:seq(1, 20000)])),
      garbage_collect(P), P.`);
    const before = Number(
      await target.eval("element(2, process_info(whereis(big), total_heap_size))."),
    );
    await target.record("processes => [big], state => true");
    await target.until("the state", () => target.stream.of("STATE").length === 1);
    const state = target.stream.of("STATE")[0];
    expect((state?.flags ?? 0) & FLAG.TRUNCATED).toBe(FLAG.TRUNCATED);
    expect(state?.text.length).toBeLessThan(10_000);
    await target.eval("big ! nothing, ok.");
    await target.until("the next", () => target.stream.of("STATE").length === 2);
    const after = Number(
      await target.eval("element(2, process_info(whereis(big), total_heap_size))."),
    );
    expect(after).toBeLessThan(before * 1.1 + 20_000);
    await target.eval("gen_server:stop(big).");
  });

  it("follows servers that start during the session", async () => {
    await target.eval("register(a, spawn(es_target, worker, [])).");
    await target.record("processes => [a], lifecycle => true, state => true");
    await target.eval(
      `a ! {run, self(), fun() -> es_target:start_server(late, 5) end}, receive {ran, R} -> R end.`,
    );
    await target.until("its state", () => target.stream.of("STATE").some((r) => r.text === "5"));
    await target.eval("ok = gen_server:call(late, {set, 6}).");
    await target.until("the next", () => target.stream.of("STATE").some((r) => r.text === "6"));
    expect(target.stream.of("HANDLE").length).toBeGreaterThan(0);
    await target.eval("gen_server:stop(late), exit(whereis(a), kill).");
  });

  it("leaves processes alone that are in no behaviour's loop", async () => {
    await target.eval(`register(plain, proc_lib:spawn(fun() -> receive never -> ok end end)),
      register(asking, proc_lib:spawn(fun() -> catch gen_server:call(plain, hello, infinity) end)), ok.`);
    await target.record("processes => [plain, asking], state => true");
    await target.eval("timer:sleep(100).");
    const queued = await target.eval("process_info(whereis(plain), messages).");
    expect(queued).toContain("$gen_call");
    expect(queued).not.toContain("system");
    expect(await target.eval("process_info(whereis(asking), messages).")).toBe("{:messages, []}");
    await target.eval("exit(whereis(plain), kill).");
  });
});
