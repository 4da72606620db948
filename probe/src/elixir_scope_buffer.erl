%% The buffers of processes that run instrumented code, apart from the calls that fill them: how one is
%% made, which chains are recorded, how what was collected is cut and sent. Runs in those processes, once
%% per flush, and in the keeper for processes that sit still.
-module(elixir_scope_buffer).

-export([open/1, sampling/1, window/1, budgets/1, is_closed/1, over/1, trace_with/2, pids/0, is_told/1, new/0, new/1, new_server/1, is_chosen/3, mark/2, used/3, mute/2, unmuted/2, deliver/7, lost/2, lay_aside/2]).
-export([stranded/2, kept_since/2, unmute/2]).
-export_type([session/0, buffer/0]).

-include("elixir_scope.hrl").

-define(SLOTS, 65536).
-define(APART, 16).
-define(EVENT_WEIGHT, 8).          % in nodes of terms
-define(FACTS_WEIGHT, 64).
-define(NS_IN_SECOND, 1000000000).
-define(CHAINS, (1 bsl 27)).

%% A process whose dictionary somebody erased begins anew with numbers of its own. What went with it, at most
%% a buffer, is not known.
-define(GENERATION, (1 bsl 40)).

-opaque session() :: #capture{}.
-type buffer() :: {non_neg_integer(), integer(), [tuple()], pos_integer(), #cold{}}.

%% -- the session

%% Called by the keeper, who owns both tables; without them there is no session.
-spec open(map()) -> session().
open(#{shared := Shared, gatherer := Gatherer, keeper := Keeper, state := State, limits := Limits, budgets := Budgets, sampling := Sampling}) ->
    _ = ets:new(?BUFFERS, [named_table, public, {write_concurrency, true}]),
    true = ets:insert(?BUFFERS, {next, 0, 0}),
    Session = #capture{id = erlang:unique_integer([positive]), shared = Shared, slots = atomics:new(2 * ?SLOTS, [{signed, false}]),
                       gatherer = Gatherer, keeper = Keeper, handlers = State, limits = elixir_scope_bound:limits(Limits)},
    true = ets:insert(?SESSION_TABLE, {capture, Session}),
    persistent_term:put(?CLOCK_KEY, 0),
    budgets(Budgets),
    sampling(Sampling),
    Session.

%% The session's number: all chains that begin are recorded; less than none: also that, in a window, and between two
%% `closed`; `some`: as A_CHOICE says: of CHAINS chains N, or, less than none, -N - 1 chains in a second.
-spec sampling(elixir_scope_sampler:sampling()) -> ok.
sampling(Sampling) ->
    #capture{id = Id, shared = Shared} = ets:lookup_element(?SESSION_TABLE, capture, 2),
    Choice = case Sampling of
        always -> all;
        {How, P} when How =/= rate, P >= 1 -> all;
        {windows, _} -> closed;
        {rate, N} -> -(N + 1);
        {chains, P} when P > 0 -> max(1, trunc(P * ?CHAINS));
        {chains, _} -> -1
    end,
    is_integer(Choice) andalso atomics:put(Shared, ?A_CHOICE, Choice),
    persistent_term:put(?SAMPLING_KEY, case Choice of all -> Id; closed -> closed; _ -> some end).

-spec window(open | closed) -> ok.
window(open) -> persistent_term:put(?SAMPLING_KEY, -(ets:lookup_element(?SESSION_TABLE, capture, 2))#capture.id);
window(closed) -> persistent_term:put(?SAMPLING_KEY, closed).

-spec budgets(map()) -> ok.
budgets(#{target_memory_bytes := Memory, events_per_second_per_process := Rate}) ->
    persistent_term:put(?CREDIT_KEY, Memory div ?BYTES_PER_WEIGHT),
    persistent_term:put(?RATE_KEY, Rate).

%% What is delivered now is dropped.
-spec is_closed(session()) -> boolean().
is_closed(#capture{shared = Shared}) -> atomics:get(Shared, ?A_WAITING) >= ?WAITING_CLOSED.

%% Buffers outlive the session: who comes to one of them looks for the next.
-spec over(atomics:atomics_ref()) -> ok.
over(Shared) ->
    atomics:put(Shared, ?A_CHOICE, ?CHOICE_OVER),
    _ = [persistent_term:erase(Key) || Key <- [?SAMPLING_KEY, ?CREDIT_KEY, ?RATE_KEY, ?CLOCK_KEY]],
    atomics:add(Shared, ?A_WAITING, ?WAITING_CLOSED).

%% From now on a process that makes its buffer sets its own trace flags.
-spec trace_with(elixir_scope_vm:handle(), [atom()]) -> ok.
trace_with(Vm, Flags) ->
    true = ets:insert(?SESSION_TABLE, {trace_with, Vm, Flags}),
    ok.

-spec pids() -> [pid()].
pids() ->
    try ets:select(?BUFFERS, [{{'$1', '_', '_', '_', '_'}, [{is_pid, '$1'}], ['$1']}])
    catch error:badarg -> []
    end.

%% It has said what it is, and its states are in what it reports.
-spec is_told(pid()) -> boolean().
is_told(Pid) ->
    case ets:lookup(?BUFFERS, Pid) of
        [{_, _, _, _, Told}] -> Told;
        [] -> false
    end.

%% -- in the process

%% A chain that begins at T and is left out makes no buffer; when it is not, the same T is looked at again.
-spec new(integer()) -> buffer() | left_out | none.
new(T) ->
    case session() of
        #capture{shared = Shared} = Session ->
            Share = case persistent_term:get(?SAMPLING_KEY, over) of some -> atomics:get(Shared, ?A_CHOICE); _ -> 0 end,
            case Share > 0 andalso not is_in_share(T, Share) of
                true -> atomics:add(Shared, ?A_SAMPLED, 1), left_out;
                false -> made(Session)
            end;
        none ->
            none
    end.

-spec new() -> buffer() | none.
new() ->
    case session() of
        none -> none;
        Session -> made(Session)
    end.

%% A process that begins to run a behaviour's callbacks, of which each call is recorded: nobody has to ask it for
%% its state. While chains are left out, a state handler misses less.
-spec new_server(module()) -> buffer() | none.
new_server(Module) ->
    IsAll = case persistent_term:get(?SAMPLING_KEY, over) of Id -> is_integer(Id) andalso Id > 0 end,
    case IsAll andalso get('$initial_call') =:= {Module, init, 1} andalso session() of
        #capture{} = Session -> made(true, Session);
        _ -> none
    end.

%% A process of Elixir's compiler runs macros, which are not the program that is recorded.
session() ->
    case get(elixir_compiler_info) of
        undefined ->
            try ets:lookup_element(?SESSION_TABLE, capture, 2)
            catch error:badarg -> none
            end;
        _ ->
            none
    end.

made(Session) -> made(false, Session).

made(IsServer, #capture{shared = Shared} = Session) ->
    case atomics:get(Shared, ?A_GATE) of
        ?GATE_OVER ->
            none;
        Gate ->
            Buffer = case ets:lookup(?BUFFERS, self()) of
                [{Pid, _, _, {Next, #cold{session = #capture{shared = Shared}} = Cold}, _}] ->
                    true = ets:update_element(?BUFFERS, Pid, {4, none}),
                    {0, 0, [], Next, Cold};
                _ ->
                    new(self(), Gate, IsServer, Session)
            end,
            put(?CAPTURE_KEY, Buffer),
            Buffer
    end.

new(Pid, Gate, IsServer, Session) ->
    Slot = slot(ets:update_counter(?BUFFERS, next, 1)),
    Generation = ets:update_counter(?BUFFERS, Pid, 1, {Pid, -1, Slot, none, false}),
    First = Generation * ?GENERATION,
    Buffer = {0, 0, [], First + 1, #cold{session = Session, pid = Pid, slot = Slot, first = First}},
    put(?CAPTURE_KEY, Buffer),
    Generation =:= 0 andalso met(Pid, Gate, IsServer, Session),
    Buffer.

%% Those that are made one after another are not beside each other: cores would take the cache line from each other.
slot(N) -> (N * ?APART) rem ?SLOTS + (N div (?SLOTS div ?APART)) rem ?APART + 1.

%% An exception has ended the last frame. The process may be about to die, and its crash report has its
%% dictionary: ours is not to be in there.
-spec lay_aside(pos_integer(), #cold{}) -> ok.
lay_aside(Next, #cold{pid = Pid} = Cold) ->
    try ets:update_element(?BUFFERS, Pid, {4, {Next, Cold}}) of _ -> ok
    catch error:badarg -> ok
    end,
    erase(?CAPTURE_KEY),
    ok.

met(Pid, Gate, IsServer, Session) ->
    case ets:lookup(?SESSION_TABLE, trace_with) of
        [{_, Vm, Flags}] ->
            _ = Gate =:= ?GATE_OPEN andalso Flags =/= [] andalso elixir_scope_vm:trace(Vm, Pid, true, Flags),
            case elixir_scope_process:own_facts(IsServer, Session#capture.handlers) of
                ask -> to_be_asked(Pid, Session);
                Facts -> tell(Pid, Facts, Session) orelse to_be_asked(Pid, Session)
            end;
        [] ->
            ok
    end.

to_be_asked(Pid, #capture{keeper = Keeper, shared = Shared}) ->
    elixir_scope_keeper:tell(Keeper, {met, Pid, erlang:monotonic_time()}, Shared).

%% Ahead of its first events, by the same way and with the same credit.
tell(Pid, Facts, #capture{gatherer = Gatherer, shared = Shared}) ->
    has_credit(?FACTS_WEIGHT, Shared) andalso begin
        true = ets:update_element(?BUFFERS, Pid, {5, true}),
        Gatherer ! {told, Pid, erlang:monotonic_time(), Facts, ?FACTS_WEIGHT},
        true
    end.

%% User code's random numbers are left alone. A buffer may be of a session that is over.
-spec is_chosen(integer() | some | over, integer(), #cold{}) -> boolean() | over.
is_chosen(Sampling, _, #cold{session = #capture{id = Id}}) when ?IS_OPEN(Sampling, Id) -> true;
is_chosen(some, T, #cold{session = #capture{shared = Shared}} = Cold) ->
    case atomics:get(Shared, ?A_CHOICE) of
        ?CHOICE_OVER -> over;
        Choice -> is_in(Choice, T, Cold) orelse begin atomics:add(Shared, ?A_SAMPLED, 1), false end
    end;
is_chosen(_, _, _) -> over.

is_in(Share, T, _) when Share > 0 -> is_in_share(T, Share);
is_in(Rate, T, #cold{session = #capture{slots = Slots}, slot = Slot}) ->
    Second = (T div ?NS_IN_SECOND) band 16#FFFFFFFF,
    Begun = atomics:get(Slots, ?SLOTS + Slot),
    Count = case Begun bsr 24 of Second -> (Begun band 16#FFFFFF) + 1; _ -> 1 end,
    Count < -Rate andalso begin
        atomics:put(Slots, ?SLOTS + Slot, Second bsl 24 bor Count),
        true
    end.

is_in_share(T, Share) -> erlang:phash2(T, ?CHAINS) < Share.

%% Since when something may be kept back; 0: nothing is.
-spec mark(non_neg_integer(), #cold{}) -> ok.
mark(T, #cold{session = #capture{slots = Slots}, slot = Slot}) -> atomics:put(Slots, Slot, T).

-spec used(non_neg_integer(), integer(), #cold{}) -> #cold{}.
used(N, T, #cold{window = Window} = Cold) when T - Window >= ?NS_IN_SECOND ->
    Cold#cold{window = T, used = N};
used(N, _, #cold{used = Used} = Cold) ->
    Cold#cold{used = Used + N}.

%% Answers until when: the second's end, which is noticed when the keeper has put the clock. What is not recorded is
%% not counted either: that is what it costs.
-spec mute(integer(), #cold{}) -> integer().
mute(T, #cold{session = #capture{gatherer = Gatherer}, pid = Pid, window = Window} = Cold) ->
    Until = Window + ?NS_IN_SECOND,
    Gatherer ! {muted, Pid, T, Until},
    mark(?MUTED + Until, Cold),
    Until.

%% It was muted for longer than was told: until somebody saw that the second was over.
-spec unmuted(integer(), #cold{}) -> ok.
unmuted(T, #cold{session = #capture{gatherer = Gatherer}, pid = Pid, window = Window}) ->
    Gatherer ! {muted, Pid, Window + ?NS_IN_SECOND, T},
    ok.

%% `Events`: the newest first. Without credit they are dropped; whoever uses their numbers up, so that the hole is
%% seen, also counts them.
-spec deliver(pid(), non_neg_integer(), non_neg_integer(), non_neg_integer(), integer(), [tuple()], session()) ->
    sent | dropped | over.
deliver(Pid, First, N, Depth, T, Events, #capture{shared = Shared, gatherer = Gatherer, limits = Limits}) ->
    {Flags, Nodes, Cut} = case elixir_scope_bound:nodes_of_events(Events, Limits) of
        -1 -> cut(Events, Limits, 0, 0, []);
        All -> {0, All, Events}
    end,
    Weight = (N + 1) * ?EVENT_WEIGHT + Nodes,
    case has_credit(Weight, Shared) of
        true ->
            Gatherer ! {events, Pid, First, N, Depth, T, Weight, Flags, Cut},
            sent;
        false ->
            case atomics:get(Shared, ?A_GATE) =:= ?GATE_OVER orelse not is_process_alive(Gatherer) of
                true -> over;
                false -> dropped
            end
    end.

%% True: that much is on its way to the tracer from now on.
has_credit(Weight, Shared) ->
    Credit = persistent_term:get(?CREDIT_KEY, 0),
    case atomics:add_get(Shared, ?A_WAITING, Weight) of
        Waiting when Waiting =< Credit ->
            true;
        _ ->
            atomics:sub(Shared, ?A_WAITING, Weight),
            false
    end.

%% So many events are gone for good.
-spec lost(non_neg_integer(), session()) -> ok.
lost(N, #capture{shared = Shared}) -> atomics:add(Shared, ?A_DROPPED, N).

cut([Event | Older], Limits, Flags, Weight, Acc) ->
    [Kind, Site, T, Frame | Values] = tuple_to_list(Event),
    {Flags1, Weight1, Cut} = cut_each(Values, Limits, Flags, Weight, []),
    cut(Older, Limits, Flags1, Weight1, [list_to_tuple([Kind, Site, T, Frame | Cut]) | Acc]);
cut([], _, Flags, Weight, Acc) ->
    {Flags, Weight, lists:reverse(Acc)}.

cut_each([Value | Rest], Limits, Flags, Weight, Acc) ->
    case elixir_scope_bound:nodes(Value, Limits) of
        -1 -> cut_each(Rest, Limits, ?F_TRUNCATED, Weight + element(1, Limits), [elixir_scope_bound:shorten(Value, Limits) | Acc]);
        Nodes -> cut_each(Rest, Limits, Flags, Weight + Nodes, [Value | Acc])
    end;
cut_each([], _, Flags, Weight, Acc) ->
    {Flags, Weight, lists:reverse(Acc)}.

%% -- in the keeper

%% Sends what a process that sits still has in its buffer. The process will send it again: the numbers tell, and what is
%% dropped is not lost yet.
-spec stranded(term(), integer()) -> sent | {dropped, pos_integer()} | over | empty.
stranded({C, _, [_ | _] = Events, _, #cold{session = Session, pid = Pid, first = First}}, At) ->
    N = ?EVENTS(C),
    case deliver(Pid, First, N, ?DEPTH(C), At, Events, Session) of
        dropped -> {dropped, N};
        Other -> Other
    end;
stranded(_, _) ->
    empty.

-spec unmute(pos_integer(), session()) -> ok.
unmute(Slot, #capture{slots = Slots}) -> atomics:put(Slots, Slot, 0).

-spec kept_since(pos_integer(), session()) -> non_neg_integer().
kept_since(Slot, #capture{slots = Slots}) -> atomics:get(Slots, Slot).
