%% Looks for buffers that wait for a process that sits still, in a call that blocks for example, and sends a
%% copy of what is in them. Also notices processes that died with something in their buffer.
-module(elixir_scope_sweeper).

-export([new/2, some/1, all/1]).
-export_type([sweeper/0]).

-include("elixir_scope.hrl").

-define(ROWS, 2000).               % looked at in one go
-define(LOOKS, 64).                % processes asked in one go
-define(STILL_NS, 100000000).
-define(COPIED_WORDS, 65536).      % the dictionary is copied: not from a bigger heap
-define(LAST_WORDS, 4194304).      % but for the last time
-define(DRAIN_MS, 250).

-record(w, {
    capture :: elixir_scope_buffer:session(),
    gatherer :: pid(),
    by_key :: boolean(),           % one key of a dictionary can be asked for (OTP 26.2)
    at = start :: start | term(),
    muted = false :: boolean(),    % one of those that it came to was
    seen = #{} :: #{pid() => integer()}   % mark of the buffer that was sent already
}).

-opaque sweeper() :: #w{}.

-spec new(elixir_scope_buffer:session(), pid()) -> sweeper().
new(Capture, Gatherer) ->
    ByKey = try process_info(self(), {dictionary, ?CAPTURE_KEY}) of _ -> true catch error:badarg -> false end,
    #w{capture = Capture, gatherer = Gatherer, by_key = ByKey}.

-spec some(sweeper()) -> sweeper().
some(#w{capture = Capture} = W) ->
    {Rows, At} = rows(W#w.at),
    W1 = W#w{at = At, seen = case At of start -> alive(W#w.seen); _ -> W#w.seen end},
    Looks = case elixir_scope_buffer:is_closed(Capture) of true -> 0; false -> ?LOOKS end,
    Now = os:perf_counter(),
    W2 = look(Rows, Now - ?STILL_NS, Looks, W1#w{muted = false}),
    _ = W2#w.muted andalso persistent_term:put(?CLOCK_KEY, Now),
    W2.

rows(start) -> selected(ets:select(?BUFFERS, [{{'$1', '_', '$2', '_', '_'}, [{is_pid, '$1'}], [{{'$1', '$2'}}]}], ?ROWS));
rows(Continuation) -> selected(ets:select(Continuation)).

selected('$end_of_table') -> {[], start};
selected({Rows, '$end_of_table'}) -> {Rows, start};
selected(Selected) -> Selected.

alive(Seen) -> maps:filter(fun(Pid, _) -> is_process_alive(Pid) end, Seen).

look([{Pid, Slot} | Rows], Before, Looks, #w{capture = Capture, seen = Seen} = W) ->
    Since = elixir_scope_buffer:kept_since(Slot, Capture),
    case is_process_alive(Pid) of
        false ->
            gone(Pid, Since, W),
            look(Rows, Before, Looks, W);
        true when Since >= ?MUTED ->
            _ = Since - ?MUTED < Before + ?STILL_NS andalso elixir_scope_buffer:unmute(Slot, Capture),
            look(Rows, Before, Looks, W#w{muted = true});
        true when Since =:= 0; Since > Before; Looks =:= 0; map_get(Pid, Seen) =:= Since ->
            look(Rows, Before, Looks, W);
        true ->
            _ = waits(Pid) andalso send(Pid, W),
            look(Rows, Before, Looks - 1, W#w{seen = Seen#{Pid => Since}})
    end;
look([], _, _, W) ->
    W.

waits(Pid) ->
    case process_info(Pid, [status, total_heap_size]) of
        [{_, waiting}, {_, Words}] -> Words =< ?COPIED_WORDS;
        _ -> false
    end.

%% The time is read first: all up to it is in the buffer or was sent.
send(Pid, #w{by_key = true}) ->
    At = os:perf_counter(),
    case process_info(Pid, {dictionary, ?CAPTURE_KEY}) of
        {_, Buffer} -> elixir_scope_buffer:stranded(Buffer, At);
        undefined -> empty
    end;
send(Pid, #w{by_key = false}) ->
    At = os:perf_counter(),
    case process_info(Pid, dictionary) of
        {_, Dictionary} -> elixir_scope_buffer:stranded(proplists:get_value(?CAPTURE_KEY, Dictionary), At);
        undefined -> empty
    end.

%% Killed with frames open: how much went with it is not known, at most one buffer.
gone(Pid, Since, #w{gatherer = Gatherer}) ->
    true = ets:delete(?BUFFERS, Pid),
    Since =:= 0 orelse Since >= ?MUTED orelse (Gatherer ! {lost_buffer, Pid, Since}),
    ok.

%% At the end of a session: whatever is still kept, for as long as that may take.
-spec all(sweeper()) -> ok.
all(#w{capture = Capture} = W) ->
    case elixir_scope_buffer:is_closed(Capture) of
        true -> ok;
        false -> all(rows(start), erlang:monotonic_time(millisecond) + ?DRAIN_MS, W)
    end.

all({Rows, At}, Until, #w{capture = Capture} = W) ->
    _ = [elixir_scope_buffer:lost(N, Capture) || {Pid, Slot} <- Rows, elixir_scope_buffer:kept_since(Slot, Capture) =/= 0,
                                                erlang:monotonic_time(millisecond) < Until, fits(Pid), {dropped, N} <- [send(Pid, W)]],
    case At of
        start -> ok;
        _ -> all(rows(At), Until, W)
    end.

fits(Pid) ->
    case process_info(Pid, total_heap_size) of
        {_, Words} -> Words =< ?LAST_WORDS;
        undefined -> false
    end.
