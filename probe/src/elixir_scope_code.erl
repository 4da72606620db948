%% The code of the target's modules: what instrumenting needs to know of it, how new code is built as the
%% old was, and how it takes the old one's place and gives it back. Loading by force would kill every
%% process that still runs what is purged, so nothing is loaded before a soft purge said that there is none.
-module(elixir_scope_code).

-export([object/1, forms/1, forms/2, compile/2, compile/3]).
-export([on_stacks/0, replace/5, restore/1, is_current/1, are_counted/0]).
-export([failure/3, name/1]).
-export([build/4]).
-export_type([replaced/0, failure/0]).

-type failure() :: {error, {Code :: atom(), Text :: binary()}}.
%% What is needed to give a module back: `Ours` is the sum of the code that took its place, `Lambdas` are the
%% functions in it that somebody might hold.
-type replaced() :: {module(), Ours :: binary(), File :: file:filename(), Original :: binary(), Lambdas :: [binary()]}.
-type options() :: #{fresh => boolean(), original => binary()}.

-define(COMPILE_MS, 60000).
-define(LOOK_MS, 500).
-define(STACKS_MAX, 20000).
%% Of a compiler's options, those that change what its code does or says of itself.
-define(KEPT_OPTIONS, [inline, inline_size, inline_list_funcs, no_auto_import, no_line_info]).

%% -- what a module is made of

%% The code that a module was loaded from.
-spec object(module()) -> {ok, file:filename(), binary()} | failure().
object(Module) ->
    case code:get_object_code(Module) of
        {Module, Beam, File} ->
            case not erlang:module_loaded(Module) orelse erlang:get_module_info(Module, md5) =:= code:module_md5(Beam) of
                true -> {ok, File, Beam};
                false -> failure(changed, "~ts on disk is not the code of ~ts that is loaded; reload the module or restart the node", [File, name(Module)])
            end;
        error ->
            failure(no_object_code, "the code of ~ts is in no file of the code path", [name(Module)])
    end.

-spec forms(module()) -> {ok, map()} | failure().
forms(Module) ->
    case object(Module) of
        {ok, _, Beam} -> forms(Module, Beam);
        Failure -> Failure
    end.

%% `#{module, md5, forms, source, vsn, attributes, backend}`; source and vsn are `none` when not there.
-spec forms(module(), binary()) -> {ok, map()} | failure().
forms(Module, Beam) ->
    case abstract(Module, Beam) of
        {ok, Backend, Forms} ->
            {ok, {_, [{attributes, Attributes}, {compile_info, Info}]}} = beam_lib:chunks(Beam, [attributes, compile_info]),
            {ok, #{module => Module, md5 => code:module_md5(Beam), forms => Forms, backend => Backend,
                   attributes => Attributes, vsn => proplists:get_value(vsn, Attributes, none),
                   source => case proplists:get_value(source, Info) of undefined -> none; Path -> unicode:characters_to_binary(Path) end}};
        Failure ->
            Failure
    end.

abstract(Module, Beam) ->
    case beam_lib:chunks(Beam, [debug_info]) of
        {ok, {_, [{debug_info, {debug_info_v1, Backend, Data}}]}} -> from_backend(Module, Backend, Data);
        {ok, {_, [{debug_info, no_debug_info}]}} -> abstract_code(Module, Beam);
        {error, beam_lib, {missing_chunk, _, _}} -> abstract_code(Module, Beam);
        {error, beam_lib, {key_missing_or_invalid, _, _}} ->
            failure(encrypted, "the debug information of ~ts is encrypted", [name(Module)]);
        {error, beam_lib, _} ->
            failure(bad_object_code, "the code of ~ts is not a BEAM file", [name(Module)])
    end.

from_backend(Module, Backend, Data) ->
    case code:ensure_loaded(Backend) of
        {module, _} ->
            try Backend:debug_info(erlang_v1, Module, Data, []) of
                {ok, Forms} -> {ok, Backend, Forms};
                {error, _} -> no_debug_info(Module)
            catch _:_ -> no_debug_info(Module)
            end;
        {error, _} ->
            failure(no_backend, "the debug information of ~ts can only be read by ~ts, which this node does not have", [name(Module), name(Backend)])
    end.

