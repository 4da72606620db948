%% Opens and closes capture by changing the module that instrumented code calls. Both are carried here
%% as literals, so that a target needs no file. Closed, a call costs next to nothing.
-module(elixir_scope_gate).

-export([open/0, close/0]).

-include("elixir_scope_gate.hrl").    % OPEN_BEAM and CLOSED_BEAM, made by build.mjs

-define(TRIES, 100).

-spec open() -> ok | busy.
open() -> change(?OPEN_BEAM, ?TRIES).

-spec close() -> ok | busy.
close() -> change(?CLOSED_BEAM, ?TRIES).

%% To purge by force would kill a process; one that is just inside a call is out of it in a moment.
change(_, 0) ->
    busy;
change(Beam, Tries) ->
    case code:soft_purge(elixir_scope_capture) of
        true ->
            {module, _} = code:load_binary(elixir_scope_capture, "elixir_scope_capture.beam", Beam),
            ok;
        false ->
            receive after 2 -> ok end,
            change(Beam, Tries - 1)
    end.
