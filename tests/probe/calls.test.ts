// Calls, returns and exceptions of unmodified functions, as the collector gets them.

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FLAG } from "@elixirscope/trace";
import { otpReleases } from "../support/beam-node.ts";
import { ProbeTarget } from "./support/probe-target.ts";

const traced = (name: string, arity: number, returns = "value", spec = "default"): string =>
  `{es_target, ${name}, ${String(arity)}, ${spec}, ${returns}}`;

describe.each(otpReleases())("calls on OTP $release", ({ root }) => {
  let target: ProbeTarget;

  beforeAll(async () => {
    target = await ProbeTarget.start({ root });
    await target.eval("register(w, spawn(es_target, worker, [])), ok.");
  });
  afterAll(async () => await target.end());
  afterEach(async () => await target.finish());

  const run = async (code: string): Promise<string> =>
    await target.eval(`w ! {run, self(), fun() -> ${code} end}, receive {ran, R} -> R end.`);

  it("records arguments, result and order of nested calls", async () => {
    await target.record(
      `functions => [${traced("outer", 1)}, ${traced("inner", 1)}], processes => [w]`,
    );
    expect(await run("es_target:outer(20)")).toBe("41");
    await target.until("the call's end", () => target.stream.of("RETURN").length === 2);
    const seen = target.stream.records.filter((r) => r.kind === "CALL" || r.kind === "RETURN");
    expect(seen.map((r) => [r.kind, r.other, r.text])).toEqual([
      ["CALL", "es_target/outer/1", "[20]"],
      ["CALL", "es_target/inner/1", "[20]"],
      ["RETURN", "es_target/inner/1", "40"],
      ["RETURN", "es_target/outer/1", "41"],
    ]);
    const times = seen.map((r) => r.t);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(target.stream.token?.every((byte, i) => byte === (i === 15 ? 7 : 0))).toBe(true);
  });

  it("records an exception with class and reason", async () => {
    await target.record(`functions => [${traced("fail", 1)}], processes => [w]`);
    await run("es_target:fail(1)");
    await target.until("the exception", () => target.stream.of("EXCEPTION").length === 1);
    expect(target.stream.of("EXCEPTION")[0]?.text).toBe("{:error, {:bad, 1}}");
  });

  it("keeps tail calls of functions that are traced without a return", async () => {
    await target.record(`functions => [${traced("count_down", 1, "none")}], processes => [w]`);
    const depth = await run(
      `es_target:count_down(2000), element(2, process_info(self(), stack_size))`,
    );
    expect(Number(depth)).toBeLessThan(1000);
    await target.until("all calls", () => target.stream.of("CALL").length === 2001);
    expect(target.stream.of("CALL").every((r) => (r.flags & FLAG.NO_RETURN) !== 0)).toBe(true);
    expect(target.stream.of("RETURN")).toEqual([]);
  });

  it("asks for no arguments when the plan wants none", async () => {
    await target.record(`functions => [${traced("id", 1)}], processes => [w], arguments => false`);
    await run("es_target:id(secret)");
    await target.until("the return", () => target.stream.of("RETURN").length === 1);
    const call = target.stream.of("CALL")[0];
    expect(call?.flags).toBe(FLAG.ARITY_ONLY);
    expect(call?.payload).toBeNull();
  });

  it("honours the match specification of a function", async () => {
    const spec = "[{['$1'], [{'>', '$1', 10}], []}]";
    await target.record(`functions => [${traced("id", 1, "value", spec)}], processes => [w]`);
    await run("es_target:id(5), es_target:id(15), es_target:id(atom)");
    await target.until("the returns", () => target.stream.of("RETURN").length === 2);
    expect(target.stream.of("CALL").map((r) => r.text)).toEqual(["[15]", "[:atom]"]);
  });

  it("traces a function without arguments", async () => {
    await target.record(`functions => [${traced("nothing", 0)}], processes => [w]`);
    await run("es_target:nothing()");
    await target.until("the return", () => target.stream.of("RETURN").length === 1);
    expect(target.stream.of("CALL").map((r) => [r.other, r.text])).toEqual([
      ["es_target/nothing/0", "[]"],
    ]);
  });

  it("traces calls from one caller only, when the plan says so", async () => {
    const spec = "[{['_'], [], [{message, {'=:=', {caller}, {{es_target, outer, 1}}}}]}]";
    await target.record(`functions => [${traced("inner", 1, "value", spec)}], processes => [w]`);
    await run("es_target:inner(1), es_target:outer(2), es_target:inner(lists:seq(1, 3))");
    await target.until("the return", () => target.stream.of("RETURN").length >= 1);
    expect(target.stream.of("CALL").map((r) => r.text)).toEqual(["[2]"]);
    expect(target.stream.of("RETURN").map((r) => r.text)).toEqual(["4"]);
  });

  it("cuts a big argument where it is called, and says so", async () => {
    await target.record(`functions => [${traced("pair", 2)}], processes => [w]`);
    await run(`es_target:pair(lists:seq(1, 100000), small),
      es_target:pair(maps:from_list([{I, I} || I <- lists:seq(1, 666)]), 7),
      es_target:pair(lists:foldl(fun(_, A) -> [A] end, [], lists:seq(1, 500)), x),
      es_target:pair(lists:seq(1, 300), lists:seq(1, 300)),
      es_target:pair(binary:copy(<<65>>, 1000000), y)`);
    await target.until("the calls", () => target.stream.of("CALL").length === 5);
    const calls = target.stream.of("CALL");
    expect(calls.map((r) => r.text.slice(0, 60))).toMatchInlineSnapshot(`
      [
        "[[1, 2, 3, 4, 5, 6, 7, 8, ...], :small]",
        "[%{...}, 7]",
        "[[...], :x]",
        "",
        "["" <> ..., :y]",
      ]
    `);
    expect(calls.every((r) => (r.flags & FLAG.TRUNCATED) !== 0)).toBe(true);
    expect(calls.map((r) => (r.flags & FLAG.NO_RETURN) !== 0)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  it("adds and removes functions while it runs", async () => {
    await target.record(`functions => [${traced("id", 1)}], processes => [w]`);
    await run("es_target:inner(1)");
    expect(
      await target.eval(`elixir_scope_probe:adjust({add_functions, [${traced("inner", 1)}]}).`),
    ).toBe(":ok");
    expect(
      await target.eval(`elixir_scope_probe:adjust({remove_functions, [{es_target, id, 1}]}).`),
    ).toBe(":ok");
    await run("es_target:inner(2), es_target:id(3)");
    await target.until("the return", () => target.stream.of("RETURN").length === 1);
    expect(target.stream.of("CALL").map((r) => r.text)).toEqual(["[2]"]);
    expect(await target.eval("elixir_scope_probe:adjust(nonsense).")).toContain(":bad_request");
  });

  it("follows a module that is loaded anew", async () => {
    await target.record(`functions => [${traced("id", 1)}], processes => [w]`);
    const reloaded = await target.eval(`
      Src = filename:join("${import.meta.dirname}/fixtures", "es_target.erl"),
      {ok, M, Bin} = compile:file(Src, [binary]),
      code:soft_purge(M), {module, _} = code:load_binary(M, "again", Bin), ok.`);
    expect(reloaded).toBe(":ok");
    await target.until("the notice", () => target.stream.gaps("reloaded").length === 1);
    expect(target.stream.of("MODULE").map((r) => r.text.replace(/<<.*>>|".*"/, "md5"))).toEqual([
      "{:es_target, md5, :loaded}",
      "{:es_target, md5, :reloaded}",
    ]);
    await target.eval(
      "exit(whereis(w), kill), timer:sleep(10), register(w, spawn(es_target, worker, [])), elixir_scope_probe:adjust({add_processes, [w]}).",
    );
    await target.eval("W = whereis(w), elixir_scope_probe:adjust({add_processes, [W]}).");
    await run("es_target:id(again)");
    await target.until("the call", () =>
      target.stream.of("CALL").some((r) => r.text === "[:again]"),
    );
  });
});
