// However a session ends, nothing of it stays in the target.

import { inspect } from "@elixirscope/etf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { otpReleases } from "../support/beam-node.ts";
import { ProbeTarget } from "./support/probe-target.ts";

const ATOMS = "erlang:system_info(atom_count).";
const BUSY = `functions => [{es_target, id, 1, default, value}, {es_target, spin, 1, default, none}],
  processes => all, messages => true, lifecycle => true, state => true`;

/** The pid of the probe's process that runs this module. */
const part = (module: string): string =>
  `hd([P || P <- processes(), {_, {${module}, run, _}} <- [process_info(P, initial_call)]])`;

describe.each(otpReleases())("the end of a session on OTP $release", ({ root }) => {
  let target: ProbeTarget;

  beforeAll(async () => {
    target = await ProbeTarget.start({ root });
    await target.eval(
      "{ok, P} = es_target:start_server(server, 0), es_statem:start(machine), es_event:start(events), P.",
    );
  });
  afterAll(async () => await target.end());

  const clean = async (ms = 2000): Promise<string> => {
    if (target.failure !== null) throw target.failure;
    await target.untilClean(ms);
    return "clean";
  };

  it("says goodbye with its counters and is gone when stop returns", async () => {
    await target.record(BUSY);
    await target.eval("es_target:id(1), gen_server:call(server, get).");
    expect(await target.stop()).toMatch(/^\{:ok, %\{/);
    expect(await target.leftovers()).toBe("[]");
    await target.until("the goodbye", () => target.stream.bye !== null);
    expect(inspect(target.stream.bye ?? inspectMissing())).toMatch(/^\{:requested, %\{/);
  });

  it("waits for a collector that stands still for a while", async () => {
    await target.record(`${BUSY}, budgets => #{events_per_second => 100000000,
      events_per_second_per_process => 100000000, target_memory_bytes => 1024 * 1024 * 1024,
      in_flight_bytes => 256 * 1024 * 1024, duration_ms => infinity}`);
    target.pause();
    // more than the system keeps between two sockets
    await target.eval(`W = spawn(es_target, worker, []), W ! {run, self(), fun() ->
      [es_target:id(lists:duplicate(5, binary:copy(<<65>>, 250))) || _ <- lists:seq(1, 12000)], timer:sleep(200) end},
      receive {ran, _} -> exit(W, kill) end.`);
    const stopping = target.stop();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    target.unpause();
    expect(await stopping).toMatch(/^\{:ok, %\{/);
    await target.until("the goodbye", () => target.stream.bye !== null);
    expect(target.stream.of("CALL")).toHaveLength(12_000);
  });

  it("ends by itself after its duration", async () => {
    await target.record(`${BUSY}, budgets => #{events_per_second => 200000,
      events_per_second_per_process => 50000, target_memory_bytes => 67108864,
      in_flight_bytes => 4194304, duration_ms => 200}`);
    await target.until("the goodbye", () => target.stream.bye !== null);
    expect(inspect(target.stream.bye ?? inspectMissing())).toMatch(/^\{:duration, /);
    expect(await clean()).toBe("clean");
  });

  it("cleans up within 500 ms when the collector is killed", async () => {
    await target.record(BUSY);
    await target.loseCollector();
    expect(await clean(500)).toBe("clean");
  });

  it("cleans up from a pause: stopped, over, or without its collector or janitor", async () => {
    const pause = "elixir_scope_probe:adjust({paused, true}).";
    await target.record(BUSY);
    expect(await target.eval(pause)).toBe(":ok");
    expect(await target.stop()).toMatch(/^\{:ok, %\{/);
    expect(await target.leftovers()).toBe("[]");

    await target.record(`${BUSY}, budgets => #{events_per_second => 200000,
      events_per_second_per_process => 50000, target_memory_bytes => 67108864,
      in_flight_bytes => 4194304, duration_ms => 300}`);
    expect(await target.eval(pause)).toBe(":ok");
    await target.until("the goodbye", () => target.stream.bye !== null);
    expect(inspect(target.stream.bye ?? inspectMissing())).toMatch(/^\{:duration, /);
    expect(await clean()).toBe("clean");

    await target.record(BUSY);
    await target.eval(pause);
    await target.loseCollector();
    expect(await clean(500)).toBe("clean");

    await target.record(BUSY);
    await target.eval(pause);
    await target.eval("exit(whereis(elixir_scope_janitor), kill).");
    expect(await clean()).toBe("clean");
    expect(await target.eval("gen_server:call(server, get).")).toBe("0");
  });

  it("ends when the collector closes the stream", async () => {
    await target.record(BUSY);
    target.dropSockets();
    await target.eval("[es_target:id(I) || I <- lists:seq(1, 2000)], ok.");
    expect(await clean()).toBe("clean");
  });

  it.each([
    "elixir_scope_tracer",
    "elixir_scope_gatherer",
    "elixir_scope_writer",
    "elixir_scope_keeper",
    "elixir_scope_janitor",
  ])("cleans up when %s is killed", async (module) => {
    await target.record(`${BUSY}, sampling => {windows, 0.5}`);
    await target.eval(
      `exit(${part(module)}, kill), timer:sleep(20), gen_server:call(server, get).`,
    );
    expect(await clean()).toBe("clean");
    expect(await target.eval("sys:get_state(server).")).toBe("0");
  });

  it("ends when what opens and closes windows is killed, also while one is open", async () => {
    await target.record(`${BUSY}, sampling => {windows, 0.9}`);
    await target.eval(
      `timer:sleep(20), exit(${part("elixir_scope_windows")}, kill), timer:sleep(20), gen_server:call(server, get).`,
    );
    expect(await clean()).toBe("clean");
  });

  it("is not needed for who only lets the others rest: the session goes on", async () => {
    await target.record(BUSY);
    await target.eval(
      `exit(${part("elixir_scope_pacer")}, kill), timer:sleep(20), spawn(fun() -> es_target:id(unpaced) end).`,
    );
    await target.until("the call", () =>
      target.stream.of("CALL").some(({ text }) => text === "[:unpaced]"),
    );
    expect(await target.stop()).toMatch(/^\{:ok, %\{/);
    expect(await clean()).toBe("clean");
  });

  it("starts again after everything of it was killed at once", async () => {
    await target.record(BUSY);
    await target.eval(`Ps = [P || P <- processes(), {_, {M, run, _}} <- [process_info(P, initial_call)],
      lists:prefix("elixir_scope", atom_to_list(M))], [erlang:suspend_process(P) || P <- Ps],
      [exit(P, kill) || P <- Ps], timer:sleep(50), gen_server:call(server, get), gen_server:call(server, get),
      length(Ps).`);
    expect(await target.record(BUSY)).toMatch(/^\{:ok, /);
    await target.stop();
    expect(await clean()).toBe("clean");
  });

  it("refuses a second session and names the first one's collector", async () => {
    await target.record(BUSY);
    const second = await target.start(BUSY);
    expect(second).toContain("{:error, {:already_running,");
    expect(second).toContain(target.connection.localNode);
    await target.stop();
    expect(await clean()).toBe("clean");
  });

  it("refuses to start when it cannot reach the collector, and leaves nothing running", async () => {
    const refused = await target.record(`${BUSY}, port => 1`);
    expect(refused).toContain("{:error, {:connect_failed,");
    expect(await clean()).toBe("clean");
  });

  it("makes no atoms per session", async () => {
    for (let i = 0; i < 3; i++) {
      await target.record(BUSY);
      await target.stop();
    }
    const before = Number(await target.eval(ATOMS));
    for (let i = 0; i < 20; i++) {
      await target.record(BUSY);
      await target.stop();
    }
    expect(Number(await target.eval(ATOMS)) - before).toBeLessThanOrEqual(2);
    expect(await clean()).toBe("clean");
  });

  it("leaves another tracer's processes and flags alone", async () => {
    await target.eval(`T = spawn(es_target, worker, []), register(other_tracer, T),
      register(traced, spawn(es_target, worker, [])), erlang:trace(whereis(traced), true, [send, {tracer, T}]).`);
    const flags = "erlang:trace_info(whereis(traced), tracer).";
    const before = await target.eval(flags);
    await target.record(BUSY);
    await target.eval("traced ! {forward, whereis(server), hello}, ok.");
    expect(await target.eval(flags)).toBe(before);
    await target.stop();
    expect(await target.eval(flags)).toBe(before);
    await target.eval(
      "exit(whereis(traced), kill), exit(whereis(other_tracer), kill), timer:sleep(10).",
    );
    expect(await clean()).toBe("clean");
  });
});

function inspectMissing(): never {
  throw new Error("no goodbye");
}
