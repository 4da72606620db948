%% Knows the target's processes: what they are, and the state of those that run an OTP behaviour.
%% All that may have to wait for another process is done here, and what a process has to answer
%% comes as a plain message when it comes. It also takes over when the janitor is killed.
-module(elixir_scope_keeper).

-export([start/1, tell/3, run/1, sweep/0]).

-include("elixir_scope.hrl").

-define(SETTLE_MS, 3).
-define(RETRIES_MS, [20, 100, 500]).     % for a process that is still starting, or deep in a call
-define(UNMUTE_MS, 1000).
-define(SWEEP_MS, 100).
-define(WORK_MS, 250).
-define(HANDLER, elixir_scope_probe).    % its name in the process's list of debug functions
-define(COPIED_WORDS, 65536).            % a gen_event's state has to be copied: not from a bigger heap

-record(k, {
    janitor :: pid(),
    tracer :: pid(),
    shared :: atomics:atomics_ref(),
    session :: elixir_scope_state:session(),
    sweeper :: elixir_scope_sweeper:sweeper(),
    state :: boolean(),
    work :: elixir_scope_work:work(),
    undo = none :: none | map(),
    replaced = #{} :: #{module() => {elixir_scope_code:replaced(), instrumented | restored}},
    handlers = #{} :: #{pid() => {Behaviour :: atom(), Monitor :: reference()}},
    copies = #{} :: #{reference() => pid()},
    removing = none :: none | {pid(), reference(), #{reference() => true}}
}).

-spec start(map()) -> pid().
start(Config) -> spawn_opt(?MODULE, run, [Config], [link, {message_queue_data, off_heap}]).

%% Of a new process. So much may wait here; the rest is not looked at.
-spec tell(pid(), tuple(), atomics:atomics_ref()) -> ok.
tell(Keeper, Msg, Shared) ->
    case atomics:add_get(Shared, ?A_KEEPER, 1) of
        N when N =< ?KEEPER_MAX -> Keeper ! Msg, ok;
        _ -> atomics:sub(Shared, ?A_KEEPER, 1)
    end.

-spec run(map()) -> no_return().
run(#{janitor := Janitor, tracer := Tracer, gatherer := Gatherer, shared := Shared, limits := Limits, state := State, lifecycle := Lifecycle} = Config) ->
    process_flag(trap_exit, true),
    Session = elixir_scope_state:open(Tracer, self(), Shared, elixir_scope_bound:limits(Limits)),
    Capture = elixir_scope_buffer:open(Config#{keeper => self()}),
    self() ! sweep_buffers,
    _ = Lifecycle andalso (self() ! work),
    loop(#k{janitor = Janitor, tracer = Tracer, shared = Shared, session = Session, state = State,
            sweeper = elixir_scope_sweeper:new(Capture, Gatherer), work = elixir_scope_work:new()}).

%% When the janitor was killed the end has to be a last call: what is on the stack cannot be purged.
loop(#k{janitor = Janitor} = K) ->
    receive
        {'EXIT', Janitor, _} ->
            _ = remove(maps:keys(K#k.handlers), K),
            elixir_scope_janitor:abandoned(abandoned(K));
        Msg ->
            loop(on(Msg, K))
    end.

abandoned(#k{undo = none}) -> none;
abandoned(#k{undo = Undo, replaced = Replaced}) -> Undo#{replaced => Replaced}.

on({known, Pids}, K) ->
    lists:foldl(fun(Pid, Acc) -> look(Pid, undefined, #{}, erlang:monotonic_time(), ?RETRIES_MS, Acc) end, K, Pids);
%% What changed while nobody looked.
on(look_again, #k{handlers = Handlers} = K) ->
    maps:fold(fun(Pid, {Behaviour, _}, Acc) -> peek(Pid, Behaviour, ?PHASE_INITIAL, Acc) end, K, Handlers);
on({born, Pid, Parent, Mfa, Ts}, K) ->
    erlang:send_after(?SETTLE_MS, self(), {settled, Pid, Parent, Mfa, Ts}),
    K;
on({settled, Pid, Parent, Mfa, Ts}, #k{tracer = Tracer, shared = Shared} = K) ->
    atomics:sub(Shared, ?A_KEEPER, 1),
    Known = #{spawned => true, initial_call => Mfa},
    case elixir_scope_buffer:is_told(Pid) of
        true ->
            Tracer ! {facts, Pid, Parent, Ts, Known},
            K;
        false ->
            look(Pid, Parent, Known, Ts, ?RETRIES_MS, K)
    end;
on({met, Pid, Ts}, #k{shared = Shared} = K) ->
    atomics:sub(Shared, ?A_KEEPER, 1),
    look(Pid, undefined, #{}, Ts, ?RETRIES_MS, K);
on({told, Pid, Ts, KnowsApplication}, #k{tracer = Tracer, work = Work, shared = Shared} = K) ->
    atomics:sub(Shared, ?A_KEEPER, 1),
    _ = case not KnowsApplication andalso elixir_scope_process:application(Pid) of
        {application, A} -> Tracer ! {facts, Pid, undefined, Ts, #{application => A}};
        _ -> ok
    end,
    K#k{work = elixir_scope_work:add(Pid, Work)};
on(sweep_buffers, #k{sweeper = Sweeper} = K) ->
    erlang:send_after(?SWEEP_MS, self(), sweep_buffers),
    K#k{sweeper = elixir_scope_sweeper:some(Sweeper)};
on(work, #k{tracer = Tracer, work = Work, shared = Shared} = K) ->
    erlang:send_after(?WORK_MS, self(), work),
    case atomics:get(Shared, ?A_GATE) of
        ?GATE_OPEN -> K#k{work = elixir_scope_work:some(Tracer, Work)};
        _ -> K
    end;
on({drain, From, Ref}, #k{sweeper = Sweeper} = K) ->
    ok = elixir_scope_sweeper:all(Sweeper),
    From ! {Ref, ok},
    K;
on({trace_with, Vm, Flags, From, Ref}, K) ->
    From ! {Ref, elixir_scope_buffer:trace_with(Vm, Flags)},
    K;
on({retry, Pid, Left}, K) -> install(Pid, Left, K);
on({changed, Pid}, K) -> read(Pid, K);
on({changed_again, Pid}, K) ->
    erlang:send_after(elixir_scope_state:read_every_ms(), self(), {changed, Pid}),
    K;
on({mute, Pid}, #k{undo = #{vm := Vm}} = K) ->
    Flags = elixir_scope_vm:flags(Vm, Pid),
    Loud = [F || F <- Flags, lists:member(F, [call, send, 'receive'])],
    _ = elixir_scope_vm:trace(Vm, Pid, false, Loud),
    erlang:send_after(?UNMUTE_MS, self(), {unmute, Pid, Flags}),
    K;
on({unmute, Pid, Flags}, #k{undo = #{vm := Vm}, shared = Shared} = K) ->
    _ = atomics:get(Shared, ?A_GATE) =:= ?GATE_OPEN andalso elixir_scope_vm:trace(Vm, Pid, true, Flags),
    K;
on({replaced, M, Undo}, #k{replaced = Replaced} = K) -> K#k{replaced = Replaced#{M => Undo}};
on({undo, Undo}, K) -> K#k{undo = Undo};
on({forget, Pids}, K) -> remove(Pids, K);
on({remove_all, From, Ref}, #k{handlers = Handlers} = K) -> await_removal(From, Ref, remove(maps:keys(Handlers), K));
on({Ref, Answer}, K) when is_reference(Ref) -> answered(Ref, Answer, K);
on({'DOWN', _, process, Pid, _}, K) -> gone(Pid, K);
on(_, K) -> K.

%% -- what a process is

look(Pid, Parent, Known, Ts, Retries, #k{tracer = Tracer, work = Work} = K) ->
    case elixir_scope_process:facts(Pid) of
        gone ->
            Tracer ! {facts, Pid, Parent, Ts, Known},
            K;
        Facts ->
            Tracer ! {facts, Pid, Parent, Ts, maps:merge(Known, Facts)},
            install(Pid, Retries, K#k{work = elixir_scope_work:add(Pid, Work)})
    end.

%% -- its state

install(_, _, #k{state = false} = K) -> K;
install(Pid, _, #k{handlers = Handlers} = K) when is_map_key(Pid, Handlers) -> K;
install(Pid, Retries, #k{session = Session, handlers = Handlers} = K) ->
    case {not elixir_scope_buffer:is_told(Pid) andalso elixir_scope_process:loop(Pid), Retries} of
        {false, _} -> K;
        {none, _} -> K;
        {later, []} -> K;
        {later, [Wait | Left]} ->
            erlang:send_after(Wait, self(), {retry, Pid, Left}),
            K;
        {Behaviour, _} ->
            K1 = K#k{handlers = Handlers#{Pid => {Behaviour, erlang:monitor(process, Pid)}}},
            K2 = peek(Pid, Behaviour, ?PHASE_INITIAL, K1),
            _ = request(Pid, {debug, {install, {?HANDLER, fun elixir_scope_probe:dbg/3, elixir_scope_state:for(Behaviour, Session)}}}),
            K2
    end.

read(Pid, #k{handlers = Handlers} = K) ->
    case Handlers of
        #{Pid := {Behaviour, _}} -> peek(Pid, Behaviour, ?PHASE_READ_AFTER, K);
        _ -> K
    end.

%% A function that replaces the state runs inside the process and sees it uncopied. Ours reports a
%% bounded part of it and throws, by which OTP keeps the state as it was. A gen_event catches
%% for each handler and answers with all states, so that one is read by a copy, if it is small.
peek(Pid, gen_event, Phase, #k{copies = Copies, shared = Shared} = K) ->
    case process_info(Pid, total_heap_size) of
        {_, Words} when Words =< ?COPIED_WORDS -> K#k{copies = Copies#{request(Pid, get_state) => {Pid, Phase}}};
        _ -> atomics:add(Shared, ?A_STATES_LOST, 1), K
    end;
peek(Pid, _, Phase, K) ->
    _ = request(Pid, {replace_state, elixir_scope_state:peeker(Phase)}),
    K.

request(Pid, Request) ->
    Ref = make_ref(),
    Pid ! {system, {self(), Ref}, Request},
    Ref.

answered(Ref, Answer, #k{copies = Copies, session = Session} = K) when is_map_key(Ref, Copies) ->
    {{Pid, Phase}, Rest} = maps:take(Ref, Copies),
    case Answer of
        {ok, States} -> elixir_scope_state:report(Pid, Phase, States, Session);
        States when is_list(States) -> elixir_scope_state:report(Pid, Phase, States, Session);
        _ -> ok
    end,
    K#k{copies = Rest};
answered(Ref, _, #k{removing = {From, Tag, Open}} = K) ->
    removed(K#k{removing = {From, Tag, maps:remove(Ref, Open)}});
answered(_, _, K) -> K.

gone(Pid, #k{handlers = Handlers} = K) -> K#k{handlers = maps:remove(Pid, Handlers)}.

%% -- leaving

remove(Pids, #k{handlers = Handlers} = K) ->
    Open = maps:from_list([{request(Pid, {debug, {remove, ?HANDLER}}), true} || Pid <- Pids, is_map_key(Pid, Handlers)]),
    K#k{handlers = maps:without(Pids, Handlers), removing = {none, none, Open}}.

%% Removes the handlers of a keeper that is gone, wherever they are.
-spec sweep() -> ok.
sweep() ->
    _ = [request(Pid, {debug, {remove, ?HANDLER}})
         || Pid <- processes(), Pid =/= self(), lists:member(elixir_scope_process:loop(Pid), [gen_server, gen_statem, gen_event])],
    ok.

await_removal(From, Ref, #k{removing = {_, _, Open}} = K) -> removed(K#k{removing = {From, Ref, Open}}).

removed(#k{removing = {From, Ref, Open}} = K) when map_size(Open) =:= 0, is_pid(From) ->
    From ! {Ref, ok},
    K#k{removing = none};
removed(K) -> K.
