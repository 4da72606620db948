%% Opens a window now and then: instrumented code is recorded in it and not between two, so that what one request
%% does in many processes is recorded as a whole or not at all, and the other requests cost next to nothing. What
%% was going on when it opened is recorded from there, and what was when it closed to its end. As bursty tracing:
%% Hirzel and Chilimbi, "Bursty Tracing: A Framework for Low-Overhead Temporal Profiling" (2001).
-module(elixir_scope_windows).

-export([start/2, run/2]).

-include("elixir_scope.hrl").

-define(OPEN_MS, 10).
-define(PERIOD_MS, 50).    % at least, each with one window at any place in it: not in step with what comes at intervals

-spec start(Share :: float(), Tracer :: pid()) -> pid().
start(Share, Tracer) -> spawn_opt(?MODULE, run, [Share, Tracer], [link, {priority, high}]).

-spec run(float(), pid()) -> no_return().
run(Share, Tracer) ->
    Period = max(?PERIOD_MS, round(?OPEN_MS / Share)),
    periods(erlang:monotonic_time(millisecond), Period, max(1, round(Share * Period)), Tracer, erlang:monotonic_time()).

periods(Begin, Period, Open, Tracer, ClosedSince) ->
    At = Begin + rand:uniform(Period - Open + 1) - 1,
    wait(At, Tracer, ClosedSince),
    tell(Tracer, ClosedSince),
    elixir_scope_buffer:window(open),
    wait(At + Open, Tracer, none),
    elixir_scope_buffer:window(closed),
    periods(Begin + Period, Period, Open, Tracer, erlang:monotonic_time()).

wait(Until, Tracer, ClosedSince) ->
    receive
        {stop, From, Ref} ->
            tell(Tracer, ClosedSince),
            From ! {Ref, ok},
            exit(normal)
    after max(0, Until - erlang:monotonic_time(millisecond)) ->
        ok
    end.

tell(_, none) -> ok;
tell(Tracer, Since) ->
    Tracer ! {gap, undefined, ?GAP_SAMPLED, Since, erlang:monotonic_time(), #{why => <<"between two windows">>}},
    ok.
