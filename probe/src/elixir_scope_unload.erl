%% How the probe leaves a node: the last call of the process that tidied up, and what that call runs.
-module(elixir_scope_unload).

-export([last_call/3]).

-include("elixir_scope.hrl").

%% The last call of the process, into no code of ours, so that ours can go: an interpreted loop purges softly
%% until no process uses it, then answers who asked for the end. The name goes before: with the modules
%% deleted a new session can load its own, and purging needs every process to look at itself.
%% What instrumented code calls stays, closed, as long as such code may run, and so does the loop; where it
%% cannot be known who holds a closure of such code, that code and what it calls stay as they are.
-spec last_call(gen_server:from() | none, term(), elixir_scope_replaced:pending()) -> term().
last_call(From, Answer, {Busy, Restored}) ->
    Text = "Delete = fun(M) -> code:delete(M) orelse (code:soft_purge(M) andalso code:delete(M)) end,"
           "lists:foreach(Delete, Ms),"
           "catch unregister(elixir_scope_janitor),"
           "Restore = fun({M, Ours, File, Beam, _}) ->"
           "  case erlang:module_loaded(M) andalso erlang:get_module_info(M, md5) =:= Ours of"
           "    false -> true;"
           "    true -> code:soft_purge(M) andalso is_tuple(code:load_binary(M, File, Beam)) end end,"
           "Held = fun(L) -> erlang:garbage_collect(), element(2, erlang:fun_info(binary_to_term(L), refc)) > 2 end,"
           "InUse = fun({M, _, _, _, Ls}) -> lists:any(Held, Ls) orelse not code:soft_purge(M) end,"
           "Reply = fun(none) -> none; (F) -> gen_server:reply(F, Answer), none end,"
           "Go = fun(_, [], [], [], [], F, _) -> Reply(F);"
           "  (_, _, [], [], [], F, 0) -> Reply(F);"
           "  (Again, Left, Cap, Undo, Old, F, N) ->"
           "    receive after if N > 800 -> 5; N > 0 -> 25; true -> 2000 end -> ok end,"
           "    F1 = if N =:= 800 -> Reply(F); true -> F end,"
           "    {Done, Undo1} = lists:partition(Restore, Undo),"
           "    Old1 = lists:filter(InUse, [U || {_, _, _, _, Ls} = U <- Done, Counted orelse Ls =:= []] ++ Old),"
           "    Cap1 = if Cap =:= []; Undo1 =/= []; Old1 =/= [] -> Cap;"
           "      true -> whereis(elixir_scope_janitor) =/= undefined orelse lists:foreach(Delete, Cap), [] end,"
           "    Left1 = if Cap1 =:= Cap -> Left; true -> Cap ++ Left end,"
           "    Again(Again, [M || M <- Left1, not code:soft_purge(M)], Cap1, Undo1, Old1, F1, max(0, N - 1)) end,"
           "Go(Go, Ms, Capture, Undo, Old, From, 1000).",
    {ok, Tokens, _} = erl_scan:string(Text),
    {ok, Exprs} = erl_parse:parse_exprs(Tokens),
    Counted = elixir_scope_code:are_counted(),
    Unknown = not Counted andalso lists:any(fun({_, _, _, _, Ls}) -> Ls =/= [] end, Busy ++ Restored),
    Bindings = [{'Ms', lists:delete(?CAPTURE, ?MODULES)}, {'Capture', [?CAPTURE || not Unknown]},
                {'Undo', Busy},
                {'Old', [U || {_, _, _, _, Ls} = U <- Restored, Counted orelse Ls =:= []]},
                {'Counted', Counted}, {'From', From}, {'Answer', Answer}],
    erl_eval:exprs(Exprs, lists:foldl(fun({Name, V}, B) -> erl_eval:add_binding(Name, V, B) end,
                                      erl_eval:new_bindings(), Bindings)).
