%% Stands in for the module of this name while nothing is recorded and instrumented code may still run. Frames
%% that were opened before are taken from their process's count when they end, so that a session that was only
%% paused finds it right.
-module(elixir_scope_capture).

-export([enter/2, enter/3, enter_init/4, no_clause/2, bind/3, branch/3, line/2, value/3, send/2]).
-export([return/3, raise/5, tail/2, held/1, return_held/3, raise_held/5, stack/1]).
-export([failed/4, waiting/0, hibernating/0]).
-export([get/0, get_keys/0, erase/0]).

-compile({no_auto_import, [get/0, get_keys/0, erase/0]}).

-include("../elixir_scope.hrl").
-include("../elixir_scope_stack.hrl").

enter(_, _) -> 0.
enter(_, _, _) -> 0.
enter_init(_, _, _, _) -> 0.
no_clause(_, _) -> ok.
bind(_, _, _) -> ok.
branch(_, _, _) -> ok.
line(_, _) -> ok.
value(_, _, Value) -> Value.
send(_, _) -> ok.
return(0, _, Value) -> Value;
return(Frame, _, Value) ->
    ended(Frame, ?COUNT_FRAME),
    Value.
tail(0, _) -> ok;
tail(Frame, _) -> ended(Frame, ?COUNT_FRAME).
held(_) -> false.
return_held(Frame, _, Value) ->
    ended(Frame, ?COUNT_FRAME + ?COUNT_HELD),
    Value.
waiting() -> ok.
raise(Frame, _, Class, Reason, Stack) ->
    ended(Frame, ?COUNT_FRAME),
    erlang:raise(Class, Reason, Stack).
failed(_, Class, Reason, Stack) -> erlang:raise(Class, Reason, Stack).

%% A call that was held when the gate was closed still ends.
raise_held(Frame, _, Class, Reason, Stack) ->
    {_, [_ | Callers]} = process_info(self(), current_stacktrace),
    ended(Frame, ?COUNT_FRAME + ?COUNT_HELD),
    erlang:raise(Class, Reason, plain(Stack, Callers)).

%% The stack is thrown away.
hibernating() ->
    case get(?CAPTURE_KEY) of
        {C, Since, Events, Next, Cold} when C >= ?COUNT_FRAME ->
            put(?CAPTURE_KEY, {?EVENTS(C), Since, Events, Next, Cold}),
            ok;
        {out, _} ->
            ended(-1, 0);
        _ ->
            ok
    end.

ended(Frame, Count) ->
    case get(?CAPTURE_KEY) of
        {C, Since, Events, Next, Cold} when Frame > 0, C >= Count -> put(?CAPTURE_KEY, {C - Count, Since, Events, Next, Cold});
        {muted, Until, {C, Since, Events, Next, Cold}} when Frame > 0, C >= Count ->
            put(?CAPTURE_KEY, {muted, Until, {C - Count, Since, Events, Next, Cold}});
        {out, undefined} when Frame < 0 -> erase(?CAPTURE_KEY);
        {out, Buffer} when Frame < 0 -> put(?CAPTURE_KEY, Buffer);
        _ -> ok
    end,
    ok.

stack(Stack) ->
    {_, [_, _ | Callers]} = process_info(self(), current_stacktrace),
    plain(Stack, Callers).

get() -> lists:keydelete(?CAPTURE_KEY, 1, erlang:get()).
get_keys() -> lists:delete(?CAPTURE_KEY, erlang:get_keys()).

erase() ->
    Buffer = erase(?CAPTURE_KEY),
    All = erlang:erase(),
    Buffer =:= undefined orelse put(?CAPTURE_KEY, Buffer),
    All.
