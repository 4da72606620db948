%% The VM's tracing behind one interface: a session of our own from OTP 27 on, the one tracer
%% that a process can have before.
-module(elixir_scope_vm).

-export([sessions_supported/0, open/1, close/2]).
-export([trace/4, pattern/4, function/5, is_traced/2, messages/4, gate/1, flags/2, flags_off/1, leftovers/1, traced_by_others/2]).
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
    Ours = case traced_by_others(Handle, Tracer) of [] -> [{'_', '_', '_'}]; [_ | _] -> Functions end,
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

-spec function(handle(), mfa(), default | [tuple()], value | none, full | bare | ids) -> non_neg_integer().
function(Handle, {_, _, Arity} = Mfa, Spec, Returns, How) ->
    pattern(Handle, Mfa, elixir_scope_match:function(Arity, Spec, Returns, How), [local]).

%% True also of a function that does not exist: it cannot be lost.
-spec is_traced(handle(), mfa()) -> boolean().
is_traced({legacy, _}, Mfa) -> erlang:trace_info(Mfa, traced) =/= {traced, false};
is_traced({session, Session, _}, Mfa) -> trace:info(Session, Mfa, traced) =/= {traced, false}.

-spec messages(handle(), node(), [pid()], full | small | off) -> ok.
messages(Handle, Collector, Ours, How) ->
    _ = pattern(Handle, send, elixir_scope_match:send(Collector, Ours, How), []),
    _ = pattern(Handle, 'receive', elixir_scope_match:'receive'(Collector, Ours, How), []),
    ok.

%% Takes effect with the next call or message of every process, where flags and patterns have to
%% wait until each scheduler has put its process aside. The word is the node's: only our bit changes.
-spec flags(handle(), pid()) -> [atom()].
flags({legacy, Tracer}, Pid) ->
    case {erlang:trace_info(Pid, tracer), erlang:trace_info(Pid, flags)} of
        {{tracer, Tracer}, {flags, Flags}} when is_list(Flags) -> Flags;
        _ -> []
    end;
flags({session, Session, _}, Pid) ->
    case trace:info(Session, Pid, flags) of
        {flags, Flags} when is_list(Flags) -> Flags;
        _ -> []
    end.

-spec gate(open | closed) -> ok.
gate(How) ->
    Others = erlang:system_info(trace_control_word) band (elixir_scope_match:closed_bit() - 1),
    Ours = case How of open -> 0; closed -> elixir_scope_match:closed_bit() end,
    _ = erlang:system_flag(trace_control_word, Others bor Ours),
    ok.

%% One call, whatever the number of processes: the fast way out. Naming the tracer spares those of others.
-spec flags_off(handle()) -> ok.
flags_off({legacy, Tracer}) ->
    _ = catch erlang:trace(all, false, [{tracer, Tracer}, all]),
    ok;
flags_off({session, Session, _}) ->
    _ = catch trace:process(Session, all, false, [all]),
    ok.

%% Of a session whose janitor was killed with everything that could have tidied up.
-spec leftovers(handle()) -> ok.
leftovers({session, _, _}) -> ok;
leftovers({legacy, Tracer} = Handle) ->
    case traced_by_others(Handle, Tracer) of
        [] -> _ = erlang:trace_pattern({'_', '_', '_'}, false, [local]), ok;
        [_ | _] -> ok
    end.

%% Matters only before OTP 27, where a process has one tracer: these are left alone.
-spec traced_by_others(handle() | none, pid() | undefined) -> [pid()].
traced_by_others({session, _, _}, _) -> [];
traced_by_others(_, Ours) -> [P || P <- processes(), P =/= self(), other_tracer(P, Ours)].

other_tracer(Pid, Ours) ->
    case erlang:trace_info(Pid, tracer) of
        {tracer, []} -> false;
        {tracer, Ours} -> false;
        {tracer, _} -> true;
        undefined -> false
    end.
