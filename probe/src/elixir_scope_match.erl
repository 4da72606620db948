%% Match specifications that decide, inside the traced process and before anything is copied, what
%% a trace message carries. The VM copies arguments in full: a recursion over a list of 100,000
%% elements would put gigabytes into the tracer's mailbox within one time slice, before the tracer
%% runs at all. So each clause says for its own event, by switching the process's `arity` flag, whether the
%% arguments go along: only when none of them is big at first sight. Else a sketch goes instead.
%% (To add arguments by `message` costs 300 ns more, for they are copied twice; and '$_' of a call without
%% arguments is no term at all and ends the VM.)
%% Every clause also asks the trace control word, which closes all of them at once.
-module(elixir_scope_match).

-export([function/4, send/3, 'receive'/3, closed_bit/0]).

-include("elixir_scope.hrl").

-define(LONG, 256).   % elements of a list, of a map, of a tuple
-define(DEEP, 64).
-define(LARGE, 65536). % bytes of a binary in a message, when memory ran short
-define(HUGE, 524288). % bytes of a binary that a call carries
-define(SKETCHED, 4). % arguments beyond which a big one costs all of them

-define(CLOSED, 16#40000000).

-type spec() :: [{term(), [term()], [term()]}].

-spec closed_bit() -> pos_integer().
closed_bit() -> ?CLOSED.

open() -> {'<', {get_tcw}, ?CLOSED}.

%% `full` adds arguments, `ids` does not and asks for no result either.
-spec function(byte(), default | spec(), value | none, full | bare | ids) -> spec().
function(Arity, default, Returns, How) ->
    function(Arity, [{[variable(I) || I <- lists:seq(1, Arity)], [], []}], Returns, How);
function(Arity, Spec, Returns, How) ->
    lists:append([clauses(named(Clause, Arity), Returns, How) || Clause <- Spec]).

%% A clause that says `{message, false}` is there to trace nothing: it stays as it is. One that says
%% `{message, Condition}` (the caller is known only in a body) traces the call only when it is true.
clauses({Head, Guards, Body}, Returns, How) ->
    case {lists:member({message, false}, Body), How} of
        {true, _} -> [{Head, Guards, Body}];
        {false, ids} -> [{Head, [open() | Guards], [without_arguments() | Body]}];
        {false, bare} -> [{Head, [open() | Guards], [without_arguments() | Body] ++ returning(Returns, Body)}];
        {false, full} when not is_list(Head) -> clauses({Head, Guards, Body}, Returns, bare);
        {false, full} -> full(Head, [open() | Guards], Body, returning(Returns, Body))
    end.

with_arguments() -> {disable_trace, arity}.
without_arguments() -> {enable_trace, arity}.

returning(value, Body) -> [under(condition(Body), {exception_trace})];
returning(none, _) -> [].

condition(Body) ->
    case [C || {message, C} <- Body] of
        [C | _] -> C;
        [] -> true
    end.

under(true, Action) -> Action;
under(Condition, Action) -> {'andalso', Condition, Action}.

full(Head, Guards, Body, Return) ->
    Args = [A || A <- Head, is_variable(A)],
    Whole = [with_arguments() | Body] ++ Return,
    Bare = [without_arguments() | Body],
    Sketch = fun(A, Kind) -> Bare ++ [{message, under(condition(Body), sketch(Args, A, Kind))}] end,
    Lists = [{A, list, is_long(A)} || A <- Args] ++ [{A, list, is_deep(A)} || A <- Args],
    Big = Lists ++ [{A, sized, is_wide(A)} || A <- Args],
    [{Head, Guards ++ [small(A) || A <- Args], Whole}]
        ++ [{Head, Guards ++ [Test | [small(O) || O <- Args, O =/= A]], Sketch(A, Kind)}
            || length(Args) =< ?SKETCHED, length(Args) =:= length(Head), {A, Kind, Test} <- sketches(Args)]
        ++ [{Head, Guards ++ [Test], Bare} || {_, _, Test} <- Big]
        ++ [{Head, Guards, Whole} || Args =/= []].

sketches(Args) ->
    lists:append([[{A, list, is_long(A)}, {A, deep, is_deep(A)}, {A, map, is_wide_map(A)}, {A, tuple, is_wide_tuple(A)}, {A, binary, is_huge(A)}] || A <- Args]).

%% In a tuple, so that the tracer can tell it from arguments.
sketch(Args, Big, Kind) -> {{?CUT, [case A of Big -> marker(Big, Kind); _ -> A end || A <- Args]}}.

%% The first elements of a list are worth having; of the rest not even the length is known.
marker(A, list) ->
    lists:foldr(fun(N, Tail) -> [{hd, tails(A, N)} | Tail] end, {{?CUT, list, -1}}, lists:seq(0, 7));
marker(_, deep) -> {{?CUT, depth, list, -1}};
marker(A, map) -> {{?CUT, depth, map, {map_size, A}}};
marker(A, tuple) -> {{?CUT, depth, tuple, {size, A}}};
marker(A, binary) -> {{?CUT, binary, {size, A}, <<>>}}.

%% True without a look inside: no list, and no more entries than the limit. The usual first; what is not
%% listed here only takes the longer way to the same end.
small(A) ->
    {'orelse',
        {'andalso', {is_map, A}, {'=<', {map_size, A}, ?LONG}},
        {is_atom, A},
        {is_number, A},
        {'andalso', {is_binary, A}, {'=<', {size, A}, ?HUGE}},
        {is_pid, A},
        {'andalso', {is_tuple, A}, {'=<', {size, A}, ?LONG}},
        {'=:=', A, []},
        {is_reference, A},
        {is_function, A}}.

%% Fails, as a guard that raises fails, on a shorter list; `length` would walk all of a long one.
is_long(A) -> {is_list, tails(A, ?LONG)}.
is_deep(A) -> {is_list, nested(hd, A, ?DEEP)}.
is_wide(A) -> {'orelse', is_wide_map(A), is_wide_tuple(A), is_huge(A)}.
is_wide_map(A) -> {'andalso', {is_map, A}, {'>', {map_size, A}, ?LONG}}.
is_wide_tuple(A) -> {'andalso', {is_tuple, A}, {'>', {size, A}, ?LONG}}.

%% A binary is not copied but kept alive, and a thousand of a megabyte each are a gigabyte too.
is_huge(A) -> {'andalso', {is_binary, A}, {'>', {size, A}, ?HUGE}}.
is_large(A) -> {'andalso', {is_binary, A}, {'>', {size, A}, ?LARGE}}.

tails(A, N) -> nested(tl, A, N).

nested(_, A, 0) -> A;
nested(F, A, N) -> {F, nested(F, A, N - 1)}.

is_variable(A) when is_atom(A) ->
    case atom_to_list(A) of
        [$$ | [_ | _] = Digits] -> lists:all(fun(C) -> C >= $0 andalso C =< $9 end, Digits);
        _ -> false
    end;
is_variable(_) -> false.

%% Gives every `_` of the head a variable of its own, which changes nothing of what it matches.
named({'_', Guards, Body}, Arity) ->
    named({lists:duplicate(Arity, '_'), Guards, Body}, Arity);
named({Head, Guards, Body}, _) when is_list(Head) ->
    Used = used([Head, Guards, Body], []),
    Free = [V || I <- lists:seq(1, length(Head) + length(Used)), V <- [variable(I)], not lists:member(V, Used)],
    {name(Head, Free), Guards, Body};
named(Clause, _) ->
    Clause.

name(['_' | Rest], [V | Free]) -> [V | name(Rest, Free)];
name([Pattern | Rest], Free) -> [Pattern | name(Rest, Free)];
name([], _) -> [].

used(T, Acc) when is_atom(T) -> case is_variable(T) of true -> [T | Acc]; false -> Acc end;
used([H | T], Acc) -> used(T, used(H, Acc));
used(T, Acc) when is_tuple(T) -> used(tuple_to_list(T), Acc);
used(T, Acc) when is_map(T) -> used(maps:to_list(T), Acc);
used(_, Acc) -> Acc.

%% At most 256 atoms, and the VM's own specifications use the same.
variable(I) -> list_to_atom("$" ++ integer_to_list(I)).

%% -- messages

-type messages() :: full | small | off.

%% What the probe and the collector's connection say to the target's processes is not the target's doing.
-spec send(node(), [pid()], messages()) -> spec() | false.
send(_, _, off) -> false;
send(Collector, Ours, How) ->
    Far = case Collector =:= node() of
        true -> [];
        false -> [{'orelse', {'not', {is_pid, '$1'}}, {'=/=', {node, '$1'}, {const, Collector}}}]
    end,
    Guards = [open() | Far] ++ [{'=/=', '$1', {const, P}} || P <- Ours],
    messages(['$1', '$2'], '$2', Guards, [], How).

%% Adds who sent it: the VM knows.
-spec 'receive'(node(), [pid()], messages()) -> spec() | false.
'receive'(_, _, off) -> false;
'receive'(Collector, Ours, How) ->
    Near = [{'=/=', '$1', {const, Collector}} || Collector =/= node()],
    Guards = [open() | Near] ++ [{'=/=', '$2', {const, P}} || P <- Ours],
    messages(['$1', '$2', '$3'], '$3', Guards, [{message, {{'$1', '$2'}}}], How).

messages(Head, _, Guards, Body, full) -> [{Head, Guards, Body}];
messages(Head, Msg, Guards, Body, small) ->
    %% A message is seldom big itself; what it carries is, as an element of a small tuple.
    Parts = [Msg | [{element, I, Msg} || I <- [2, 3]]],
    Never = [{message, false}],
    [{Head, [Test], Never} || P <- Parts, Test <- [is_long(P), is_deep(P), is_wide_map(P), is_large(P)]]
        ++ [{Head, Guards, Body}].
