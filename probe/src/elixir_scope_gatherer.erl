%% Takes the events of instrumented code on their way to the tracer, and rests whenever it has none
%% (elixir_scope_pacer). What may wait here is bounded by the credit A_WAITING. States do not come this way:
%% they would fall behind what the VM tells of the same process at once.
-module(elixir_scope_gatherer).

-export([start/2, run/2]).

-include("elixir_scope.hrl").

-define(REST_MS, 3).
-define(HEAP_WORDS, 4194304).

-spec start(pid(), pid()) -> pid().
start(Tracer, Pacer) ->
    spawn_opt(?MODULE, run, [Tracer, Pacer], [
        link,
        {priority, high},
        {message_queue_data, off_heap},
        {fullsweep_after, 5},
        {max_heap_size, #{size => ?HEAP_WORDS, kill => true, error_logger => false}}
    ]).

-spec run(pid(), pid()) -> no_return().
run(Tracer, Pacer) ->
    receive
        Msg -> pass(Msg, Tracer, Pacer)
    after 0 ->
        elixir_scope_pacer:rest(Pacer, ?REST_MS),
        receive Msg -> pass(Msg, Tracer, Pacer) end
    end.

%% Terms become bytes here, so that they are not copied once more; the oldest event is put first.
pass({events, Pid, First, N, Depth, At, Weight, Flags, Events}, Tracer, Pacer) ->
    Tracer ! {events, Pid, N, At, Weight, Flags, term_to_binary({First, Depth, At, lists:reverse(Events)})},
    run(Tracer, Pacer);
pass(Msg, Tracer, Pacer) ->
    Tracer ! Msg,
    run(Tracer, Pacer).
