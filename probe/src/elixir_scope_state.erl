%% The state of OTP behaviours, reported from inside the process that has it: `on_event/2` is
%% called by sys for each debug event, `peek/2` by sys as a function on the state. Both walk a
%% bounded part in place, so a big state is never copied, and both fall silent by themselves when
%% the session is over. What they do must not fail and must not wait.
-module(elixir_scope_state).

-export([open/4, for/2, on_event/2, peeker/1, peek/2, report/4, read_every_ms/0]).
-export_type([session/0]).

-include("elixir_scope.hrl").

-define(CREDIT, 2000).          % reports on their way to the tracer
-define(READ_EVERY_MS, 20).

-record(session, {
    tracer :: pid(),
    keeper :: pid(),
    shared :: atomics:atomics_ref(),
    limits :: elixir_scope_bound:limits(),
    behaviour = gen_server :: atom(),
    read_at :: undefined | integer(),
    again = false :: boolean()
}).

-opaque session() :: #session{}.

-spec open(pid(), pid(), atomics:atomics_ref(), elixir_scope_bound:limits()) -> session().
open(Tracer, Keeper, Shared, Limits) ->
    Session = #session{tracer = Tracer, keeper = Keeper, shared = Shared, limits = Limits},
    _ = ets:new(?SESSION_TABLE, [named_table, protected]),
    true = ets:insert(?SESSION_TABLE, {session, Session}),
    Session.

-spec for(atom(), session()) -> session().
for(Behaviour, Session) -> Session#session{behaviour = Behaviour}.

-spec read_every_ms() -> pos_integer().
read_every_ms() -> ?READ_EVERY_MS.

%% The answer is what sys hands back with the next event; `done` removes the handler.
-spec on_event(term(), session()) -> session() | done.
on_event(Event, #session{shared = Shared, tracer = Tracer} = S) ->
    case atomics:get(Shared, ?A_GATE) of
        ?GATE_OPEN ->
            case is_process_alive(Tracer) of
                true -> event(Event, S);
                false -> done
            end;
        ?GATE_PAUSED -> S;
        _ -> done
    end.

event({in, Msg}, #session{behaviour = gen_event} = S) -> changed(handle(Msg, S));
event({in, Msg}, S) -> handle(Msg, S);
event({in, Msg, _StateName}, S) -> handle(message(Msg), S);
event({noreply, State}, S) -> state(State, S);
event({out, _Reply, _To, State}, #session{behaviour = gen_server} = S) -> state(State, S);
event(Event, S) when element(1, Event) =:= consume; element(1, Event) =:= postpone; element(1, Event) =:= enter ->
    changed(S);
event(_, S) -> S.

%% gen_statem has already taken the message apart.
message({info, Msg}) -> Msg;
message({cast, Msg}) -> {'$gen_cast', Msg};
message({{call, From}, Msg}) -> {'$gen_call', From, Msg};
message(Other) -> Other.

handle(Msg, S) ->
    tell(?HANDLE, self(), 0, Msg, S),
    S.

state(State, S) ->
    tell(?STATE, self(), ?PHASE_AFTER_CALLBACK, State, S),
    S.

%% The event does not show the data, so the keeper comes and reads it: at most once in a while, and once
%% more after the last change.
changed(#session{keeper = Keeper, read_at = Before} = S) ->
    Now = erlang:monotonic_time(millisecond),
    if
        Before =:= undefined; Now - Before >= ?READ_EVERY_MS ->
            Keeper ! {changed, self()},
            S#session{read_at = Now, again = false};
        S#session.again ->
            S;
        true ->
            Keeper ! {changed_again, self()},
            S#session{again = true}
    end.

%% Only an external function may be handed to a process of the target: as long as a local one is on its
%% heap, even as garbage, our code cannot be purged, and purging it by force would kill the process.
%% So what the function has to know is in a table.
-spec peeker(byte()) -> fun((term()) -> no_return()).
peeker(?PHASE_INITIAL) -> fun elixir_scope_probe:peek_first/1;
peeker(?PHASE_READ_AFTER) -> fun elixir_scope_probe:peek_after/1.

-spec peek(byte(), term()) -> no_return().
peek(Phase, State) ->
    [{_, Session}] = ets:lookup(?SESSION_TABLE, session),
    tell(?STATE, self(), Phase, State, Session),
    throw(done).

-spec report(pid(), byte(), term(), session()) -> ok.
report(Pid, Phase, State, S) -> tell(?STATE, Pid, Phase, State, S).

tell(Kind, Pid, Phase, Term, #session{tracer = Tracer, shared = Shared, limits = Limits}) ->
    case atomics:add_get(Shared, ?A_STATES, 1) of
        N when N =< ?CREDIT ->
            {How, Cut} = elixir_scope_bound:cut(Term, Limits),
            Flags = case How of whole -> 0; cut -> ?F_TRUNCATED end,
            Tracer ! {state, Kind, Pid, erlang:monotonic_time(), Phase, Flags, Cut},
            ok;
        _ ->
            atomics:sub(Shared, ?A_STATES, 1),
            atomics:add(Shared, ?A_STATES_LOST, 1)
    end.
