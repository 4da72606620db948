%% Gets the abstract forms of the modules of applications, and compiles forms, many at once.
-module(es_forms).
-export([modules/1, dump/2, forms/1, compile_all/2, compile/1, load/2]).
-export([compiled/1, recorded/3, outcome/3, within/4]).

%% The modules of an application that have debug information.
modules(Apps) ->
    lists:append([begin
        Files = filelib:wildcard(filename:join([code:lib_dir(App), "ebin", "*.beam"])),
        [list_to_atom(filename:basename(F, ".beam")) || F <- lists:sort(Files)]
    end || App <- Apps]).

%% Writes `Module.etf` for each, and says which have none.
dump(Dir, Modules) ->
    [begin
        Forms = forms(M),
        ok = file:write_file(filename:join(Dir, atom_to_list(M) ++ ".etf"), term_to_binary(Forms)),
        {M, is_list(Forms)}
     end || M <- Modules].

forms(Module) ->
    File = case code:where_is_file(atom_to_list(Module) ++ ".beam") of
        non_existing -> Module;
        Path -> Path
    end,
    case beam_lib:chunks(File, [debug_info]) of
        {ok, {_, [{debug_info, {debug_info_v1, Backend, Data}}]}} ->
            case Backend:debug_info(erlang_v1, Module, Data, []) of
                {ok, Forms} -> Forms;
                _ -> none
            end;
        _ -> none
    end.

%% Compiles every file in the folder with so many workers; gives what failed.
compile_all(Dir, Workers) ->
    Files = filelib:wildcard(filename:join(Dir, "*.etf")),
    Self = self(),
    Parts = [[F || {I, F} <- lists:zip(lists:seq(1, length(Files)), Files), I rem Workers =:= W] || W <- lists:seq(0, Workers - 1)],
    Refs = [spawn_monitor(fun() -> Self ! {self(), lists:append([one(F) || F <- Part])} end) || Part <- Parts],
    {length(Files), lists:append([receive {P, Failed} -> Failed; {'DOWN', _, _, P, R} when R =/= normal -> [{crashed, R}] end || {P, _} <- Refs])}.

one(File) ->
    {ok, Bytes} = file:read_file(File),
    Name = list_to_binary(filename:basename(File)),
    {Us, Result} = timer:tc(fun() -> compile(binary_to_term(Bytes)) end),
    case os:getenv("ES_TIMES") of false -> ok; _ -> io:format("~8w ms ~s~n", [Us div 1000, Name]) end,
    case Result of
        {ok, _, _} -> [];
        Error -> [{Name, iolist_to_binary(io_lib:format("~0P", [Error, 60]))}]
    end.

compile(Forms) ->
    try compile:forms(Forms, [return_errors, debug_info, binary]) of
        {ok, M, Bin} -> {ok, M, Bin};
        {ok, M, Bin, _} -> {ok, M, Bin};
        Other -> Other
    catch C:R:S -> {C, R, S}
    end.

load(Module, Forms) ->
    case compile(Forms) of
        {ok, Module, Bin} ->
            code:purge(Module),
            {module, Module} = code:load_binary(Module, atom_to_list(Module) ++ ".erl", Bin),
            ok;
        Error -> {error, Error}
    end.

%% Forms of a module in source text: Elixir's, or Erlang's when it begins with `-module`.
compiled(Source) ->
    %% (a file that matches binaries, compiled by OTP 25, does not load in OTP 29)
    case binary:match(Source, list_to_binary("-module")) of
        {0, _} -> erlang_forms(binary_to_list(Source));
        _ -> elixir_forms(Source)
    end.

erlang_forms(Source) ->
    {ok, Tokens, _} = erl_scan:string(Source, 1, []),
    Forms = [begin {ok, Form} = erl_parse:parse_form(Part), Form end || Part <- parts(Tokens, [])],
    [{attribute, 1, file, {"sample.erl", 1}} | Forms].

elixir_forms(Source) ->
    'Elixir.Code':put_compiler_option(ignore_module_conflict, true),
    [{M, Beam}] = 'Elixir.Code':compile_string(Source, list_to_binary("lib/sample.ex")),
    {ok, {_, [{debug_info, {debug_info_v1, Backend, Data}}]}} = beam_lib:chunks(Beam, [debug_info]),
    {ok, Forms} = Backend:debug_info(erlang_v1, M, Data, []),
    Forms.

parts([], []) -> [];
parts([{dot, _} = Dot | Rest], Part) -> [lists:reverse([Dot | Part]) | parts(Rest, [])];
parts([Token | Rest], Part) -> parts(Rest, [Token | Part]).

%% In a process of its own, so that nothing of it is left.
recorded(M, F, Args) ->
    in_process(fun() -> elixir_scope_capture:recorded(fun() -> apply(M, F, Args) end) end).

%% The value, or the exception with the part of its stack that is of the module.
outcome(M, F, Args) ->
    in_process(fun() ->
        try {ok, apply(M, F, Args)}
        catch C:R:S -> {C, R, [{Mo, Fn, A, proplists:get_value(file, L), proplists:get_value(line, L)} || {Mo, Fn, A, L} <- S, Mo =/= ?MODULE]}
        end
    end).

%% Calls with frames, in a process that is killed when its heap and stack come over so many words.
within(M, F, Args, Words) ->
    {_, Ref} = spawn_opt(fun() ->
        elixir_scope_capture:unrecorded(),
        exit({done, apply(M, F, Args)})
    end, [monitor, {max_heap_size, #{size => Words, kill => true, error_logger => false}}]),
    receive {'DOWN', Ref, process, _, Reason} -> Reason end.

in_process(Fun) ->
    {Pid, Ref} = spawn_monitor(fun() -> exit({done, Fun()}) end),
    receive
        {'DOWN', Ref, process, Pid, {done, Result}} -> Result;
        {'DOWN', Ref, process, Pid, Reason} -> {crashed, Reason}
    end.
