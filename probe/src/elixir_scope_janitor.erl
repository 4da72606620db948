%% Owns everything that has to be undone. It outlives every other part of the probe, watches the
%% collector's node, the tracer and the writer, and leaves nothing when it ends.
-module(elixir_scope_janitor).

-export([start/1, undo/1, unload/2]).
-export([run/3]).

-include("elixir_scope.hrl").

-define(TICK_MS, 10).
-define(SECOND, 1000000000).

-record(j, {
    config :: map(),
    collector :: node(),
    shared :: atomics:atomics_ref(),
    start :: integer(),
    vm :: elixir_scope_vm:handle(),
    tracer :: pid(),
    writer :: pid(),
    keeper :: pid(),
    functions = #{} :: map()
}).

-spec start(map()) -> {ok, map()} | {error, {atom(), binary()}}.
start(Config) ->
    case whereis(?JANITOR) of
        undefined -> start_new(Config);
        Pid -> already(Pid)
    end.

start_new(Config) ->
    Ref = make_ref(),
    {Pid, Monitor} = spawn_opt(?MODULE, run, [self(), Ref, Config], [monitor, {priority, high}]),
    receive
        {Ref, Result} -> erlang:demonitor(Monitor, [flush]), Result;
        {'DOWN', Monitor, process, Pid, Reason} -> failed(Reason)
    end.

already(Pid) ->
    Whose = try gen_server:call(Pid, whose, 2000) catch exit:_ -> unknown end,
    Text = io_lib:format("the node is already recorded by ~ts; stop that session first", [Whose]),
    {error, {already_running, unicode:characters_to_binary(Text)}}.

failed(Reason) ->
    Text = io_lib:format("the probe could not start: ~0tp", [Reason]),
    {error, {start_failed, unicode:characters_to_binary(Text)}}.

