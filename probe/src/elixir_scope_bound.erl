%% Bounds a term before it is copied or encoded: structure stays, what is cut leaves a marker in place.
%% The walk costs at most the budget, whatever the size of the term, and a term that fits is
%% returned as it is. The markers are documented in packages/trace/src/probe-wire.ts.
-module(elixir_scope_bound).

-export([limits/1, cut/2, small/1, fits/2, nodes/2, shorten/2]).
-export_type([limits/0]).

-include("elixir_scope.hrl").

-type limits() :: {Nodes :: pos_integer(), Depth :: pos_integer(), BinaryBytes :: non_neg_integer()}.

%% A bigger integer is cut like a binary: one can have a million digits.
-define(BIG_INTEGER_BITS, 4096).

-spec limits(map()) -> limits().
limits(Limits) ->
    {maps:get(nodes, Limits, 400), maps:get(depth, Limits, 8), maps:get(binary_bytes, Limits, 256)}.

-spec cut(term(), limits()) -> {whole | cut, term()}.
cut(Term, Limits) ->
    case fits(Term, Limits) of
        true -> {whole, Term};
        false -> {cut, shorten(Term, Limits)}
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

-spec fits(term(), limits()) -> boolean().
fits(Term, {Nodes, Depth, Bytes}) -> fit(Term, Nodes, Depth, Bytes) >= 0.

%% How many nodes a term that fits has, or -1. What most arguments and results are comes first.
-spec nodes(term(), limits()) -> pos_integer() | -1.
nodes([], _) -> 1;
nodes([A], _) when ?PLAIN(A) -> 2;
nodes([A, B], _) when ?PLAIN(A), ?PLAIN(B) -> 3;
nodes(T, _) when ?PLAIN(T) -> 1;
nodes({A}, _) when ?PLAIN(A) -> 2;
nodes({A, B}, _) when ?PLAIN(A), ?PLAIN(B) -> 3;
nodes(Term, {Nodes, Depth, Bytes}) ->
    case fit(Term, Nodes, Depth, Bytes) of
        Left when Left >= 0 -> Nodes - Left;
        _ -> -1
    end.

%% Answers the nodes left, or -1 as soon as it is clear that the term does not fit.
fit(_, N, _, _) when N =< 0 -> -1;
fit(T, N, _, _) when is_atom(T) -> N - 1;
fit(T, N, _, _) when is_integer(T) -> fit_integer(T, N);
fit(T, N, _, Bytes) when is_bitstring(T) ->
    if byte_size(T) =< Bytes -> N - 1; true -> -1 end;
fit([], N, _, _) -> N - 1;
fit([_ | _], _, 0, _) -> -1;
fit([_ | _] = T, N, D, Bytes) -> fit_list(T, N - 1, D - 1, Bytes);
fit(T, N, D, Bytes) when is_tuple(T) ->
    Size = tuple_size(T),
    if Size < N, D > 0 -> fit_tuple(T, 1, Size, N - 1, D - 1, Bytes); true -> -1 end;
fit(T, N, D, Bytes) when is_map(T) ->
    if
        2 * map_size(T) < N, D > 0 -> fit_map(maps:next(maps:iterator(T)), N - 1, D - 1, Bytes);
        true -> -1
    end;
fit(T, N, _, _) when is_pid(T); is_float(T); is_reference(T); is_port(T) -> N - 1;
fit(_, _, 0, _) -> -1;
fit(T, N, D, Bytes) when is_function(T) ->
    case erlang:fun_info(T, type) of
        {type, external} -> N - 1;
        {type, local} ->
            {env, Env} = erlang:fun_info(T, env),
            fit(Env, N - 1, D, Bytes)
    end.

fit_integer(T, N) when ?SMALL(T) -> N - 1;
fit_integer(T, N) -> case is_huge(T) of true -> -1; false -> N - 1 end.

fit_list(_, N, _, _) when N =< 0 -> -1;
fit_list([H | T], N, D, Bytes) when ?PLAIN(H) -> fit_list(T, N - 1, D, Bytes);
fit_list([H | T], N, D, Bytes) -> fit_list(T, fit(H, N, D, Bytes), D, Bytes);
fit_list([], N, _, _) -> N;
fit_list(Tail, N, D, Bytes) -> fit(Tail, N, D, Bytes).

fit_tuple(_, _, _, N, _, _) when N < 0 -> -1;
fit_tuple(_, I, Size, N, _, _) when I > Size -> N;
fit_tuple(T, I, Size, N, D, Bytes) ->
    case element(I, T) of
        E when ?PLAIN(E), N > 0 -> fit_tuple(T, I + 1, Size, N - 1, D, Bytes);
        E -> fit_tuple(T, I + 1, Size, fit(E, N, D, Bytes), D, Bytes)
    end.

fit_map(_, N, _, _) when N < 0 -> -1;
fit_map(none, N, _, _) -> N;
fit_map({K, V, Next}, N, D, Bytes) when is_atom(K), N > 0 -> fit_map(maps:next(Next), fit(V, N - 1, D, Bytes), D, Bytes);
fit_map({K, V, Next}, N, D, Bytes) ->
    case fit(K, N, D, Bytes) of
        N1 when N1 >= 0 -> fit_map(maps:next(Next), fit(V, N1, D, Bytes), D, Bytes);
        _ -> -1
    end.

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
