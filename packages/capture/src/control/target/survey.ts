// What is on the target before anything is changed: versions, applications, other tracers. One remote
// call; nothing is loaded for it.

import type { Connection } from "@elixirscope/dist";
import { atom, type Term } from "@elixirscope/etf";
import { evaluate, type EvaluateOptions } from "./evaluate.ts";
import { atomOf, itemsOf, numberOf, optional, textOf } from "./read-term.ts";

export type TargetApplication = {
  readonly name: string;
  readonly version: string;
  /** null: the code server knows no folder */
  readonly libDir: string | null;
  /** what it needs: `applications`, `included_applications`, `optional_applications` */
  readonly needs: readonly string[];
  readonly modules: readonly string[];
  /** where one of its modules was compiled; null when stripped or not loaded */
  readonly source: string | null;
};

export type Tracer = {
  /** a pid, port or session name, as text */
  readonly name: string;
  readonly processes: number;
};

export type TargetSurvey = {
  readonly node: string;
  readonly otpRelease: number;
  readonly elixir: string | null;
  readonly system: string;
  readonly rootDir: string;
  readonly schedulers: number;
  readonly applications: readonly TargetApplication[];
  /** loaded modules that belong to no loaded application, with their files */
  readonly strays: readonly { readonly module: string; readonly file: string | null }[];
  readonly tracers: readonly Tracer[];
  /** trace sessions are isolated from each other, OTP 27 on */
  readonly traceSessions: boolean;
  /** the probe of another session (or one left behind) is there */
  readonly probe: "absent" | "loaded" | "running";
  readonly compiler: boolean;
  readonly tickSeconds: number;
};

const SURVEY = `(fun() ->
  Text = fun(none) -> none; (T) -> case unicode:characters_to_binary(T) of B when is_binary(B) -> B; _ -> none end end,
  Get = fun(K, L) -> proplists:get_value(K, L, []) end,
  Source = fun(Ms) ->
    case [S || M <- Ms, erlang:module_loaded(M), {source, S} <- erlang:get_module_info(M, compile)] of
      [First | _] -> Text(First);
      [] -> none
    end end,
  Apps = [begin
    Keys = case application:get_all_key(Name) of {ok, Ks} -> Ks; undefined -> [] end,
    Dir = case code:lib_dir(Name) of {error, _} -> none; D -> Text(D) end,
    Modules = Get(modules, Keys),
    {Name, Text(Version), Dir, Get(applications, Keys) ++ Get(included_applications, Keys) ++ Get(optional_applications, Keys), Modules, Source(Modules)}
  end || {Name, _, Version} <- application:loaded_applications()],
  Owned = maps:from_list([{M, true} || {_, _, _, _, Ms, _} <- Apps, M <- Ms]),
  File = fun(preloaded) -> Text(code:root_dir() ++ "/preloaded"); ([_ | _] = F) -> Text(F); (_) -> none end,
  Strays = [{M, File(F)} || {M, F} <- code:all_loaded(), not is_map_key(M, Owned)],
  Show = fun(T) -> list_to_binary(io_lib:format("~w", [T])) end,
  Legacy = [Show(T) || P <- processes(), {tracer, T} <- [erlang:trace_info(P, tracer)], T =/= []],
  Sessions = erlang:function_exported(trace, session_create, 3) orelse (code:ensure_loaded(trace) =:= {module, trace} andalso erlang:function_exported(trace, session_create, 3)),
  Tracers = case Sessions of
    true -> Legacy ++ [list_to_binary(io_lib:format("session ~tw", [Name]))
      || {Name, _} = S <- trace:session_info(all), S =/= {legacy, default}, P <- processes(), L <- [trace:session_info(P)], is_list(L), lists:member(S, L)];
    false -> Legacy
  end,
  Probe = case whereis(Janitor) of
    undefined -> case erlang:module_loaded(ProbeModule) of true -> loaded; false -> absent end;
    _ -> running
  end,
  {node(), list_to_integer(erlang:system_info(otp_release)),
   case [Text(V) || {elixir, _, V} <- application:loaded_applications()] of [V1 | _] -> V1; [] -> none end,
   Text(erlang:system_info(system_architecture)), Text(code:root_dir()), erlang:system_info(schedulers_online),
   Apps, Strays, Tracers, Sessions, Probe, code:which(compile) =/= non_existing,
   case net_kernel:get_net_ticktime() of N when is_integer(N) -> N; {_, N} -> N; _ -> 60 end}
end)()`;

export const PROBE_MODULE = "elixir_scope_probe";
export const PROBE_JANITOR = "elixir_scope_janitor";

export async function surveyTarget(
  connection: Connection,
  options: EvaluateOptions = {},
): Promise<TargetSurvey> {
  const bindings = { Janitor: atom(PROBE_JANITOR), ProbeModule: atom(PROBE_MODULE) };
  const answer = itemsOf(await evaluate(connection, SURVEY, bindings, options));
  const [node, otp, elixir, system, root, schedulers, apps, strays, tracers, sessions] = answer;
  const [probe, compiler, tick] = answer.slice(10);
  return {
    node: atomOf(node),
    otpRelease: numberOf(otp),
    elixir: optional(elixir, textOf),
    system: textOf(system),
    rootDir: textOf(root),
    schedulers: numberOf(schedulers),
    applications: itemsOf(apps).map(applicationOf),
    strays: itemsOf(strays).map((stray) => {
      const [module, file] = itemsOf(stray);
      return { module: atomOf(module), file: optional(file, textOf) };
    }),
    tracers: countTracers(itemsOf(tracers).map(textOf)),
    traceSessions: atomOf(sessions) === "true",
    probe: probeState(atomOf(probe)),
    compiler: atomOf(compiler) === "true",
    tickSeconds: numberOf(tick),
  };
}

function applicationOf(term: Term): TargetApplication {
  const [name, version, libDir, needs, modules, source] = itemsOf(term);
  return {
    name: atomOf(name),
    version: optional(version, textOf) ?? "",
    libDir: optional(libDir, textOf),
    needs: itemsOf(needs).map(atomOf),
    modules: itemsOf(modules).map(atomOf),
    source: optional(source, textOf),
  };
}

function countTracers(names: readonly string[]): readonly Tracer[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, processes]) => ({ name, processes }));
}

function probeState(text: string): TargetSurvey["probe"] {
  return text === "running" || text === "loaded" ? text : "absent";
}

/** All modules that the target could load, by name: made only when a selector finds none so far. */
export async function availableModules(
  connection: Connection,
  options: EvaluateOptions = {},
): Promise<readonly string[]> {
  const source =
    "[unicode:characters_to_binary(M) || {M, _, _} <- code:all_available(), is_list(M)]";
  return itemsOf(await evaluate(connection, source, {}, options)).map(textOf);
}