-spec run(pid(), reference(), map()) -> ok.
run(Parent, Ref, #{collector := Collector, host := Host, port := Port} = Config) ->
    process_flag(trap_exit, true),
    _ = group_leader(whereis(init), self()),
    true = register(?JANITOR, self()),
    true = erlang:monitor_node(Collector, true),
    case elixir_scope_writer:connect(Host, Port) of
        {error, Reason} ->
            Text = io_lib:format("the target cannot reach the collector at ~ts:~b: ~0tp", [inet:ntoa(Host), Port, Reason]),
            Parent ! {Ref, {error, {connect_failed, unicode:characters_to_binary(Text)}}},
            ok;
        {ok, Socket} ->
            J = begin_session(Socket, Config),
            Parent ! {Ref, {ok, info(J)}},
            self() ! clock,
            self() ! metric,
            loop(J)
    end.

begin_session(Socket, #{collector := Collector, token := Token} = Config) ->
    Shared = atomics:new(?A_SIZE, []),
    Start = erlang:monotonic_time(),
    Parts = Config#{janitor => self(), shared => Shared, start => Start},
    Tracer = elixir_scope_tracer:start(Parts),
    Keeper = elixir_scope_keeper:start(Parts#{tracer => Tracer}),
    Hello = <<?PROTOCOL:16, Token/binary, (term_to_binary(elixir_scope_survey:facts()))/binary>>,
    {ok, Writer} = elixir_scope_writer:start(Socket, Hello, Shared),
    Functions = maps:from_list([{{M, F, A}, {Spec, Returns}} || {M, F, A, Spec, Returns} <- maps:get(functions, Config)]),
    J = #j{config = Config, collector = Collector, shared = Shared, start = Start,
           vm = elixir_scope_vm:open(Tracer), tracer = Tracer, writer = Writer, keeper = Keeper,
           functions = Functions},
    Tracer ! {begin_session, J#j.vm, Writer, Keeper, no_return(Functions)},
    share_undo(J),
    elixir_scope_vm:exclude(J#j.vm, Collector, [self(), Tracer, Writer, Keeper]),
    maps:foreach(fun(Mfa, {Spec, Returns}) -> elixir_scope_vm:function(J#j.vm, Mfa, Spec, Returns) end, Functions),
    switch_on(J),
    Keeper ! {known, observed(J)},
    J.

no_return(Functions) -> maps:from_list([{Mfa, true} || {Mfa, {_, none}} <- maps:to_list(Functions)]).

info(#j{functions = Functions, config = Config} = J) ->
    #{node => node(), functions => map_size(Functions), processes => length(observed(J)),
      sessions => elixir_scope_vm:sessions_supported(), arguments => maps:get(arguments, Config)}.

%% -- flags

switch_on(#j{vm = Vm, config = Config} = J) ->
    Call = call_flags(Config),
    case maps:get(processes, Config) of
        all ->
            elixir_scope_vm:trace(Vm, all, true, Call ++ own_flags(Config));
        {applications, _} ->
            elixir_scope_vm:trace(Vm, all, true, Call),
            _ = [elixir_scope_vm:trace(Vm, P, true, Call ++ own_flags(Config)) || P <- observed(J)];
        _ ->
            [elixir_scope_vm:trace(Vm, P, true, Call ++ own_flags(Config)) || P <- observed(J)]
    end,
    _ = [elixir_scope_vm:trace(Vm, P, false, [all]) || P <- [self(), J#j.writer, J#j.keeper]],
    ok.

call_flags(#{arguments := true}) -> [call, monotonic_timestamp];
call_flags(#{arguments := false}) -> [call, arity, monotonic_timestamp].

own_flags(Config) ->
    [F || {true, Fs} <- [{maps:get(messages, Config), [send, 'receive']},
                         {maps:get(lifecycle, Config), [procs]},
                         {maps:get(processes, Config) =/= all, [set_on_spawn]}], F <- Fs].

%% The processes of the target that are recorded with their messages, life and state.
observed(#j{config = Config, tracer = Tracer, writer = Writer, keeper = Keeper}) ->
    Ours = [self(), Tracer, Writer, Keeper],
    case maps:get(processes, Config) of
        all -> processes() -- Ours;
        {applications, Apps} -> [P || P <- processes() -- Ours, belongs(P, Apps)];
        List -> lists:filter(fun is_pid/1, [resolve(P) || P <- List])
    end.

belongs(Pid, Apps) ->
    case application:get_application(Pid) of
        {ok, App} -> lists:member(App, Apps);
        undefined -> false
    end.

resolve(Pid) when is_pid(Pid) -> Pid;
resolve(Name) -> whereis(Name).

%% -- life

loop(J) ->
    receive Msg -> on(Msg, J) end.

on({'$gen_call', From, Request}, J) -> request(Request, From, J);
on({nodedown, Collector}, #j{collector = Collector} = J) -> finish(collector_down, J);
on({'EXIT', Pid, Reason}, #j{writer = Pid} = J) -> finish({writer, Reason}, J);
on({'EXIT', Pid, Reason}, #j{tracer = Pid} = J) -> finish({tracer, Reason}, J);
on({'EXIT', Pid, Reason}, #j{keeper = Pid} = J) -> finish({keeper, Reason}, J);
on(clock, #j{tracer = Tracer} = J) ->
    erlang:send_after(1000, self(), clock),
    Tracer ! {record, ?CLOCK, 0, {erlang:system_time(nanosecond)}},
    loop(J);
on({tripped, _Why, _Off}, J) ->
    erlang:send_after(1000, self(), resume),
    loop(J);
on(resume, #j{tracer = Tracer, shared = Shared} = J) ->
    Tracer ! resume,
    atomics:put(Shared, ?A_GATE, ?GATE_OPEN),
    switch_on(J),
    loop(J);
on(_, J) ->
    loop(J).

request(stop, From, J) -> finish({requested, From}, J);
request(whose, From, #j{collector = Collector} = J) ->
    gen_server:reply(From, Collector),
    loop(J);
request(status, From, J) ->
    gen_server:reply(From, counters(J)),
    loop(J);
request({adjust, Change}, From, J) ->
    {Result, J1} = adjust(Change, J),
    gen_server:reply(From, Result),
    share_undo(J1),
    loop(J1).

adjust({add_functions, Added}, #j{functions = Functions, vm = Vm, tracer = Tracer} = J) ->
    New = maps:from_list([{{M, F, A}, {Spec, Returns}} || {M, F, A, Spec, Returns} <- Added]),
    All = maps:merge(Functions, New),
    Tracer ! {no_return, no_return(All)},
    maps:foreach(fun(Mfa, {Spec, Returns}) -> elixir_scope_vm:function(Vm, Mfa, Spec, Returns) end, New),
    {ok, J#j{functions = All}};
adjust({remove_functions, Removed}, #j{functions = Functions, vm = Vm} = J) ->
    _ = [elixir_scope_vm:pattern(Vm, Mfa, false, [local]) || Mfa <- Removed],
    {ok, J#j{functions = maps:without(Removed, Functions)}};
adjust(_, J) ->
    {{error, {bad_request, <<"unknown adjustment">>}}, J}.

counters(#j{shared = Shared, functions = Functions}) ->
    #{events => atomics:get(Shared, ?A_EVENTS), dropped => atomics:get(Shared, ?A_DROPPED),
      in_flight => atomics:get(Shared, ?A_IN_FLIGHT), sent => atomics:get(Shared, ?A_SENT),
      functions => map_size(Functions)}.

%% -- the end

share_undo(#j{shared = Shared, vm = Vm, functions = Functions, keeper = Keeper} = J) ->
    Undo = #{shared => Shared, vm => Vm, functions => maps:keys(Functions), processes => [J#j.tracer, J#j.writer]},
    Keeper ! {undo, Undo},
    Undo.

%% Everything that the target would feel, in the order of how much it would. Idempotent.
-spec undo(map()) -> ok.
undo(#{shared := Shared, vm := Vm, functions := Functions}) ->
    atomics:put(Shared, ?A_GATE, ?GATE_OVER),
    elixir_scope_vm:flags_off(Vm),
    elixir_scope_vm:close(Vm, Functions).

finish(Why, #j{tracer = Tracer, writer = Writer, keeper = Keeper} = J) ->
    undo(share_undo(J)),
    _ = ask(Keeper, remove_all, 200),
    _ = ask(Tracer, finish, 500),
    Counters = counters(J),
    Reason = case Why of {requested, _} -> requested; _ -> Why end,
    Ref = make_ref(),
    elixir_scope_writer:bye(Writer, term_to_binary({Reason, Counters}), Ref, self()),
    receive {Ref, _} -> ok; {'EXIT', Writer, _} -> ok after 1500 -> ok end,
    ended([Tracer, Writer, Keeper]),
    From = case Why of {requested, F} -> F; _ -> none end,
    unload(From, {ok, Counters}).

ask(Pid, Request, Timeout) ->
    Ref = make_ref(),
    Pid ! {Request, self(), Ref},
    receive {Ref, Answer} -> Answer; {'EXIT', Pid, _} -> gone after Timeout -> late end.

ended(Pids) ->
    Monitors = [{P, erlang:monitor(process, P)} || P <- Pids],
    _ = [begin unlink(P), exit(P, kill) end || P <- Pids],
    _ = [receive {'DOWN', M, process, P, _} -> ok end || {P, M} <- Monitors],
    ok.

%% The last call of the process, into no code of ours, so that ours can go: an interpreted loop
%% purges softly until no process uses it, then answers who asked for the end.
-spec unload(none | gen_server:from(), term()) -> term().
unload(From, Answer) ->
    Text = "lists:foreach(fun(M) -> code:soft_purge(M), code:delete(M) end, Ms),"
           "Try = fun(_, [], _) -> ok; (_, _, 0) -> ok; (Again, Left, N) ->"
           "  receive after 5 -> ok end,"
           "  Again(Again, [M || M <- Left, not code:soft_purge(M)], N - 1) end,"
           "Try(Try, Ms, 1000),"
           "catch unregister(elixir_scope_janitor),"
           "From =:= none orelse gen_server:reply(From, Answer).",
    {ok, Tokens, _} = erl_scan:string(Text),
    {ok, Exprs} = erl_parse:parse_exprs(Tokens),
    Bindings = [{'Ms', ?MODULES}, {'From', From}, {'Answer', Answer}],
    erl_eval:exprs(Exprs, lists:foldl(fun({Name, V}, B) -> erl_eval:add_binding(Name, V, B) end,
                                      erl_eval:new_bindings(), Bindings)).
