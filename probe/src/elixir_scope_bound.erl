%% Bounds a term before it is copied or encoded: structure stays, what is cut leaves a marker in place.
%% The walk costs at most the budget, whatever the size of the term, and a term that fits is
%% returned as it is. The markers are documented in packages/trace/src/probe-wire.ts.
-module(elixir_scope_bound).

-export([limits/1, cut/2, small/1, nodes/2, nodes_of_events/2, shorten/2]).
-export_type([limits/0]).

-compile([{no_auto_import, [nodes/2]}, {inline, [left/2]}]).

-include("elixir_scope.hrl").

-type limits() :: {Nodes :: pos_integer(), Depth :: pos_integer(), BinaryBytes :: non_neg_integer()}.

%% A bigger integer is cut like a binary: one can have a million digits.
-define(BIG_INTEGER_BITS, 4096).

-spec limits(map()) -> limits().
limits(Limits) ->
    {maps:get(nodes, Limits, 400), maps:get(depth, Limits, 8), maps:get(binary_bytes, Limits, 256)}.

-spec cut(term(), limits()) -> {whole | cut, term()}.
cut(Term, Limits) ->
    case nodes(Term, Limits) of
        -1 -> {cut, shorten(Term, Limits)};
        _ -> {whole, Term}
    end.

%% For a term that does not fit.
-spec shorten(term(), limits()) -> term().
shorten(Term, {Nodes, Depth, Bytes}) ->
    {Cut, _} = walk(Term, Nodes, Depth, Bytes),
    Cut.

%% For what is part of a fact: a label, a reason.
-spec small(term()) -> term().
small(Term) ->
    {_, Cut} = cut(Term, {50, 4, 128}),
    Cut.

%% How many nodes the values of events have in all, or -1 when one of them does not fit. Done for each event that is
%% recorded, so what is seen most comes first. Calls keep their arguments in place: where these change places, the
%% registers are swapped in memory, and each swap costs as much as a call.
-spec nodes_of_events([tuple()], limits()) -> non_neg_integer() | -1.
nodes_of_events(Events, Limits) -> of_events(Events, Limits, 0).

of_events([Event | Events], Limits, Sum) ->
    case Event of
        {_, _, _, _} -> of_events(Events, Limits, Sum);
        {_, _, _, _, V} when ?PLAIN(V) -> of_events(Events, Limits, Sum + 1);
        {_, _, _, _, [V]} when ?PLAIN(V) -> of_events(Events, Limits, Sum + 2);
        {_, _, _, _, Value} -> plus(Events, Limits, Sum, left(Value, Limits));
        {_, _, _, _, [V], []} when ?PLAIN(V) -> of_events(Events, Limits, Sum + 2);
        {_, _, _, _, [V, W], []} when ?PLAIN(V), ?PLAIN(W) -> of_events(Events, Limits, Sum + 3);
        {_, _, _, _, Args, []} -> plus(Events, Limits, Sum, left(Args, Limits));
        {_, _, _, _, Args, Vars} -> plus(Events, Limits, Sum, left(Args, Limits), left(Vars, Limits));
        {_, _, _, _, _, Reason, Stack} -> plus(Events, Limits, Sum, left(Reason, Limits), left(Stack, Limits))
    end;
of_events([], _, Sum) ->
    Sum.

plus(_, _, _, Left) when Left < 0 -> -1;
plus(Events, {Nodes, _, _} = Limits, Sum, Left) -> of_events(Events, Limits, Sum + Nodes - Left).

plus(_, _, _, Left, _) when Left < 0 -> -1;
plus(Events, {Nodes, _, _} = Limits, Sum, Left, More) -> plus(Events, Limits, Sum + Nodes - Left, More).

left(Term, {Nodes, Depth, Bytes}) -> fit(Term, Nodes, Depth, Bytes).

-spec nodes(term(), limits()) -> pos_integer() | -1.
nodes(Term, {Nodes, Depth, Bytes}) ->
    case fit(Term, Nodes, Depth, Bytes) of
        Left when Left >= 0 -> Nodes - Left;
        _ -> -1
    end.

