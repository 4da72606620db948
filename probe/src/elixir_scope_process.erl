%% What can be said of a process: from outside, without disturbing it and without copying much, or by itself.
-module(elixir_scope_process).

-export([facts/1, own_facts/2, application/1, loop/1]).

-include("elixir_scope.hrl").

%% A dictionary can only be read whole before OTP 26.2: not from a process this big.
-define(DICTIONARY_WORDS, 1048576).
-define(KEYS, ['$initial_call', '$ancestors', '$callers', '$process_label']).

-spec facts(pid()) -> gone | map().
facts(Pid) ->
    case process_info(Pid, [registered_name, initial_call, group_leader, total_heap_size]) of
        undefined -> gone;
        Info ->
            Dictionary = dictionary(Pid, proplists:get_value(total_heap_size, Info)),
            Initial = maps:get('$initial_call', Dictionary, proplists:get_value(initial_call, Info)),
            described(Initial, proplists:get_value(registered_name, Info), Dictionary, lists:append(
                [{behaviour, B} || B <- [behaviour(Pid, Initial, Dictionary)], B =/= none],
                [{application, A} || {ok, A} <- [application_of(Pid)]]))
    end.

described(Initial, Name, Dictionary, More) ->
    maps:from_list(lists:append([
        [{initial_call, Initial}],
        [{name, Name} || Name =/= []],
        [{ancestors, short(A)} || #{'$ancestors' := A} <- [Dictionary], is_list(A)],
        [{label, elixir_scope_bound:small(L)} || #{'$process_label' := L} <- [Dictionary]],
        More
    ])).

%% What a process that begins can say of itself without being asked; `ask` when somebody else has to look how it
%% runs. Nothing here may wait.
-spec own_facts(IsServer :: boolean(), Handlers :: boolean()) -> ask | map().
own_facts(IsServer, Handlers) ->
    case get('$initial_call') of
        undefined ->
            facts_with(element(2, process_info(self(), initial_call)), []);
        Initial ->
            Behaviour = declared(Initial),
            IsTask = get('$callers') =/= undefined,
            if
                IsServer; not Handlers, Behaviour =/= none -> facts_with(Initial, [{behaviour, Behaviour}, {states, callbacks}]);
                IsTask -> facts_with(Initial, [{behaviour, task}]);
                true -> ask
            end
    end.

facts_with(Initial, More) ->
    Name = case process_info(self(), registered_name) of {_, N} -> N; [] -> [] end,
    Dictionary = maps:from_list([{K, V} || K <- ?KEYS, V <- [get(K)], V =/= undefined]),
    Applications = ets:lookup(?SESSION_TABLE, {application, group_leader()}),
    described(Initial, Name, Dictionary, [{application, A} || {_, A} <- Applications] ++ More).

%% Of a process that did not know it. To find it means to look through all that are there, so it is kept, by the
%% group leader. Called by the owner of the table.
-spec application(pid()) -> none | {application, atom()}.
application(Pid) ->
    case {process_info(Pid, group_leader), application_of(Pid)} of
        {{_, Leader}, {ok, A}} ->
            true = ets:insert(?SESSION_TABLE, {{application, Leader}, A}),
            {application, A};
        _ ->
            none
    end.

short(Ancestors) -> lists:sublist(Ancestors, 16).

application_of(Pid) -> try application:get_application(Pid) catch _:_ -> undefined end.

dictionary(Pid, Words) when Words =< ?DICTIONARY_WORDS ->
    case process_info(Pid, dictionary) of
        {dictionary, Pairs} -> maps:with(?KEYS, maps:from_list(Pairs));
        undefined -> #{}
    end;
dictionary(_, _) -> #{}.

behaviour(_, {supervisor, _, _}, _) -> supervisor;
behaviour(_, {'Elixir.DynamicSupervisor', _, _}, _) -> supervisor;
behaviour(_, {'Elixir.PartitionSupervisor', _, _}, _) -> supervisor;
behaviour(_, {'Elixir.Agent.Server', _, _}, _) -> agent;
behaviour(Pid, Initial, Dictionary) ->
    case loop(Pid) of
        none when is_map_key('$callers', Dictionary) -> task;
        none -> none;
        later -> declared(Initial);
        Loop -> dynamic(Initial, Loop)
    end.

%% `use DynamicSupervisor` starts with the module of the user.
dynamic({Module, init, 1}, gen_server) ->
    case erlang:module_loaded(Module) andalso lists:member('Elixir.DynamicSupervisor', behaviours(Module)) of
        true -> supervisor;
        false -> gen_server
    end;
%% An agent says which function made its first state.
dynamic({_, F, _}, gen_server) when F =/= init ->
    case erlang:module_loaded('Elixir.Agent.Server') of true -> agent; false -> gen_server end;
dynamic(_, Loop) -> Loop.

declared({Module, init, 1}) ->
    Exports = fun(F, A) -> erlang:function_exported(Module, F, A) end,
    case {Exports(callback_mode, 0), Exports(handle_call, 3)} of
        {true, _} -> gen_statem;
        {_, true} -> gen_server;
        _ -> none
    end;
declared(_) -> none.

behaviours(Module) ->
    try lists:append([B || {K, B} <- erlang:get_module_info(Module, attributes), K =:= behaviour orelse K =:= behavior])
    catch error:_ -> []
    end.

%% Which behaviour's loop the process is in, so that a system message is answered. A process that is not
%% would find it in its mailbox, so this asks the stack and not what the module declares. `later`: it is
%% still in init, or its stack is deeper than the VM shows.
-spec loop(pid()) -> gen_server | gen_statem | gen_event | none | later.
loop(Pid) ->
    case process_info(Pid, [current_stacktrace, current_function]) of
        undefined -> none;
        [{_, Frames}, {_, Current}] -> in_loop(lists:reverse(Frames), Current, Pid)
    end.

in_loop([{proc_lib, init_p_do_apply, _, _}, {Module, Function, _, _} | _], _, _) -> frame(Module, Function);
in_loop([{proc_lib, init_p, _, _}, {Module, Function, _, _} | _], _, _) -> frame(Module, Function);
in_loop(_, {erlang, hibernate, 3}, Pid) -> hibernating(Pid);
in_loop(_, {gen_server, loop_hibernate, _}, _) -> gen_server;
in_loop(_, {gen_statem, loop_hibernate, _}, _) -> gen_statem;
in_loop(Frames, _, Pid) when length(Frames) >= 8 ->
    case process_info(Pid, initial_call) of
        {_, {proc_lib, init_p, _}} -> later;
        _ -> none
    end;
in_loop(_, _, _) -> none.

frame(Module, init_it) when Module =:= gen_server; Module =:= gen_statem; Module =:= gen_event; Module =:= gen -> later;
frame(gen, _) -> later;
frame(Module, Function) when Module =:= gen_server; Module =:= gen_statem; Module =:= gen_event ->
    case lists:member(Function, [call, cast, send_request, multi_call, wait_response, receive_response, notify, sync_notify]) of
        true -> none;
        false -> Module
    end;
frame(_, _) -> none.

%% Without a stack: only what both runs under proc_lib and says what it is.
hibernating(Pid) ->
    case process_info(Pid, [initial_call, total_heap_size]) of
        [{_, {proc_lib, init_p, _}}, {_, Words}] ->
            case dictionary(Pid, Words) of
                #{'$initial_call' := {supervisor, _, _}} -> gen_server;
                #{'$initial_call' := {gen_event, init_it, _}} -> gen_event;
                #{'$initial_call' := Initial} -> declared(Initial);
                _ -> none
            end;
        _ -> none
    end.
