%% Receives what the VM traces and what the state handlers report, and makes records of it.
%% It does nothing that can wait: no call, no look at another process, no socket. Its mailbox is the
%% one place where the target's memory can grow because of us, so it looks at its own length all
%% the time and switches tracing off itself when a budget is crossed.
-module(elixir_scope_tracer).

-export([start/1, run/1]).

-include("elixir_scope.hrl").

-define(BATCH_BYTES, 61440).
-define(FLUSH_MS, 4).
-define(CHECK_EVERY, 32).
-define(PIDS_MAX, 50000).
-define(RATE_SLOTS, 65536).
-define(SECOND, 1000000000).

-record(s, {
    janitor :: pid(),
    keeper :: pid() | undefined,
    writer :: pid() | undefined,
    vm :: elixir_scope_vm:handle() | undefined,
    shared :: atomics:atomics_ref(),
    start :: integer(),                      % native monotonic time of t = 0
    limits :: elixir_scope_bound:limits(),
    in_flight_max :: pos_integer(),
    queue_max :: pos_integer(),
    memory_max :: pos_integer(),
    rate_max :: pos_integer(),
    pid_rate_max :: pos_integer(),
    pid_rates :: counters:counters_ref(),
    second = 0 :: non_neg_integer(),
    second_events = 0 :: non_neg_integer(),
    no_return = #{} :: #{mfa() => true},
    sampler = always :: term(),
    pids = #{} :: map(),
    next_pid = 1 :: pos_integer(),
    mfas = #{} :: map(),
    next_mfa = 1 :: pos_integer(),
    sequence = 0 :: non_neg_integer(),
    since_check = 0 :: non_neg_integer(),
    mode = off :: on | off | {paused, From :: integer(), Why :: atom()},
    dropped = 0 :: non_neg_integer(),        % in the present pause
    lost = 0 :: non_neg_integer(),           % for want of credit, not yet reported
    lost_from = 0 :: non_neg_integer()
}).

