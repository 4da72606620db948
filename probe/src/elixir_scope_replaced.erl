%% The modules that instrumented ones took the place of in this session. The janitor has them, and the keeper
%% hears of each change before it is made, so that whoever is left can give them back.
-module(elixir_scope_replaced).

-export([new/1, replace/4, restore/2, modules/1, open_gate/1, close_gate/1, give_back/1]).
-export_type([replaced/0, modules/0, pending/0]).

-define(TRIES, 20).                % 5 ms apart

%% Given back, but maybe still running somewhere: `restored`.
-type modules() :: #{module() => {elixir_scope_code:replaced(), instrumented | restored}}.
-type pending() :: {Busy :: [elixir_scope_code:replaced()], Restored :: [elixir_scope_code:replaced()]}.

-record(r, {keeper :: pid(), modules = #{} :: modules()}).
-opaque replaced() :: #r{}.

-spec new(pid()) -> replaced().
new(Keeper) -> #r{keeper = Keeper}.

-spec modules(replaced()) -> modules().
modules(#r{modules = Modules}) -> Modules.

-spec replace({module(), file:filename() | none, binary()}, map(), #{module() => pid()}, replaced()) ->
    {ok | elixir_scope_code:failure(), replaced()}.
replace({M, _, _} = Module, Options, OnStacks, #r{modules = Modules, keeper = Keeper} = R) ->
    case is_instrumented(M, Modules) of
        true ->
            {failure(already_replaced, "~ts is instrumented already; restore it first", M), R};
        false ->
            map_size(Modules) =:= 0 andalso first(Options),
            Note = fun(Undo) -> Keeper ! {replaced, M, {Undo, instrumented}}, ok end,
            case elixir_scope_code:replace(Module, Options, OnStacks, ?TRIES, Note) of
                {ok, Undo} -> {ok, R#r{modules = Modules#{M => {Undo, instrumented}}}};
                Failure -> {Failure, R}
            end
    end.

first(#{paused := true}) -> elixir_scope_gate:close();
first(_) -> elixir_scope_gate:open().

is_instrumented(M, Modules) ->
    case Modules of
        #{M := {Undo, instrumented}} -> elixir_scope_code:is_current(Undo);
        _ -> false
    end.

-spec restore(module(), replaced()) -> {{module(), ok | elixir_scope_code:failure()}, replaced()}.
restore(M, #r{modules = Modules, keeper = Keeper} = R) ->
    case Modules of
        #{M := {Undo, instrumented}} ->
            case restored(Undo, ?TRIES) of
                ok ->
                    Keeper ! {replaced, M, {Undo, restored}},
                    {{M, ok}, R#r{modules = Modules#{M := {Undo, restored}}}};
                busy ->
                    {{M, failure(in_use, "~ts cannot be restored yet: some process still runs the code before it", M)}, R}
            end;
        _ ->
            {{M, failure(not_replaced, "~ts is not instrumented", M)}, R}
    end.

restored(Undo, Tries) ->
    case elixir_scope_code:restore(Undo) of
        busy when Tries > 1 -> receive after 5 -> ok end, restored(Undo, Tries - 1);
        Result -> Result
    end.

failure(Code, Format, Module) -> elixir_scope_code:failure(Code, Format, [elixir_scope_code:name(Module)]).

%% -- a pause, and the end of the session

-spec open_gate(modules()) -> ok.
open_gate(Modules) when map_size(Modules) =:= 0 -> ok;
open_gate(_) -> _ = elixir_scope_gate:open(), ok.

-spec close_gate(modules()) -> ok.
close_gate(Modules) when map_size(Modules) =:= 0 -> ok;
close_gate(_) -> _ = elixir_scope_gate:close(), ok.

%% What could not be given back yet, and what was, but may still be running somewhere.
-spec give_back(modules()) -> pending().
give_back(Modules) ->
    {Busy, Restored} = lists:partition(fun({Undo, How}) -> How =:= instrumented andalso elixir_scope_code:restore(Undo) =:= busy end,
                                       maps:values(Modules)),
    {[Undo || {Undo, _} <- Busy], [Undo || {Undo, _} <- Restored]}.
