%% Decides per outermost call of a process whether it is recorded, and follows what it calls, so
%% that a chain is kept or dropped as a whole. Only processes inside a call are remembered.
-module(elixir_scope_sampler).

-export([new/1, enter/4, leave/2, dropped/1, forget/1]).
-export_type([sampler/0, sampling/0]).

-include("elixir_scope.hrl").

-type sampling() :: always | {rate, non_neg_integer()} | {chains, float()} | {windows, float()}.

-record(p, {
    how :: sampling(),
    inside = #{} :: #{pid() => {Depth :: pos_integer(), Kept :: boolean()}},
    second = 0 :: integer(),
    chains = #{} :: #{pid() => pos_integer()},   % begun in this second, for `rate`
    dropped = 0 :: non_neg_integer()
}).

-opaque sampler() :: always | #p{}.

-spec new(sampling()) -> sampler().
new(always) -> always;
new({How, P}) when How =/= rate, P >= 1 -> always;
new(How) -> #p{how = How}.

%% A call that has no end in the trace cannot be an outer one.
-spec enter(pid(), boolean(), integer(), sampler()) -> {boolean(), sampler()}.
enter(_, _, _, always) ->
    {true, always};
enter(Pid, Ends, Second, #p{inside = Inside} = P) ->
    case Inside of
        #{Pid := {Depth, Kept}} when Ends -> told(Kept, P#p{inside = Inside#{Pid := {Depth + 1, Kept}}});
        #{Pid := {_, Kept}} -> told(Kept, P);
        _ ->
            {Kept, P1} = choose(Pid, Second, P),
            told(Kept, case Ends of true -> P1#p{inside = Inside#{Pid => {1, Kept}}}; false -> P1 end)
    end.

-spec leave(pid(), sampler()) -> {boolean(), sampler()}.
leave(_, always) ->
    {true, always};
leave(Pid, #p{inside = Inside} = P) ->
    case Inside of
        #{Pid := {1, Kept}} -> told(Kept, P#p{inside = maps:remove(Pid, Inside)});
        #{Pid := {Depth, Kept}} -> told(Kept, P#p{inside = Inside#{Pid := {Depth - 1, Kept}}});
        _ -> {true, P}
    end.

told(true, P) -> {true, P};
told(false, #p{dropped = N} = P) -> {false, P#p{dropped = N + 1}}.

choose(_, _, #p{how = {windows, _}} = P) ->
    {persistent_term:get(?SAMPLING_KEY, closed) =/= closed, P};
choose(_, _, #p{how = {chains, Probability}} = P) ->
    {rand:uniform() < Probability, P};
choose(Pid, Second, #p{how = {rate, _}, second = Before} = P) when Second =/= Before ->
    choose(Pid, Second, P#p{second = Second, chains = #{}});
choose(Pid, _, #p{how = {rate, Max}, chains = Chains} = P) ->
    case maps:get(Pid, Chains, 0) of
        N when N < Max -> {true, P#p{chains = Chains#{Pid => N + 1}}};
        _ -> {false, P}
    end.

%% How many events were left out since it was last asked.
-spec dropped(sampler()) -> {non_neg_integer(), sampler()}.
dropped(always) -> {0, always};
dropped(#p{dropped = N} = P) -> {N, P#p{dropped = 0}}.

%% After a pause the ends of open calls may be missing: depths would be wrong for ever.
-spec forget(sampler()) -> sampler().
forget(always) -> always;
forget(P) -> P#p{inside = #{}}.
