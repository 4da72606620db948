%% Turns events into the bytes of a batch. Processes and functions get small numbers, defined in
%% the stream where they are first used.
-module(elixir_scope_encoder).

-export([new/2, size/1, take/1, add/7, define_pid/2, define_mfa/2, payload/2, t/2]).
-export_type([encoder/0]).

-include("elixir_scope.hrl").

%% Beyond this many the numbers start anew, so that processes long dead do not add up.
-define(PIDS_MAX, 50000).

-record(e, {
    start :: integer(),                    % native monotonic time of t = 0
    limits :: elixir_scope_bound:limits(),
    bytes = <<>> :: binary(),
    pids = #{} :: #{term() => pos_integer()},
    next_pid = 1 :: pos_integer(),
    mfas = #{} :: #{mfa() => pos_integer()},
    next_mfa = 1 :: pos_integer()
}).

-opaque encoder() :: #e{}.

-spec new(integer(), elixir_scope_bound:limits()) -> encoder().
new(Start, Limits) -> #e{start = Start, limits = Limits}.

-spec size(encoder()) -> non_neg_integer().
size(#e{bytes = Bytes}) -> byte_size(Bytes).

-spec take(encoder()) -> {binary(), encoder()}.
take(#e{bytes = Bytes} = E) -> {Bytes, E#e{bytes = <<>>}}.

-spec add(byte(), byte(), non_neg_integer(), non_neg_integer(), non_neg_integer(), binary(), encoder()) -> encoder().
add(Kind, Flags, T, Pid, Ref, Payload, #e{bytes = Bytes} = E) ->
    E#e{bytes = <<Bytes/binary, Kind, Flags, T:64, Pid:32, Ref:32, (byte_size(Payload)):32, Payload/binary>>}.

%% A pid, a port, a registered name or `{Name, Node}`; 0 when there is nobody.
-spec define_pid(term(), encoder()) -> {non_neg_integer(), encoder()}.
define_pid(undefined, E) ->
    {0, E};
define_pid(Pid, #e{pids = Pids, next_pid = Next} = E) ->
    case Pids of
        #{Pid := Ix} -> {Ix, E};
        _ when map_size(Pids) < ?PIDS_MAX -> defined_pid(Pid, Next, E#e{pids = Pids#{Pid => Next}});
        _ -> defined_pid(Pid, Next, E#e{pids = #{Pid => Next}})
    end.

defined_pid(Pid, Ix, E) -> {Ix, add(?DEF_PID, 0, 0, Ix, 0, term_to_binary(Pid), E#e{next_pid = Ix + 1})}.

-spec define_mfa(mfa(), encoder()) -> {pos_integer(), encoder()}.
define_mfa(Mfa, #e{mfas = Mfas, next_mfa = Next} = E) ->
    case Mfas of
        #{Mfa := Ix} -> {Ix, E};
        _ -> {Next, add(?DEF_MFA, 0, 0, 0, Next, term_to_binary(Mfa),
                        E#e{mfas = Mfas#{Mfa => Next}, next_mfa = Next + 1})}
    end.

-spec payload(term(), encoder()) -> {Flags :: byte(), binary()}.
payload(Term, #e{limits = Limits}) ->
    case elixir_scope_bound:cut(Term, Limits) of
        {whole, _} -> {0, term_to_binary(Term)};
        {cut, Cut} -> {?F_TRUNCATED, term_to_binary(Cut)}
    end.

%% The VM's times are rarely before the start, by a trace message that was on its way.
-spec t(integer(), encoder()) -> non_neg_integer().
t(Ts, #e{start = Start}) -> max(0, erlang:convert_time_unit(Ts - Start, native, nanosecond)).