%% Answers the nodes left, or less than none when the term does not fit: what contains others stops at that.
fit([_ | _] = T, N, D, Bytes) when D > 0 -> fit_list(T, N - 1, D - 1, Bytes);
fit(T, N, _, _) when ?PLAIN(T) -> N - 1;
fit({A}, N, D, Bytes) when D > 0 -> fit(A, N - 1, D - 1, Bytes);
fit({A, B}, N, D, Bytes) when D > 0, ?PLAIN(A) -> fit(B, N - 2, D - 1, Bytes);
fit(T, N, D, Bytes) when is_tuple(T) ->
    Size = tuple_size(T),
    if Size < N, D > 0 -> fit_tuple(T, N - 1, D - 1, Bytes, Size); true -> -1 end;
fit(T, N, _, Bytes) when is_bitstring(T) ->
    if byte_size(T) =< Bytes -> N - 1; true -> -1 end;
fit(T, N, D, Bytes) when is_map(T) ->
    if
        2 * map_size(T) < N, D > 0 -> fit_map(maps:to_list(T), N - 1, D - 1, Bytes);
        true -> -1
    end;
fit([], N, _, _) -> N - 1;
fit(T, N, _, _) when is_reference(T); is_port(T) -> N - 1;
fit(T, N, _, _) when is_integer(T) -> case is_huge(T) of true -> -1; false -> N - 1 end;
fit(T, N, D, Bytes) when is_function(T), D > 0 ->
    case erlang:fun_info(T, type) of
        {type, external} -> N - 1;
        {type, local} ->
            {env, Env} = erlang:fun_info(T, env),
            fit(Env, N - 1, D, Bytes)
    end;
fit(_, _, _, _) -> -1.

fit_list([H | T], N, D, Bytes) when N > 0, ?PLAIN(H) -> fit_list(T, N - 1, D, Bytes);
fit_list([H | T], N, D, Bytes) when N > 0 -> fit_list(T, fit(H, N, D, Bytes), D, Bytes);
fit_list([], N, _, _) -> N;
fit_list([_ | _], _, _, _) -> -1;
fit_list(Tail, N, D, Bytes) -> fit(Tail, N, D, Bytes).

fit_tuple(_, N, _, _, 0) -> N;
fit_tuple(T, N, D, Bytes, I) ->
    case element(I, T) of
        E when ?PLAIN(E) -> fit_tuple(T, N - 1, D, Bytes, I - 1);
        E when N > 0 -> fit_tuple(T, fit(E, N, D, Bytes), D, Bytes, I - 1);
        _ -> -1
    end.

%% The list of a map's pairs: an iterator takes twice as long.
fit_map([{K, V} | Pairs], N, D, Bytes) when is_atom(K), ?PLAIN(V) -> fit_map(Pairs, N - 2, D, Bytes);
fit_map([{K, V} | Pairs], N, D, Bytes) when N > 0, ?PLAIN(K) -> fit_map(Pairs, fit(V, N - 1, D, Bytes), D, Bytes);
fit_map([{K, V} | Pairs], N, D, Bytes) when N > 0 -> fit_map(Pairs, fit(V, fit(K, N, D, Bytes), D, Bytes), D, Bytes);
fit_map([], N, _, _) -> N;
fit_map(_, _, _, _) -> -1.

%% Answers the cut term and the nodes left. A container always gets its shell, so identifiers
%% in the first levels (`{'$gen_call', {Pid, Ref}, _}`) survive any budget that is sane.
walk(T, N, _, _) when is_atom(T); is_pid(T); is_float(T); is_reference(T); is_port(T); T =:= [] ->
    {T, N - 1};
walk(T, N, _, _) when is_integer(T) ->
    case is_huge(T) of
        true -> {{?CUT, depth, bitstring, integer_bytes(T)}, N - 1};
        false -> {T, N - 1}
    end;
