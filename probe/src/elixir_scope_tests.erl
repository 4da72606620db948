%% Listens to ExUnit beside the formatters that print, and reports each test when it has ended. It joins
%% the runner that is there when a test module is compiled; without one (a script that runs its tests when
%% it ends) it is put into ExUnit's configuration.
-module(elixir_scope_tests).
-behaviour(gen_server).

-export([prepare/1, init/1, handle_call/3, handle_cast/2]).

-include("elixir_scope.hrl").

-define(TABLE, elixir_scope_run).
-define(TEST, 24).
-define(RUNNER, {'$initial_call', {'Elixir.ExUnit.RunnerStats', init, 1}}).
-define(FAILURES_MAX, 10).

%% Module has just been compiled; it may hold tests.
-spec prepare(module()) -> ok.
prepare(Module) ->
    _ = has_tests(Module) andalso [] =:= join(runners()) andalso not is_joined() andalso configure(),
    ok.

has_tests(Module) ->
    erlang:function_exported(Module, '__ex_unit__', 0) orelse erlang:function_exported(Module, '__ex_unit__', 1).

is_joined() -> ets:match(?TABLE, {{runner, '$1'}}) =/= [].

%% ExUnit keeps its statistics in a process of each run; who supervises that one takes formatters.
runners() ->
    [Supervisor || P <- processes(),
                   {dictionary, Dictionary} <- [process_info(P, dictionary)],
                   lists:member(?RUNNER, Dictionary),
                   {_, [Supervisor | _]} <- [lists:keyfind('$ancestors', 1, Dictionary)]].

join(Supervisors) ->
    Spec = #{id => ?MODULE, start => {gen_server, start_link, [?MODULE, [], []]}, restart => temporary},
    _ = ['Elixir.DynamicSupervisor':start_child(S, Spec) || S <- Supervisors, ets:insert_new(?TABLE, {{runner, S}})],
    Supervisors.

configure() ->
    {ok, Formatters} = application:get_env(ex_unit, formatters),
    lists:member(?MODULE, Formatters) orelse application:set_env(ex_unit, formatters, [?MODULE | Formatters]).

init(_) -> {ok, none}.

handle_call(_, _, State) -> {reply, ok, State}.

%% A formatter that crashes would be heard of in the command's output.
handle_cast(Event, State) ->
    try event(Event) catch Class:Reason:Stack -> elixir_scope_run:fault({Class, Reason, Stack}) end,
    {noreply, State}.

event({test_finished, #{name := Name, state := Outcome, time := Time, tags := Tags} = Test}) ->
    Module = case Test of #{module := M} -> M; #{'case' := M} -> M end,
    report(#{module => Module,
             name => Name,
             file => maps:get(file, Tags, nil),
             line => maps:get(line, Tags, 0),
             outcome => outcome(Outcome),
             failures => failures(Outcome),
             time_us => Time,
             tags => Tags});
event(_) ->
    ok.

outcome(nil) -> passed;
outcome({Outcome, _}) -> Outcome.

failures({failed, Failures}) -> lists:sublist(Failures, ?FAILURES_MAX);
failures(_) -> [].

%% In the stream of the session; what the test's process ran before is in there already.
report(Test) ->
    case ets:whereis(?SESSION_TABLE) =/= undefined andalso ets:lookup(?SESSION_TABLE, capture) of
        [{_, #capture{gatherer = Gatherer, limits = Limits}}] ->
            {_, Cut} = elixir_scope_bound:cut(Test, Limits),
            Gatherer ! {record, ?TEST, 0, Cut},
            ok;
        _ ->
            ok
    end.