-spec start(map()) -> pid().
start(Config) ->
    spawn_opt(?MODULE, run, [Config], [
        link,
        {priority, high},
        {message_queue_data, off_heap},
        {fullsweep_after, 5},
        {max_heap_size, #{size => 4 * 1024 * 1024, kill => true, error_logger => false}}
    ]).

-spec run(map()) -> no_return().
run(#{janitor := Janitor, shared := Shared, start := Start, limits := Limits, budgets := Budgets} = Config) ->
    loop(#s{
        janitor = Janitor,
        shared = Shared,
        start = Start,
        limits = elixir_scope_bound:limits(Limits),
        in_flight_max = maps:get(in_flight_bytes, Budgets),
        queue_max = 20000,
        memory_max = maps:get(target_memory_bytes, Budgets),
        rate_max = maps:get(events_per_second, Budgets),
        pid_rate_max = maps:get(events_per_second_per_process, Budgets),
        pid_rates = counters:new(?RATE_SLOTS, []),
        sampler = maps:get(sampling, Config)
    }, <<>>).

loop(S, Acc) when byte_size(Acc) >= ?BATCH_BYTES -> flush(S, Acc);
loop(#s{since_check = N} = S, Acc) when N >= ?CHECK_EVERY -> loop(check(S#s{since_check = 0}), Acc);
loop(S, Acc) ->
    receive
        Msg when element(1, Msg) =:= trace_ts -> traced(Msg, S, Acc);
        Msg -> other(Msg, S, Acc)
    after wait(Acc) ->
        flush(S, Acc)
    end.

wait(<<>>) -> infinity;
wait(_) -> ?FLUSH_MS.

traced(Msg, #s{mode = on, since_check = N} = S, Acc) ->
    {S1, Acc1} = event(Msg, S#s{since_check = N + 1}, Acc),
    loop(S1, Acc1);
traced(_, #s{dropped = N, since_check = C} = S, Acc) ->
    loop(S#s{dropped = N + 1, since_check = C}, Acc).

%% -- events of the VM

event({trace_ts, Pid, call, {M, F, Args}, Ts}, S, Acc) when is_list(Args) ->
    Mfa = {M, F, length(Args)},
    {Kept, Flags, Payload} = payload(Args, S),
    call(Kept, Pid, Mfa, Flags, Payload, Ts, S, Acc);
event({trace_ts, Pid, call, {_, _, Arity} = Mfa, Ts}, S, Acc) when is_integer(Arity) ->
    call(true, Pid, Mfa, ?F_ARITY_ONLY, <<>>, Ts, S, Acc);
event({trace_ts, Pid, return_from, Mfa, Value, Ts}, S, Acc) ->
    with_mfa(?RETURN, Pid, Mfa, Value, Ts, S, Acc);
event({trace_ts, Pid, exception_from, Mfa, {Class, Reason}, Ts}, S, Acc) ->
    with_mfa(?EXCEPTION, Pid, Mfa, {Class, Reason}, Ts, S, Acc);
event({trace_ts, Pid, send, Msg, To, Ts}, S, Acc) ->
    with_pid(?SEND, 0, Pid, To, Msg, Ts, S, Acc);
event({trace_ts, Pid, send_to_non_existing_process, Msg, To, Ts}, S, Acc) ->
    with_pid(?SEND, ?F_NO_PROCESS, Pid, To, Msg, Ts, S, Acc);
event({trace_ts, Pid, 'receive', Msg, {_Node, Sender}, Ts}, S, Acc) ->
    with_pid(?RECEIVE, 0, Pid, Sender, Msg, Ts, S, Acc);
event({trace_ts, Pid, 'receive', Msg, Ts}, S, Acc) ->
    with_pid(?RECEIVE, 0, Pid, undefined, Msg, Ts, S, Acc);
event({trace_ts, Pid, spawn, Child, Mfa, Ts}, S, Acc) ->
    with_pid(?SPAWN, 0, Pid, Child, Mfa, Ts, S, Acc);
event({trace_ts, Pid, spawned, Parent, _Mfa, _Ts}, S, Acc) ->
    ask_facts(Pid, Parent, S),
    {S, Acc};
event({trace_ts, Pid, exit, Reason, Ts}, S, Acc) ->
    with_pid(?EXIT, 0, Pid, undefined, Reason, Ts, S, Acc);
event({trace_ts, Pid, link, Other, Ts}, S, Acc) -> linked(?LINK, Pid, Other, Ts, S, Acc);
event({trace_ts, Pid, unlink, Other, Ts}, S, Acc) -> linked(?UNLINK, Pid, Other, Ts, S, Acc);
event({trace_ts, Pid, getting_linked, Other, Ts}, S, Acc) -> linked(?GETTING_LINKED, Pid, Other, Ts, S, Acc);
event({trace_ts, Pid, getting_unlinked, Other, Ts}, S, Acc) -> linked(?GETTING_UNLINKED, Pid, Other, Ts, S, Acc);
event({trace_ts, Pid, register, Name, Ts}, S, Acc) -> with_pid(?REGISTER, 0, Pid, undefined, Name, Ts, S, Acc);
event({trace_ts, Pid, unregister, Name, Ts}, S, Acc) -> with_pid(?UNREGISTER, 0, Pid, undefined, Name, Ts, S, Acc);
event(_, S, Acc) ->
    {S, Acc}.

call(_, Pid, Mfa, Flags, Payload, Ts, #s{no_return = NoReturn} = S, Acc) ->
    {PidIx, S1, Acc1} = pid(Pid, S, Acc),
    {MfaIx, S2, Acc2} = mfa(Mfa, S1, Acc1),
    All = case NoReturn of #{Mfa := _} -> Flags bor ?F_NO_RETURN; _ -> Flags end,
    {count(Ts, S2), add(?CALL, All, t(Ts, S2), PidIx, MfaIx, Payload, Acc2)}.

with_mfa(Kind, Pid, Mfa, Term, Ts, S, Acc) ->
    {PidIx, S1, Acc1} = pid(Pid, S, Acc),
    {MfaIx, S2, Acc2} = mfa(Mfa, S1, Acc1),
    {_, Flags, Payload} = payload(Term, S),
    {count(Ts, S2), add(Kind, Flags, t(Ts, S2), PidIx, MfaIx, Payload, Acc2)}.

with_pid(Kind, Flags0, Pid, Other, Term, Ts, S, Acc) ->
    {PidIx, S1, Acc1} = pid(Pid, S, Acc),
    {OtherIx, S2, Acc2} = pid(Other, S1, Acc1),
    {_, Flags, Payload} = payload(Term, S),
    {count(Ts, S2), add(Kind, Flags0 bor Flags, t(Ts, S2), PidIx, OtherIx, Payload, Acc2)}.

linked(Kind, Pid, Other, Ts, S, Acc) ->
    {PidIx, S1, Acc1} = pid(Pid, S, Acc),
    {OtherIx, S2, Acc2} = pid(Other, S1, Acc1),
    {count(Ts, S2), add(Kind, 0, t(Ts, S2), PidIx, OtherIx, <<>>, Acc2)}.

ask_facts(Pid, Parent, #s{keeper = Keeper, shared = Shared}) ->
    case atomics:add_get(Shared, ?A_KEEPER, 1) of
        N when N =< 4096 -> Keeper ! {born, Pid, Parent}, ok;
        _ -> atomics:sub(Shared, ?A_KEEPER, 1)
    end.

%% -- everything else

other({state, Kind, Pid, Ts, Phase, Flags, Term}, #s{shared = Shared} = S, Acc) ->
    atomics:sub(Shared, ?A_STATES, 1),
    {PidIx, S1, Acc1} = pid(Pid, S, Acc),
    loop(count(Ts, S1), add(Kind, Flags, t(Ts, S1), PidIx, Phase, term_to_binary(Term), Acc1));
other({facts, Pid, Parent, Ts, Facts}, S, Acc) ->
    {PidIx, S1, Acc1} = pid(Pid, S, Acc),
    {ParentIx, S2, Acc2} = pid(Parent, S1, Acc1),
    loop(S2, add(?PROCESS, 0, t(Ts, S2), PidIx, ParentIx, term_to_binary(Facts), Acc2));
other({record, Kind, Ref, Term}, S, Acc) ->
    loop(S, add(Kind, 0, t(erlang:monotonic_time(), S), 0, Ref, term_to_binary(Term), Acc));
other({begin_session, Vm, Writer, Keeper, NoReturn}, S, Acc) ->
    loop(S#s{vm = Vm, writer = Writer, keeper = Keeper, no_return = NoReturn, mode = on}, Acc);
other({no_return, NoReturn}, S, Acc) ->
    loop(S#s{no_return = NoReturn}, Acc);
other({sampling, Sampling}, S, Acc) ->
    loop(S#s{sampler = Sampling}, Acc);
other(resume, S, Acc) ->
    resume(S, Acc);
other({finish, From, Ref}, S, Acc) ->
    Last = hand_over(S, Acc),
    From ! {Ref, Last},
    loop(S#s{mode = off, sequence = Last}, <<>>);
other(_, S, Acc) ->
    loop(S, Acc).

%% -- budgets

count(Ts, #s{second = Second, second_events = N, start = Start} = S) ->
    case (Ts - Start) div ?SECOND of
        Second -> S#s{second_events = N + 1};
        Now -> S#s{second = Now, second_events = 1}
    end.

check(#s{second_events = N, rate_max = Max, mode = on} = S) when N > Max -> trip(rate_limited, S);
check(#s{mode = on, queue_max = Max} = S) ->
    case process_info(self(), message_queue_len) of
        {_, Len} when Len > Max -> trip(queue, S);
        _ -> S
    end;
check(S) -> S.

trip(Why, #s{vm = Vm, janitor = Janitor, shared = Shared} = S) ->
    From = t(erlang:monotonic_time(), S),
    atomics:put(Shared, ?A_GATE, ?GATE_PAUSED),
    elixir_scope_vm:flags_off(Vm),
    Off = t(erlang:monotonic_time(), S) - From,
    Janitor ! {tripped, Why, Off},
    S#s{mode = {paused, From, Why}, dropped = 0}.

resume(#s{mode = {paused, From, Why}, dropped = N, shared = Shared} = S, Acc) ->
    Now = t(erlang:monotonic_time(), S),
    atomics:add(Shared, ?A_DROPPED, N),
    Gap = #{t_from => From, count => N, why => Why},
    loop(S#s{mode = on, dropped = 0, second_events = 0},
         add(?GAP, 0, Now, 0, gap_reason(Why), term_to_binary(Gap), Acc));
resume(S, Acc) ->
    loop(S, Acc).

gap_reason(rate_limited) -> ?GAP_RATE_LIMITED;
gap_reason(_) -> ?GAP_DROPPED.

%% -- records

add(Kind, Flags, T, Pid, Ref, Payload, Acc) ->
    <<Acc/binary, Kind, Flags, T:64, Pid:32, Ref:32, (byte_size(Payload)):32, Payload/binary>>.

payload(Term, #s{limits = Limits}) ->
    case elixir_scope_bound:cut(Term, Limits) of
        {whole, _} -> {true, 0, term_to_binary(Term)};
        {cut, Cut} -> {true, ?F_TRUNCATED, term_to_binary(Cut)}
    end.

t(Ts, #s{start = Start}) -> max(0, erlang:convert_time_unit(Ts - Start, native, nanosecond)).

pid(undefined, S, Acc) -> {0, S, Acc};
pid(Pid, #s{pids = Pids, next_pid = Next} = S, Acc) ->
    case Pids of
        #{Pid := Ix} ->
            {Ix, S, Acc};
        _ when map_size(Pids) >= ?PIDS_MAX ->
            define_pid(Pid, Next, S#s{pids = #{Pid => Next}}, Acc);
        _ ->
            define_pid(Pid, Next, S#s{pids = Pids#{Pid => Next}}, Acc)
    end.

define_pid(Pid, Ix, S, Acc) ->
    {Ix, S#s{next_pid = Ix + 1}, add(?DEF_PID, 0, 0, Ix, 0, term_to_binary(Pid), Acc)}.

mfa(Mfa, #s{mfas = Mfas, next_mfa = Next} = S, Acc) ->
    case Mfas of
        #{Mfa := Ix} -> {Ix, S, Acc};
        _ -> {Next, S#s{mfas = Mfas#{Mfa => Next}, next_mfa = Next + 1},
              add(?DEF_MFA, 0, 0, 0, Next, term_to_binary(Mfa), Acc)}
    end.

%% Without credit the batch stays here, with its definitions, and new events are only counted.
flush(S, <<>>) -> loop(S, <<>>);
flush(#s{shared = Shared, in_flight_max = Max} = S, Acc) ->
    case atomics:get(Shared, ?A_IN_FLIGHT) of
        N when N =< Max -> loop(S#s{sequence = hand_over(S, Acc)}, <<>>);
        _ -> starve(S, Acc)
    end.

starve(#s{shared = Shared, in_flight_max = Max} = S, Acc) ->
    receive
        Msg when element(1, Msg) =:= trace_ts -> starve(S#s{lost = S#s.lost + 1}, Acc);
        {state, _, _, _, _, _, _} -> atomics:sub(Shared, ?A_STATES, 1), starve(S#s{lost = S#s.lost + 1}, Acc);
        {finish, _, _} = Msg -> other(Msg, S, Acc)
    after ?FLUSH_MS ->
        case atomics:get(Shared, ?A_IN_FLIGHT) of
            N when N =< Max div 2 -> flush(S, Acc);
            _ -> starve(S, Acc)
        end
    end.

hand_over(#s{sequence = Sequence}, <<>>) -> Sequence;
hand_over(#s{writer = Writer, shared = Shared, sequence = Sequence}, Acc) ->
    Batch = <<Sequence:32, Acc/binary>>,
    atomics:add(Shared, ?A_IN_FLIGHT, byte_size(Batch)),
    elixir_scope_writer:hand_over(Writer, Batch),
    Sequence + 1.