walk(T, N, _, Bytes) when is_binary(T) ->
    case byte_size(T) of
        Size when Size =< Bytes -> {T, N - 1};
        Size -> {{?CUT, binary, Size, binary:copy(binary:part(T, 0, min(Bytes, Size)))}, N - 1}
    end;
walk(T, N, _, Bytes) when is_bitstring(T) ->
    case byte_size(T) of
        Size when Size =< Bytes -> {T, N - 1};
        Size -> {{?CUT, depth, bitstring, Size}, N - 1}
    end;
walk(T, N, D, _) when D =< 0; N =< 0 -> {shell(T), N - 1};
walk(T, N, D, Bytes) when is_list(T) -> walk_list(T, N - 1, D - 1, Bytes, []);
walk(T, N, D, Bytes) when is_tuple(T) -> walk_tuple(T, 1, tuple_size(T), N - 1, D - 1, Bytes, []);
walk(T, N, D, Bytes) when is_map(T) ->
    walk_map(maps:next(maps:iterator(T)), map_size(T), N - 1, D - 1, Bytes, []);
walk(T, N, D, Bytes) when is_function(T) ->
    case fit(T, N, D, Bytes) of
        Left when Left >= 0 -> {T, Left};
        _ -> {shell(T), N - 1}
    end.

walk_list([], N, _, _, Acc) -> {lists:reverse(Acc), N};
walk_list(Rest, N, _, _, Acc) when N =< 0, is_list(Rest) ->
    {lists:reverse(Acc, {?CUT, list, rest_length(Rest)}), N};
walk_list([H | T], N, D, Bytes, Acc) ->
    {H1, N1} = walk(H, N, D, Bytes),
    walk_list(T, N1, D, Bytes, [H1 | Acc]);
walk_list(Tail, N, D, Bytes, Acc) ->
    {Tail1, N1} = walk(Tail, N, D, Bytes),
    {lists:reverse(Acc, Tail1), N1}.

walk_tuple(_, I, Size, N, _, _, Acc) when I > Size -> {list_to_tuple(lists:reverse(Acc)), N};
walk_tuple(_, I, Size, N, _, _, Acc) when N =< 0, I > 2 ->
    {list_to_tuple(lists:reverse([{?CUT, tuple, Size} | Acc])), N};
walk_tuple(T, I, Size, N, D, Bytes, Acc) ->
    {E, N1} = walk(element(I, T), N, D, Bytes),
    walk_tuple(T, I + 1, Size, N1, D, Bytes, [E | Acc]).

walk_map(none, _, N, _, _, Acc) -> {maps:from_list(Acc), N};
walk_map(_, Size, N, _, _, Acc) when N =< 0 -> {maps:from_list([{?CUT, {map, Size}} | Acc]), N};
walk_map({K, V, Next}, Size, N, D, Bytes, Acc) ->
    {K1, N1} = walk(K, N, D, Bytes),
    {V1, N2} = walk(V, N1, D, Bytes),
    walk_map(maps:next(Next), Size, N2, D, Bytes, [{K1, V1} | Acc]).

shell([]) -> [];
shell({}) -> {};
shell(T) when is_list(T) -> {?CUT, depth, list, rest_length(T)};
shell(T) when is_tuple(T) -> {?CUT, depth, tuple, tuple_size(T)};
shell(T) when is_map(T) -> {?CUT, depth, map, map_size(T)};
shell(T) when is_function(T) ->
    {arity, Arity} = erlang:fun_info(T, arity),
    {?CUT, depth, function, Arity}.

%% Counting a long list would cost what the budget is there to save.
rest_length(List) -> rest_length(List, 0).

rest_length([], N) -> N;
rest_length([_ | T], N) when N < 1024 -> rest_length(T, N + 1);
rest_length(_, _) -> -1.

is_huge(T) -> T >= 1 bsl ?BIG_INTEGER_BITS orelse T =< -(1 bsl ?BIG_INTEGER_BITS).

integer_bytes(T) -> erts_debug:flat_size(T) * erlang:system_info(wordsize).
