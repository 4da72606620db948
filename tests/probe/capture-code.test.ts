// Modules of a live node that are replaced by instrumented ones, and given back however a session ends.

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { otpReleases } from "../support/beam-node.ts";
import { captured } from "./support/captured.ts";
import { instrumentedBeam, ProbeTarget } from "./support/probe-target.ts";

const part = (module: string, arity: number): string =>
  `hd([P || P <- processes(), process_info(P, initial_call) =:= {initial_call, {${module}, run, ${String(arity)}}}])`;

/** `{Module, none, Beam}` of the instrumented build. */
const beam = (module: string): string =>
  `(fun() -> {ok, B} = file:read_file("${instrumentedBeam(module)}"), {${module}, none, B} end)()`;

/** A module that is loaded from no file. */
const inMemory = (name: string, body: string): string =>
  `(fun() -> {ok, T, _} = erl_scan:string("-module(${name}).\\n-export([f/0]).\\n${body}"),
      {ok, M, B} = compile:forms(element(2, lists:foldl(fun({dot, _} = D, {A, Fs}) -> {ok, F} = erl_parse:parse_form(lists:reverse([D | A])), {[], Fs ++ [F]};
        (X, {A, Fs}) -> {[X | A], Fs} end, {[], []}, T))), {module, M} = code:load_binary(M, "memory", B), {M, none, B} end)()`;

