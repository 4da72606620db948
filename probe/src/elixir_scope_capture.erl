%% What instrumented code calls, in the process that runs it. Events are kept in a buffer in the
%% process dictionary and go to the tracer many at once. A call costs some tens of nanoseconds, so
%% nothing here asks anybody: what a session wants is read when a process makes its buffer.
%%
%% The buffer (elixir_scope_buffer makes it) is `{Count, Since, Events, NextFrame, Cold}`; Count holds three numbers.
%% In a chain that sampling left out it is `{out, Buffer}`, and that chain's outermost frame is -1; while its process is
%% over its budget `{muted, Until, Buffer}`: a hot loop looks at a clock in each round, and at nothing else.
%% A frame that was opened before the buffer was lost can only end while no other is open, and is ignored.
-module(elixir_scope_capture).

-export([enter/2, enter/3, enter_init/4, no_clause/2, bind/3, branch/3, line/2, value/3, send/2]).
-export([return/3, raise/5, tail/2, held/1, return_held/3, raise_held/5, stack/1]).
-export([failed/4, waiting/0, hibernating/0]).
-export([get/0, get_keys/0, erase/0]).
-export_type([frame/0]).

-compile({no_auto_import, [get/0, get_keys/0, erase/0]}).
-compile({inline, [carried/4, bare/3]}).

-include("elixir_scope.hrl").
-include("elixir_scope_stack.hrl").

-define(FLUSH_NS, 20000000).
-define(HAS_ROOM(C), ?EVENTS(C) < ?FLUSH_EVENTS - 1).
-define(HELD_MAX, 64).

-type frame() :: integer().            % 0: not recorded
-type class() :: error | exit | throw.

%% -- the beginning and the end of a frame

-spec enter(non_neg_integer(), [term()]) -> frame().
enter(Site, Args) -> enter(Site, Args, []).

-spec enter(non_neg_integer(), [term()], [term()]) -> frame().
enter(Site, Args, Vars) ->
    case get(?CAPTURE_KEY) of
        {C, _, _, _, _} when C >= ?COUNT_FRAME ->
            entered(Site, Args, Vars);
        {out, _} ->
            0;
        {muted, Until, Buffer} ->
            case persistent_term:get(?CLOCK_KEY, Until) of
                Now when Now < Until -> 0;
                _ -> unmuted(Buffer), enter(Site, Args, Vars)
            end;
        Buffer ->
            case persistent_term:get(?SAMPLING_KEY, over) of
                closed -> between_windows(Buffer);
                Sampling -> outermost(Site, Args, Vars, Buffer, Sampling)
            end
    end.

entered(Site, Args, Vars) ->
    T = os:perf_counter(),
    case get(?CAPTURE_KEY) of
        {C, Since, Events, Frame, Cold} when ?HAS_ROOM(C), T - Since < ?FLUSH_NS ->
            put(?CAPTURE_KEY, {C + (?COUNT_FRAME + ?COUNT_EVENT), Since, [{?E_ENTER, Site, T, Frame, Args, Vars} | Events], Frame + 1, Cold}),
            Frame;
        {C, _, Events, Frame, Cold} ->
            flush(C + (?COUNT_FRAME + ?COUNT_EVENT), [{?E_ENTER, Site, T, Frame, Args, Vars} | Events], Frame + 1, Cold, T),
            Frame
    end.

%% In `init` of a behaviour all of whose callbacks tell what they take and what they give.
-spec enter_init(non_neg_integer(), [term()], [term()], module()) -> frame().
enter_init(Site, Args, Vars, Module) ->
    _ = get(?CAPTURE_KEY) =:= undefined andalso elixir_scope_buffer:new_server(Module),
    enter(Site, Args, Vars).

-spec return(frame(), non_neg_integer(), Value) -> Value.
return(Frame, Site, Value) when Frame > 0 ->
    T = os:perf_counter(),
    case get(?CAPTURE_KEY) of
        {C, Since, Events, Next, Cold} when C >= 2 * ?COUNT_FRAME, ?HAS_ROOM(C), T - Since < ?FLUSH_NS ->
            put(?CAPTURE_KEY, {C - (?COUNT_FRAME - ?COUNT_EVENT), Since, [{?E_RETURN, Site, T, Frame, Value} | Events], Next, Cold}),
            Value;
        {C, _, Events, Next, Cold} when C >= ?COUNT_FRAME ->
            flush(C - (?COUNT_FRAME - ?COUNT_EVENT), [{?E_RETURN, Site, T, Frame, Value} | Events], Next, Cold, T),
            Value;
        Other ->
            missed(Other, ?COUNT_FRAME),
            Value
    end;
