%% Started inside the VM of `elixirscope run`'s command, before Elixir's own command line. It hooks into
%% Mix and the compiler without touching a file: Mix tells after it has compiled a project, the
%% compiler's tracer tells of modules that exist in memory only. Nothing here may make the command fail.
-module(elixir_scope_boot).

-compile({no_auto_import, [halt/1, halt/2]}).

-export([start/0, trace/2, on_test_module/2, on_project_stack/3, compiled/1, halt/1, halt/2]).

-define(TABLE, elixir_scope_run).
-define(VARIABLE, "ELIXIR_SCOPE_RUN").
-define(OPTIONS, "ELIXIR_ERL_OPTIONS").
-define(OPTIONS_BEFORE, "ELIXIR_SCOPE_ERL_OPTIONS").

%% The environment becomes what it would be without us, also for programs that the command starts.
-spec start() -> ok.
start() ->
    Address = os:getenv(?VARIABLE),
    Before = os:getenv(?OPTIONS_BEFORE),
    os:unsetenv(?VARIABLE),
    os:unsetenv(?OPTIONS_BEFORE),
    case Before of false -> os:unsetenv(?OPTIONS); _ -> os:putenv(?OPTIONS, Before) end,
    try Address =/= false andalso connect(Address) catch _:_ -> ok end,
    ok.

connect(Address) ->
    elixir_scope_run:load_probe(),
    ok = elixir_scope_run:start(Address),
    {ok, _} = application:ensure_all_started(elixir),
    Code = 'Elixir.Code',
    Code:put_compiler_option(tracers, [?MODULE | Code:get_compiler_option(tracers)]),
    'Elixir.System':at_exit(fun(_) -> finish() end).

%% What System.halt/1 calls.
-spec halt(term()) -> no_return().
halt(Status) ->
    finish(),
    erlang:halt(Status).

-spec halt(term(), list()) -> no_return().
halt(Status, Options) ->
    finish(),
    erlang:halt(Status, Options).

finish() ->
    try elixir_scope_run:finish() catch _:_ -> ok end,
    ok.

%% -- the compiler's tracer: called in the process that compiles, for each thing that it sees

-spec trace(term(), map()) -> ok.
trace(start, _) ->
    try started(ets:whereis(?TABLE)) catch _:_ -> ok end,
    ok;
trace({require, _, 'Elixir.ExUnit.Case', _}, #{module := Module}) when Module =/= nil ->
    try before_registered(ets:whereis(?TABLE), Module) catch _:_ -> ok end,
    ok;
trace({on_module, Bytecode, _}, #{module := Module, file := File}) ->
    on_module(Module, File, Bytecode);
trace(_, _) ->
    ok.

%% ExUnit begins to run a module's tests as soon as it hears of it, which is before the tracer does. What
%% is called after compiling is called in the order of these attributes, and ExUnit's comes later.
before_registered(undefined, _) -> ok;
before_registered(_, Module) ->
    Callback = {?MODULE, on_test_module},
    Known = 'Elixir.Module':get_attribute(Module, after_compile),
    lists:member(Callback, Known) orelse 'Elixir.Module':put_attribute(Module, after_compile, Callback).

-spec on_test_module(map(), binary()) -> ok.
on_test_module(#{module := Module, file := File}, Bytecode) -> on_module(Module, File, Bytecode).

%% Whatever is compiled in memory from now on keeps the forms that it was made of.
started(undefined) -> ok;
started(_) ->
    watch_projects(),
    destination() =:= memory andalso keep_debug_info(),
    %% Mix does not tell of a project that it was told not to compile
    lists:member("--no-compile", init:get_plain_arguments()) andalso elixir_scope_run:compiled().

%% `mix test` says that its files need none.
keep_debug_info() ->
    Code = 'Elixir.Code',
    Code:get_compiler_option(debug_info) =:= false andalso Code:put_compiler_option(debug_info, true).

%% Where the compiling process writes to; Elixir 1.19 and later add a flag.
destination() ->
    case get(elixir_compiler_dest) of
        undefined -> memory;
        Folder when is_binary(Folder) -> {disk, Folder};
        {Folder, _} when is_binary(Folder) -> {disk, Folder}
    end.

on_module(Module, File, Bytecode) ->
    try
        ets:whereis(?TABLE) =/= undefined andalso on_module(destination(), Module, File, Bytecode)
    catch
        Class:Reason:Stack -> elixir_scope_run:fault({Class, Reason, Stack})
    end,
    ok.

on_module({disk, Folder}, Module, _, Bytecode) ->
    case elixir_scope_run:is_compiled(Folder) of
        %% a project that runs already: the new code is instrumented before anybody calls it
        true -> elixir_scope_run:instrument([{Module, {disk, Folder, Bytecode}}]);
        %% together with all others when Mix is through
        false -> ok
    end;
on_module(memory, Module, File, Bytecode) ->
    case filename:basename(File) =:= <<"mix.exs">> orelse is_dependency(File) of
        true -> ok;
        false ->
            elixir_scope_tests:prepare(Module),
            elixir_scope_run:instrument([{Module, {memory, File, Bytecode}}])
    end.

%% Libraries make modules while the program runs, too.
is_dependency(File) ->
    case deps_path() of
        none -> false;
        Path -> lists:prefix(Path ++ "/", unicode:characters_to_list(File))
    end.

deps_path() ->
    try unicode:characters_to_list('Elixir.Mix.Project':deps_path()) catch _:_ -> none end.

%% -- Mix: a project comes onto its stack each time that it is worked on; each time Mix is asked to tell
%% when it has been compiled

watch_projects() ->
    case whereis('Elixir.Mix.ProjectStack') of
        undefined -> ok;
        Stack ->
            ets:insert_new(?TABLE, {stack, Stack}) andalso begin
                sys:install(Stack, {?MODULE, {fun ?MODULE:on_project_stack/3, ok}}),
                ask_mix()
            end
    end.

-spec on_project_stack(ok, term(), term()) -> ok.
on_project_stack(ok, {in, {'$gen_call', _, {_, Fun}}}, _) when is_function(Fun) ->
    {name, Name} = erlang:fun_info(Fun, name),
    lists:prefix("-push/", atom_to_list(Name)) andalso spawn(fun ask_mix/0),
    ok;
on_project_stack(ok, _, _) ->
    ok.

%% `app` is the last compiler of every project.
ask_mix() ->
    try
        elixir_scope_project:seen(),
        'Elixir.Mix.Task.Compiler':after_compiler(app, fun ?MODULE:compiled/1)
    catch
        _:_ -> ok
    end.

%% In the process that runs Mix, when the project on top of the stack has been compiled.
-spec compiled(term()) -> term().
compiled(Result) ->
    ask_mix(),
    try elixir_scope_run:compiled() catch Class:Reason:Stack -> elixir_scope_run:fault({Class, Reason, Stack}) end,
    Result.