describe.each(otpReleases())("replaced modules on OTP $release", ({ release, root }) => {
  let target: ProbeTarget;

  beforeAll(async () => {
    target = await ProbeTarget.start({ root });
    await target.eval("code:ensure_loaded(es_plain), register(w, spawn(es_target, worker, [])).");
  });
  afterAll(async () => await target.end());
  afterEach(async () => {
    await target.eval("catch elixir_scope_probe:stop().");
    if (target.failure !== null) throw target.failure;
    await target.untilClean(2000);
    const left = await target.eval("{es_plain:version(), erlang:check_old_code(es_plain)}.");
    if (left !== "{:plain, false}") throw new Error(`not given back: ${left}`);
  });

  const version = async (): Promise<string> => await target.eval("es_plain:version().");
  const replace = async (options = "#{}", module = "es_plain"): Promise<string> =>
    await target.eval(
      `elixir_scope_probe:adjust({replace_modules, [${beam(module)}], ${options}}).`,
    );
  const run = async (code: string): Promise<string> =>
    await target.eval(`w ! {run, self(), fun() -> ${code} end}, receive {ran, R} -> R end.`);
  const REPLACED = "{:ok, [es_plain: :ok]}";

  it("records what the new code reports, and gives the old code back on request", async () => {
    await target.record();
    expect(await replace()).toBe(REPLACED);
    expect(await replace()).toContain("already_replaced");
    expect(await version()).toBe(":instrumented");
    expect(
      await target.eval(
        "{file, F} = code:is_loaded(es_plain), list_to_binary(filename:basename(F)).",
      ),
    ).toBe('"es_plain.beam"');
    expect(await run("es_plain:twice(21)")).toBe("42");
    await target.until("the events", () => target.stream.of("EVENTS").length === 1);
    expect(target.stream.of("EVENTS")[0]?.text).toMatch(/^\{0, 0, \d+, \[\{1, 1, /u);
    expect(
      await target.eval("elixir_scope_probe:adjust({restore_modules, [es_plain, nope]})."),
    ).toMatch(/^\{:ok, \[es_plain: :ok, nope: \{:error, \{:not_replaced, /u);
    expect(await version()).toBe(":plain");
    expect(await replace()).toBe(REPLACED);
    expect(await target.eval("elixir_scope_probe:adjust({restore_modules, all}).")).toBe(REPLACED);
    await target.finish();
  });

  it("gives everything back on stop", async () => {
    await target.record();
    expect(await replace()).toBe(REPLACED);
    await run("es_plain:twice(1)");
    await target.finish();
    expect(captured(target.stream).size).toBe(1);
  });

  it("gives everything back within 500 ms when the collector is killed", async () => {
    await target.record();
    expect(await replace()).toBe(REPLACED);
    await run("es_plain:twice(1)");
    await target.loseCollector();
    await target.untilClean(500);
    expect(await version()).toBe(":plain");
  });

  it.each([
    ["elixir_scope_janitor", 3],
    ["elixir_scope_tracer", 1],
    ["elixir_scope_writer", 2],
    ["elixir_scope_keeper", 1],
  ])("gives everything back when %s is killed", async (module, arity) => {
    await target.record();
    expect(await replace()).toBe(REPLACED);
    await target.eval(`exit(${part(module, arity)}, kill), timer:sleep(20).`);
    await target.untilClean(2000);
  });

  it("refuses a module that a process is inside of, names it, and changes nothing", async () => {
    await target.record();
    await target.eval("register(waiter, spawn(es_plain, wait, [])), timer:sleep(10).");
    expect(await replace()).toMatch(
      /:in_use, "the process <\d+\.\d+\.\d+> \(waiter\) is inside :es_plain/u,
    );
    expect(await version()).toBe(":plain");
    expect(await target.eval("erlang:check_old_code(es_plain).")).toBe("false");
    await target.eval("waiter ! go, timer:sleep(10).");
    expect(await replace()).toBe(REPLACED);
    await target.finish();
  });

  it("keeps closures alive that somebody holds, in a process or a table, old ones and instrumented ones", async () => {
    const hold = async (name: string): Promise<string> =>
      await target.eval(`Me = self(), register(${name}, spawn(fun() -> F = es_closures:fun_of(p), T = ets:new(t, []),
        ets:insert(T, {f, es_closures:fun_of(t)}), Me ! held,
        (fun Loop() -> receive {call, P} -> P ! {F(), (ets:lookup_element(T, f, 2))()}, Loop(); stop -> ok end end)() end)),
        receive held -> ok end.`);
    const call = async (name: string): Promise<string> =>
      await target.eval(`${name} ! {call, self()}, receive R -> R after 1000 -> dead end.`);
    await target.record();
    await hold("old");
    expect(await replace("#{}", "es_closures")).toBe("{:ok, [es_closures: :ok]}");
    await hold("new");
    expect(await call("old")).toBe("{{:plain, :p}, {:plain, :t}}");
    await target.stop();
    expect(await call("old")).toBe("{{:plain, :p}, {:plain, :t}}");
    expect(await call("new")).toBe("{{:instrumented, :p}, {:instrumented, :t}}");
    expect(await target.eval("(es_closures:fun_of(1))().")).toBe("{:plain, 1}");
    await target.eval("old ! stop, new ! stop, ok.");
    // From OTP 27 on nobody can say that the last closure is gone: the closed module stays.
    const staying = release === "system" ? "[]" : "[module: :elixir_scope_capture]";
    await target.until("the rest to go", async () => (await target.leftovers()) === staying);
    await target.eval(
      "[code:purge(M) || M <- [es_closures, elixir_scope_capture]], code:delete(elixir_scope_capture), code:purge(elixir_scope_capture).",
    );
  });

  it("refuses what cannot be replaced safely, each with its reason", async () => {
    await target.record();
    const refused = async (module: string, before = "ok"): Promise<string> =>
      await target.eval(`${before}, {ok, [{_, {error, {Code, _}}}]} =
        elixir_scope_probe:adjust({replace_modules, [{${module}, none, <<>>}]}), Code.`);
    expect(await refused("lists")).toBe(":sticky");
    expect(await refused("erlang")).toBe(":preloaded");
    expect(await refused("no_such_module")).toBe(":not_loaded");
    expect(await refused("crypto", 'code:unstick_dir(code:lib_dir(crypto) ++ "/ebin")')).toMatch(
      /:nif|:sticky/u,
    );
    expect(await refused("elixir_scope_probe")).toBe(":probe");
    expect(await refused("es_memory", inMemory("es_memory", "f() -> 1."))).toBe(":no_object_code");
    const onLoad =
      await target.eval(`{M, _, B} = ${inMemory("es_on_load", "-on_load(f/0).\\nf() -> ok.")},
      {ok, [{_, {error, {Code, _}}}]} = elixir_scope_probe:adjust({replace_modules, [{M, none, B}], #{original => B}}), Code.`);
    expect(onLoad).toBe(":on_load");
    expect(await refused("es_event", "cover:start(), {ok, _} = cover:compile_beam(es_event)")).toBe(
      ":cover",
    );
    await target.eval("cover:stop(), code:load_file(es_event).");
    expect(await refused("es_statem", inMemory("es_statem", "f() -> 1."))).toBe(":changed");
    await target.eval("code:soft_purge(es_statem), code:load_file(es_statem).");
    expect(await target.eval("elixir_scope_probe:adjust({replace_modules, []}).")).toContain(
      ":bad_request",
    );
    await target.finish();
  });

  it("lets a process that waits inside instrumented code go on, and leaves when it has", async () => {
    await target.record();
    expect(await replace()).toBe(REPLACED);
    await target.eval(
      "Me = self(), register(late, spawn(fun() -> R = es_plain:wait(), timer:sleep(infinity), R end)), timer:sleep(10).",
    );
    expect(await target.stop()).toMatch(/^\{:ok, /u);
    expect(await version()).toBe(":plain");
    expect(await target.eval("code:is_loaded(elixir_scope_capture) =/= false.")).toBe("true");
    expect(
      await target.eval("[code:is_loaded(M) || M <- [elixir_scope_probe, elixir_scope_buffer]]."),
    ).toBe("[false, false]");
    expect(await target.eval("late ! go, timer:sleep(50), is_process_alive(whereis(late)).")).toBe(
      "true",
    );
    await target.untilClean(4000);
    await target.eval("exit(whereis(late), kill).");
  });

  it("leaves code alone that somebody loaded in the meantime", async () => {
    await target.record();
    expect(await replace()).toBe(REPLACED);
    await target.eval(`code:soft_purge(es_plain), {module, _} = code:load_file(es_plain).`);
    expect(await version()).toBe(":plain");
    expect(await replace()).toBe(REPLACED);
    await target.finish();
  });

  it("replaces code that never ran without a rehearsal, when it is told so", async () => {
    await target.record();
    const original = `element(2, file:read_file(code:which(es_plain)))`;
    expect(await replace(`#{fresh => true, original => ${original}}`)).toBe(REPLACED);
    expect(await run("es_plain:twice(4)")).toBe("8");
    await target.finish();
  });

  it("makes no atoms, tables or terms that stay", async () => {
    const count =
      "{erlang:system_info(atom_count), length(ets:all()), maps:get(count, persistent_term:info()), erlang:system_info(process_count)}.";
    const cycle = async (): Promise<void> => {
      await target.record();
      await replace();
      await run("es_plain:twice(1)");
      await target.finish();
    };
    for (let i = 0; i < 2; i++) await cycle();
    const before = await target.eval(count);
    for (let i = 0; i < 8; i++) await cycle();
    expect(await target.eval(count)).toBe(before);
  });

  it("costs nothing and records nothing while the gate is closed", async () => {
    await target.record();
    expect(await replace()).toBe(REPLACED);
    expect(await target.eval("elixir_scope_gate:close().")).toBe(":ok");
    expect(await run("{es_plain:twice(3), (catch es_plain:twice(a))}")).toMatch(
      /^\{6, \{:EXIT, \{:badarith, \[\{:erlang, :\*, \[:a, 2\]/u,
    );
    expect(await target.eval("elixir_scope_gate:open().")).toBe(":ok");
    expect(await run("es_plain:twice(5)")).toBe("10");
    await target.until("the events", () => target.stream.of("EVENTS").length > 0);
    expect(target.stream.of("EVENTS")).toHaveLength(1);
    await target.finish();
  });

  it("gives forms and compiles them as they were compiled", async () => {
    await target.record();
    const text = `{ok, #{forms := F, vsn := [V], source := S, md5 := Md5}} = elixir_scope_code:forms(es_plain),
      {ok, _, B0} = elixir_scope_code:object(es_plain), {ok, B} = elixir_scope_code:compile(F, B0),
      {ok, {_, [{attributes, [{vsn, [_]}]}, {compile_info, I}]}} = beam_lib:chunks(B, [attributes, compile_info]),
      {is_integer(V), unicode:characters_to_binary(proplists:get_value(source, I)) =:= S, Md5 =:= code:module_md5(B0), Md5 =:= code:module_md5(B)}.`;
    expect(await target.eval(text)).toMatch(/^\{true, true, true, (true|false)\}$/u);
    expect(await target.eval("element(1, element(2, elixir_scope_code:forms(es_nothing))).")).toBe(
      ":no_object_code",
    );
    expect(
      await target.eval(`{ok, _, B} = elixir_scope_code:object(es_plain), {ok, _, Cs} = beam_lib:all_chunks(B), {ok, Bare} = beam_lib:build_module(lists:keydelete("Dbgi", 1, Cs)),
        {error, {C, T}} = elixir_scope_code:forms(es_plain, Bare), {C, T}.`),
    ).toBe(
      '{:no_debug_info, ":es_plain was compiled without debug information; compile it with debug_info"}',
    );
    expect(
      await target.eval(`{ok, #{forms := F}} = elixir_scope_code:forms(es_plain), {ok, _, B0} = elixir_scope_code:object(es_plain),
        elixir_scope_code:compile([{attribute, 1, module, m}, {attribute, 1, export, [{g, 0}]}], B0).`),
    ).toBe('{:error, {:compile_failed, "1: function g/0 undefined"}}');
  });
});
