// What a session may cost, and that what is missing is said.

import { inspect } from "@elixirscope/etf";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ProbeTarget } from "./support/probe-target.ts";
import type { ProbeRecord } from "./support/frames.ts";

const ID = "functions => [{es_target, id, 1, default, value}]";
const NESTED =
  "functions => [{es_target, outer, 1, default, value}, {es_target, inner, 1, default, value}]";

function budgets(patch: Record<string, number | string>): string {
  const all: Record<string, number | string> = {
    events_per_second: 200_000,
    events_per_second_per_process: 50_000,
    target_memory_bytes: 67_108_864,
    in_flight_bytes: 4_194_304,
    duration_ms: "infinity",
    ...patch,
  };
  return `budgets => #{${Object.entries(all)
    .map(([k, v]) => `${k} => ${String(v)}`)
    .join(", ")}}`;
}

function count(gap: ProbeRecord | undefined): number {
  return Number(/count: (\d+)/u.exec(gap?.text ?? "")?.[1]);
}

describe("budgets", () => {
  let target: ProbeTarget;

  beforeAll(async () => {
    target = await ProbeTarget.start();
    await target.eval(
      "register(w, spawn(es_target, worker, [])), register(v, spawn(es_target, worker, [])), ok.",
    );
  });
  afterAll(async () => await target.end());
  afterEach(async () => await target.finish());

  const run = async (name: string, code: string): Promise<string> =>
    await target.eval(`${name} ! {run, self(), fun() -> ${code} end}, receive {ran, R} -> R end.`);

  it("pauses at the session's rate and resumes, with a gap that counts", async () => {
    await target.record(`${ID}, processes => [w, v], ${budgets({ events_per_second: 1000 })}`);
    await run("w", "[es_target:id(I) || I <- lists:seq(1, 5000)], ok");
    await target.until("the gap", () => target.stream.gaps("rate_limited").length === 1);
    const seen = target.stream.of("CALL").length + target.stream.of("RETURN").length;
    expect(seen).toBeGreaterThan(900);
    expect(seen).toBeLessThan(2100);
    await run("v", "es_target:id(calm)");
    await target.until("calls again", () =>
      target.stream.of("CALL").some((r) => r.text === "[:calm]"),
    );
    const gap = target.stream.gaps("rate_limited")[0];
    expect((gap?.t ?? 0) - Number(/t_from: (\d+)/u.exec(gap?.text ?? "")?.[1])).toBeGreaterThan(
      0.9e9,
    );
    expect(await target.eval("maps:get(trips, elixir_scope_probe:status()).")).toBe("1");
  });

  it("mutes a noisy process for a second and leaves the others", async () => {
    await target.record(
      `${ID}, processes => [w, v], ${budgets({ events_per_second_per_process: 500 })}`,
    );
    await run("w", "[es_target:id(I) || I <- lists:seq(1, 3000)], ok");
    await run("v", "es_target:id(quiet)");
    await target.until("the quiet one", () =>
      target.stream.of("CALL").some((r) => r.text === "[:quiet]"),
    );
    await target.until("the gap", () => target.stream.gaps("rate_limited").length >= 1);
    const noisy = await target.eval("whereis(w).");
    expect(target.stream.gaps("rate_limited").every((gap) => gap.pid === noisy)).toBe(true);
    await target.until("the noisy one again", async () => {
      await run("w", "es_target:id(back)");
      return target.stream.of("CALL").some((r) => r.text === "[:back]");
    });
    expect(await target.eval("maps:get(breaker, elixir_scope_probe:status()).")).toBe(":open");
  });

  it("does not take garbage of its own for a lack of memory", async () => {
    // a sixth of it, 2 MB, is the tracer's; 20,000 pids take half of that, and three times as much before a collection
    await target.record(`${ID}, processes => all, ${budgets({ target_memory_bytes: 12_582_912 })}`);
    for (let burst = 0; burst < 40; burst += 1) {
      await target.eval("[spawn(es_target, id, [I]) || I <- lists:seq(1, 500)], ok.");
      await sleep(20);
    }
    await target.until("all calls", () => target.stream.of("CALL").length === 20_000);
    expect(await target.eval("maps:get(trips, elixir_scope_probe:status()).")).toBe("0");
    expect(target.stream.gaps("dropped")).toEqual([]);
  });

  it("drops and counts while the collector does not read, and goes on when it does", async () => {
    await target.record(`${ID}, processes => [w], ${budgets({ in_flight_bytes: 65_536 })}`);
    await run("w", "es_target:id(before)");
    await target.until("the first", () => target.stream.of("RETURN").length === 1);
    target.pause();
    const big = "[es_target:id(binary:copy(<<65>>, 200)) || _ <- lists:seq(1, 30000)], ok";
    await run("w", big);
    await sleep(300);
    const status = await target.eval("elixir_scope_probe:status().");
    expect(Number(/in_flight: (\d+)/u.exec(status)?.[1])).toBeLessThan(400_000);
    target.unpause();
    await target.until(
      "calls again",
      async () => {
        await run("w", "es_target:id(again)");
        return target.stream.of("CALL").some((r) => r.text === "[:again]");
      },
      10_000,
    );
    const lost = target.stream.gaps("dropped").reduce((sum, gap) => sum + count(gap), 0);
    expect(lost).toBeGreaterThan(0);
  });

  it("takes other budgets while it runs, or refuses all of them", async () => {
    await target.record(`${ID}, processes => [w, v], ${budgets({})}`);
    const adjust = async (patch: Record<string, number | string>): Promise<string> =>
      await target.eval(
        `elixir_scope_probe:adjust({budgets, maps:get(budgets, #{${budgets(patch)}})}).`,
      );
    for (const [patch, message] of [
      [{ events_per_second: 0 }, "events_per_second is not a budget"],
      [{ events_per_second: "many" }, "events_per_second is not a budget"],
      [{ in_flight_bytes: 2 ** 40 }, "do not fit"],
      [{ duration_ms: 1 }, "over already"],
      [{ duration_ms: "soon" }, "duration_ms is not a budget"],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await adjust(patch)).toMatch(new RegExp(`:bad_budget.*${message}`, "u"));
    }
    await run("w", "[es_target:id(I) || I <- lists:seq(1, 100)], ok");
    await target.until("all", () => target.stream.of("RETURN").length === 100);
    expect(await adjust({ events_per_second_per_process: 50 })).toBe(":ok");
    await run("v", "[es_target:id(I) || I <- lists:seq(1, 100)], ok");
    await target.until("the gap", () => target.stream.gaps("rate_limited").length >= 1);
    expect(target.stream.of("RETURN").length).toBeLessThan(160);
    expect(await adjust({ duration_ms: 60_000 })).toBe(":ok");
    expect(await adjust({ duration_ms: "infinity" })).toBe(":ok");
    expect(await adjust({ duration_ms: 2_000 })).toBe(":ok");
    await target.until("the goodbye", () => target.stream.bye !== null);
    expect(inspect(target.stream.bye ?? never())).toMatch(/^\{:duration, /u);
  });

  it("stays paused as long as somebody wants, also when the breaker's pause is over", async () => {
    await target.record(`${ID}, processes => [w, v], ${budgets({ events_per_second: 1000 })}`);
    await run("w", "[es_target:id(I) || I <- lists:seq(1, 5000)], ok");
    const breaker = async (): Promise<string> =>
      await target.eval("maps:get(breaker, elixir_scope_probe:status()).");
    await target.until("a trip", async () => (await breaker()) === ":rate_limited");
    const paused = async (how: boolean): Promise<string> =>
      await target.eval(`elixir_scope_probe:adjust({paused, ${String(how)}}).`);
    expect(await paused(true)).toBe(":ok");
    await sleep(1_500);
    expect(await breaker()).toBe(":asked");
    expect(await paused(true)).toContain("paused already");
    await run("v", "es_target:id(unseen)");
    expect(await paused(false)).toBe(":ok");
    await run("v", "es_target:id(seen)");
    await target.until("calls again", () =>
      target.stream.of("CALL").some((r) => r.text === "[:seen]"),
    );
    expect(target.stream.of("CALL").some((r) => r.text === "[:unseen]")).toBe(false);
    // each part of the silence for what it was
    const gaps = ["rate_limited", "paused"].map((reason) => target.stream.gaps(reason).length);
    expect(gaps[0]).toBe(1);
    expect(gaps[1]).toBeGreaterThanOrEqual(2);
  });

  it("goes on with who was recorded because of who spawned it", async () => {
    await target.record(`${ID}, processes => [w]`);
    await run("w", "register(child, spawn(es_target, worker, []))");
    await target.eval("elixir_scope_probe:adjust({paused, true}).");
    expect(await target.eval("elixir_scope_probe:adjust({paused, false}).")).toBe(":ok");
    await run("child", "es_target:id(inherited)");
    await target.until("its call", () =>
      target.stream.of("CALL").some((r) => r.text === "[:inherited]"),
    );
    await target.eval("exit(whereis(child), kill).");
  });

  it("demotes a function that carries a lot to its name, and says so", async () => {
    await target.record(`${ID}, processes => [w]`);
    await run("w", "es_target:id(#{deep => [lists:seq(1, 20000)]})");
    await target.until("the notice", () => target.stream.gaps("truncated").length === 1);
    expect(target.stream.gaps("truncated")[0]?.text).toContain("function: {:es_target, :id, 1}");
    await run("w", "es_target:id(small)");
    await target.until("the call", () => target.stream.of("CALL").length === 2);
    expect(target.stream.of("CALL")[1]?.payload).toBeNull();
  });

  it("samples whole chains by probability and counts the rest", async () => {
    await target.record(`${NESTED}, processes => [w], sampling => {chains, 0.3}`);
    await run("w", "[es_target:outer(I) || I <- lists:seq(1, 1000)], ok");
    await target.until("the gap", () => target.stream.gaps("sampled").length >= 1);
    const of = (kind: string, name: string): number =>
      target.stream.of(kind).filter((r) => r.other === `es_target/${name}/1`).length;
    const kept = of("CALL", "outer");
    expect(kept).toBeGreaterThan(200);
    expect(kept).toBeLessThan(400);
    expect([of("RETURN", "outer"), of("CALL", "inner"), of("RETURN", "inner")]).toEqual([
      kept,
      kept,
      kept,
    ]);
    expect(count(target.stream.gaps("sampled")[0])).toBe((1000 - kept) * 4);
  });

  it("samples by rate per process, and can be changed while it runs", async () => {
    await target.record(`${NESTED}, processes => [w, v], sampling => {rate, 10}`);
    await run("w", "[es_target:outer(I) || I <- lists:seq(1, 100)], ok");
    await run("v", "[es_target:outer(I) || I <- lists:seq(1, 100)], ok");
    await target.until("the gap", () => target.stream.gaps("sampled").length >= 1);
    const calls = target.stream.of("CALL").length;
    expect(calls).toBeGreaterThanOrEqual(40);
    expect(calls).toBeLessThanOrEqual(80);
    expect(await target.eval("elixir_scope_probe:adjust({sampling, always}).")).toBe(":ok");
    await run("w", "[es_target:outer(I) || I <- lists:seq(1, 100)], ok");
    await target.until("all", () => target.stream.of("CALL").length === calls + 200);
  });

  it("reports its own cost and anchors the clock", async () => {
    await target.record(`${ID}, processes => [w]`);
    await target.until("metrics", () => target.stream.of("METRIC").length >= 2);
    const metric = target.stream.of("METRIC").find(({ pid }) => pid === "")?.text ?? "";
    for (const name of [
      "queue",
      "probe_memory",
      "in_flight",
      "events",
      "dropped",
      "target_memory",
      "run_queue",
    ]) {
      expect(metric).toMatch(new RegExp(`${name}: \\d+`, "u"));
    }
    const clock = target.stream.of("CLOCK")[0];
    const system = Number(/\{(\d+)\}/u.exec(clock?.text ?? "")?.[1]) / 1e6;
    expect(Math.abs(system - Date.now())).toBeLessThan(10_000);
  });
});

function never(): never {
  throw new Error("no goodbye");
}
