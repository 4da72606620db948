%% The line to the collector of `elixirscope run`: one socket for the requests of many processes. It is
%% also who the session belongs to: when the collector goes, so does this process, and the janitor sees it.
%% A frame is a length (u32), the request's number (u32) and one external term.
-module(elixir_scope_link).

-export([start/1, call/1, cast/1, ready/0]).

-define(CALL_MS, 20000).
-define(CONNECT_MS, 2000).

-record(l, {
    socket :: gen_tcp:socket(),
    next = 1 :: pos_integer(),
    waiting = #{} :: #{pos_integer() => {pid(), reference()}},
    probe = none :: none | asked | on | off,
    %% who waits for the probe to be there
    ready = [] :: [{pid(), reference()}]
}).

%% Address is `HOST:PORT:TOKEN`.
-spec start(string()) -> {ok, pid()} | {error, term()}.
start(Address) ->
    [Host, Port, Token] = string:lexemes(Address, ":"),
    {ok, Ip} = inet:parse_address(Host),
    Starter = self(),
    {Pid, Monitor} = spawn_monitor(fun() -> init(Starter, Ip, list_to_integer(Port), list_to_binary(Token)) end),
    receive
        {Pid, connected} ->
            erlang:demonitor(Monitor, [flush]),
            {ok, Pid};
        {'DOWN', Monitor, process, Pid, Reason} ->
            {error, Reason}
    end.

%% `gone`: there is no collector any more, the command goes on without it.
-spec call(term()) -> {ok, term()} | gone.
call(Request) ->
    Bytes = term_to_binary(Request),
    case ask({call, Bytes}) of
        {ok, Answer} -> {ok, binary_to_term(Answer)};
        gone -> gone
    end.

-spec cast(term()) -> ok.
cast(Message) ->
    catch ?MODULE ! {cast, term_to_binary(Message)},
    ok.

%% Waits for the collector to be ready, once; the probe is started when somebody has a use for it.
-spec ready() -> on | off.
ready() ->
    case ask(ready) of
        {ok, Probe} -> Probe;
        gone -> off
    end.

ask(What) ->
    Monitor = erlang:monitor(process, ?MODULE),
    catch ?MODULE ! {What, self(), Monitor},
    receive
        {Monitor, Answer} ->
            erlang:demonitor(Monitor, [flush]),
            {ok, Answer};
        {'DOWN', Monitor, process, _, _} ->
            gone
    after ?CALL_MS ->
        %% a collector that does not answer must not hold up the command a second time
        erlang:demonitor(Monitor, [flush]),
        case whereis(?MODULE) of undefined -> ok; Pid -> exit(Pid, kill) end,
        gone
    end.

%% Nothing here ends with an error: it would be logged in the command's output.
init(Starter, Ip, Port, Token) ->
    group_leader(whereis(init), self()),
    case gen_tcp:connect(Ip, Port, [binary, {packet, 4}, {active, true}, {nodelay, true}], ?CONNECT_MS) of
        {ok, Socket} ->
            register(?MODULE, self()),
            send(Socket, 0, term_to_binary({hello, Token, facts()})),
            Starter ! {self(), connected},
            loop(#l{socket = Socket});
        {error, Reason} ->
            exit(Reason)
    end.

facts() ->
    #{otp => list_to_binary(erlang:system_info(otp_release)),
      os_pid => list_to_binary(os:getpid()),
      elixir => elixir_version(),
      node => node(),
      system => list_to_binary(erlang:system_info(system_architecture)),
      arguments => [unicode:characters_to_binary(A) || A <- init:get_plain_arguments()]}.

elixir_version() ->
    _ = application:load(elixir),
    case application:get_key(elixir, vsn) of
        {ok, Version} -> list_to_binary(Version);
        undefined -> none
    end.

loop(#l{socket = Socket, next = Id, waiting = Waiting, probe = Probe, ready = Ready} = L) ->
    receive
        {{call, Bytes}, From, Ref} ->
            send(Socket, Id, Bytes),
            loop(L#l{next = Id + 1, waiting = Waiting#{Id => {From, Ref}}});
        {cast, Bytes} ->
            send(Socket, 0, Bytes),
            loop(L);
        {ready, From, Ref} ->
            Probe =:= none andalso send(Socket, 0, term_to_binary(record)),
            Asked = case Probe of none -> asked; _ -> Probe end,
            loop(answer_ready(L#l{probe = Asked, ready = [{From, Ref} | Ready]}));
        {tcp, Socket, <<0:32, Bytes/binary>>} when Probe =:= asked ->
            loop(answer_ready(L#l{probe = started(binary_to_term(Bytes), Socket)}));
        {tcp, Socket, <<Answered:32, Bytes/binary>>} ->
            {{From, Ref}, Rest} = maps:take(Answered, Waiting),
            From ! {Ref, Bytes},
            loop(L#l{waiting = Rest});
        {tcp_closed, Socket} ->
            ok;
        {tcp_error, Socket, _} ->
            ok;
        _ ->
            loop(L)
    end.

started({skip, _}, _) ->
    off;
started({config, Config}, Socket) ->
    try elixir_scope_probe:start(Config#{collector => self()}) of
        {ok, _} -> on;
        {error, Error} ->
            send(Socket, 0, term_to_binary({no_probe, Error})),
            off
    catch
        Class:Reason ->
            send(Socket, 0, term_to_binary({no_probe, {Class, iolist_to_binary(io_lib:format("~0tp", [Reason]))}})),
            off
    end.

answer_ready(#l{ready = Ready, probe = Probe} = L) when Probe =:= on; Probe =:= off ->
    _ = [From ! {Ref, Probe} || {From, Ref} <- Ready],
    L#l{ready = []};
answer_ready(L) ->
    L.

send(Socket, Id, Bytes) ->
    case gen_tcp:send(Socket, [<<Id:32>>, Bytes]) of
        ok -> ok;
        {error, _} -> exit(normal)
    end.
