%% Owns everything that has to be undone. It outlives every other part of the probe, watches the
%% collector's node, the tracer, the writer and the budgets, and leaves nothing when it ends.
-module(elixir_scope_janitor).

-export([start/1, abandoned/1]).
-export([run/3]).

-include("elixir_scope.hrl").

-define(CALL_FLAGS, [call, monotonic_timestamp]).
-define(TICK_MS, 10).
-define(QUIET_TICK_MS, 50).     % while nothing is recorded: each wakes a scheduler, which then spins for a while
-define(LEARN_MS, 30).
-define(OFTEN, 30).              % calls in that time
-define(BIG_HEAP_WORDS, 16384).
-define(WATCH_MS, 200).
-define(METRIC_MS, 500).
-define(SECOND_MS, 1000).
-define(QUEUE_OVERRUN, 40000).   % the tracer should have stopped at half of it
-define(TRIPS_MAX, 6).           % in TRIPS_WITHIN_MS; then the session ends
-define(TRIPS_WITHIN_MS, 60000).
-define(PAUSE_MS, 1000).
-define(PAUSE_WITHIN_MS, 2000).
-define(PAUSE_MAX_MS, 8000).
-define(STALLED_MS, 45000).
-define(BYE_MS, 5000).           % without progress
-define(FINISH_MS, 5000).

