// What instrumented code reports, as the collector gets it, and how the process that reports it fares.

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FLAG } from "@elixirscope/trace";
import { outerReleases } from "../support/beam-node.ts";
import { captured, lastCaptured, onlyCaptured, type CapturedEvent } from "./support/captured.ts";
import { ProbeTarget } from "./support/probe-target.ts";

const MS = 1_000_000;

/** From when to when a gap says that events are missing, in ns. */
function spanOf(gap: string): readonly [number, number] {
  const number = (key: string): number => Number(new RegExp(`${key}: (\\d+)`, "u").exec(gap)?.[1]);
  return [number("t_from"), number("t_from") + number("for_ns")];
}

const startOf = (gap: string): number => Number(/t_from: (\d+)/u.exec(gap)?.[1]);

const brief = (event: CapturedEvent): unknown[] => [
  event.kind,
  event.site,
  event.frame,
  ...event.values,
];

describe.each(outerReleases())("captured events on OTP $release", ({ root }) => {
  let target: ProbeTarget;

  beforeAll(async () => {
    target = await ProbeTarget.start({ root });
  });
  afterAll(async () => await target.end());
  afterEach(async () => await target.finish());

  /** Runs it in a process of its own and waits until that is gone. */
  const run = async (code: string): Promise<string> =>
    await target.eval(
      `Me = self(), {P, M} = spawn_monitor(fun() -> Me ! {ran, catch ${code}} end), receive {ran, R} -> R end,
       receive {'DOWN', M, process, P, _} -> R end.`,
    );
  const events = async (n: number): Promise<readonly CapturedEvent[]> => {
    await target.until(
      `${String(n)} events`,
      () => [...captured(target.stream).values()].reduce((sum, s) => sum + s.events.length, 0) >= n,
    );
    return [...captured(target.stream).values()].flatMap((s) => s.events);
  };

  it("records a frame with arguments, bindings and result", async () => {
    await target.record();
    expect(await run("es_captured:add(1, 2)")).toBe("3");
    expect((await events(3)).map(brief)).toEqual([
      ["ENTER", 1, 1, "[1, 2]", "[]"],
      ["BIND", 2, 1, "[3]"],
      ["RETURN", 3, 1, "3"],
    ]);
    const stream = onlyCaptured(target.stream);
    expect([stream.missing, stream.doubles, stream.depth, stream.records]).toEqual([0, 0, 0, 1]);
  });

  it("has times that grow and agree with those of the session's other records", async () => {
    await target.record();
    await run("begin es_captured:add(1, 2), timer:sleep(50), es_captured:add(3, 4) end");
    const times = (await events(6)).map((event) => event.t);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect((times[3] ?? 0) - (times[2] ?? 0)).toBeGreaterThan(49e6);
    const metric = target.stream.of("METRIC")[0]?.t ?? Number.NaN;
    expect(Math.abs((times[0] ?? 0) - metric)).toBeLessThan(5e9);
    const record = target.stream.of("EVENTS")[0];
    expect(record?.t).toBe(times[2]);
  });

  it("records branches, values, lines, sends and variables of patterns", async () => {
    await target.record();
    expect(await run("{es_captured:tags([a]), es_captured:tags([b, c])}")).toBe(
      "{{:first, :a}, :other}",
    );
    expect((await events(10)).map(brief)).toEqual([
      ["ENTER", 10, 1, "[[:a]]", "[:extra]"],
      ["LINE", 11, 1],
      ["BRANCH", 12, 1, "[]"],
      ["VALUE", 13, 1, "{:first, :a}"],
      ["RETURN", 16, 1, "{:first, :a}"],
      ["ENTER", 10, 2, "[[:b, :c]]", "[:extra]"],
      ["LINE", 11, 2],
      ["BRANCH", 14, 2, "[:b]"],
      ["SEND", 15, 2],
      ["RETURN", 16, 2, ":other"],
    ]);
  });

  it("records exceptions with class, reason and stack, and raises them as they were", async () => {
    await target.record();
    expect(await run("es_captured:boom(7)")).toMatch(/^\{:EXIT, \{\{:bad, 7\}, \[\{:es_captured/u);
    const [, raised] = await events(2);
    expect(raised?.values.slice(0, 2)).toEqual([":error", "{:bad, 7}"]);
    expect(raised?.values[2]).toMatch(/^\[\{:es_captured, :boom, 1, \[file: /u);
  });

  it("records that no clause matched", async () => {
    await target.record();
    expect(await run("es_captured:clause(b)")).toMatch(/:function_clause/u);
    expect((await events(1)).map(brief)).toEqual([["NO_CLAUSE", 52, 0, "[:b]"]]);
  });

  it("keeps tail calls: ten million of them need no memory", async () => {
    await target.record(`budgets => #{events_per_second => 100000000,
      events_per_second_per_process => 100000000, target_memory_bytes => 64 * 1024 * 1024,
      in_flight_bytes => 4 * 1024 * 1024, duration_ms => infinity}`);
    target.stream.counting = true;
    const words = await run(
      "begin es_captured:loop(10000000), {_, W} = process_info(self(), total_heap_size), {_, S} = process_info(self(), stack_size), {W < 50000, S < 100} end",
    );
    target.stream.counting = false;
    expect(words).toBe("{true, true}");
  }, 60_000);

  it("holds at most 64 tail calls of a process at once, and leaves the others", async () => {
    await target.record();
    expect(await run("es_captured:cycle(100, fun() -> over end)")).toBe(":over");
    const all = await events(200);
    const count = (site: number): number => all.filter((event) => event.site === site).length;
    expect([count(100), count(101), count(103)]).toEqual([100, 64, 36]);
    expect(all.at(-1)).toMatchObject({ kind: "RETURN", frame: 1, values: [":over"] });
    expect(await run("(catch es_captured:cycle(3, fun() -> exit(no) end))")).toBe("{:EXIT, :no}");
    await events(206);
    expect([...captured(target.stream).values()].map((s) => s.depth)).toEqual([0, 0]);
  });

  it("goes on when the buffer's process serves others for ever", async () => {
    await target.record();
    await target.eval("register(serve, spawn(es_captured, serve, [])), ok.");
    const sums = await target.eval(
      "[begin serve ! {add, self(), I, 1}, receive {sum, S} -> S end end || I <- lists:seq(1, 50)].",
    );
    expect(sums).toContain("51]");
    await target.eval("serve ! stop, ok.");
    await events(50 * 5 + 2);
    const stream = onlyCaptured(target.stream);
    expect([stream.missing, stream.depth]).toEqual([0, 0]);
  });

  it("hides its place in the process dictionary, and lives on when that is erased", async () => {
    await target.record();
    expect(await run("es_captured:keys()")).toBe("{[mine: 1], [:mine], [mine: 1], []}");
    expect(
      await run("begin put(k, v), R = es_captured:eraser(1), {R, es_captured:add(1, 1)} end"),
    ).toBe("{2, 2}");
    await events(2 + 6);
    const [, erased] = [...captured(target.stream).values()];
    expect(erased?.events.map(brief).slice(-3)).toEqual([
      ["ENTER", 1, 2 ** 40 + 2, "[1, 1]", "[]"],
      ["BIND", 2, 2 ** 40 + 2, "[2]"],
      ["RETURN", 3, 2 ** 40 + 2, "2"],
    ]);
    expect(erased?.events.find((event) => event.kind === "ENTER")?.number).toBe(2 ** 40);
  });

  it("cuts big values and says so", async () => {
    await target.record();
    expect(await run("es_captured:big(lists:seq(1, 100000))")).toBe("100000");
    const [enter, result] = await events(2);
    expect(enter?.values[0]?.length).toBeLessThan(3000);
    expect(enter?.values[0]).toContain("...");
    expect(result?.values[0]).toBe("100000");
    expect(target.stream.of("EVENTS")[0]?.flags).toBe(FLAG.TRUNCATED);
  });

  it("sends a full buffer of 64 events, and the rest when the last frame ends", async () => {
    await target.record();
    await run("es_captured:deep(99, fun() -> x end)");
    await events(200);
    expect(onlyCaptured(target.stream).records).toBe(4);
    expect(onlyCaptured(target.stream).missing).toBe(0);
    expect(onlyCaptured(target.stream).depth).toBe(0);
  });

  it("sends what is 20 ms old with the next event", async () => {
    await target.record();
    await run(
      "es_captured:deep(1, fun() -> timer:sleep(30), es_captured:add(1, 1), timer:sleep(1) end)",
    );
    await events(7);
    const first = target.stream.of("EVENTS")[0];
    expect(first?.text).toMatch(/^\{0, 3, /u);
  });

  it("sends what waits in a process that sits still, once, and knows the doubles", async () => {
    await target.record();
    await target.eval(
      "register(b, spawn(es_captured, blocked, [self(), hello])), receive {blocked, _} -> ok end.",
    );
    expect((await events(1)).map(brief)).toEqual([["ENTER", 30, 1, "[:hello]", "[]"]]);
    await target.eval("timer:sleep(300).");
    expect(target.stream.of("EVENTS")).toHaveLength(1);
    expect(onlyCaptured(target.stream).depth).toBe(1);
    await target.eval("b ! go, ok.");
    await events(2);
    const stream = onlyCaptured(target.stream);
    expect([stream.doubles, stream.missing, stream.depth]).toEqual([1, 0, 0]);
  });

  it("flushes before instrumented code waits, and when it hibernates", async () => {
    await target.record();
    await target.eval("register(s, spawn(es_captured, sleeper, [1])), timer:sleep(50).");
    expect(target.stream.of("EVENTS")).toHaveLength(1);
    await target.eval("s ! {go, self()}, receive went -> ok end.");
    await events(2);
    await run(
      "begin es_target:call(fun() -> Fr = elixir_scope_capture:enter(1, []), elixir_scope_capture:hibernating(), elixir_scope_capture:return(Fr, 2, x) end) end",
    );
    await target.until("the flush", () => target.stream.of("EVENTS").length === 3);
    expect(target.stream.of("EVENTS")[2]?.text).toMatch(
      /^\{0, 0, \d+, \[\{1, 1, \d+, 1, \[\], \[\]\}\]\}$/u,
    );
  });

  it("reports the buffer of a process that was killed as lost", async () => {
    await target.record();
    await target.eval(
      "P = spawn(es_captured, blocked, [self(), hello]), receive {blocked, _} -> ok end, exit(P, kill), ok.",
    );
    await target.until("the gap", () => target.stream.gaps("dropped").length === 1);
    expect(target.stream.gaps("dropped")[0]?.text).toMatch(/at_most: 64.*why: :killed/u);
  });

  it("drops by credit, uses the numbers up and counts", async () => {
    await target.record(`budgets => #{events_per_second => 100000000,
      events_per_second_per_process => 100000000, target_memory_bytes => 16 * 1024 * 1024,
      in_flight_bytes => 64 * 1024 * 1024, duration_ms => infinity}`);
    await run(`begin [T] = [P || P <- processes(), process_info(P, initial_call) =:= {initial_call, {elixir_scope_tracer, run, 1}}],
      erlang:suspend_process(T), es_captured:spin(60000), erlang:resume_process(T),
      (fun Wait() -> case process_info(T, message_queue_len) of {_, 0} -> ok; _ -> timer:sleep(20), Wait() end end)(), es_captured:add(1, 2) end`);
    await target.until("the last", () => lastCaptured(target.stream)?.values[0] === "3", 30_000);
    const stream = onlyCaptured(target.stream);
    expect(stream.missing).toBeGreaterThan(100_000);
    expect(stream.missing + stream.events.length).toBe(180_003);
    const status = await target.eval("maps:get(dropped, elixir_scope_probe:status()).");
    expect(Number(status)).toBe(stream.missing);
  }, 60_000);

  it("does not count as dropped what a process that sits still keeps", async () => {
    await target.record(`budgets => #{events_per_second => 100000000,
      events_per_second_per_process => 100000000, target_memory_bytes => 2048,
      in_flight_bytes => 64 * 1024 * 1024, duration_ms => infinity}`);
    await target.eval(
      "register(b, spawn(es_captured, blocked, [self(), lists:seq(1, 30)])), receive {blocked, _} -> ok end.",
    );
    // a tenth of a second still, and a look of the sweeper's
    await target.eval("timer:sleep(400).");
    const dropped = "maps:get(dropped, elixir_scope_probe:status()).";
    expect(target.stream.of("EVENTS")).toHaveLength(0);
    expect(await target.eval(dropped)).toBe("0");
    await target.eval("b ! go, timer:sleep(100).");
    expect(await target.eval(dropped)).toBe("2");
  });

  it.each([
    ["{rate, 2}", 2],
    ["{chains, 0.0}", 0],
    ["{rate, 0}", 0],
  ])("sampling %s keeps whole chains", async (sampling, kept) => {
    await target.record(`sampling => ${sampling}`);
    await run(
      "begin [es_captured:deep(3, fun() -> es_captured:add(1, 1) end) || _ <- lists:seq(1, 10)], timer:sleep(1100) end",
    );
    await target.until("the gap", () => target.stream.gaps("sampled").length > 0);
    const all = [...captured(target.stream).values()].flatMap((s) => s.events);
    expect(all).toHaveLength(kept * 11);
    expect(target.stream.gaps("sampled")[0]?.text).toContain(`count: ${String(10 - kept)}`);
  });

  it("stops a process that is over its budget for the rest of a second, and goes on with right depths", async () => {
    await target.record(`budgets => #{events_per_second => 1000000,
      events_per_second_per_process => 1000, target_memory_bytes => 64 * 1024 * 1024,
      in_flight_bytes => 4 * 1024 * 1024, duration_ms => infinity}`);
    await run(
      "es_captured:deep(1, fun() -> es_captured:deep(3, fun() -> es_captured:spin(2000) end), timer:sleep(1300), es_captured:add(7, 7) end)",
    );
    await target.until("the last", () => lastCaptured(target.stream)?.site === 29);
    const { events: all, missing, depth } = onlyCaptured(target.stream);
    expect(all.length).toBeLessThan(1100);
    expect([missing, depth]).toEqual([0, 0]);
    expect(all.slice(-5).map((e) => [e.kind, e.site, e.frame])).toEqual([
      ["ENTER", 1, expect.any(Number)],
      ["BIND", 2, expect.any(Number)],
      ["RETURN", 3, expect.any(Number)],
      ["RETURN", 26, 2],
      ["RETURN", 29, 1],
    ]);
    // the second gap begins where the first ends, and ends with the next event
    const [muted, longer] = target.stream.gaps("rate_limited").map(({ text }) => spanOf(text));
    const next = all.find((event, i) => event.t - (all[i - 1]?.t ?? event.t) > 500 * MS);
    expect(muted?.[1]).toBeGreaterThan((muted?.[0] ?? 0) + 500 * MS);
    expect(Math.abs((longer?.[0] ?? 0) - (muted?.[1] ?? 0))).toBeLessThan(MS);
    expect(Math.abs((longer?.[1] ?? 0) - (next?.t ?? 0))).toBeLessThan(MS);
  });

  it("keeps the depth of a process that is muted and whose frames end while the gate is closed", async () => {
    await target.record(`budgets => #{events_per_second => 1000000,
      events_per_second_per_process => 1000, target_memory_bytes => 64 * 1024 * 1024,
      in_flight_bytes => 4 * 1024 * 1024, duration_ms => infinity}`);
    await run(`es_captured:deep(1, fun() ->
      es_captured:deep(3, fun() -> es_captured:spin(2000), ok = elixir_scope_gate:close() end),
      ok = elixir_scope_gate:open(), timer:sleep(1300), es_captured:add(7, 7) end)`);
    await target.until("the last", () => lastCaptured(target.stream)?.site === 29);
    const { events: all, depth } = onlyCaptured(target.stream);
    expect(all.slice(-5).map((e) => e.site)).toEqual([1, 2, 3, 26, 29]);
    expect(depth).toBe(0);
  });

  it("sampling by share changes while the session runs", async () => {
    await target.record("sampling => {chains, 0.0}");
    await run("es_captured:add(1, 1)");
    await target.eval("elixir_scope_probe:adjust({sampling, {chains, 1.0e-7}}).");
    const left = "begin es_captured:add(1, 1), es_captured:add(1, 1), get('$elixir_scope') end";
    expect(await run(left)).toBe(":undefined");
    await target.eval("elixir_scope_probe:adjust({sampling, {chains, 0.5}}).");
    await run("[es_captured:add(I, 1) || I <- lists:seq(1, 400)]");
    await target.eval("elixir_scope_probe:adjust({sampling, always}).");
    await run("es_captured:add(1000, 1)");
    await target.until("the last", () => captured(target.stream).size === 2);
    const [half] = [...captured(target.stream).values()];
    const chains = (half?.events.length ?? 0) / 3;
    expect(chains).toBeGreaterThan(100);
    expect(chains).toBeLessThan(300);
    expect(chains % 1).toBe(0);
  });

  it("records what begins in windows, in all processes alike, and tells when they were closed", async () => {
    await target.record("sampling => {windows, 0.2}");
    const often = "[begin es_captured:add(I, 1), timer:sleep(1) end || I <- lists:seq(1, 700)]";
    await run(`begin Ps = [spawn_monitor(fun() -> ${often} end) || _ <- [1, 2, 3]],
      [receive {'DOWN', M, process, P, _} -> ok end || {P, M} <- Ps] end`);
    expect(await target.stop()).toMatch(/^\{:ok, %\{/u);
    await target.until("the goodbye", () => target.stream.bye !== null);
    const streams = [...captured(target.stream).values()];
    expect(streams).toHaveLength(3);
    const closed = target.stream.gaps("sampled").map((gap) => [startOf(gap.text), gap.t] as const);
    const [from, to] = [closed[0]?.[0] ?? 0, closed.at(-1)?.[1] ?? 0];
    const share = 1 - closed.reduce((sum, [begin, end]) => sum + end - begin, 0) / (to - from);
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.3);
    for (const { events: own, missing } of streams) {
      const entries = own.filter(({ kind }) => kind === "ENTER");
      expect([missing, own.length]).toEqual([0, entries.length * 3]);
      expect(entries.length).toBeGreaterThan(50);
      expect(entries.length).toBeLessThan(300);
      // the process may be just behind its look at the window when that closes
      const inside = entries.filter(({ t }) => closed.some(([a, b]) => t > a + MS && t < b));
      expect(inside).toEqual([]);
    }
    // about eight windows, and no process missed one
    const windows = streams.map(({ events: own }) =>
      closed
        .slice(1)
        .map(([end], i) => own.some(({ t }) => t > (closed[i]?.[1] ?? 0) - MS && t < end + MS)),
    );
    expect(windows[0]?.filter(Boolean).length).toBeGreaterThan(5);
    expect(windows[1]).toEqual(windows[0]);
    expect(windows[2]).toEqual(windows[0]);
  });

  it("records a call that is open when a window opens from there, and one that is open when it closes to its end", async () => {
    await target.record("sampling => {windows, 0.2}");
    const often = "[begin es_captured:add(I, 1), timer:sleep(1) end || I <- lists:seq(1, 500)]";
    await run(`begin es_captured:deep(1, fun() -> ${often} end), es_captured:add(7, 7) end`);
    await run(
      "[begin es_captured:deep(1, fun() -> timer:sleep(15) end) end || _ <- lists:seq(1, 40)]",
    );
    await target.stop();
    const [long, short] = [...captured(target.stream).values()];
    // what began before the window is not there, what it calls has no caller
    expect(long?.events.filter(({ site }) => site === 28)).toEqual([]);
    expect(long?.events.filter(({ kind }) => kind === "ENTER").length).toBeGreaterThan(30);
    expect([long?.missing, long?.depth]).toEqual([0, 0]);
    const ends = short?.events.filter(({ kind }) => kind === "RETURN") ?? [];
    expect(ends.length).toBeGreaterThan(3);
    expect([short?.missing, short?.depth]).toEqual([0, 0]);
    const lasting = (short?.events ?? [])
      .filter(({ site }) => site === 28)
      .map(({ t, frame }) => (ends.find((end) => end.frame === frame)?.t ?? Number.NaN) - t);
    for (const ns of lasting) expect(ns).toBeGreaterThan(14 * MS);
  });

  it("goes from chains to windows and back", async () => {
    await target.record("sampling => {chains, 0.0}");
    await run("es_captured:add(1, 1)");
    const often = "[begin es_captured:add(I, 1), timer:sleep(1) end || I <- lists:seq(1, 300)]";
    await target.eval("elixir_scope_probe:adjust({sampling, {windows, 0.3}}).");
    await run(often);
    await target.eval("elixir_scope_probe:adjust({sampling, {rate, 2}}).");
    await run(often);
    await target.eval("elixir_scope_probe:adjust({sampling, {windows, 1.0}}).");
    await run("[es_captured:add(I, 1) || I <- lists:seq(1, 100)]");
    await target.until("the last", () => captured(target.stream).size === 3);
    await target.until(
      "all",
      () => [...captured(target.stream).values()][2]?.events.length === 300,
    );
    const [windows, rate] = [...captured(target.stream).values()].map((s) => s.events.length / 3);
    expect(windows).toBeGreaterThan(20);
    expect(windows).toBeLessThan(200);
    expect([2, 4]).toContain(rate);
  });

  it("records no process of the Elixir compiler", async () => {
    await target.record();
    await run("begin put(elixir_compiler_info, {self(), self()}), es_captured:add(1, 1) end");
    await run("es_captured:add(2, 2)");
    expect((await events(3))[0]?.values[0]).toBe("[2, 2]");
    expect(captured(target.stream).size).toBe(1);
  });

  it("traces processes that run instrumented code, and only these, when asked to", async () => {
    await target.eval("register(control, spawn(es_target, worker, [])), ok.");
    await target.record(
      "processes => instrumented, messages => true, lifecycle => true, collector => whereis(control)",
    );
    await run("begin self() ! x, receive x -> ok end end");
    await run("begin es_captured:add(1, 1), self() ! y, receive y -> ok end end");
    await events(3);
    await target.until("the exit", () => target.stream.of("EXIT").length === 1);
    expect(target.stream.of("SEND").map((r) => r.text)).toContain(":y");
    expect(target.stream.of("SEND").map((r) => r.text)).not.toContain(":x");
    await target.until("the process", () => target.stream.of("PROCESS").length >= 1);
    expect(new Set(target.stream.of("PROCESS").map((r) => r.pid)).size).toBe(1);
    // The code of the probe stays in a node that a process of its own speaks for.
    await target.eval("exit(whereis(control), kill), ok.");
    await target.until("the end", async () =>
      /^\[(?:module: :\w+(?:, )?)+\]$/u.test(await target.leftovers()),
    );
    await target.record();
  });

  it("loses nothing when the session ends while a process waits in a frame", async () => {
    await target.record();
    await target.eval(
      "register(b2, spawn(es_captured, blocked, [self(), last])), receive {blocked, _} -> ok end.",
    );
    await target.stop();
    await target.until("the goodbye", () => target.stream.bye !== null);
    expect(onlyCaptured(target.stream).events.map(brief)).toEqual([
      ["ENTER", 30, 1, "[:last]", "[]"],
    ]);
    await target.eval("b2 ! go, timer:sleep(10).");
  });
});
