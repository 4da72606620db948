%% Knows the target's processes: what they are, and the state of those that run an OTP behaviour.
%% All that may have to wait for another process is done here, and even here by plain messages
%% whose answers come when they come. `on_event/3` and `peek/2` run inside the target's processes:
%% they walk a bounded part of the state in place, so a big state is never copied.
-module(elixir_scope_keeper).

-export([start/1, run/1]).
-export([on_event/3, peek/2]).

-include("elixir_scope.hrl").

-record(session, {tracer :: pid(), shared :: atomics:atomics_ref(), limits :: elixir_scope_bound:limits()}).
-record(k, {janitor :: pid(), session :: #session{}, state :: boolean(), asked = #{} :: map(), installed = #{} :: map()}).

-define(STATES_MAX, 2000).

-spec start(map()) -> pid().
start(Config) -> spawn_opt(?MODULE, run, [Config], [link, {message_queue_data, off_heap}]).

-spec run(map()) -> no_return().
run(#{janitor := Janitor, tracer := Tracer, shared := Shared, limits := Limits, state := State}) ->
    Session = #session{tracer = Tracer, shared = Shared, limits = elixir_scope_bound:limits(Limits)},
    loop(#k{janitor = Janitor, session = Session, state = State}).

loop(#k{session = #session{shared = Shared}} = K) ->
    receive
        {known, Pids} ->
            lists:foreach(fun(Pid) -> facts(Pid, undefined, K) end, Pids),
            loop(lists:foldl(fun install/2, K, Pids));
        {born, Pid, Parent} ->
            atomics:sub(Shared, ?A_KEEPER, 1),
            facts(Pid, Parent, K),
            erlang:send_after(5, self(), {settle, Pid, 3}),
            loop(K);
        {settle, Pid, Tries} -> loop(settle(Pid, Tries, K));
        {undo, _} -> loop(K);
        {remove_all, From, Ref} ->
            _ = [Pid ! {system, {self(), make_ref()}, {debug, {remove, elixir_scope_probe}}} || Pid <- maps:keys(K#k.installed)],
            From ! {Ref, map_size(K#k.installed)},
            loop(K);
        _Answer -> loop(K)
    end.

facts(Pid, Parent, #k{session = #session{tracer = Tracer}}) ->
    Now = erlang:monotonic_time(),
    case process_info(Pid, [registered_name, initial_call, dictionary]) of
        undefined -> ok;
        Info -> Tracer ! {facts, Pid, Parent, Now, maps:from_list(lists:flatmap(fun fact/1, Info))}
    end.

fact({registered_name, []}) -> [];
fact({registered_name, Name}) -> [{name, Name}];
fact({initial_call, Mfa}) -> [{spawned_as, Mfa}];
fact({dictionary, Dictionary}) ->
    [{Key, V} || {Name, Key} <- [{'$initial_call', initial_call}, {'$ancestors', ancestors}],
                 {N, V} <- Dictionary, N =:= Name].

settle(Pid, Tries, K) ->
    case install(Pid, K) of
        K when Tries > 0 -> erlang:send_after(20, self(), {settle, Pid, Tries - 1}), K;
        K1 -> K1
    end.

install(_, #k{state = false} = K) -> K;
install(Pid, #k{session = Session, installed = Installed} = K) ->
    case behaviour(Pid) of
        none -> K;
        Behaviour ->
            Pid ! {system, {self(), make_ref()},
                   {debug, {install, {fun elixir_scope_probe:dbg/3, Session}}}},
            K#k{installed = Installed#{Pid => Behaviour}}
    end.

behaviour(Pid) ->
    case process_info(Pid, current_stacktrace) of
        {_, Frames} when length(Frames) >= 2 ->
            case lists:nth(2, lists:reverse(Frames)) of
                {M, F, _, _} when (M =:= gen_server orelse M =:= gen_statem orelse M =:= gen_event), F =/= init_it -> M;
                _ -> none
            end;
        _ -> none
    end.

%% -- inside the target's processes

-spec on_event(#session{}, term(), term()) -> #session{} | done.
on_event(#session{shared = Shared, tracer = Tracer} = Session, Event, _Extra) ->
    case atomics:get(Shared, ?A_GATE) of
        ?GATE_OPEN -> report(Event, Session), Session;
        ?GATE_PAUSED -> Session;
        ?GATE_OVER -> _ = Tracer, done
    end.

report({in, Msg}, S) -> send(?HANDLE, 0, Msg, S);
report({in, Msg, _State}, S) -> send(?HANDLE, 0, Msg, S);
report({noreply, State}, S) -> send(?STATE, ?PHASE_AFTER_CALLBACK, State, S);
report({out, _Reply, _To, State}, S) -> send(?STATE, ?PHASE_AFTER_CALLBACK, State, S);
report(_, _) -> ok.

send(Kind, Phase, Term, #session{tracer = Tracer, shared = Shared, limits = Limits}) ->
    case atomics:add_get(Shared, ?A_STATES, 1) of
        N when N =< ?STATES_MAX ->
            {How, Cut} = elixir_scope_bound:cut(Term, Limits),
            Flags = case How of whole -> 0; cut -> ?F_TRUNCATED end,
            Tracer ! {state, Kind, self(), erlang:monotonic_time(), Phase, Flags, Cut};
        _ ->
            atomics:sub(Shared, ?A_STATES, 1),
            atomics:add(Shared, ?A_STATES_LOST, 1)
    end,
    ok.

-spec peek(#session{}, term()) -> no_return().
peek(Session, State) ->
    send(?STATE, ?PHASE_INITIAL, State, Session),
    throw(done).
