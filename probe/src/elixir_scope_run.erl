%% What this VM has instrumented for `elixirscope run`, and the end of it. It is a child of the kernel's
%% supervisor, so that also `init:stop` lets it drain what is buffered before the processes are killed.
%% When the collector goes first, the originals come back and the command notices nothing.
-module(elixir_scope_run).
-behaviour(gen_server).

-export([load_probe/0, start/1, finish/0, fault/1]).
-export([is_compiled/1, instrument/1, compiled/0]).
-export([start_link/1, init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

-define(TABLE, elixir_scope_run).
-define(SHUTDOWN_MS, 29000).
-define(FINISH_MS, 28000).
-define(RESTORE_TRIES, 20).
-define(RESTORE_MS, 100).

%% Once, before anything else: Mix takes folders that it does not know off the code path.
-spec load_probe() -> ok.
load_probe() ->
    Files = filelib:wildcard(filename:join(filename:dirname(code:which(?MODULE)), "*.beam")),
    ok = code:ensure_modules_loaded([list_to_atom(filename:basename(F, ".beam")) || F <- Files]).

-spec start(string()) -> ok.
start(Address) ->
    {ok, Link} = elixir_scope_link:start(Address),
    Spec = #{id => ?MODULE, start => {?MODULE, start_link, [Link]}, restart => temporary, shutdown => ?SHUTDOWN_MS},
    {ok, _} = supervisor:start_child(kernel_safe_sup, Spec),
    ok.

start_link(Link) -> gen_server:start_link({local, ?MODULE}, ?MODULE, Link, []).

%% Everything that is buffered reaches the collector, which closes the recording. The second time does nothing.
-spec finish() -> ok.
finish() ->
    case ets:whereis(?TABLE) =/= undefined andalso ets:insert_new(?TABLE, {finished}) of
        false -> ok;
        true ->
            {Pid, Monitor} = spawn_monitor(fun drain/0),
            receive {'DOWN', Monitor, process, Pid, _} -> ok after ?FINISH_MS -> exit(Pid, kill) end,
            ok
    end.

drain() ->
    _ = try elixir_scope_probe:stop() catch _:_ -> ok end,
    _ = elixir_scope_link:call(bye).

%% Our own mistakes are told to the collector and to nobody else.
-spec fault(term()) -> ok.
fault(Reason) ->
    elixir_scope_link:cast({fault, iolist_to_binary(io_lib:format("~0tp", [Reason]))}).

%% -- instrumenting

%% Has the project with this folder of compiled code been instrumented before?
-spec is_compiled(binary()) -> boolean().
is_compiled(Folder) -> ets:member(?TABLE, {compiled, key(Folder)}).

key(Folder) -> unicode:characters_to_binary(Folder).

-spec instrument([{module(), elixir_scope_build:source()}]) -> ok.
instrument(Modules) ->
    is_over() orelse elixir_scope_build:instrument(?TABLE, Modules),
    ok.

%% Mix has compiled the project on top of its stack.
-spec compiled() -> ok.
compiled() ->
    is_over() orelse begin
        Folders = [{Whose, F} || {Whose, F} <- elixir_scope_project:folders(), ets:insert_new(?TABLE, {{compiled, key(F)}})],
        Folders =:= [] orelse elixir_scope_build:instrument(?TABLE, elixir_scope_project:wanted(Folders))
    end,
    ok.

is_over() ->
    ets:whereis(?TABLE) =:= undefined orelse ets:member(?TABLE, finished).

%% -- the server: owns the table, watches the collector

init(Link) ->
    process_flag(trap_exit, true),
    ?TABLE = ets:new(?TABLE, [named_table, public, {read_concurrency, true}]),
    {ok, erlang:monitor(process, Link)}.

handle_call(_, _, Monitor) -> {reply, ok, Monitor}.

handle_cast(_, Monitor) -> {noreply, Monitor}.

handle_info({'DOWN', Monitor, process, _, _}, Monitor) ->
    ets:insert(?TABLE, {finished}),
    {noreply, restore(elixir_scope_build:originals(?TABLE), ?RESTORE_TRIES)};
handle_info({restore, Modules, Tries}, State) ->
    _ = restore(Modules, Tries),
    {noreply, State};
handle_info(_, State) ->
    {noreply, State}.

terminate(shutdown, _) -> finish();
terminate(_, _) -> ok.

%% A process that still runs old code must not be killed for it: such a module is tried again.
restore(Modules, Tries) ->
    Left = [M || M <- Modules, (catch elixir_scope_build:restore(M)) =:= busy],
    _ = Left =/= [] andalso Tries > 0 andalso erlang:send_after(?RESTORE_MS, self(), {restore, Left, Tries - 1}),
    over.