return(0, _, Value) ->
    Value;
return(_, _, Value) ->
    back_in(),
    Value.

-spec tail(frame(), non_neg_integer()) -> ok.
tail(Frame, Site) when Frame > 0 ->
    T = os:perf_counter(),
    case get(?CAPTURE_KEY) of
        {C, Since, Events, Next, Cold} when C >= ?COUNT_FRAME, ?HAS_ROOM(C), T - Since < ?FLUSH_NS ->
            put(?CAPTURE_KEY, {C - (?COUNT_FRAME - ?COUNT_EVENT), Since, [{?E_TAIL, Site, T, Frame} | Events], Next, Cold}),
            ok;
        {C, _, Events, Next, Cold} when C >= ?COUNT_FRAME ->
            flush(C - (?COUNT_FRAME - ?COUNT_EVENT), [{?E_TAIL, Site, T, Frame} | Events], Next, Cold, T);
        Other ->
            missed(Other, ?COUNT_FRAME)
    end;
tail(0, _) -> ok;
tail(_, _) -> back_in().

-spec raise(frame(), non_neg_integer(), class(), term(), list()) -> no_return().
raise(Frame, Site, Class, Reason, Stack) ->
    raised(Frame, Site, Class, Reason, Stack, ?COUNT_FRAME - ?COUNT_EVENT),
    erlang:raise(Class, Reason, Stack).

raised(0, _, _, _, _, _) ->
    ok;
raised(Frame, Site, Class, Reason, Stack, Ended) when Frame > 0 ->
    case get(?CAPTURE_KEY) of
        {C, Since, Events, Next, Cold} when C >= ?COUNT_FRAME ->
            T = os:perf_counter(),
            leave(C - Ended, Since, [{?E_RAISE, Site, T, Frame, Class, Reason, plain(Stack)} | Events], Next, Cold, T),
            lay_aside(C - Ended);
        Other ->
            missed(Other, Ended + ?COUNT_EVENT)
    end;
raised(_, _, _, _, _, _) ->
    back_in().

%% -- tail calls that are made as calls, to see their results

-spec held(frame()) -> boolean().
held(0) ->
    false;
held(Frame) ->
    case get(?CAPTURE_KEY) of
        {C, Since, Events, Next, Cold} when C >= ?COUNT_FRAME, ?HELD(C) < ?HELD_MAX ->
            put(?CAPTURE_KEY, {C + ?COUNT_HELD, Since, Events, Next, Cold}),
            true;
        {out, _} ->
            Frame < 0;
        _ ->
            false
    end.

-spec return_held(frame(), non_neg_integer(), Value) -> Value.
return_held(Frame, Site, Value) when Frame > 0 ->
    case get(?CAPTURE_KEY) of
        {C, Since, Events, Next, Cold} when C >= ?COUNT_FRAME ->
            T = os:perf_counter(),
            leave(C - (?COUNT_FRAME + ?COUNT_HELD - ?COUNT_EVENT), Since,
                  [{?E_RETURN, Site, T, Frame, Value} | Events], Next, Cold, T),
            Value;
        Other ->
            missed(Other, ?COUNT_FRAME + ?COUNT_HELD),
            Value
    end;
return_held(Frame, Site, Value) ->
    return(Frame, Site, Value).

%% Called last, so that `Callers` begins with the caller of the function that held the call.
-spec raise_held(frame(), non_neg_integer(), class(), term(), list()) -> no_return().
raise_held(Frame, Site, Class, Reason, Stack) ->
    {_, [_ | Callers]} = process_info(self(), current_stacktrace),
    Without = plain(Stack, Callers),
    raised(Frame, Site, Class, Reason, Without, ?COUNT_FRAME + ?COUNT_HELD - ?COUNT_EVENT),
    erlang:raise(Class, Reason, Without).

%% What a `catch` of the program sees as its stack trace.
-spec stack(list()) -> list().
stack(Stack) ->
    {_, [_, _ | Callers]} = process_info(self(), current_stacktrace),
    plain(Stack, Callers).

%% -- what happens inside a frame

-spec bind(frame(), non_neg_integer(), [term()]) -> ok.
bind(Frame, Site, Values) -> carried(?E_BIND, Frame, Site, Values).

-spec branch(frame(), non_neg_integer(), [term()]) -> ok.
branch(Frame, Site, Values) -> carried(?E_BRANCH, Frame, Site, Values).

-spec value(frame(), non_neg_integer(), Value) -> Value.
value(Frame, Site, Value) ->
    carried(?E_VALUE, Frame, Site, Value),
    Value.