abstract_code(Module, Beam) ->
    case beam_lib:chunks(Beam, [abstract_code]) of
        {ok, {_, [{abstract_code, {raw_abstract_v1, Forms}}]}} -> {ok, erl_abstract_code, Forms};
        _ -> no_debug_info(Module)
    end.

no_debug_info(Module) ->
    failure(no_debug_info, "~ts was compiled without debug information; compile it with debug_info", [name(Module)]).

%% -- building

-spec compile([tuple()], binary()) -> {ok, binary()} | failure().
compile(Forms, Original) -> compile(Forms, Original, #{}).

%% In a process of its own: what a compiler leaves on its heap goes with it.
%% `priority` is of that process; `options` go to the compiler beside those of the original.
-spec compile([tuple()], binary(), #{priority => low | normal, options => [atom()]}) -> {ok, binary()} | failure().
compile(Forms, Original, How) ->
    case code:ensure_loaded(compile) of
        {module, _} ->
            Ref = make_ref(),
            {Pid, Monitor} = spawn_opt(?MODULE, build, [{self(), Ref}, Forms, Original, maps:get(options, How, [])],
                                        [monitor, {priority, maps:get(priority, How, low)}]),
            receive
                {Ref, Result} -> erlang:demonitor(Monitor, [flush]), Result;
                {'DOWN', Monitor, process, Pid, Reason} -> compiler_failed(Reason)
            after ?COMPILE_MS ->
                exit(Pid, kill),
                receive {'DOWN', Monitor, process, Pid, _} -> ok end,
                receive {Ref, _} -> ok after 0 -> ok end,
                failure(compile_timeout, "the compiler took more than ~b s", [?COMPILE_MS div 1000])
            end;
        {error, _} ->
            failure(no_compiler, "this node has no compiler (application compiler is not in the release)", [])
    end.

compiler_failed(Reason) -> failure(compile_failed, "the compiler failed: ~0tp", [elixir_scope_bound:small(Reason)]).

-spec build({pid(), reference()}, [tuple()], binary(), [atom()]) -> term().
build({From, Ref}, Forms, Original, Options) ->
    Result = try compile:noenv_forms(Forms, [binary, return_errors | Options ++ options(Original)]) of
        {ok, _, Beam} -> {ok, Beam};
        {ok, _, Beam, _} -> {ok, Beam};
        {error, Errors, _} -> failure(compile_failed, "~ts", [lists:join("\n", [error_text(E) || {_, Es} <- Errors, E <- Es])])
    catch _:Reason -> compiler_failed(Reason)
    end,
    From ! {Ref, Result}.

error_text({Location, Module, Error}) -> io_lib:format("~0tp: ~ts", [Location, Module:format_error(Error)]);
error_text({Module, Error}) -> Module:format_error(Error).

%% Elixir's forms name every function of the module erlang in full.
options(Original) ->
    {ok, {_, [{compile_info, Info}, {debug_info, Debug}]}} = beam_lib:chunks(Original, [compile_info, debug_info]),
    Own = [O || O <- proplists:get_value(options, Info, []), lists:member(option_name(O), ?KEPT_OPTIONS)],
    Imports = case Debug of {debug_info_v1, erl_abstract_code, _} -> []; no_debug_info -> []; _ -> [no_auto_import] end,
    [deterministic || not lists:keymember(source, 1, Info)] ++ [{source, Path} || {source, Path} <- Info] ++ Imports ++ Own.

option_name(Option) when is_tuple(Option) -> element(1, Option);
option_name(Option) -> Option.

%% -- taking a module's place

%% Modules on the stack of some process, and that process: such a module is not replaced, and to know it
%% beforehand spares the target a rehearsal.
-spec on_stacks() -> #{module() => pid()}.
on_stacks() ->
    Stacks = [{P, S} || P <- lists:sublist(processes(), ?STACKS_MAX), P =/= self(),
                        {_, S} <- [process_info(P, current_stacktrace)]],
    maps:from_list([{M, P} || {P, Stack} <- Stacks, {M, _, _, _} <- Stack]).

%% `Note` is called with what is needed to undo it, just before it is done.
-spec replace({module(), file:filename() | none, binary()}, options(), #{module() => pid()}, pos_integer(),
              fun((replaced()) -> ok)) -> {ok, replaced()} | failure().
replace({Module, File, Beam}, Options, OnStacks, Tries, Note) ->
    _ = code:ensure_loaded(Module),
    case first_failure([fun() -> allowed(Module) end, fun() -> original(Module, Options) end]) of
        {ok, Path, Original} ->
            As = loaded_as(Module, case File of none -> Path; _ -> File end),
            Fresh = maps:get(fresh, Options, false),
            first_failure([
                fun() -> no_on_load(Module, Original) end,
                fun() -> in_use(Module, OnStacks, Fresh) end,
                fun() -> old_code(Module, Tries) end,
                fun() -> rehearse(Module, As, Original, Fresh) end,
                fun() ->
                    Undo = {Module, code:module_md5(Beam), As, Original, lambdas(Module, Beam)},
                    ok = Note(Undo),
                    case load(Module, As, Beam) of
                        ok -> {ok, Undo};
                        Failure -> Failure
                    end
                end
            ]);
        Failure ->
            Failure
    end.

first_failure([Last]) -> Last();
first_failure([Check | Checks]) ->
    case Check() of
        ok -> first_failure(Checks);
        Failure -> Failure
    end.

original(Module, Options) ->
    case {erlang:module_loaded(Module), Options} of
        {false, _} -> failure(not_loaded, "~ts cannot be loaded on this node", [name(Module)]);
        {true, #{original := Original}} ->
            case code:module_md5(Original) =:= erlang:get_module_info(Module, md5) of
                true -> {ok, "", Original};
                false -> failure(changed, "~ts is no longer the code that was instrumented", [name(Module)])
            end;
        {true, _} -> object(Module)
    end.

loaded_as(Module, Path) ->
    case code:is_loaded(Module) of
        {file, File} when is_list(File) -> File;
        _ -> Path
    end.

allowed(Module) ->
    Loaded = code:is_loaded(Module),
    Refusals = [
        {Loaded =:= {file, cover_compiled}, cover, "~ts is compiled for coverage; end that first"},
        {Loaded =:= {file, preloaded}, preloaded, "~ts is part of the runtime system"},
        {code:is_sticky(Module), sticky, "~ts is in a sticky folder (OTP itself)"},
        {lists:prefix("elixir_scope", atom_to_list(Module)), probe, "~ts is part of the probe"},
        {has_nifs(Module), nif, "~ts has native functions, which do not survive a reload"}
    ],
    case [failure(Code, Text, [name(Module)]) || {true, Code, Text} <- Refusals] of
        [] -> ok;
        [Failure | _] -> Failure
    end.

has_nifs(Module) ->
    try erlang:get_module_info(Module, nifs) =/= [] catch error:badarg -> false end.

no_on_load(Module, Beam) ->
    Prepared = erlang:prepare_loading(Module, Beam),
    case erlang:has_prepared_code_on_load(Prepared) of
        true -> failure(on_load, "~ts runs a function when it is loaded (on_load)", [name(Module)]);
        false -> ok
    end.

in_use(_, _, true) -> ok;
in_use(Module, OnStacks, false) ->
    case OnStacks of
        #{Module := Pid} -> lingering(Module, Pid);
        _ -> ok
    end.

lingering(Module, Pid) ->
    failure(in_use, "the process ~ts is inside ~ts, or holds a function of it, and would be killed by a later change of its code",
            [process_name(Pid), name(Module)]).

%% Somebody may be just on the way out of code that was replaced a moment ago.
old_code(Module, Tries) ->
    case code:soft_purge(Module) of
        true -> ok;
        false when Tries > 1 -> receive after 5 -> ok end, old_code(Module, Tries - 1);
        false -> lingering(Module, user_of_old_code(Module))
    end.

%% The same code once more: if then no process is left in the first, none will be left in it when the
%% instrumented code goes, and the way back is free. If not, the target runs what it ran before. Functions
%% that somebody holds move over, as the sum is the same.
rehearse(_, _, _, true) -> ok;
rehearse(Module, As, Original, false) ->
    case load(Module, As, Original) of
        ok ->
            case code:soft_purge(Module) of
                true -> ok;
                false -> lingering(Module, user_of_old_code(Module))
            end;
        Failure -> Failure
    end.

load(Module, As, Beam) ->
    case code:load_binary(Module, As, Beam) of
        {module, Module} -> ok;
        {error, Reason} -> failure(not_loaded, "~ts could not be loaded: ~0tp", [name(Module), Reason])
    end.

user_of_old_code(Module) ->
    Asked = [P || P <- processes(), P =/= self(), is_asked(P, Module)],
    first_user(length(Asked), erlang:monotonic_time(millisecond) + ?LOOK_MS, none).

is_asked(Pid, Module) ->
    try erlang:check_process_code(Pid, Module, [{async, {?MODULE, Pid}}]) of _ -> true catch error:badarg -> false end.

first_user(0, _, Found) -> Found;
first_user(N, Until, Found) ->
    receive
        {check_process_code, {?MODULE, Pid}, true} -> first_user(N - 1, Until, Pid);
        {check_process_code, {?MODULE, _}, _} -> first_user(N - 1, Until, Found)
    after max(0, Until - erlang:monotonic_time(millisecond)) -> Found
    end.

%% -- and back

%% `busy`: some process still runs the code before it. Code that somebody else loaded since stays.
-spec restore(replaced()) -> ok | busy.
restore({Module, _, File, Original, _} = Replaced) ->
    case is_current(Replaced) andalso code:soft_purge(Module) of
        true -> _ = code:load_binary(Module, File, Original), ok;
        false -> case is_current(Replaced) of true -> busy; false -> ok end
    end.

-spec is_current(replaced()) -> boolean().
is_current({Module, Ours, _, _, _}) -> erlang:module_loaded(Module) andalso erlang:get_module_info(Module, md5) =:= Ours.

%% -- functions that somebody holds

%% Purging does not look at them: one that is called later has no code. How many of each there are is known: up to
%% OTP 26 all, later only those that are not on the heap of a process.
-spec are_counted() -> boolean().
are_counted() -> list_to_integer(erlang:system_info(otp_release)) < 27.

%% The closures of a module, each as an external term that makes one, to ask how many there are.
-spec lambdas(module(), binary()) -> [binary()].
lambdas(Module, Beam) ->
    Sum = code:module_md5(Beam),
    [external(Module, Sum, Index, Lambda) || {Index, Lambda} <- table(beam_lib:chunks(Beam, ["FunT"], [allow_missing_chunks]))].

%% OTP 29 does not load what OTP 25 compiles of a binary pattern, so this does without one.
table({ok, {_, [{_, Table}]}}) when is_binary(Table) ->
    [{I, [word(Table, 4 + 24 * I + 4 * W) || W <- lists:seq(0, 5)]} || I <- lists:seq(0, word(Table, 0) - 1)];
table(_) -> [].

word(Binary, At) -> binary:decode_unsigned(binary:part(Binary, At, 4)).

external(Module, Sum, Index, [_, Arity, _, OldIndex, Free, OldUniq]) ->
    Bare = fun(Term) -> Whole = term_to_binary(Term), binary:part(Whole, 1, byte_size(Whole) - 1) end,
    Body = iolist_to_binary([Arity - Free, Sum, <<Index:32, Free:32>>, Bare(Module), <<98, OldIndex:32, 98, OldUniq:32>>, Bare(self()),
                             binary:copy(<<106>>, Free)]),
    <<131, 112, (byte_size(Body) + 4):32, Body/binary>>.

%% -- words

-spec failure(atom(), io:format(), [term()]) -> failure().
failure(Code, Format, Args) -> {error, {Code, unicode:characters_to_binary(io_lib:format(Format, Args))}}.

%% As it is written in Elixir.
-spec name(module()) -> string().
name(Module) ->
    case atom_to_list(Module) of
        "Elixir." ++ Name -> Name;
        Name -> [$: | Name]
    end.

process_name(none) -> "(unknown)";
process_name(Pid) ->
    case process_info(Pid, registered_name) of
        {registered_name, Name} -> io_lib:format("~p (~ts)", [Pid, Name]);
        _ -> io_lib:format("~p", [Pid])
    end.
