%% What the collector calls in the target, over erpc. Each call is short; what lives on is the
%% janitor and the processes it watches.
-module(elixir_scope_probe).

-export([start/1, adjust/1, status/0, stop/0, survey/0]).
-export([dbg/3, peek_first/1, peek_after/1]).

-include("elixir_scope.hrl").

-type failure() :: {error, {atom(), binary()}}.

%% Config is described in probe/README.md.
-spec start(map()) -> {ok, map()} | failure().
start(Config) -> elixir_scope_janitor:start(Config).

-spec adjust(tuple()) -> ok | {ok, term()} | failure().
adjust(Change) -> call({adjust, Change}, 60000).

-spec status() -> map() | failure().
status() -> call(status, 5000).

-spec stop() -> {ok, map()} | failure().
stop() -> call(stop, 30000).

%% The last call, so that nothing of the probe is on the caller's stack while it waits for the
%% probe to be unloaded.
call(Request, Timeout) ->
    case whereis(?JANITOR) of
        undefined -> {error, {not_running, <<"no session is running on this node">>}};
        Pid -> gen_server:call(Pid, Request, Timeout)
    end.

-spec survey() -> map().
survey() -> elixir_scope_survey:survey().

%% The handler that sys runs inside an OTP behaviour.
-spec dbg(elixir_scope_state:session(), term(), term()) -> elixir_scope_state:session() | done.
dbg(Session, Event, _Name) -> elixir_scope_state:on_event(Event, Session).

%% What sys applies to a behaviour's state; it throws, so the state stays as it was.
-spec peek_first(term()) -> no_return().
peek_first(State) -> elixir_scope_state:peek(?PHASE_INITIAL, State).

-spec peek_after(term()) -> no_return().
peek_after(State) -> elixir_scope_state:peek(?PHASE_READ_AFTER, State).
