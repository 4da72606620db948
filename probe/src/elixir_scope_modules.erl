%% Notices that a traced module was loaded anew: the VM forgets the trace patterns of old code.
-module(elixir_scope_modules).

-export([new/0, look/3]).
-export_type([watch/0]).

-type watch() :: #{module() => binary()}.
-type seen() :: {module(), Md5 :: binary(), loaded | reloaded | deleted}.

-spec new() -> watch().
new() -> #{}.

%% `Samples` has one traced function of each module: code that is loaded anew with the same content has the
%% same sum, but its functions are traced no more.
-spec look([mfa()], fun((mfa()) -> boolean()), watch()) -> {[seen()], watch()}.
look(Samples, Traced, Watch) ->
    lists:foldl(fun({M, _, _} = Sample, {Seen, Known}) ->
        compare(M, md5(M), Traced(Sample), Known, Seen)
    end, {[], Watch}, Samples).

compare(M, Md5, Traced, Known, Seen) ->
    case {Known, Md5} of
        {#{M := <<>>}, <<>>} -> {Seen, Known};
        {#{M := Old}, <<>>} -> {[{M, Old, deleted} | Seen], Known#{M := Md5}};
        {#{M := Md5}, _} when Traced -> {Seen, Known};
        {#{M := _}, _} -> {[{M, Md5, reloaded} | Seen], Known#{M := Md5}};
        {_, <<>>} -> {Seen, Known};
        _ -> {[{M, Md5, loaded} | Seen], Known#{M => Md5}}
    end.

%% Must not load a module that is not.
md5(M) -> try erlang:get_module_info(M, md5) catch error:badarg -> <<>> end.
