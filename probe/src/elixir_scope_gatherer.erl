%% Takes the events of instrumented code on their way to the tracer. A message to a process that sleeps wakes
%% a scheduler, which costs its sender more than all else. So this one is suspended while it has nothing to
%% do, and resumed a moment later by a pacer: whoever sends meanwhile only leaves his message. What may wait
%% here is bounded by the credit A_WAITING. States do not come this way: they would fall behind what the VM
%% tells of the same process at once.
-module(elixir_scope_gatherer).

-export([start/1, run/2, pace/0]).

-include("elixir_scope.hrl").

-define(PAUSE_MS, 3).
-define(HEAP_WORDS, 4194304).

-spec start(pid()) -> {Gatherer :: pid(), Pacer :: pid()}.
start(Tracer) ->
    Pacer = spawn_opt(?MODULE, pace, [], [link, {priority, high}]),
    Gatherer = spawn_opt(?MODULE, run, [Tracer, Pacer], [
        link,
        {priority, high},
        {message_queue_data, off_heap},
        {fullsweep_after, 5},
        {max_heap_size, #{size => ?HEAP_WORDS, kill => true, error_logger => false}}
    ]),
    {Gatherer, Pacer}.

-spec run(pid(), pid()) -> no_return().
run(Tracer, Pacer) ->
    receive
        Msg -> pass(Msg, Tracer, Pacer)
    after 0 ->
        Pacer ! {pause, self()},
        receive Msg -> pass(Msg, Tracer, Pacer) end
    end.

%% Terms become bytes here, so that they are not copied once more; the oldest event is put first.
pass({events, Pid, First, N, Depth, At, Weight, Flags, Events}, Tracer, Pacer) ->
    Tracer ! {events, Pid, N, At, Weight, Flags, term_to_binary({First, Depth, At, lists:reverse(Events)})},
    run(Tracer, Pacer);
pass(Msg, Tracer, Pacer) ->
    Tracer ! Msg,
    run(Tracer, Pacer).

%% When this process ends the VM resumes what it suspended.
-spec pace() -> no_return().
pace() ->
    receive {pause, Gatherer} -> pause(Gatherer) end,
    pace().

pause(Gatherer) ->
    try
        true = erlang:suspend_process(Gatherer),
        receive after ?PAUSE_MS -> ok end,
        true = erlang:resume_process(Gatherer)
    catch error:badarg -> ok    % it is gone
    end.