carried(Kind, Frame, Site, Carried) when Frame > 0 ->
    T = os:perf_counter(),
    case get(?CAPTURE_KEY) of
        {C, Since, Events, Next, Cold} when C >= ?COUNT_FRAME, ?HAS_ROOM(C), T - Since < ?FLUSH_NS ->
            put(?CAPTURE_KEY, {C + ?COUNT_EVENT, Since, [{Kind, Site, T, Frame, Carried} | Events], Next, Cold}),
            ok;
        {C, _, Events, Next, Cold} when C >= ?COUNT_FRAME ->
            flush(C + ?COUNT_EVENT, [{Kind, Site, T, Frame, Carried} | Events], Next, Cold, T);
        _ ->
            ok
    end;
carried(_, _, _, _) -> ok.

-spec line(frame(), non_neg_integer()) -> ok.
line(Frame, Site) -> bare(?E_LINE, Frame, Site).

-spec send(frame(), non_neg_integer()) -> ok.
send(Frame, Site) -> bare(?E_SEND, Frame, Site).

bare(Kind, Frame, Site) when Frame > 0 ->
    T = os:perf_counter(),
    case get(?CAPTURE_KEY) of
        {C, Since, Events, Next, Cold} when C >= ?COUNT_FRAME, ?HAS_ROOM(C), T - Since < ?FLUSH_NS ->
            put(?CAPTURE_KEY, {C + ?COUNT_EVENT, Since, [{Kind, Site, T, Frame} | Events], Next, Cold}),
            ok;
        {C, _, Events, Next, Cold} when C >= ?COUNT_FRAME ->
            flush(C + ?COUNT_EVENT, [{Kind, Site, T, Frame} | Events], Next, Cold, T);
        _ ->
            ok
    end;
bare(_, _, _) -> ok.

%% -- without a frame

-spec no_clause(non_neg_integer(), [term()]) -> ok.
no_clause(Site, Args) ->
    T = os:perf_counter(),
    frameless({?E_NO_CLAUSE, Site, T, 0, Args}, T).

-spec failed(non_neg_integer(), class(), term(), list()) -> no_return().
failed(Site, Class, Reason, Stack) ->
    T = os:perf_counter(),
    frameless({?E_RAISE, Site, T, 0, Class, Reason, plain(Stack)}, T),
    erlang:raise(Class, Reason, Stack).

frameless(Event, T) ->
    case begun(get(?CAPTURE_KEY)) of
        {C, Since, Events, Next, Cold} ->
            leave(C + ?COUNT_EVENT, Since, [Event | Events], Next, Cold, T),
            lay_aside(C);
        _ ->
            ok
    end.

%% -- before the process waits

-spec waiting() -> ok.
waiting() ->
    case get(?CAPTURE_KEY) of
        {C, _, [_ | _] = Events, Next, Cold} -> flush(C, Events, Next, Cold, os:perf_counter());
        _ -> ok
    end.

%% The stack is thrown away and all open frames with it; a flush of depth 0 says so, also without events.
-spec hibernating() -> ok.
hibernating() ->
    case get(?CAPTURE_KEY) of
        {C, _, Events, Next, Cold} when C > 0 -> flush(?EVENTS(C), Events, Next, Cold, os:perf_counter());
        {muted, _, {_, _, [], Next, Cold}} -> flush(0, [], Next, Cold, os:perf_counter());
        {out, _} -> back_in();
        _ -> ok
    end.

%% -- the process dictionary, as if we were not there

-spec get() -> [{term(), term()}].
get() -> lists:keydelete(?CAPTURE_KEY, 1, erlang:get()).

-spec get_keys() -> [term()].
get_keys() -> lists:delete(?CAPTURE_KEY, erlang:get_keys()).

-spec erase() -> [{term(), term()}].
erase() ->
    Buffer = erase(?CAPTURE_KEY),
    All = erlang:erase(),
    Buffer =:= undefined orelse put(?CAPTURE_KEY, Buffer),
    All.

%% -- the buffer

push(C, Since, Events, Next, Cold, T) when ?EVENTS(C) < ?FLUSH_EVENTS, T - Since < ?FLUSH_NS ->
    put(?CAPTURE_KEY, {C, Since, Events, Next, Cold});
push(C, _, Events, Next, Cold, T) ->
    flush(C, Events, Next, Cold, T).

%% Nothing is kept back when the last frame has ended. (After a tail call the next frame follows at once.)
leave(C, Since, Events, Next, Cold, T) when C >= ?COUNT_FRAME, ?EVENTS(C) < ?FLUSH_EVENTS, T - Since < ?FLUSH_NS ->
    put(?CAPTURE_KEY, {C, Since, Events, Next, Cold});
