// Messages with their exact sender, and the life of processes.

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FLAG } from "@elixirscope/trace";
import { otpReleases } from "../support/beam-node.ts";
import { ProbeTarget } from "./support/probe-target.ts";

describe.each(otpReleases())("messages and processes on OTP $release", ({ root }) => {
  let target: ProbeTarget;

  beforeAll(async () => {
    target = await ProbeTarget.start({ root });
    await target.eval(
      "register(a, spawn(es_target, worker, [])), register(b, spawn(es_target, worker, [])), ok.",
    );
  });
  afterAll(async () => await target.end());
  afterEach(async () => await target.finish());

  const pidOf = async (name: string): Promise<string> => await target.eval(`whereis(${name}).`);

  it("pairs a send with the receive that names its sender", async () => {
    await target.record("processes => [a, b], messages => true");
    await target.eval("a ! {forward, whereis(b), {hello, 1}}, ok.");
    await target.until("b's message", () =>
      target.stream.of("RECEIVE").some((r) => r.text === "{:hello, 1}"),
    );
    const [a, b] = [await pidOf("a"), await pidOf("b")];
    const send = target.stream.of("SEND").find((r) => r.text === "{:hello, 1}");
    const receive = target.stream.of("RECEIVE").find((r) => r.text === "{:hello, 1}");
    expect([send?.pid, send?.other]).toEqual([a, b]);
    expect([receive?.pid, receive?.other]).toEqual([b, a]);
  });

  it("marks a message to nobody, and a timer's message has no sender", async () => {
    await target.record("processes => [a], messages => true");
    await target.eval(`Dead = spawn(fun() -> ok end), timer:sleep(20),
      a ! {forward, Dead, lost}, a ! {run, self(), fun() -> erlang:send_after(1, self(), tick) end},
      receive {ran, _} -> ok end.`);
    await target.until("the tick", () =>
      target.stream.of("RECEIVE").some((r) => r.text === ":tick"),
    );
    const lost = target.stream.of("SEND").find((r) => r.text === ":lost");
    expect((lost?.flags ?? 0) & FLAG.NO_PROCESS).toBe(FLAG.NO_PROCESS);
    expect(target.stream.of("RECEIVE").find((r) => r.text === ":tick")?.other).toBe("");
  });

  it("leaves out what the collector and the probe say", async () => {
    await target.record("processes => all, messages => true, lifecycle => true, state => true");
    for (let i = 0; i < 5; i++) await target.eval("elixir_scope_probe:status().");
    await target.eval("a ! nothing, ok.");
    await target.until("the message", () =>
      target.stream.of("RECEIVE").some((r) => r.text === ":nothing"),
    );
    const noise = target.stream.records.filter(
      (r) =>
        ["SEND", "RECEIVE", "SPAWN", "HANDLE"].includes(r.kind) &&
        /elixir_scope|erpc|elixirscope/.test(r.text),
    );
    expect(noise.map((r) => `${r.kind} ${r.text}`)).toEqual([]);
  });

  it("records spawn, link, register and exit, and follows children", async () => {
    await target.record(
      "functions => [{es_target, id, 1, default, value}], processes => [a], messages => true, lifecycle => true",
    );
    await target.eval(`a ! {run, self(), fun() ->
        spawn_link(fun() -> register(kid, self()), es_target:id(child), unregister(kid), exit(normal) end) end},
      receive {ran, P} -> P end.`);
    await target.until("the child's end", () => target.stream.of("EXIT").length === 1);
    const a = await pidOf("a");
    const spawned = target.stream.of("SPAWN")[0];
    const child = spawned?.other ?? "";
    expect(spawned?.pid).toBe(a);
    expect(target.stream.of("LINK").map((r) => [r.pid, r.other])).toEqual([[a, child]]);
    expect(target.stream.of("REGISTER").map((r) => [r.pid, r.text])).toEqual([[child, ":kid"]]);
    expect(target.stream.of("UNREGISTER")[0]?.text).toBe(":kid");
    expect(target.stream.of("CALL").map((r) => [r.pid, r.text])).toEqual([[child, "[:child]"]]);
    expect(target.stream.of("EXIT").map((r) => [r.pid, r.text])).toEqual([[child, ":normal"]]);
    await target.until("facts", () => target.stream.of("PROCESS").some((r) => r.pid === child));
    expect(target.stream.of("PROCESS").find((r) => r.pid === child)?.other).toBe(a);
  });

  it("says what a process is: name, initial call, ancestors, behaviour, application", async () => {
    await target.eval("{ok, P} = es_target:start_server(facts, 1), P.");
    await target.record("processes => [facts, kernel_sup], lifecycle => true");
    const told = (): readonly string[] => target.stream.of("PROCESS").map(({ text }) => text);
    const facts = (): readonly string[] => told().filter((text) => text.includes("initial_call"));
    await target.until("facts", () => facts().length === 2);
    // names are known before anything is sent to them
    expect(told().slice(0, 2).toSorted()).toEqual(["%{name: :facts}", "%{name: :kernel_sup}"]);
    const [server, supervisor] = ["name: :facts", "name: :kernel_sup"].map((name) =>
      facts().find((text) => text.includes(name)),
    );
    expect(server).toContain("behaviour: :gen_server");
    expect(server).toContain("initial_call: {:es_target, :init, 1}");
    expect(supervisor).toContain("behaviour: :supervisor");
    expect(supervisor).toContain("application: :kernel");
    await target.eval("gen_server:stop(facts).");
  });

  it("reads reductions about once a second, and tells those that grew", async () => {
    await target.eval("{ok, _} = es_target:start_server(facts, 1), ok.");
    await target.record("processes => [a, facts], lifecycle => true");
    const [busy, idle] = [await pidOf("a"), await pidOf("facts")];
    const read = (pid: string): readonly number[] =>
      target.stream
        .of("METRIC")
        .filter((r) => r.pid === pid)
        .map((r) => Number(/reductions: (\d+)/u.exec(r.text)?.[1]));
    for (let round = 1; round <= 2; round += 1) {
      const before = read(busy).length;
      await target.eval(
        "a ! {run, self(), fun() -> lists:seq(1, 100000), done end}, receive {ran, R} -> R end.",
      );
      await target.until("a reading", () => read(busy).length > before);
    }
    const readings = read(busy);
    expect(readings).toEqual(readings.toSorted((x, y) => x - y));
    expect((readings.at(-1) ?? 0) - (readings[0] ?? 0)).toBeGreaterThan(10_000);
    expect(read(idle)).toHaveLength(1);
    await target.eval("gen_server:stop(facts).");
  });

  it("follows ten thousand processes that are born and die", async () => {
    await target.record("processes => [a], lifecycle => true");
    await target.eval(`a ! {run, self(), fun() ->
        [begin {P, M} = spawn_monitor(fun() -> ok end), receive {'DOWN', M, process, P, _} -> ok end end
          || _ <- lists:seq(1, 10000)], done end}, receive {ran, R} -> R end.`);
    await target.until("all ends", () => target.stream.of("EXIT").length === 10_000, 15_000);
    expect(target.stream.of("SPAWN").length).toBe(10_000);
    expect(new Set(target.stream.of("EXIT").map((r) => r.pid)).size).toBe(10_000);
  });
});
