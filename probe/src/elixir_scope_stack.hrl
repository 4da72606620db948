%% Stack traces as uninstrumented code would have them. A tail call that is held leaves an entry of its
%% function on the stack. Such a call stands on no line, which no other call in instrumented code does.
%%
%% The VM keeps 8 entries (backtrace_depth), and one of consecutive equal ones. So where an entry is taken
%% out, its neighbours may fall together, and what was cut off below has to be put back.
%%
%% Both builds of the capture module have this: the closed one may be the last of the probe on a node.

-type stack() :: [tuple()].

-define(DEPTH_OF_STACKS, 8).

%% Without the entries of held calls.
-spec plain(stack()) -> stack().
plain(Stack) ->
    case lists:any(fun is_held/1, Stack) of
        false -> Stack;
        true -> without_held(Stack, [])
    end.

%% The same, and what was cut off below is put back as far as it is known. `Callers` are the entries below
%% somewhere in the stack. A stack of other origin, which does not go on with them, stays as it is.
-spec plain(stack(), stack()) -> stack().
plain(Stack, Callers) ->
    case plain(Stack) of
        Stack when length(Stack) >= ?DEPTH_OF_STACKS -> Stack;
        Stack -> completed(Stack, [], plain(Callers), Stack);
        Plain -> lists:sublist(completed(Plain, [], plain(Callers), none), max(?DEPTH_OF_STACKS, length(Stack)))
    end.

completed([Entry | Below], Above, Callers, Other) when Below =/= []; Other =:= none ->
    case longer(Below, Callers) of
        none -> completed(Below, [Entry | Above], Callers, Other);
        All -> lists:reverse([Entry | Above], next_to([Entry], All))
    end;
completed([], Above, _, none) ->
    lists:reverse(Above);
completed(_, _, _, Other) ->
    Other.

without_held([Entry | Below], Above) ->
    case is_held(Entry) of
        true -> without_held(next_to(Above, Below), Above);
        false -> without_held(Below, [Entry | Above])
    end;
without_held([], Above) ->
    lists:reverse(Above).

next_to([Same | _], [Same | Below]) -> Below;
next_to(_, Below) -> Below.

%% Both begin at the same place of one stack; each may be cut off.
longer(One, Other) ->
    case {lists:prefix(One, Other), lists:prefix(Other, One)} of
        {true, _} -> Other;
        {_, true} -> One;
        _ -> none
    end.

is_held({Module, _, Arity, []}) when is_integer(Arity) -> is_instrumented(Module);
is_held(_) -> false.

%% The transformer leaves an attribute.
is_instrumented(Module) ->
    try lists:keymember(elixir_scope, 1, erlang:get_module_info(Module, attributes))
    catch error:badarg -> false
    end.