leave(C, _, Events, Next, Cold, T) ->
    flush(C, Events, Next, Cold, T).

%% `C`: as it is behind an exception.
lay_aside(C) when C >= ?COUNT_FRAME ->
    ok;
lay_aside(_) ->
    case get(?CAPTURE_KEY) of
        {_, _, [], Next, Cold} -> elixir_scope_buffer:lay_aside(Next, Cold);
        _ -> ok
    end.

%% What a chain that has ended in a tail call left goes now: it may be long until the next window.
between_windows({C, _, [_ | _] = Events, Next, Cold}) ->
    flush(C, Events, Next, Cold, os:perf_counter()),
    0;
between_windows(_) ->
    0.

outermost(Site, Args, Vars, {C, Since, [_ | _] = Events, Frame, #cold{session = #capture{id = Id}} = Cold}, Sampling) when ?IS_OPEN(Sampling, Id) ->
    %% after a tail call
    T = os:perf_counter(),
    push(C + (?COUNT_FRAME + ?COUNT_EVENT), Since, [{?E_ENTER, Site, T, Frame, Args, Vars} | Events], Frame + 1, Cold, T),
    Frame;
outermost(Site, Args, Vars, {C, Since, Events, Frame, Cold} = Buffer, Sampling) ->
    T = os:perf_counter(),
    case elixir_scope_buffer:is_chosen(Sampling, T, Cold) of
        true ->
            Event = {?E_ENTER, Site, T, Frame, Args, Vars},
            push(C + (?COUNT_FRAME + ?COUNT_EVENT), since(Events, Since, T, Cold), [Event | Events], Frame + 1, Cold, T),
            Frame;
        false ->
            put(?CAPTURE_KEY, {out, Buffer}),
            -1;
        over ->
            %% looks again at what holds: it may be of another session than this buffer or than what was looked at
            erase(?CAPTURE_KEY),
            enter(Site, Args, Vars)
    end;
outermost(_, _, _, undefined, over) ->
    0;
outermost(Site, Args, Vars, undefined, Sampling) ->
    case elixir_scope_buffer:new(os:perf_counter()) of
        left_out ->
            put(?CAPTURE_KEY, {out, undefined}),
            -1;
        none ->
            0;
        Buffer ->
            outermost(Site, Args, Vars, Buffer, Sampling)
    end.

unmuted({_, _, _, _, Cold} = Buffer) ->
    elixir_scope_buffer:unmuted(os:perf_counter(), Cold),
    put(?CAPTURE_KEY, Buffer).

begun(undefined) -> elixir_scope_buffer:new();
begun(Buffer) -> Buffer.

since([], _, T, Cold) -> elixir_scope_buffer:mark(T, Cold), T;
since(_, Since, _, _) -> Since.

back_in() ->
    case get(?CAPTURE_KEY) of
        {out, undefined} -> erase(?CAPTURE_KEY), ok;
        {out, Buffer} -> put(?CAPTURE_KEY, Buffer), ok;
        _ -> ok
    end.

%% Ends a frame that began before its process was muted.
missed({muted, Until, {C, Since, Events, Next, Cold}}, Ended) when C >= Ended ->
    put(?CAPTURE_KEY, {muted, Until, {C - Ended, Since, Events, Next, Cold}}),
    ok;
missed(_, _) ->
    ok.

flush(C, Events, Next, #cold{session = Session, pid = Pid, first = First} = Cold, T) when Pid =:= self() ->
    N = ?EVENTS(C),
    case elixir_scope_buffer:deliver(Pid, First, N, ?DEPTH(C), T, Events, Session) of
        over -> erase(?CAPTURE_KEY);
        Sent ->
            _ = Sent =:= dropped andalso elixir_scope_buffer:lost(N, Session),
            emptied(C - N, Next, elixir_scope_buffer:used(N, T, Cold#cold{first = First + N}), T)
    end,
    ok;
flush(_, _, _, _, _) ->
    erase(?CAPTURE_KEY),    % a dictionary that was copied from another process
    ok.

%% A process that is over its budget is muted for the rest of the second, so that a hot loop costs little.
emptied(C, Next, #cold{used = Used} = Cold, T) ->
    case persistent_term:get(?RATE_KEY, none) of
        Rate when Used > Rate ->
            put(?CAPTURE_KEY, {muted, elixir_scope_buffer:mute(T, Cold), {C, T, [], Next, Cold}});
        _ ->
            elixir_scope_buffer:mark(if C < ?COUNT_FRAME -> 0; true -> T end, Cold),
            put(?CAPTURE_KEY, {C, T, [], Next, Cold})
    end.
