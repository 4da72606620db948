%% Stack traces as uninstrumented code would have them. A tail call that is held leaves an entry of its
%% function on the stack. Such a call stands on no line, which no other call in instrumented code does.
%%
%% The VM keeps 8 entries (backtrace_depth), and one of consecutive equal ones. So where an entry is taken
%% out, its neighbours may fall together, and what was cut off below has to be put back.
%%
%% Both builds of the capture module have this: the closed one may be the last of the probe on a node.

-type stack() :: [tuple()].

%% The stack without the entry of the held call that it came through, which is the first of its kind.
%% `Callers` are the entries below that one, as far as they are known. A stack of other origin stays.
-spec without_own(stack(), stack()) -> stack().
without_own(Stack, Callers) ->
    case lists:splitwith(fun(Entry) -> not is_held(Entry) end, Stack) of
        {_, []} -> Stack;
        {_, [Own | _]} when Own =:= hd(Callers) -> Stack;    % two in one: that of a caller stays
        {Above, [_ | Below]} ->
            case longer(Below, Callers) of
                none -> Stack;
                All -> joined(lists:reverse(Above), All)
            end
    end.

%% Without any entry of a held call.
-spec plain(stack()) -> stack().
plain(Stack) ->
    case lists:any(fun is_held/1, Stack) of
        false -> Stack;
        true -> without_held(Stack, [])
    end.

%% The same, and what was cut off below put back as far as it is known: `Callers` are the entries below that
%% of the function that looks at the stack.
-spec plain(stack(), stack()) -> stack().
plain(Stack, Callers) ->
    case lists:any(fun is_held/1, Stack) of
        false -> Stack;
        true -> lists:sublist(without_held(completed(Stack, [], Callers), []), length(Stack))
    end.

completed([Entry | Below], Above, Callers) ->
    case longer(Below, Callers) of
        none -> completed(Below, [Entry | Above], Callers);
        All -> lists:reverse(Above, [Entry | All])
    end;
completed([], Above, _) ->
    lists:reverse(Above).

without_held([Entry | Below], Above) ->
    case is_held(Entry) of
        true -> without_held(next_to(Above, Below), Above);
        false -> without_held(Below, [Entry | Above])
    end;
without_held([], Above) ->
    lists:reverse(Above).

joined(Above, Below) -> lists:reverse(Above, next_to(Above, Below)).

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
