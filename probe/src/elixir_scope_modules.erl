%% Notices that a traced module was loaded anew: the VM forgets the trace patterns of old code.
-module(elixir_scope_modules).

-export([new/0, look/2]).
-export_type([watch/0]).

-type watch() :: #{module() => binary()}.
-type seen() :: {module(), Md5 :: binary(), loaded | reloaded | deleted}.

-spec new() -> watch().
new() -> #{}.

-spec look([module()], watch()) -> {[seen()], watch()}.
look(Modules, Watch) ->
    lists:foldl(fun(M, {Seen, Known}) -> compare(M, md5(M), Known, Seen) end, {[], Watch}, Modules).

compare(M, Md5, Known, Seen) ->
    case {Known, Md5} of
        {#{M := Md5}, _} -> {Seen, Known};
        {#{M := <<>>}, _} -> {[{M, Md5, reloaded} | Seen], Known#{M := Md5}};
        {#{M := Old}, <<>>} -> {[{M, Old, deleted} | Seen], Known#{M := Md5}};
        {#{M := _}, _} -> {[{M, Md5, reloaded} | Seen], Known#{M := Md5}};
        {_, <<>>} -> {Seen, Known};
        _ -> {[{M, Md5, loaded} | Seen], Known#{M => Md5}}
    end.

%% Must not load a module that is not.
md5(M) -> try erlang:get_module_info(M, md5) catch error:badarg -> <<>> end.
