%% Receives what the VM traces, what the state handlers report and what the gatherer has of instrumented code,
%% and makes records of it. It does nothing that can wait: no call, no look at another process, no socket.
%% Its mailbox is the one place where the target's memory can grow because of us without a credit, so it
%% looks at its own length all the time and closes the trace itself when a budget is crossed.
-module(elixir_scope_tracer).

-export([start/1, run/1]).

-include("elixir_scope.hrl").

-define(BATCH_BYTES, 61440).
-define(FLUSH_MS, 4).
-define(REST_MS, 1).
-define(CHECK_EVERY, 32).
-define(QUEUE_MAX, 20000).
-define(STARVED_MS, 100).          % without credit for so long: the collector is stalled
-define(GARBAGE_BYTES, 524288).    % of binaries that only wait for a collection
-define(BIG_WORDS, 8192).          % a function that carries more is demoted at once
-define(SUSPECT_WORDS, 1024).      % ... and one that carries more than this, when memory ran short
-define(BIG_BINARY_WORDS, 8192).
-define(FLOW_WORDS, 4194304).      % 32 MB
-define(WEIGH_EVERY_NS, 5000000).
-define(PID_SLOTS, 65536).
-define(HEAP_WORDS, 4194304).
-define(ANCHOR_NS, 10000000).

-record(s, {
    janitor :: pid(),
    pacer :: pid(),
    keeper :: pid() | undefined,
    writer :: pid() | undefined,
    vm :: elixir_scope_vm:handle() | undefined,
    shared :: atomics:atomics_ref(),
    arguments :: boolean(),
    in_flight_max :: pos_integer(),
    memory_max :: pos_integer(),
    rate_max :: pos_integer(),
    pid_rate_max :: pos_integer(),
    pid_rates :: atomics:atomics_ref(),      % per pid index: second and events in it
    second = 0 :: integer(),
    second_events = 0 :: non_neg_integer(),
    collector :: node(),
    ignored = #{} :: #{pid() => true},
    %% over their budget: since when what is missing of them was not told yet, and how much of it was seen
    muted = #{} :: #{pid() => {Since :: integer(), non_neg_integer()}},
    no_return = #{} :: #{mfa() => true},
    sampler :: elixir_scope_sampler:sampler(),
    sequence = 0 :: non_neg_integer(),
    unchecked = 0 :: non_neg_integer(),
    last_len = 0 :: non_neg_integer(),
    handled = 0 :: non_neg_integer(),        % events since the last look at the binaries
    learning = none :: none | #{mfa() => {pos_integer(), [pid()]}},
    cut = false :: boolean(),                % something was cut since the last check
    suspects = #{} :: #{mfa() | messages => {Words :: non_neg_integer(), WeighedAt :: integer()}},
    flow = #{} :: #{mfa() | messages => {Second :: integer(), Words :: pos_integer()}},
    mode = off :: off | on | {paused, From :: integer(), Why :: atom()},    % Why: `asked`, or what tripped it
    lost = 0 :: non_neg_integer(),           % in this pause or starvation
    starving = none :: none | integer(),
    anchor :: {Perf :: integer(), Monotonic :: integer()}    % the clock of captured events drifts
}).

