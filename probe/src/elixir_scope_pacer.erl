%% Lets those whose mailboxes are empty sleep in a way that wakes no scheduler. A message to a process that
%% waits wakes one for it, which costs its sender more than all else: 1.5 µs, and on a machine that idles many
%% times that. So a process that has nothing left to do asks to be suspended for a moment; whoever sends to it
%% meanwhile only leaves his message. While nothing comes at all nobody is suspended and nothing runs.
-module(elixir_scope_pacer).

-export([start/0, run/0, rest/2]).

-spec start() -> pid().
start() -> spawn_opt(?MODULE, run, [], [link, {priority, high}]).

%% Asks for some milliseconds of rest for the process that calls it. It goes on until they begin.
-spec rest(pid(), pos_integer()) -> ok.
rest(Pacer, Ms) ->
    Pacer ! {suspend, self(), Ms},
    ok.

%% When this process ends the VM resumes what it suspended.
-spec run() -> no_return().
run() ->
    receive
        {suspend, Pid, Ms} ->
            try erlang:suspend_process(Pid) of
                true -> erlang:send_after(Ms, self(), {resume, Pid})
            catch
                error:badarg -> gone
            end;
        {resume, Pid} ->
            try erlang:resume_process(Pid)
            catch error:badarg -> gone
            end
    end,
    run().
