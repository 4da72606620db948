%% How much processes work: their reductions since they began, of each about once a second where they changed.
%% To ask costs less than a microsecond, and the process that is asked does no reduction for it (measured on OTP 25
%% and 27). So many are asked at a time that it stays below a thousandth of a core; of very many a round takes longer.
-module(elixir_scope_work).

-export([new/0, add/2, some/2]).
-export_type([work/0]).

-include("elixir_scope.hrl").

-define(AT_ONCE, 250).
-define(MOST, 50000).
-define(ROUND_MS, 1000).

-record(w, {
    told = #{} :: #{pid() => non_neg_integer()},
    rest = [] :: [pid()],
    round :: integer()             % ms, when it began
}).

-opaque work() :: #w{}.

-spec new() -> work().
new() -> #w{round = erlang:monotonic_time(millisecond) - ?ROUND_MS}.

-spec add(pid(), work()) -> work().
add(Pid, #w{told = Told} = W) when map_size(Told) < ?MOST, not is_map_key(Pid, Told) -> W#w{told = Told#{Pid => 0}};
add(_, W) -> W.

-spec some(pid(), work()) -> work().
some(Tracer, #w{rest = [], told = Told, round = Round} = W) ->
    case erlang:monotonic_time(millisecond) of
        Now when Now - Round >= ?ROUND_MS, map_size(Told) > 0 -> some(Tracer, W#w{rest = maps:keys(Told), round = Now});
        _ -> W
    end;
some(Tracer, #w{rest = Rest, told = Told} = W) ->
    {Now, Later} = lists:split(min(?AT_ONCE, length(Rest)), Rest),
    W#w{rest = Later, told = lists:foldl(fun(Pid, Acc) -> tell(Pid, Tracer, Acc) end, Told, Now)}.

tell(Pid, Tracer, Told) ->
    case process_info(Pid, reductions) of
        {_, N} when map_get(Pid, Told) =:= N ->
            Told;
        {_, N} ->
            Tracer ! {measured, Pid, erlang:monotonic_time(), #{reductions => N}},
            Told#{Pid := N};
        undefined ->
            maps:remove(Pid, Told)
    end.