-record(j, {
    config :: map(),
    collector :: node() | pid(),
    shared :: atomics:atomics_ref(),
    vm :: elixir_scope_vm:handle(),
    tracer :: pid(),
    gatherer :: pid(),
    pacer :: pid(),
    writer :: pid(),
    keeper :: pid(),
    windows = none :: none | pid(),
    functions = #{} :: #{mfa() => {Spec :: term(), value | none}},
    demoted = #{} :: #{mfa() => true},
    messages = full :: full | small | off,
    watch :: elixir_scope_modules:watch(),
    trips = [] :: [integer()],
    paused = none :: none | {Why :: atom(), Since :: integer()},
    resume = none :: none | reference(),      % the timer that ends the breaker's pause
    held = false :: boolean(),                % somebody asked for a pause
    watched = none :: none | [pid()],         % who lived when it began
    began :: integer(),
    duration = none :: none | reference(),
    states_lost = 0 :: non_neg_integer(),
    events = 0 :: non_neg_integer(),          % that were recorded when it last looked
    replaced :: elixir_scope_replaced:replaced()
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
        {'DOWN', Monitor, process, Pid, Reason} -> failure(start_failed, "the probe could not start: ~0tp", [Reason])
    end.

already(Pid) ->
    Whose = try gen_server:call(Pid, whose, 2000) catch exit:_ -> unknown end,
    failure(already_running, "this node is already recorded from ~ts; stop that session first", [Whose]).

failure(Code, Format, Args) ->
    {error, {Code, unicode:characters_to_binary(io_lib:format(Format, Args))}}.

-spec run(pid(), reference(), map()) -> term().
run(Parent, Ref, #{collector := Collector, host := Host, port := Port} = Config) ->
    process_flag(trap_exit, true),
    _ = group_leader(whereis(init), self()),
    case catch register(?JANITOR, self()) of
        true ->
            monitor_collector(Collector),
            case elixir_scope_writer:connect(Host, Port) of
                {error, Reason} ->
                    Parent ! {Ref, failure(connect_failed, "the target cannot connect to the collector at ~ts:~b: ~0tp",
                                           [inet:ntoa(Host), Port, Reason])},
                    elixir_scope_unload:last_call(none, ok, {[], []});
                {ok, Socket} ->
                    J = begin_session(Socket, Config),
                    Parent ! {Ref, {ok, info(J)}},
                    loop(J)
            end;
        _ ->
            Parent ! {Ref, already(whereis(?JANITOR))}
    end.

%% A node, or a process of this one that speaks for the collector.
monitor_collector(Pid) when is_pid(Pid) -> _ = erlang:monitor(process, Pid), ok;
monitor_collector(Node) -> true = erlang:monitor_node(Node, true), ok.

collector_node(Pid) when is_pid(Pid) -> node(Pid);
collector_node(Node) -> Node.

begin_session(Socket, #{collector := Collector, token := Token, budgets := Budgets} = Config) ->
    Shared = atomics:new(?A_SIZE, []),
    Start = erlang:monotonic_time(),
    Pacer = elixir_scope_pacer:start(),
    Parts = Config#{janitor => self(), pacer => Pacer, shared => Shared, start => Start, collector := collector_node(Collector)},
    Tracer = elixir_scope_tracer:start(Parts),
    Gatherer = elixir_scope_gatherer:start(Tracer, Pacer),
    Keeper = elixir_scope_keeper:start(Parts#{tracer => Tracer, gatherer => Gatherer}),
    Hello = <<?PROTOCOL:16, Token/binary, (term_to_binary(elixir_scope_survey:facts()))/binary>>,
    Writer = elixir_scope_writer:start(Socket, Hello, Shared),
    J = #j{config = Config, collector = Collector, shared = Shared, vm = elixir_scope_vm:open(Tracer),
           tracer = Tracer, gatherer = Gatherer, pacer = Pacer, writer = Writer, keeper = Keeper, replaced = elixir_scope_replaced:new(Keeper), watch = elixir_scope_modules:new(), began = erlang:monotonic_time(millisecond),
           messages = case maps:get(messages, Config) of true -> full; false -> off end},
    _ = share_undo(J),
    elixir_scope_vm:leftovers(J#j.vm),
    elixir_scope_vm:gate(closed),
    Tracer ! {begin_session, J#j.vm, Writer, Keeper, ours(J)},
    messages(J),
    switch_on_calls(J),
    trace_instrumented(J),
    J1 = add_functions(maps:get(functions, Config), J),
    Tracer ! begin_recording,
    self() ! second,
    self() ! metric,
    self() ! tick,
    self() ! watch,
    J2 = windows(maps:get(sampling, Config), last_until(maps:get(duration_ms, Budgets, infinity), J1)),
    _ = share_undo(J2),
    elixir_scope_vm:gate(closed),
    switch_on(J2),
    tell_names(J2),
    elixir_scope_vm:gate(open),
    Keeper ! {known, observed(J2)},
    J2.

%% A message may be sent to a name sooner than the keeper comes to the process that has it.
tell_names(#j{tracer = Tracer} = J) ->
    Ts = erlang:monotonic_time(),
    Observed = maps:from_keys(observed(J), true),
    _ = [Tracer ! {facts, Pid, undefined, Ts, #{name => Name}}
         || Name <- registered(), Pid <- [whereis(Name)], is_map_key(Pid, Observed)],
    ok.

%% `Ms` since the session began.
last_until(Ms, #j{began = Began, duration = Before} = J) ->
    Before =:= none orelse erlang:cancel_timer(Before),
    J#j{duration = case Ms of
        infinity -> none;
        _ -> erlang:send_after(Began + Ms, self(), duration, [{abs, true}])
    end}.

info(#j{functions = Functions, vm = Vm, tracer = Tracer} = J) ->
    Busy = elixir_scope_vm:traced_by_others(Vm, Tracer),
    #{node => node(), functions => map_size(Functions), processes => length(observed(J)),
      sessions => elixir_scope_vm:sessions_supported(), traced_by_others => Busy}.

%% -- what is traced

%% With the gate closed: to set the flags of a process that runs holds up a whole scheduler, perhaps the one
%% that the tracer waits for, while others already fill its mailbox.
switch_on(#j{vm = Vm, config = Config} = J) ->
    switch_on_calls(J),
    case {maps:get(processes, Config), own_flags(Config)} of
        {_, []} -> ok;
        {all, Own} -> elixir_scope_vm:trace(Vm, all, true, Own);
        {_, Own} -> switch_on(observed(J), Own, J)
    end,
    switch_off_own(J).

switch_on_calls(#j{vm = Vm, config = Config} = J) ->
    case maps:get(processes, Config) of
        List when is_list(List); List =:= instrumented -> switch_on(observed(J), ?CALL_FLAGS, J);
        _ -> elixir_scope_vm:trace(Vm, all, true, ?CALL_FLAGS)
    end,
    switch_off_own(J).

switch_off_own(#j{vm = Vm} = J) ->
    lists:foreach(fun(P) -> elixir_scope_vm:trace(Vm, P, false, [all]) end, ours(J)).

switch_on(Pids, Flags, #j{vm = Vm}) ->
    lists:foreach(fun(P) -> elixir_scope_vm:trace(Vm, P, true, Flags) end, Pids).

%% These processes set their flags themselves, when they first run instrumented code.
trace_instrumented(#j{vm = Vm, keeper = Keeper, config = #{processes := instrumented} = Config}) ->
    Flags = case {own_flags(Config), maps:get(functions, Config)} of
        {[set_on_spawn], []} -> [];
        {Own, _} -> ?CALL_FLAGS ++ Own
    end,
    ok = ask(Keeper, {trace_with, Vm, Flags}, 5000);
trace_instrumented(_) ->
    ok.

own_flags(#{processes := Processes} = Config) ->
    [F || {true, Fs} <- [{maps:get(messages, Config), [send, 'receive']},
                         {maps:get(lifecycle, Config), [procs]},
                         {Processes =/= all, [set_on_spawn]}], F <- Fs].

ours(#j{gatherer = Gatherer, pacer = Pacer, writer = Writer, keeper = Keeper, windows = Windows, collector = Collector}) ->
    [self(), Gatherer, Pacer, Writer, Keeper | [P || P <- [Windows, Collector], is_pid(P)]].

windows({windows, Share}, #j{tracer = Tracer} = J) when Share < 1 -> J#j{windows = elixir_scope_windows:start(Share, Tracer)};
windows(_, J) -> J.

no_windows(#j{windows = none} = J) ->
    J;
no_windows(#j{windows = Windows} = J) ->
    unlink(Windows),
    _ = ask(Windows, stop, 500),
    J#j{windows = none}.

%% The processes that are recorded with their messages, life and state, not only with their calls.
observed(#j{config = Config, tracer = Tracer} = J) ->
    Ours = [Tracer | ours(J)],
    case maps:get(processes, Config) of
        all -> processes() -- Ours;
        instrumented -> elixir_scope_buffer:pids() -- Ours;
        {applications, Apps} -> [P || P <- processes() -- Ours, belongs(P, Apps)];
        List -> [P || Named <- List, P <- [resolve(Named)], is_pid(P)]
    end.

belongs(Pid, Apps) ->
    case catch application:get_application(Pid) of
        {ok, App} -> lists:member(App, Apps);
        _ -> false
    end.

resolve(Pid) when is_pid(Pid), node(Pid) =:= node() -> Pid;
resolve(Name) when is_atom(Name) -> whereis(Name);
resolve(_) -> undefined.

messages(#j{vm = Vm, collector = Collector, messages = How, tracer = Tracer} = J) ->
    elixir_scope_vm:messages(Vm, collector_node(Collector), [Tracer | ours(J)], How).

pattern(Mfa, #j{vm = Vm, functions = Functions, demoted = Demoted, config = Config}) ->
    #{Mfa := {Spec, Returns}} = Functions,
    How = case maps:get(arguments, Config) of
        _ when is_map_key(Mfa, Demoted) -> ids;
        true -> full;
        false -> bare
    end,
    elixir_scope_vm:function(Vm, Mfa, Spec, Returns, How).

add_functions(Added, #j{functions = Functions, watch = Watch, tracer = Tracer} = J) ->
    New = maps:from_list([{{M, F, A}, {Spec, Returns}} || {M, F, A, Spec, Returns} <- Added]),
    J1 = learn(maps:keys(New), J#j{functions = maps:merge(Functions, New)}),
    Tracer ! {no_return, no_return(J1)},
    _ = [pattern(Mfa, J1) || Mfa <- maps:keys(New)],
    {Seen, Watch1} = look_at_modules(J1#j{watch = Watch}),
    tell_modules(Seen, J1),
    J1#j{watch = Watch1}.

%% A function that is called very often by a process with a big heap may carry that heap with each call.
%% Nothing but such a look tells beforehand: what the trace message copies cannot be limited, and
%% within one time slice a process can make a thousand of them.
learn(_, #j{config = #{arguments := false}} = J) -> J;
learn([], J) -> J;
learn(Mfas, #j{functions = Functions, vm = Vm, tracer = Tracer, paused = none} = J) ->
    Tracer ! {learn, #{}},
    _ = [elixir_scope_vm:function(Vm, Mfa, element(1, maps:get(Mfa, Functions)), none, ids) || Mfa <- Mfas],
    elixir_scope_vm:gate(open),
    receive after ?LEARN_MS -> ok end,
    Risky = case ask(Tracer, learnt, 500) of
        Learnt when is_map(Learnt) ->
            [Mfa || {Mfa, {N, Pids}} <- maps:to_list(Learnt), N >= ?OFTEN, lists:any(fun big/1, Pids)];
        _ -> Mfas
    end,
    demoted(Risky, J);
learn(_, J) -> J.

big(Pid) ->
    case process_info(Pid, total_heap_size) of
        {_, Words} -> Words > ?BIG_HEAP_WORDS;
        undefined -> false
    end.

look_at_modules(#j{functions = Functions, watch = Watch, vm = Vm}) ->
    Samples = maps:values(maps:from_list([{M, Mfa} || {M, _, _} = Mfa <- maps:keys(Functions)])),
    elixir_scope_modules:look(Samples, fun(Mfa) -> elixir_scope_vm:is_traced(Vm, Mfa) end, Watch).

no_return(#j{functions = Functions, demoted = Demoted}) ->
    maps:merge(Demoted, maps:map(fun(_, _) -> true end, maps:filter(fun(_, {_, R}) -> R =:= none end, Functions))).

%% A code change leaves the new code untraced.
reloaded(#j{functions = Functions, tracer = Tracer} = J) ->
    {Seen, Watch1} = look_at_modules(J),
    _ = [pattern(Mfa, J) || {M, _, How} <- Seen, How =/= deleted, {F, _, _} = Mfa <- maps:keys(Functions), F =:= M],
    tell_modules(Seen, J),
    Since = erlang:monotonic_time() - erlang:convert_time_unit(?WATCH_MS, millisecond, native),
    _ = [Tracer ! {gap, undefined, ?GAP_RELOADED, Since, #{count => 0, module => M}} || {M, _, How} <- Seen, How =/= loaded],
    J#j{watch = Watch1}.

tell_modules(Seen, #j{tracer = Tracer}) ->
    _ = [Tracer ! {record, ?MODULE_SEEN, 0, Fact} || Fact <- Seen],
    ok.

%% -- life

loop(J) ->
    receive Msg -> on(Msg, J) end.

on({'$gen_call', From, Request}, J) -> request(Request, From, J);
on({nodedown, Collector}, #j{collector = Collector} = J) -> finish(collector_down, J);
on({'DOWN', _, process, Collector, _}, #j{collector = Collector} = J) -> finish(collector_down, J);
on({'EXIT', Pid, Reason}, #j{writer = Pid} = J) -> finish({disconnected, small(Reason)}, J);
on({'EXIT', Pid, Reason}, #j{tracer = Pid} = J) -> finish({tracer_died, small(Reason)}, J);
on({'EXIT', Pid, Reason}, #j{gatherer = Pid} = J) -> finish({tracer_died, small(Reason)}, J);
on({'EXIT', Pid, Reason}, #j{keeper = Pid} = J) -> finish({keeper_died, small(Reason)}, J);
on({'EXIT', Pid, Reason}, #j{windows = Pid} = J) -> finish({tracer_died, small(Reason)}, J);
on(duration, J) -> finish(duration, J);
on({tripped, Why, TookUs, Heavy}, J) -> tripped(Why, TookUs, Heavy, J);
on({demote, [messages]}, #j{messages = full} = J) -> loop(relieved(small, J));
on({demote, Mfas}, J) -> loop(demote(Mfas, J));
on({replace, Modules, Options, OnStacks, From, Done}, J) -> loop(replace(Modules, Options, OnStacks, From, Done, J));
on(resume, #j{held = true} = J) -> loop(J#j{resume = none});
on(resume, J) -> resume(J#j{resume = none});
on(tick, #j{tracer = Tracer, shared = Shared, events = Before} = J) ->
    Waiting = waiting(Tracer),
    Events = atomics:get(Shared, ?A_EVENTS),
    again(case Waiting + Events of Before -> ?QUIET_TICK_MS; _ -> ?TICK_MS end, tick),
    overrun(Waiting, J),
    loop(J#j{events = Events});
on(watch, J) ->
    again(?WATCH_MS, watch),
    loop(reloaded(J));
on(second, J) ->
    again(?SECOND_MS, second),
    loop(second(J));
on(metric, #j{tracer = Tracer} = J) ->
    again(?METRIC_MS, metric),
    Tracer ! {record, ?METRIC, 0, metric(J)},
    loop(J);
on(_, J) ->
    loop(J).

again(Ms, What) -> erlang:send_after(Ms, self(), What).

small(Reason) -> elixir_scope_bound:small(Reason).

%% The tracer looks after itself; this is for when it cannot.
overrun(Len, #j{paused = none, vm = Vm, shared = Shared, tracer = Tracer}) when Len > ?QUEUE_OVERRUN ->
    elixir_scope_vm:gate(closed),
    atomics:put(Shared, ?A_GATE, ?GATE_PAUSED),
    elixir_scope_vm:flags_off(Vm),
    Tracer ! {trip, queue};
overrun(_, _) ->
    ok.

second(#j{tracer = Tracer, shared = Shared, states_lost = Before} = J) ->
    Tracer ! second,
    Tracer ! {record, ?CLOCK, 0, {erlang:system_time(nanosecond)}},
    case atomics:get(Shared, ?A_STATES_LOST) of
        Before -> J;
        Lost ->
            Since = erlang:monotonic_time() - erlang:convert_time_unit(1, second, native),
            Tracer ! {gap, undefined, ?GAP_DROPPED, Since, #{count => Lost - Before, what => states}},
            J#j{states_lost = Lost}
    end.

waiting(Pid) -> case process_info(Pid, message_queue_len) of {_, N} -> N; _ -> 0 end.

metric(#j{tracer = Tracer, gatherer = Gatherer, writer = Writer, keeper = Keeper, shared = Shared}) ->
    #{queue => waiting(Tracer),
      probe_memory => lists:sum([memory(P) || P <- [self(), Tracer, Gatherer, Writer, Keeper]]),
      in_flight => atomics:get(Shared, ?A_IN_FLIGHT),
      events => atomics:get(Shared, ?A_EVENTS),
      dropped => atomics:get(Shared, ?A_DROPPED),
      sent => atomics:get(Shared, ?A_SENT),
      target_memory => erlang:memory(total),
      processes => erlang:system_info(process_count),
      run_queue => erlang:statistics(total_run_queue_lengths)}.

memory(Pid) ->
    case process_info(Pid, [memory, binary]) of
        [{_, Bytes}, {_, Binaries}] -> Bytes + lists:sum([Size || {_, Size, _} <- Binaries]);
        undefined -> 0
    end.

%% -- requests

request(stop, From, J) -> finish({requested, From}, J);
request(whose, From, #j{collector = Collector} = J) ->
    gen_server:reply(From, collector_node(Collector)),
    loop(J);
request(status, From, J) ->
    gen_server:reply(From, status(J)),
    loop(J);
request({adjust, {replace_modules, Modules}}, From, J) ->
    request({adjust, {replace_modules, Modules, #{}}}, From, J);
request({adjust, {replace_modules, [_ | _] = Modules, Options}}, From, J) when is_map(Options) ->
    self() ! {replace, Modules, Options, elixir_scope_code:on_stacks(), From, []},
    loop(J);
request({adjust, {restore_modules, Which}}, From, #j{replaced = Replaced} = J) when Which =:= all; is_list(Which) ->
    Modules = case Which of all -> maps:keys(elixir_scope_replaced:modules(Replaced)); _ -> Which end,
    {Results, Replaced1} = lists:mapfoldl(fun elixir_scope_replaced:restore/2, Replaced, Modules),
    gen_server:reply(From, {ok, Results}),
    loop(J#j{replaced = Replaced1});
request({adjust, {paused, true}}, From, #j{held = true} = J) ->
    gen_server:reply(From, failure(bad_request, "the session is paused already", [])),
    loop(J);
request({adjust, {paused, true}}, From, #j{collector = Collector} = J) when is_pid(Collector) ->
    gen_server:reply(From, failure(bad_request, "the recording of a command cannot be paused", [])),
    loop(J);
request({adjust, {paused, true}}, From, J) ->
    J1 = pause(J),
    gen_server:reply(From, ok),
    loop(J1);
request({adjust, {paused, false}}, From, #j{held = false} = J) ->
    gen_server:reply(From, failure(bad_request, "the session is not paused", [])),
    loop(J);
request({adjust, {paused, false}}, From, J) ->
    J1 = unpause(J#j{held = false}),
    gen_server:reply(From, ok),
    loop(J1);
request({adjust, Change}, From, J) ->
    {Result, J1} = try adjust(Change, J) catch error:_ -> {bad_change(Change), J} end,
    _ = share_undo(J1),
    gen_server:reply(From, Result),
    loop(J1);
request(Other, From, J) ->
    gen_server:reply(From, bad_change(Other)),
    loop(J).

bad_change(Change) -> failure(bad_request, "the probe does not understand ~0tp", [elixir_scope_bound:small(Change)]).

adjust({add_functions, Added}, J) ->
    {ok, add_functions(Added, J)};
adjust({remove_functions, Removed}, #j{functions = Functions, vm = Vm} = J) ->
    _ = [elixir_scope_vm:pattern(Vm, Mfa, false, [local]) || Mfa <- Removed, is_map_key(Mfa, Functions)],
    {ok, J#j{functions = maps:without(Removed, Functions)}};
adjust({add_processes, Added}, #j{config = #{processes := Processes} = Config, keeper = Keeper} = J) when is_list(Processes) ->
    J1 = J#j{config = Config#{processes := lists:usort(Processes ++ Added)}},
    New = observed(J1) -- observed(J),
    J#j.paused =:= none andalso switch_on(New, ?CALL_FLAGS ++ own_flags(Config), J1),
    Keeper ! {known, New},
    {ok, J1};
adjust({remove_processes, Removed}, #j{config = #{processes := Processes} = Config, keeper = Keeper, vm = Vm} = J) when is_list(Processes) ->
    Pids = [P || Named <- Removed, P <- [resolve(Named)], is_pid(P)],
    _ = [elixir_scope_vm:trace(Vm, P, false, [all]) || P <- Pids],
    Keeper ! {forget, Pids},
    {ok, J#j{config = Config#{processes := Processes -- (Removed ++ Pids)}}};
adjust({Change, _}, J) when Change =:= add_processes; Change =:= remove_processes ->
    {failure(bad_request, "only a session of listed processes can change them", []), J};
adjust({sampling, Sampling}, #j{tracer = Tracer} = J) ->
    J1 = no_windows(J),
    elixir_scope_buffer:sampling(Sampling),
    Tracer ! {sampling, Sampling},
    {ok, windows(Sampling, J1)};
adjust({budgets, #{duration_ms := Duration, target_memory_bytes := Memory, in_flight_bytes := InFlight} = Budgets},
       #j{config = #{budgets := Before} = Config, tracer = Tracer, began = Began} = J) ->
    Elapsed = erlang:monotonic_time(millisecond) - Began,
    Absurd = [K || K <- maps:keys(Before) -- [duration_ms], not (is_integer(maps:get(K, Budgets)) andalso maps:get(K, Budgets) > 0)],
    if
        Absurd =/= [] -> {failure(bad_budget, "~ts is not a budget", [atom_to_list(hd(Absurd))]), J};
        InFlight > Memory -> {failure(bad_budget, "~b bytes in flight do not fit into ~b bytes of memory", [InFlight, Memory]), J};
        is_integer(Duration), Duration =< Elapsed ->
            {failure(bad_budget, "~b ms are over already: the session runs for ~b ms", [Duration, Elapsed]), J};
        is_integer(Duration); Duration =:= infinity ->
            Tracer ! {budgets, Budgets},
            elixir_scope_buffer:budgets(Budgets),
            {ok, last_until(Duration, J#j{config = Config#{budgets := Budgets}})};
        true -> {failure(bad_budget, "duration_ms is not a budget", []), J}
    end;
adjust({note_gap, Reason, Facts}, #j{tracer = Tracer} = J) when is_map(Facts) ->
    Code = maps:get(Reason, #{dropped => ?GAP_DROPPED, rate_limited => ?GAP_RATE_LIMITED, truncated => ?GAP_TRUNCATED,
                              sampled => ?GAP_SAMPLED, expired => ?GAP_EXPIRED, reloaded => ?GAP_RELOADED, paused => ?GAP_PAUSED}),
    Tracer ! {gap, undefined, Code, erlang:monotonic_time(), maps:merge(#{count => 0}, elixir_scope_bound:small(Facts))},
    {ok, J};
adjust(Other, J) ->
    {bad_change(Other), J}.

%% One module at a time, with everything else in between.
replace([{M, _, _} = Module | Modules], Options, OnStacks, From, Done, #j{replaced = Replaced, held = Held} = J) ->
    {Result, Replaced1} = elixir_scope_replaced:replace(Module, Options#{paused => Held}, OnStacks, Replaced),
    self() ! {replace, Modules, Options, OnStacks, From, [{M, Result} | Done]},
    J#j{replaced = Replaced1};
replace(_, _, _, From, Done, J) ->
    gen_server:reply(From, {ok, lists:reverse(Done)}),
    J.

counters(#j{shared = Shared}) ->
    #{events => atomics:get(Shared, ?A_EVENTS),
      dropped => atomics:get(Shared, ?A_DROPPED),
      states_lost => atomics:get(Shared, ?A_STATES_LOST),
      sent => atomics:get(Shared, ?A_SENT)}.

status(#j{functions = Functions, demoted = Demoted, paused = Paused, held = Held, trips = Trips, messages = Messages} = J) ->
    #{queue := Queue, probe_memory := Memory, in_flight := InFlight} = metric(J),
    (counters(J))#{
        queue_len => Queue,
        memory => Memory,
        in_flight => InFlight,
        functions => map_size(Functions),
        processes => length(observed(J)),
        demoted => maps:keys(Demoted),
        messages => Messages,
        trips => length(Trips),
        paused => case Held of true -> 1; false -> 0 end,
        breaker => case Paused of none -> open; _ when Held -> asked; {Why, _} -> Why end
    }.

%% -- the breaker

tripped(Why, TookUs, Heavy, #j{trips = Trips, tracer = Tracer} = J) ->
    Now = erlang:monotonic_time(millisecond),
    Recent = [Now | [T || T <- Trips, Now - T < ?TRIPS_WITHIN_MS]],
    Tracer ! {record, ?METRIC, 0, #{switch_off_us => TookUs, trips => length(Recent)}},
    J1 = relieve(Why, Heavy, J#j{trips = Recent, paused = {Why, Now}}),
    case length(Recent) > ?TRIPS_MAX of
        true -> finish({budget, Why}, J1);
        false ->
            Pause = min(?PAUSE_MAX_MS, ?PAUSE_MS bsl (length(Recent) - 1)),
            loop(J1#j{resume = again(Pause, resume)})
    end.

%% When memory ran short it would again: the functions that carry much lose their arguments and results;
%% big messages are left out, then all.
relieve(Why, Heavy, J) when Why =:= memory; Why =:= queue ->
    J1 = demote(lists:delete(messages, Heavy), J),
    case {lists:member(messages, Heavy), J1#j.messages} of
        {true, full} -> relieved(small, J1);
        {true, small} -> relieved(off, J1);
        _ -> J1
    end;
relieve(_, _, J) -> J.

relieved(How, #j{tracer = Tracer} = J) ->
    Tracer ! {gap, undefined, ?GAP_TRUNCATED, erlang:monotonic_time(), #{count => 0, messages => How}},
    J1 = J#j{messages = How},
    messages(J1),
    J1.

demote(Mfas, #j{demoted = Before, tracer = Tracer} = J) ->
    J1 = #j{demoted = After} = demoted(Mfas, J),
    Tracer ! {no_return, no_return(J1)},
    _ = [pattern(Mfa, J1) || Mfa <- maps:keys(maps:without(maps:keys(Before), After))],
    J1.

demoted(Mfas, #j{functions = Functions, demoted = Demoted, tracer = Tracer} = J) ->
    New = [Mfa || Mfa <- Mfas, is_map_key(Mfa, Functions), not is_map_key(Mfa, Demoted)],
    _ = [Tracer ! {gap, undefined, ?GAP_TRUNCATED, erlang:monotonic_time(), #{count => 0, function => Mfa}} || Mfa <- New],
    J#j{demoted = maps:merge(Demoted, maps:from_list([{Mfa, true} || Mfa <- New]))}.

resume(#j{paused = none} = J) ->
    loop(J);
resume(#j{paused = {Why, Since}} = J) ->
    Calm = is_calm(J),
    Stalled = erlang:monotonic_time(millisecond) - Since > ?STALLED_MS,
    if
        Calm -> loop(resumed(J));
        Stalled -> finish({budget, Why}, J);
        true -> loop(J#j{resume = again(50, resume)})
    end.

is_calm(#j{tracer = Tracer, shared = Shared, config = #{budgets := Budgets}}) ->
    waiting(Tracer) < 100 andalso atomics:get(Shared, ?A_IN_FLIGHT) =< maps:get(in_flight_bytes, Budgets) div 2.

resumed(#j{tracer = Tracer, keeper = Keeper, shared = Shared} = J) ->
    Tracer ! resume,
    atomics:put(Shared, ?A_GATE, ?GATE_OPEN),
    switch_on(J),
    switch_on_again(J),
    elixir_scope_vm:gate(open),
    J1 = catch_up(J),
    Keeper ! {known, observed(J1)},
    J1#j{paused = none}.

%% -- a pause that somebody asked for

%% The breaker's way, but nothing has to be saved: what happened before is still recorded.
pause(#j{shared = Shared, tracer = Tracer, gatherer = Gatherer, keeper = Keeper, replaced = Replaced} = J) ->
    elixir_scope_vm:gate(closed),
    atomics:put(Shared, ?A_GATE, ?GATE_PAUSED),
    elixir_scope_replaced:close_gate(elixir_scope_replaced:modules(Replaced)),
    _ = ask(Keeper, drain, 500),
    Watched = watched(J),
    _ = ask(Tracer, Gatherer, pause, ?PAUSE_WITHIN_MS),
    J#j{held = true, paused = {asked, erlang:monotonic_time(millisecond)}, watched = Watched}.

%% Also those that have their flags from who spawned them.
watched(#j{config = #{processes := all}} = J) ->
    observed(J);
watched(#j{vm = Vm} = J) ->
    lists:usort(observed(J) ++ [P || P <- processes(), lists:member(set_on_spawn, elixir_scope_vm:flags(Vm, P))]).

%% Where the breaker's own pause is not over yet, that one goes on.
unpause(#j{resume = Timer} = J) ->
    J1 = J#j{paused = {stalled, erlang:monotonic_time(millisecond)}},
    case Timer =:= none andalso is_calm(J1) of
        true -> resumed(J1);
        false when Timer =:= none -> J1#j{resume = again(50, resume)};
        false -> J1
    end.

switch_on_again(#j{watched = Watched, config = #{processes := Processes} = Config} = J) when is_list(Watched), Processes =/= all ->
    switch_on(Watched -- observed(J), ?CALL_FLAGS ++ own_flags(Config), J);
switch_on_again(_) ->
    ok.

%% Who ended and how states changed meanwhile, nobody saw.
catch_up(#j{watched = none} = J) ->
    J;
catch_up(#j{watched = Watched, config = #{lifecycle := Lifecycle}, tracer = Tracer, keeper = Keeper, replaced = Replaced} = J) ->
    elixir_scope_replaced:open_gate(elixir_scope_replaced:modules(Replaced)),
    Now = erlang:monotonic_time(),
    _ = [Tracer ! {facts, P, undefined, Now, #{ended => true}} || Lifecycle, P <- Watched, not is_process_alive(P)],
    Keeper ! look_again,
    J#j{watched = none}.

%% -- the end

share_undo(#j{shared = Shared, vm = Vm, functions = Functions, keeper = Keeper} = J) ->
    Undo = #{stays => is_pid(J#j.collector), windows => [W || W <- [J#j.windows], is_pid(W)], shared => Shared, vm => Vm, functions => maps:keys(Functions), processes => [J#j.pacer, J#j.gatherer, J#j.tracer, J#j.writer]},
    Keeper ! {undo, Undo},
    Undo.

%% What the target would feel, in the order of how much it would.
undo(#{shared := Shared, vm := Vm, functions := Functions, windows := Windows}) ->
    ended(Windows),
    atomics:put(Shared, ?A_GATE, ?GATE_OVER),
    elixir_scope_buffer:over(Shared),
    elixir_scope_vm:gate(closed),
    elixir_scope_vm:close(Vm, Functions),
    elixir_scope_vm:gate(open).

finish(Why, #j{tracer = Tracer, gatherer = Gatherer, pacer = Pacer, writer = Writer, keeper = Keeper} = J0) ->
    J = no_windows(J0),
    Replaced = elixir_scope_replaced:modules(J#j.replaced),
    elixir_scope_replaced:close_gate(Replaced),
    _ = Why =:= collector_down orelse ask(Keeper, drain, 500),
    undo(share_undo(J)),
    Pending = elixir_scope_replaced:give_back(Replaced),
    case ask(Keeper, remove_all, 300) of
        gone -> elixir_scope_keeper:sweep();
        _ -> ok
    end,
    {Reason, From} = case Why of {requested, F} -> {requested, F}; _ -> {Why, none} end,
    Counters = case Why of
        collector_down -> counters(J);
        {disconnected, _} -> counters(J);
        _ -> say_goodbye(Reason, J)
    end,
    ended([Pacer, Gatherer, Tracer, Writer, Keeper]),
    case is_pid(J#j.collector) of
        true -> stay(From, {ok, Counters});
        false -> elixir_scope_unload:last_call(From, {ok, Counters}, Pending)
    end.

%% In the VM of a command that was recorded from its beginning, code that calls ours was loaded by somebody
%% else and may run until the end: closed, it costs next to nothing.
stay(From, Answer) ->
    _ = elixir_scope_gate:close(),
    From =:= none orelse gen_server:reply(From, Answer).

%% The gatherer passes it on behind all that it has.
say_goodbye(Reason, #j{tracer = Tracer, gatherer = Gatherer, writer = Writer, shared = Shared} = J) ->
    Through = case is_process_alive(Gatherer) of true -> Gatherer; false -> Tracer end,
    _ = ask(Tracer, Through, finish, ?FINISH_MS),
    Counters = counters(J),
    Ref = erlang:monitor(process, Writer),
    elixir_scope_writer:bye(Writer, term_to_binary({Reason, Counters}), Ref, self()),
    await_bye(Ref, Shared, atomics:get(Shared, ?A_SENT)),
    Counters.

%% A collector that is only slow gets everything.
await_bye(Ref, Shared, Sent) ->
    receive
        {Ref, _} -> ok;
        {'DOWN', Ref, process, _, _} -> ok
    after ?BYE_MS ->
        case atomics:get(Shared, ?A_SENT) of
            Sent -> ok;
            More -> await_bye(Ref, Shared, More)
        end
    end.

ask(Pid, Request, Timeout) -> ask(Pid, Pid, Request, Timeout).

ask(Pid, Through, Request, Timeout) ->
    Ref = erlang:monitor(process, Pid),
    Through ! case Request of
        _ when is_atom(Request) -> {Request, self(), Ref};
        _ -> list_to_tuple(tuple_to_list(Request) ++ [self(), Ref])
    end,
    Answer = receive {Ref, A} -> A; {'DOWN', Ref, process, _, _} -> gone after Timeout -> late end,
    erlang:demonitor(Ref, [flush]),
    Answer.

ended(Pids) ->
    Monitors = [{P, erlang:monitor(process, P)} || P <- Pids],
    _ = [begin unlink(P), exit(P, kill) end || {P, _} <- Monitors],
    _ = [receive {'DOWN', M, process, P, _} -> ok end || {P, M} <- Monitors],
    ok.

%% The keeper's last call, when the janitor was killed.
-spec abandoned(none | map()) -> term().
abandoned(none) ->
    elixir_scope_unload:last_call(none, ok, {[], []});
abandoned(#{processes := Processes, replaced := Replaced, stays := Stays} = Undo) ->
    elixir_scope_replaced:close_gate(Replaced),
    undo(Undo),
    Pending = elixir_scope_replaced:give_back(Replaced),
    ended(Processes),
    case Stays of
        true -> stay(none, ok);
        false -> elixir_scope_unload:last_call(none, ok, Pending)
    end.