-spec start(map()) -> pid().
start(Config) ->
    spawn_opt(?MODULE, run, [Config], [
        link,
        {priority, high},
        {message_queue_data, off_heap},
        {fullsweep_after, 5},
        {max_heap_size, #{size => ?HEAP_WORDS, kill => true, error_logger => false}}
    ]).

-spec run(map()) -> no_return().
run(#{janitor := Janitor, pacer := Pacer, shared := Shared, start := Start, limits := Limits, budgets := Budgets} = Config) ->
    _ = erlang:monitor(process, Janitor),
    loop(#s{
        janitor = Janitor,
        pacer = Pacer,
        shared = Shared,
        collector = maps:get(collector, Config),
        arguments = maps:get(arguments, Config),
        in_flight_max = maps:get(in_flight_bytes, Budgets),
        memory_max = memory_max(Budgets),
        rate_max = maps:get(events_per_second, Budgets),
        pid_rate_max = maps:get(events_per_second_per_process, Budgets),
        pid_rates = atomics:new(?PID_SLOTS, [{signed, false}]),
        sampler = elixir_scope_sampler:new(maps:get(sampling, Config)),
        anchor = anchor()
    }, elixir_scope_encoder:new(Start, elixir_scope_bound:limits(Limits))).

memory_max(#{target_memory_bytes := Bytes}) -> Bytes div 6.

loop(#s{unchecked = N} = S, E) when N >= ?CHECK_EVERY -> check(S#s{unchecked = 0}, E);
loop(S, E) ->
    receive
        Msg -> heard(Msg, S, E)
    after 0 ->
        idle(S, E)
    end.

idle(#s{pacer = Pacer} = S, E) ->
    elixir_scope_pacer:rest(Pacer, ?REST_MS),
    Wait = case elixir_scope_encoder:size(E) of 0 -> infinity; _ -> ?FLUSH_MS end,
    receive
        Msg -> heard(Msg, S, E)
    after Wait ->
        flush(S, E)
    end.

heard(Msg, S, E) when element(1, Msg) =:= trace_ts -> traced(Msg, S, E);
heard(Msg, S, E) -> other(Msg, S, E).

traced(Msg, #s{ignored = Ignored} = S, E) when is_map_key(element(2, Msg), Ignored) -> loop(ignored(Msg, S), E);
traced({trace_ts, Pid, call, Mfa, _}, #s{learning = Learnt} = S, E) when is_map(Learnt) ->
    loop(S#s{learning = learn(Mfa, Pid, Learnt)}, E);
traced(Msg, #s{mode = on, starving = none, unchecked = N, handled = H} = S, E) ->
    {S1, E1} = event(Msg, S#s{unchecked = N + 1, handled = H + 1}, E),
    case elixir_scope_encoder:size(E1) of
        Size when Size >= ?BATCH_BYTES -> flush(S1, E1);
        _ -> loop(S1, E1)
    end;
traced(_, #s{lost = N, unchecked = C} = S, E) ->
    loop(S#s{lost = N + 1, unchecked = C + 1}, E).

%% -- events of the VM

event({trace_ts, Pid, call, Mfa, {?CUT, Sketch}, Ts}, S, E) ->
    call(Pid, Mfa, ?F_NO_RETURN, {sketch, Sketch}, Ts, S, E);
event({trace_ts, Pid, call, {M, F, Args}, Ts}, S, E) when is_list(Args) ->
    called(Pid, M, F, Args, Ts, S, E);
event({trace_ts, Pid, call, {M, F, Args}, _, Ts}, S, E) when is_list(Args) ->
    called(Pid, M, F, Args, Ts, S, E);
event({trace_ts, Pid, call, Mfa, _, Ts}, S, E) ->
    event({trace_ts, Pid, call, Mfa, Ts}, S, E);
event({trace_ts, Pid, call, Mfa, Ts}, #s{arguments = true} = S, E) ->
    call(Pid, Mfa, ?F_ARITY_ONLY bor ?F_NO_RETURN bor ?F_TRUNCATED, none, Ts, S, E);
event({trace_ts, Pid, call, Mfa, Ts}, S, E) ->
    call(Pid, Mfa, ?F_ARITY_ONLY bor no_return(Mfa, S), none, Ts, S, E);
event({trace_ts, Pid, return_from, Mfa, Value, Ts}, S, E) ->
    return(?RETURN, Pid, Mfa, Value, Ts, S, E);
event({trace_ts, Pid, exception_from, Mfa, Exception, Ts}, S, E) ->
    return(?EXCEPTION, Pid, Mfa, Exception, Ts, S, E);
event({trace_ts, Pid, send, Msg, To, Ts}, S, E) ->
    simple(?SEND, 0, Pid, To, {term, Msg}, Ts, S, E);
event({trace_ts, Pid, send_to_non_existing_process, Msg, To, Ts}, S, E) ->
    simple(?SEND, ?F_NO_PROCESS, Pid, To, {term, Msg}, Ts, S, E);
event({trace_ts, Pid, 'receive', Msg, {_Node, Sender}, Ts}, S, E) ->
    simple(?RECEIVE, 0, Pid, Sender, {term, Msg}, Ts, S, E);
event({trace_ts, Pid, spawn, Child, Mfa, Ts}, S, E) ->
    simple(?SPAWN, 0, Pid, Child, {term, Mfa}, Ts, S, E);
event({trace_ts, Pid, spawned, Parent, {M, F, Args}, Ts}, #s{collector = Collector} = S, E) ->
    case node(Parent) of
        Collector when Collector =/= node() -> {ignore(Pid, S), E};
        _ -> to_keeper({born, Pid, Parent, {M, F, length(Args)}, Ts}, S), {S, E}
    end;
event({trace_ts, Pid, exit, Reason, Ts}, S, E) ->
    simple(?EXIT, 0, Pid, undefined, {term, Reason}, Ts, S, E);
event({trace_ts, Pid, register, Name, Ts}, S, E) ->
    simple(?REGISTER, 0, Pid, undefined, {term, Name}, Ts, S, E);
event({trace_ts, Pid, unregister, Name, Ts}, S, E) ->
    simple(?UNREGISTER, 0, Pid, undefined, {term, Name}, Ts, S, E);
event({trace_ts, Pid, Link, Other, Ts}, S, E) ->
    case Link of
        link -> simple(?LINK, 0, Pid, Other, none, Ts, S, E);
        unlink -> simple(?UNLINK, 0, Pid, Other, none, Ts, S, E);
        getting_linked -> simple(?GETTING_LINKED, 0, Pid, Other, none, Ts, S, E);
        getting_unlinked -> simple(?GETTING_UNLINKED, 0, Pid, Other, none, Ts, S, E);
        _ -> {S, E}
    end;
event(_, S, E) ->
    {S, E}.

called(Pid, M, F, Args, Ts, S, E) ->
    Mfa = {M, F, length(Args)},
    call(Pid, Mfa, no_return(Mfa, S), {args, Args}, Ts, S, E).

call(Pid, Mfa, Flags, Carried, Ts, #s{sampler = Sampler, second = Second} = S, E) ->
    case elixir_scope_sampler:enter(Pid, Flags band ?F_NO_RETURN =:= 0, Second, Sampler) of
        {true, Sampler1} ->
            {Ref, E1} = elixir_scope_encoder:define_mfa(Mfa, E),
            record(?CALL, Flags, Pid, Mfa, Ref, Carried, Ts, S#s{sampler = Sampler1}, E1);
        {false, Sampler1} ->
            {S#s{sampler = Sampler1}, E}
    end.

return(Kind, Pid, Mfa, Value, Ts, #s{sampler = Sampler} = S, E) ->
    case elixir_scope_sampler:leave(Pid, Sampler) of
        {true, Sampler1} ->
            {Ref, E1} = elixir_scope_encoder:define_mfa(Mfa, E),
            record(Kind, 0, Pid, Mfa, Ref, {term, Value}, Ts, S#s{sampler = Sampler1}, E1);
        {false, Sampler1} ->
            {S#s{sampler = Sampler1}, E}
    end.

simple(Kind, Flags, Pid, Other, Carried, Ts, S, E) ->
    {Ref, E1} = elixir_scope_encoder:define_pid(Other, E),
    record(Kind, Flags, Pid, none, Ref, Carried, Ts, S, E1).

record(Kind, Flags, Pid, Source, Ref, Carried, Ts, S, E) ->
    {PidIx, E1} = elixir_scope_encoder:define_pid(Pid, E),
    T = elixir_scope_encoder:t(Ts, E1),
    case count(PidIx, Pid, T, S) of
        {kept, #s{muted = Muted} = S1} when is_map_key(Pid, Muted) ->
            %% what is missing is told before what follows on it
            {S2, E2} = heard_again(Pid, T, S1, E1),
            kept(Kind, Flags, PidIx, Source, Ref, Carried, T, Ts, S2, E2);
        {kept, S1} ->
            kept(Kind, Flags, PidIx, Source, Ref, Carried, T, Ts, S1, E1);
        {muted, S1} ->
            {S1, E1}
    end.

kept(Kind, Flags, PidIx, Source, Ref, Carried, T, Ts, S, E) ->
    atomics:add(S#s.shared, ?A_EVENTS, 1),
    {Cut, Payload} = carried(Carried, E),
    {weigh(Cut, Source, Carried, Ts, S), elixir_scope_encoder:add(Kind, Flags bor Cut, T, PidIx, Ref, Payload, E)}.

heard_again(Pid, T, #s{muted = Muted, shared = Shared} = S, E) ->
    {{Since, N}, Rest} = maps:take(Pid, Muted),
    atomics:add(Shared, ?A_DROPPED, N),
    {S#s{muted = Rest}, own(?GAP, Pid, ?GAP_RATE_LIMITED, #{t_from => Since, count => N, for_ns => T - Since}, E)}.

carried(none, _) -> {0, <<>>};
carried({sketch, Args}, E) ->
    {_, Payload} = elixir_scope_encoder:payload(Args, E),
    {?F_TRUNCATED, Payload};
carried({_, Term}, E) -> elixir_scope_encoder:payload(Term, E).

no_return(Mfa, #s{no_return = NoReturn}) ->
    case NoReturn of #{Mfa := _} -> ?F_NO_RETURN; _ -> 0 end.

%% What a new process is, and its state, is for somebody who may wait.
to_keeper(Msg, #s{keeper = Keeper, shared = Shared}) -> elixir_scope_keeper:tell(Keeper, Msg, Shared).

%% The probe itself, and the processes that the collector's calls run in.
ignore(Pid, #s{ignored = Ignored} = S) -> S#s{ignored = Ignored#{Pid => true}}.

ignored({trace_ts, Pid, exit, _, _}, #s{ignored = Ignored} = S) -> S#s{ignored = maps:remove(Pid, Ignored)};
ignored(_, S) -> S.

%% A function whose calls carry a lot is demoted before it does harm. To weigh a term costs as much
%% as the term is big, so it is done for what was cut, and seldom.
weigh(0, _, _, _, S) -> S;
weigh(_, Source, {Kind, Term}, Ts, #s{suspects = Suspects, janitor = Janitor} = S) when Kind =/= sketch ->
    Key = case Source of none -> messages; _ -> Source end,
    Binaries = binary_words(Term),
    S1 = flow(Binaries, Key, S),
    case Suspects of
        #{Key := {_, At}} when Ts - At < ?WEIGH_EVERY_NS ->
            was_cut(S1);
        _ ->
            Words = erts_debug:flat_size(Term),
            Words > ?BIG_WORDS andalso Key =/= messages andalso (Janitor ! {demote, [Key]}),
            was_cut(S1#s{suspects = Suspects#{Key => {Words + Binaries, Ts}}})
    end;
weigh(_, _, _, _, S) -> was_cut(S).

%% Big binaries are not copied, but kept alive: not too many of them in a second.
flow(Words, Key, #s{flow = Flow, second = Second, janitor = Janitor} = S) when Words > ?BIG_BINARY_WORDS ->
    Sum = case Flow of #{Key := {Second, N}} -> N + Words; _ -> Words end,
    Sum > ?FLOW_WORDS andalso (Janitor ! {demote, [Key]}),
    S#s{flow = Flow#{Key => {Second, Sum}}};
flow(_, _, S) -> S.

%% Of those in the first level: enough to suspect.
binary_words(Binary) when is_binary(Binary) -> byte_size(Binary) div 8;
binary_words([H | T]) when is_binary(H), is_list(T) -> byte_size(H) div 8 + binary_words(T);
binary_words([_ | T]) when is_list(T) -> binary_words(T);
binary_words(Tuple) when is_tuple(Tuple), tuple_size(Tuple) < 16 -> binary_words(tuple_to_list(Tuple));
binary_words(_) -> 0.

%% How often a function is called and by whom, before its arguments are asked for.
learn(Mfa, Pid, Learnt) ->
    case Learnt of
        #{Mfa := {N, Pids}} when length(Pids) < 4 -> Learnt#{Mfa := {N + 1, lists:umerge([Pid], Pids)}};
        #{Mfa := {N, Pids}} -> Learnt#{Mfa := {N + 1, Pids}};
        _ -> Learnt#{Mfa => {1, [Pid]}}
    end.

%% What is cut is big, so the next look at the mailbox comes sooner.
was_cut(#s{unchecked = N} = S) -> S#s{cut = true, unchecked = N + 7}.

%% -- everything else

other({state, Kind, Pid, Ts, Phase, Flags, Term}, #s{shared = Shared} = S, E) ->
    atomics:sub(Shared, ?A_STATES, 1),
    case S of
        #s{mode = on, starving = none} ->
            {Ix, E1} = elixir_scope_encoder:define_pid(Pid, E),
            T = elixir_scope_encoder:t(Ts, E1),
            {_, S1} = count(Ix, Pid, T, S),
            next(S1, elixir_scope_encoder:add(Kind, Flags, T, Ix, Phase, term_to_binary(Term), E1));
        #s{lost = N} ->
            loop(S#s{lost = N + 1}, E)
    end;
other({events, Pid, N, At, Weight, Flags, Bytes}, #s{shared = Shared} = S, E) ->
    atomics:sub(Shared, ?A_WAITING, Weight),
    case S of
        #s{mode = on, starving = none, unchecked = C, handled = H} ->
            {S1, E1} = captured(Pid, N, At, Flags, Bytes, S#s{unchecked = C + 1, handled = H + N}, E),
            next(S1, E1);
        #s{lost = Lost} ->
            loop(S#s{lost = Lost + N}, E)
    end;
other({muted, Pid, From, Until}, S, E) ->
    {T, S1} = t(From, S, E),
    next(S1, own(?GAP, Pid, ?GAP_RATE_LIMITED, #{t_from => T, count => 0, what => events, for_ns => Until - From}, E));
other({lost_buffer, Pid, Since}, S, E) ->
    {From, S1} = t(Since, S, E),
    next(S1, own(?GAP, Pid, ?GAP_DROPPED, #{t_from => From, count => 0, at_most => 64, what => events, why => killed}, E));
other({facts, Pid, Parent, Ts, Facts}, S, E) ->
    {Ix, E1} = elixir_scope_encoder:define_pid(Pid, E),
    {ParentIx, E2} = elixir_scope_encoder:define_pid(Parent, E1),
    next(S, elixir_scope_encoder:add(?PROCESS, 0, elixir_scope_encoder:t(Ts, E2), Ix, ParentIx, term_to_binary(Facts), E2));
other({told, Pid, Ts, Facts, Weight}, #s{shared = Shared} = S, E) ->
    atomics:sub(Shared, ?A_WAITING, Weight),
    to_keeper({told, Pid, Ts, is_map_key(application, Facts)}, S),
    other({facts, Pid, undefined, Ts, Facts}, S, E);
other({measured, Pid, Ts, Numbers}, S, E) -> next(S, own(?METRIC, Pid, Ts, 0, Numbers, E));
other({record, Kind, Ref, Term}, S, E) -> next(S, own(Kind, undefined, Ref, Term, E));
other({gap, Pid, Reason, From, Facts}, S, E) ->
    other({gap, Pid, Reason, From, erlang:monotonic_time(), Facts}, S, E);
other({gap, Pid, Reason, From, To, Facts}, S, E) ->
    next(S, own(?GAP, Pid, To, Reason, Facts#{t_from => elixir_scope_encoder:t(From, E)}, E));
other({begin_session, Vm, Writer, Keeper, Ours}, S, E) ->
    S1 = lists:foldl(fun ignore/2, S, Ours),
    loop(S1#s{vm = Vm, writer = Writer, keeper = Keeper}, E);
other(begin_recording, S, E) -> loop(S#s{mode = on}, E);
other({learn, How}, S, E) -> loop(S#s{learning = How}, E);
other({learnt, From, Ref}, S, E) ->
    From ! {Ref, case S#s.learning of none -> #{}; Learnt -> Learnt end},
    loop(S#s{learning = none}, E);
other({no_return, NoReturn}, S, E) -> loop(S#s{no_return = NoReturn}, E);
other({sampling, Sampling}, S, E) -> loop(S#s{sampler = elixir_scope_sampler:new(Sampling)}, E);
other({budgets, Budgets}, S, E) ->
    loop(S#s{in_flight_max = maps:get(in_flight_bytes, Budgets),
             memory_max = memory_max(Budgets),
             rate_max = maps:get(events_per_second, Budgets),
             pid_rate_max = maps:get(events_per_second_per_process, Budgets)}, E);
other({trip, Why}, #s{mode = on} = S, E) -> trip(Why, S, E);
other({pause, From, Ref}, S, E) ->
    {S1, E1} = pause(S, E),
    From ! {Ref, ok},
    next(S1, E1);
other(resume, S, E) -> resume(S, E);
other(second, S, E) -> second(S, E);
other({finish, From, Ref}, S, E) ->
    {S1, E1} = report_loss(S, E),
    {_, S2} = hand_over(S1, E1),
    From ! {Ref, S2#s.sequence},
    exit(normal);
other({'DOWN', _, process, Janitor, _}, #s{janitor = Janitor, shared = Shared}, _) ->
    atomics:put(Shared, ?A_GATE, ?GATE_OVER),
    exit(normal);
other(_, S, E) ->
    loop(S, E).

next(S, E) ->
    case elixir_scope_encoder:size(E) of
        Size when Size >= ?BATCH_BYTES -> flush(S, E);
        _ -> loop(S, E)
    end.

%% What a process's instrumented code reported, in one record.
captured(Pid, N, At, Flags, Bytes, S, E) ->   % the budget of one process is kept by itself
    {T, S1} = t(At, S, E),
    {PidIx, E1} = elixir_scope_encoder:define_pid(Pid, E),
    atomics:add(S1#s.shared, ?A_EVENTS, N),
    {in_second(T, N, S1), elixir_scope_encoder:add(?EVENTS_RECORD, Flags, T, PidIx, 0, Bytes, E1)}.

%% The session's time of a performance counter: the two clocks drift apart.
t(At, #s{anchor = {Perf, _}} = S, E) when At > Perf + ?ANCHOR_NS -> t(min(At, os:perf_counter()), S#s{anchor = anchor()}, E);
t(At, #s{anchor = {Perf, Monotonic}} = S, E) -> {elixir_scope_encoder:t(Monotonic + At - Perf, E), S}.

anchor() -> {os:perf_counter(), erlang:monotonic_time()}.

own(Kind, Pid, Ref, Term, E) -> own(Kind, Pid, erlang:monotonic_time(), Ref, Term, E).

own(Kind, Pid, Ts, Ref, Term, E) ->
    {Ix, E1} = elixir_scope_encoder:define_pid(Pid, E),
    elixir_scope_encoder:add(Kind, 0, elixir_scope_encoder:t(Ts, E1), Ix, Ref, term_to_binary(Term), E1).

%% Once a second, from the janitor: what was left out on purpose in the last one.
second(#s{mode = {paused, _, asked}} = S, E) ->
    %% told as it goes on, so that nobody takes silence for rest
    {S1, E1} = pause(S, E),
    left_out(S1, E1);
second(S, E) ->
    left_out(S, E).

left_out(#s{sampler = Sampler, muted = Muted, shared = Shared} = S, E) ->
    Ago = erlang:monotonic_time() - erlang:convert_time_unit(1, second, native),
    From = elixir_scope_encoder:t(Ago, E),
    {N, Sampler1} = elixir_scope_sampler:dropped(Sampler),
    E1 = case N of
        0 -> E;
        _ -> own(?GAP, undefined, ?GAP_SAMPLED, #{t_from => From, count => N}, E)
    end,
    Now = elixir_scope_encoder:t(erlang:monotonic_time(), E1),
    E2 = maps:fold(fun
        (_, {_, 0}, Acc) -> Acc;
        (Pid, {Since, Count}, Acc) -> own(?GAP, Pid, ?GAP_RATE_LIMITED, #{t_from => Since, count => Count}, Acc)
    end, E1, Muted),
    atomics:add(Shared, ?A_DROPPED, lists:sum([Count || {_, Count} <- maps:values(Muted)])),
    %% they stay muted for a while: what they do then is seen by nobody
    Muted1 = maps:from_list([{Pid, {case Count of 0 -> Since; _ -> Now end, 0}}
                             || {Pid, {Since, Count}} <- maps:to_list(Muted), is_process_alive(Pid)]),
    E3 = case atomics:exchange(Shared, ?A_SAMPLED, 0) of
        0 -> E2;
        Chains -> own(?GAP, undefined, ?GAP_SAMPLED, #{t_from => From, count => Chains, what => chains}, E2)
    end,
    next(S#s{sampler = Sampler1, muted = Muted1}, E3).

%% -- budgets

in_second(T, Events, #s{second = Second, second_events = N} = S) ->
    case T div 1000000000 of
        Second -> S#s{second_events = N + Events};
        Now -> S#s{second = Now, second_events = Events}
    end.

count(PidIx, Pid, T, #s{pid_rates = Rates, pid_rate_max = Max} = S) ->
    S1 = #s{second = Now} = in_second(T, 1, S),
    Slot = PidIx rem ?PID_SLOTS + 1,
    Value = atomics:get(Rates, Slot),
    case Value bsr 32 of
        Now when Value band 16#FFFFFFFF >= Max -> mute(Pid, T, S1);
        Now -> atomics:put(Rates, Slot, Value + 1), {kept, S1};
        _ -> atomics:put(Rates, Slot, Now bsl 32 bor 1), {kept, S1}
    end.

mute(Pid, T, #s{muted = Muted, keeper = Keeper} = S) ->
    case Muted of
        #{Pid := {Since, N}} -> {muted, S#s{muted = Muted#{Pid := {Since, N + 1}}}};
        _ -> Keeper ! {mute, Pid}, {muted, S#s{muted = Muted#{Pid => {T, 1}}}}
    end.

check(#s{starving = Since} = S, E) when is_integer(Since) -> flush(S, E);
check(#s{mode = on, second_events = N, rate_max = Max} = S, E) when N > Max -> trip(rate_limited, S, E);
check(#s{mode = on, last_len = Last} = S, E) ->
    {_, Len} = process_info(self(), message_queue_len),
    if
        Len > ?QUEUE_MAX -> trip(queue, S, E);
        Len > Last + 64 -> check_memory(Len, S#s{last_len = Len}, E);
        Len + 64 < Last -> binaries(S#s{last_len = Len}, Len, E);
        true -> binaries(S, Len, E)
    end;
check(S, E) ->
    loop(S, E).

%% The mailbox counts as the process's memory; to ask costs a walk along it. Before a collection the heap may be
%% three times what it holds: it stays so while nothing comes in, and each resume would trip again.
check_memory(Len, #s{memory_max = Max} = S, E) ->
    Takes = fun() -> {_, Bytes} = process_info(self(), memory), Bytes end,
    case Takes() > Max andalso erlang:garbage_collect() andalso Takes() > Max of
        true -> trip(memory, S, E);
        false -> binaries(S, Len, E)
    end.

%% Shared binaries are in no heap's size. What waits for a collection is collected; what the
%% messages in the mailbox hold is estimated from those just handled.
binaries(#s{cut = false} = S, _, E) ->
    loop(S#s{handled = 0}, E);
binaries(#s{memory_max = Max, handled = Handled} = S, Len, E) ->
    {_, Binaries} = process_info(self(), binary),
    Held = lists:sum([Size || {_, Size, _} <- Binaries]),
    Held > ?GARBAGE_BYTES andalso erlang:garbage_collect(),
    case Held div max(1, Handled) * Len > Max of
        true -> trip(memory, S#s{cut = false, handled = 0}, E);
        false -> loop(S#s{cut = false, handled = 0}, E)
    end.

%% The gate first: it works at once. The flags then save the target the cost of being asked.
trip(Why, #s{janitor = Janitor, suspects = Suspects} = S, E) ->
    Before = erlang:monotonic_time(),
    close(S),
    Took = erlang:monotonic_time() - Before,
    Heavy = [Key || {Key, {Words, _}} <- maps:to_list(Suspects), Words > ?SUSPECT_WORDS],
    Janitor ! {tripped, Why, erlang:convert_time_unit(Took, native, microsecond), Heavy},
    From = case S#s.starving of none -> Before; Since -> Since end,
    loop(paused(From, Why, S), E).

close(#s{vm = Vm, shared = Shared}) ->
    elixir_scope_vm:gate(closed),
    atomics:put(Shared, ?A_GATE, ?GATE_PAUSED),
    atomics:add(Shared, ?A_WAITING, ?WAITING_CLOSED),
    elixir_scope_vm:flags_off(Vm).

paused(From, Why, S) ->
    S#s{mode = {paused, From, Why}, suspects = #{}, flow = #{}, last_len = 0, starving = none}.

%% Somebody asked for it. What was missing before is told for what it was.
pause(#s{mode = Mode} = S, E) ->
    Now = erlang:monotonic_time(),
    {S1, E1} = report_loss(S, E),
    Mode =:= on andalso close(S1),
    {paused(Now, asked, S1), E1}.

resume(#s{mode = {paused, _, _}, sampler = Sampler, shared = Shared} = S, E) ->
    atomics:sub(Shared, ?A_WAITING, ?WAITING_CLOSED),
    {S1, E1} = report_loss(S, E),
    next(S1#s{mode = on, second_events = 0, sampler = elixir_scope_sampler:forget(Sampler)}, E1);
resume(S, E) ->
    loop(S, E).

report_loss(#s{mode = {paused, From, asked}} = S, E) ->
    Gap = #{t_from => elixir_scope_encoder:t(From, E)},    % nobody counts
    {S#s{lost = 0}, own(?GAP, undefined, ?GAP_PAUSED, Gap, E)};
report_loss(#s{mode = {paused, From, Why}, lost = N, shared = Shared} = S, E) ->
    atomics:add(Shared, ?A_DROPPED, N),
    Reason = case Why of rate_limited -> ?GAP_RATE_LIMITED; _ -> ?GAP_DROPPED end,
    Gap = #{t_from => elixir_scope_encoder:t(From, E), count => N, why => Why},
    {S#s{lost = 0}, own(?GAP, undefined, Reason, Gap, E)};
report_loss(#s{starving = Since, lost = N, shared = Shared} = S, E) when N > 0, is_integer(Since) ->
    atomics:add(Shared, ?A_DROPPED, N),
    Gap = #{t_from => elixir_scope_encoder:t(Since, E), count => N, why => stalled},
    {S#s{lost = 0}, own(?GAP, undefined, ?GAP_DROPPED, Gap, E)};
report_loss(S, E) ->
    {S, E}.

%% -- to the writer

%% Without credit the batch stays, with the numbers that it defines, and new events are only counted.
flush(#s{writer = undefined} = S, E) ->
    loop(S, E);
flush(#s{shared = Shared, in_flight_max = Max, starving = Starving} = S, E) ->
    case atomics:get(Shared, ?A_IN_FLIGHT) of
        N when N =< Max, Starving =:= none ->
            {E1, S1} = hand_over(S, E),
            loop(S1, E1);
        N when N =< Max div 2 ->
            {S1, E1} = report_loss(S, E),
            {E2, S2} = hand_over(S1#s{starving = none}, E1),
            loop(S2, E2);
        _ when Starving =:= none ->
            loop(S#s{starving = erlang:monotonic_time()}, E);
        _ ->
            starving(S, E)
    end.

starving(#s{starving = Since, mode = on} = S, E) ->
    Waited = erlang:convert_time_unit(erlang:monotonic_time() - Since, native, millisecond),
    if
        Waited > ?STARVED_MS -> trip(stalled, S, E);
        true -> loop(S, E)
    end;
starving(S, E) ->
    loop(S, E).

hand_over(#s{writer = Writer, shared = Shared, sequence = Sequence} = S, E) ->
    case elixir_scope_encoder:take(E) of
        {<<>>, E1} ->
            {E1, S};
        {Bytes, E1} ->
            Batch = <<Sequence:32, Bytes/binary>>,
            atomics:add(Shared, ?A_IN_FLIGHT, byte_size(Batch)),
            elixir_scope_writer:hand_over(Writer, Batch),
            {E1, S#s{sequence = Sequence + 1}}
    end.
