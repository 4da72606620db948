%% Shared numbers. Kinds, flags, phases and reasons mirror packages/trace/src/probe-wire.ts.

-define(PROTOCOL, 1).
-define(FRAME_HELLO, 1).
-define(FRAME_BATCH, 2).
-define(FRAME_BYE, 3).

-define(CALL, 1).
-define(RETURN, 2).
-define(EXCEPTION, 3).
-define(SEND, 4).
-define(RECEIVE, 5).
-define(SPAWN, 6).
-define(EXIT, 7).
-define(LINK, 8).
-define(UNLINK, 9).
-define(GETTING_LINKED, 10).
-define(GETTING_UNLINKED, 11).
-define(REGISTER, 12).
-define(UNREGISTER, 13).
-define(STATE, 14).
-define(HANDLE, 15).
-define(PROCESS, 16).
-define(GAP, 17).
-define(METRIC, 18).
-define(CLOCK, 19).
-define(DEF_PID, 20).
-define(DEF_MFA, 21).
-define(MODULE_SEEN, 22).
-define(EVENTS_RECORD, 23).

%% Events of instrumented code; what is in each: packages/trace/src/instrumented.ts.
-define(E_ENTER, 1).
-define(E_NO_CLAUSE, 2).
-define(E_RETURN, 3).
-define(E_RAISE, 4).
-define(E_TAIL, 5).
-define(E_BIND, 6).
-define(E_BRANCH, 7).
-define(E_VALUE, 8).
-define(E_LINE, 9).
-define(E_SEND, 10).

-define(F_TRUNCATED, 1).
-define(F_ARITY_ONLY, 2).
-define(F_NO_PROCESS, 4).
-define(F_NO_RETURN, 8).

-define(PHASE_INITIAL, 0).
-define(PHASE_AFTER_CALLBACK, 1).
-define(PHASE_READ_AFTER, 2).

-define(GAP_DROPPED, 1).
-define(GAP_RATE_LIMITED, 2).
-define(GAP_TRUNCATED, 3).
-define(GAP_SAMPLED, 4).
-define(GAP_DISCONNECTED, 5).
-define(GAP_EXPIRED, 6).
-define(GAP_RELOADED, 7).
-define(GAP_PAUSED, 8).

-define(CUT, '$elixir_scope_cut').

%% Compared with what fits a word too: a bigger constant would be a slow comparison.
-define(SMALL(T), (T =< (1 bsl 59) - 1 andalso T >= -(1 bsl 59))).
-define(PLAIN(T), (is_atom(T) orelse (is_integer(T) andalso ?SMALL(T)) orelse is_pid(T) orelse is_float(T))).

%% The one atomics array of a session, readable from any process without a message. What processes only read is
%% some cache lines apart from what they write, and that from what only the probe writes.
-define(A_GATE, 1).          %% GATE_*: what the state handlers inside target processes look at
-define(A_CHOICE, 2).        %% which chains of instrumented code are chosen, where not all are: see elixir_scope_buffer
-define(A_WAITING, 24).      %% weight of the captured events on their way to the tracer; WAITING_CLOSED more: send none
-define(A_STATES, 44).       %% state messages sent to the tracer and not yet handled
-define(A_STATES_LOST, 45).  %% states not sent because the credit was used up
-define(A_KEEPER, 46).       %% requests waiting at the keeper
-define(A_SAMPLED, 64).      %% chains of instrumented code that were left out
-define(A_EVENTS, 84).       %% records made
-define(A_DROPPED, 85).      %% events known to be lost
-define(A_IN_FLIGHT, 86).    %% bytes handed to the writer and not yet in the socket
-define(A_SENT, 87).         %% bytes accepted by the socket
-define(A_SIZE, 96).

-define(GATE_OPEN, 0).
-define(GATE_PAUSED, 1).
-define(GATE_OVER, 2).

-define(WAITING_CLOSED, (1 bsl 50)).
-define(CHOICE_OVER, (1 bsl 50)).
-define(BYTES_PER_WEIGHT, 192).  %% of the target's memory budget: a sixth of it, 32 bytes per node

%% Persistent terms, which are read in less than half the time of an atomic. Only what fits a word: where one is
%% replaced, no process is looked through for the old one.
-define(SAMPLING_KEY, elixir_scope_sampling).   %% whether chains of instrumented code are recorded: see elixir_scope_buffer
-define(CREDIT_KEY, elixir_scope_credit).       %% weight that may be on its way
-define(RATE_KEY, elixir_scope_rate).           %% events per second and process
-define(CLOCK_KEY, elixir_scope_clock).         %% the performance counter as it was a moment ago, while a process is muted

%% What begins is recorded, in the session of this number: always, or in a window that is open.
-define(IS_OPEN(Sampling, Id), Sampling =:= Id; Sampling =:= -Id).

%% The buffer of a process that runs instrumented code: `{Count, Since, Events, NextFrame, #cold{}}`; in a
%% chain that was left out `{out, Buffer}`, and while its process is over its budget `{muted, Until, Buffer}`. Count is events, held tail calls and open frames in one integer.
-define(CAPTURE_KEY, '$elixir_scope').
-define(FLUSH_EVENTS, 64).
-define(COUNT_EVENT, 1).
-define(COUNT_HELD, 128).
-define(COUNT_FRAME, 16384).
-define(EVENTS(C), (C band 127)).
-define(HELD(C), ((C bsr 7) band 127)).
-define(DEPTH(C), (C bsr 14)).

-define(SESSION_TABLE, elixir_scope_session).
-define(BUFFERS, elixir_scope_buffers).   %% {Pid, Generation, Slot, {NextFrame, #cold{}} | none: laid aside, Told}

-record(capture, {
    id :: pos_integer(),
    shared :: atomics:atomics_ref(),
    slots :: atomics:atomics_ref(),    % per buffer: since when something may be kept back; after these the rates
    gatherer :: pid(),
    keeper :: pid(),
    handlers :: boolean(),             % behaviours get state handlers
    limits :: elixir_scope_bound:limits()
}).

-record(cold, {
    session :: #capture{},
    pid :: pid(),
    slot :: pos_integer(),
    first :: non_neg_integer(),        % number of the next event that is sent
    window = 0 :: integer(),           % begin of the second that is budgeted
    used = 0 :: non_neg_integer()      % events in it
}).

-define(MUTED, (1 bsl 58)).            %% a mark from here on: muted until the rest. Small integers, for big ones are made on the heap

-define(JANITOR, elixir_scope_janitor).
-define(CAPTURE, elixir_scope_capture).
-define(KEEPER_MAX, 4096).  % new processes waiting to be looked at
-define(MODULES, [
    elixir_scope_probe, elixir_scope_janitor, elixir_scope_tracer, elixir_scope_pacer, elixir_scope_gatherer, elixir_scope_writer,
    elixir_scope_keeper, elixir_scope_process, elixir_scope_state, elixir_scope_vm, elixir_scope_match, elixir_scope_encoder,
    elixir_scope_sampler, elixir_scope_windows, elixir_scope_modules, elixir_scope_bound, elixir_scope_survey,
    elixir_scope_buffer, elixir_scope_sweeper, elixir_scope_work, elixir_scope_gate, elixir_scope_code, elixir_scope_replaced,
    elixir_scope_unload, elixir_scope_capture
]).
