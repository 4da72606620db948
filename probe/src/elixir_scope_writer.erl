%% Owns the socket to the collector and receives nothing but batches: a send that waits must not
%% scan a long mailbox, and must not hold up the tracer.
-module(elixir_scope_writer).

-export([start/3, connect/2, hand_over/2, bye/4]).
-export([run/2]).

-include("elixir_scope.hrl").

-define(CONNECT_MS, 3000).
-define(SEND_MS, 1000).

-spec connect(inet:ip_address(), inet:port_number()) -> {ok, socket:socket()} | {error, term()}.
connect(Host, Port) ->
    Family = case tuple_size(Host) of 4 -> inet; 8 -> inet6 end,
    case socket:open(Family, stream, tcp) of
        {ok, Socket} ->
            _ = socket:setopt(Socket, {tcp, nodelay}, true),
            case socket:connect(Socket, #{family => Family, addr => Host, port => Port}, ?CONNECT_MS) of
                ok -> {ok, Socket};
                {error, Reason} -> _ = socket:close(Socket), {error, Reason}
            end;
        {error, Reason} ->
            {error, Reason}
    end.

-spec start(socket:socket(), binary(), atomics:atomics_ref()) -> pid().
start(Socket, Hello, Shared) ->
    Writer = spawn_opt(?MODULE, run, [Socket, Shared], [
        link, {priority, high}, {message_queue_data, off_heap}, {fullsweep_after, 10}
    ]),
    ok = socket:setopt(Socket, {otp, controlling_process}, Writer),
    Writer ! {frame, ?FRAME_HELLO, Hello},
    Writer.

%% Counts as in flight until the socket has taken it.
-spec hand_over(pid(), binary()) -> ok.
hand_over(Writer, Batch) ->
    Writer ! {frame, ?FRAME_BATCH, Batch},
    ok.

%% The last frame; answers whether the collector's socket took it in time.
-spec bye(pid(), binary(), reference(), pid()) -> ok.
bye(Writer, Bye, Ref, From) ->
    Writer ! {bye, Bye, Ref, From},
    ok.

-spec run(socket:socket(), atomics:atomics_ref()) -> ok.
run(Socket, Shared) ->
    receive
        {frame, Type, Body} ->
            case write(Socket, Type, Body, Shared) of
                ok -> ?MODULE:run(Socket, Shared);
                {error, Reason} -> lost(Socket, Reason)
            end;
        {bye, Bye, Ref, From} ->
            Result = write(Socket, ?FRAME_BYE, Bye, Shared),
            _ = socket:shutdown(Socket, write),
            From ! {Ref, Result},
            _ = socket:close(Socket),
            ok
    end.

lost(Socket, Reason) ->
    _ = socket:close(Socket),
    exit({disconnected, Reason}).

write(Socket, Type, Body, Shared) ->
    Size = byte_size(Body),
    Result = send(Socket, <<(Size + 1):32, Type, Body/binary>>, Shared),
    Type =:= ?FRAME_BATCH andalso atomics:sub(Shared, ?A_IN_FLIGHT, Size),
    Result.

%% A collector that reads nothing is not gone: go on for as long as the session lives. The janitor
%% pauses or ends the session, and this process with it, when this takes too long.
send(Socket, Data, Shared) ->
    case socket:send(Socket, Data, ?SEND_MS) of
        ok ->
            atomics:add(Shared, ?A_SENT, byte_size(Data)),
            ok;
        {error, {timeout, Rest}} ->
            go_on(Socket, Data, Rest, Shared);
        {error, timeout} ->
            go_on(Socket, Data, Data, Shared);
        {error, {Reason, _Rest}} ->
            {error, Reason};
        {error, Reason} ->
            {error, Reason}
    end.

go_on(Socket, Data, Rest, Shared) ->
    atomics:add(Shared, ?A_SENT, byte_size(Data) - byte_size(Rest)),
    send(Socket, Rest, Shared).
