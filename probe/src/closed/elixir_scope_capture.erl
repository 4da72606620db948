%% Stands in for the module of this name while nothing is recorded and instrumented code may still run.
-module(elixir_scope_capture).

-export([enter/2, enter/3, no_clause/2, bind/3, branch/3, line/2, value/3, send/2]).
-export([return/3, raise/5, tail/2, held/1, return_held/3, raise_held/5, stack/1]).
-export([failed/4, waiting/0, hibernating/0]).
-export([get/0, get_keys/0, erase/0]).

-compile({no_auto_import, [get/0, get_keys/0, erase/0]}).

-include("../elixir_scope.hrl").
-include("../elixir_scope_stack.hrl").

enter(_, _) -> 0.
enter(_, _, _) -> 0.
no_clause(_, _) -> ok.
bind(_, _, _) -> ok.
branch(_, _, _) -> ok.
line(_, _) -> ok.
value(_, _, Value) -> Value.
send(_, _) -> ok.
return(_, _, Value) -> Value.
tail(_, _) -> ok.
held(_) -> false.
return_held(_, _, Value) -> Value.
waiting() -> ok.
hibernating() -> ok.
raise(_, _, Class, Reason, Stack) -> erlang:raise(Class, Reason, Stack).
failed(_, Class, Reason, Stack) -> erlang:raise(Class, Reason, Stack).

%% A call that was held when the gate was closed still ends.
raise_held(_, _, Class, Reason, Stack) ->
    {_, [_ | Callers]} = process_info(self(), current_stacktrace),
    erlang:raise(Class, Reason, plain(Stack, Callers)).

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
