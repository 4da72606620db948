%% The VM's tracing behind one interface: a session of our own from OTP 27 on, the one tracer
%% that a process can have before.
-module(elixir_scope_vm).

-export([sessions_supported/0, open/1, close/2]).
-export([trace/4, pattern/4, function/4, exclude/3, flags_off/1, traced_by_others/1]).
-export_type([handle/0]).

-type handle() :: {legacy, pid()} | {session, term(), pid()}.

-spec sessions_supported() -> boolean().
sessions_supported() ->
    _ = code:ensure_loaded(trace),
    erlang:function_exported(trace, session_create, 3).

-spec open(pid()) -> handle().
open(Tracer) ->
    case sessions_supported() of
        true -> {session, trace:session_create(elixir_scope, Tracer, []), Tracer};
        false -> {legacy, Tracer}
    end.

%% Without sessions the patterns are everybody's: where another tracer lives, only ours are cleared.
-spec close(handle(), [mfa()]) -> ok.
close({session, Session, _}, _) ->
    _ = catch trace:session_destroy(Session),
    ok;
close({legacy, Tracer} = Handle, Functions) ->
    flags_off(Handle),
    Ours = case traced_by_others(Tracer) of [] -> [{'_', '_', '_'}]; [_ | _] -> Functions end,
    _ = [pattern(Handle, F, false, [local]) || F <- Ours],
    _ = erlang:trace_pattern(send, true, []),
    _ = erlang:trace_pattern('receive', true, []),
    ok.

-spec trace(handle(), pid() | all | existing | new, boolean(), [atom()]) -> integer() | gone | busy.
trace({legacy, Tracer}, Pid, true, Flags) ->
    try erlang:trace(Pid, true, [{tracer, Tracer} | Flags])
    catch error:badarg -> refused(Pid)
    end;
trace({legacy, _}, Pid, false, Flags) ->
    try erlang:trace(Pid, false, Flags) catch error:badarg -> gone end;
trace({session, Session, _}, Pid, How, Flags) ->
    try trace:process(Session, Pid, How, Flags) catch error:badarg -> gone end.

refused(Pid) when is_pid(Pid) ->
    case is_process_alive(Pid) of true -> busy; false -> gone end;
refused(_) -> busy.

-spec pattern(handle(), mfa() | send | 'receive', [tuple()] | boolean(), [local]) -> non_neg_integer().
pattern({legacy, _}, Target, Spec, Options) ->
    try erlang:trace_pattern(Target, Spec, Options) catch error:badarg -> 0 end;
pattern({session, Session, _}, send, Spec, Options) ->
    try trace:send(Session, Spec, Options) catch error:badarg -> 0 end;
pattern({session, Session, _}, 'receive', Spec, Options) ->
    try trace:recv(Session, Spec, Options) catch error:badarg -> 0 end;
pattern({session, Session, _}, Target, Spec, Options) ->
    try trace:function(Session, Target, Spec, Options) catch error:badarg -> 0 end.

-spec function(handle(), mfa(), default | [tuple()], value | none) -> non_neg_integer().
function(Handle, Mfa, Spec, Returns) ->
    pattern(Handle, Mfa, with_return(Spec, Returns), [local]).

with_return(default, Returns) -> with_return([{'_', [], []}], Returns);
with_return(Spec, none) -> Spec;
with_return(Spec, value) -> [{Head, Guards, returning(Body)} || {Head, Guards, Body} <- Spec].

returning(Body) ->
    case lists:member({message, false}, Body) of
        true -> Body;
        false -> Body ++ [{exception_trace}]
    end.

%% What the probe and the collector's connection say to the target's processes is not the target's
%% doing. The receive pattern also adds who sent it.
-spec exclude(handle(), node(), [pid()]) -> ok.
exclude(Handle, Collector, Ours) ->
    To = [{'=/=', '$1', {const, P}} || P <- Ours],
    Far = {'orelse', {'not', {is_pid, '$1'}}, {'=/=', {node, '$1'}, {const, Collector}}},
    _ = pattern(Handle, send, [{['$1', '_'], [Far | To], []}], []),
    From = [{'=/=', '$2', {const, P}} || P <- Ours],
    Near = {'=/=', '$1', {const, Collector}},
    _ = pattern(Handle, 'receive', [{['$1', '$2', '_'], [Near | From], [{message, {{'$1', '$2'}}}]}], []),
    ok.

%% One call, whatever the number of processes: the fast way out. Naming the tracer spares those of others.
-spec flags_off(handle()) -> ok.
flags_off({legacy, Tracer}) ->
    _ = catch erlang:trace(all, false, [{tracer, Tracer}, all]),
    ok;
flags_off({session, Session, _}) ->
    _ = catch trace:process(Session, all, false, [all]),
    ok.

%% Only before OTP 27 does it matter: there one process has one tracer.
-spec traced_by_others(pid() | undefined) -> [pid()].
traced_by_others(Ours) ->
    [P || P <- processes(), P =/= self(), other_tracer(P, Ours)].

other_tracer(Pid, Ours) ->
    case erlang:trace_info(Pid, tracer) of
        {tracer, []} -> false;
        {tracer, Ours} -> false;
        {tracer, _} -> true;
        undefined -> false
    end.
