%% The capture module's calls with nothing behind them: events go into a list in the process dictionary.
-module(elixir_scope_capture).

-export([enter/2, enter/3, no_clause/2, bind/3, branch/3, line/2, value/3, send/2]).
-export([return/3, raise/5, tail/2, held/1, return_held/3, raise_held/5, failed/4, stack/1]).
-export([waiting/0, hibernating/0, get/0, get_keys/0, erase/0]).
-export([recorded/1, unrecorded/0]).

-compile({no_auto_import, [get/0, get_keys/0, erase/0]}).
-define(KEY, '$recorded').

%% Runs the fun; gives its outcome and the events, oldest first.
recorded(Fun) ->
    erlang:put(?KEY, {1, []}),
    Outcome = try {ok, Fun()} catch C:R:S -> {C, R, S} end,
    {_, Events} = erlang:erase(?KEY),
    0 = case erlang:erase('$held') of undefined -> 0; N -> N end,
    {Outcome, lists:reverse(Events)}.

%% From now on calls have frames, and calls are held, but nothing is kept.
unrecorded() -> erlang:put(?KEY, unrecorded).

add(Event) ->
    case erlang:get(?KEY) of
        {Next, Events} -> erlang:put(?KEY, {Next, [Event | Events]});
        _ -> ok
    end,
    ok.

enter(Site, Args) -> enter(Site, Args, []).
enter(Site, Args, Vars) ->
    case erlang:get(?KEY) of
        {Next, Events} -> erlang:put(?KEY, {Next + 1, [{enter, Next, Site, Args ++ Vars} | Events]}), Next;
        unrecorded -> 1;
        undefined -> 0
    end.

no_clause(Site, Args) -> add({no_clause, 0, Site, Args}).
bind(Frame, Site, Values) -> add({bind, Frame, Site, Values}).
branch(Frame, Site, Values) -> add({branch, Frame, Site, Values}).
line(Frame, Site) -> add({line, Frame, Site, []}).
send(Frame, Site) -> add({send, Frame, Site, []}).
value(Frame, Site, Value) -> add({value, Frame, Site, [Value]}), Value.
return(Frame, Site, Value) -> add({return, Frame, Site, [Value]}), Value.
tail(Frame, Site) -> add({tail, Frame, Site, []}).

held(0) -> false;
held(_) ->
    case erlang:get('$held') of
        undefined -> erlang:put('$held', 1), true;
        N when N < 64 -> erlang:put('$held', N + 1), true;
        _ -> false
    end.

unheld() -> erlang:put('$held', erlang:get('$held') - 1).

return_held(Frame, Site, Value) -> unheld(), return(Frame, Site, Value).
raise_held(Frame, Site, C, R, S) -> unheld(), raise(Frame, Site, C, R, S).
raise(Frame, Site, C, R, S) -> add({raise, Frame, Site, [C, R]}), erlang:raise(C, R, S).
failed(Site, C, R, S) -> add({failed, 0, Site, [C, R]}), erlang:raise(C, R, S).
stack(Stack) -> Stack.
waiting() -> add({waiting, 0, 0, []}).
hibernating() -> add({hibernating, 0, 0, []}).
get() -> [Entry || {Key, _} = Entry <- erlang:get(), Key =/= ?KEY].
get_keys() -> [Key || Key <- erlang:get_keys(), Key =/= ?KEY].
erase() -> Mine = erlang:get(?KEY), All = erlang:erase(), erlang:put(?KEY, Mine), lists:keydelete(?KEY, 1, All).
