%% Facts about the target, for the plan and the recording. Reads only.
-module(elixir_scope_survey).

-export([survey/0, facts/0]).

-spec facts() -> map().
facts() ->
    #{
        node => node(),
        otp => list_to_binary(erlang:system_info(otp_release)),
        elixir => elixir(),
        system => list_to_binary(erlang:system_info(system_architecture)),
        word_size => erlang:system_info(wordsize),
        schedulers => erlang:system_info(schedulers_online),
        os_pid => list_to_binary(os:getpid()),
        system_time => erlang:system_time(nanosecond),
        sessions => elixir_scope_vm:sessions_supported()
    }.

-spec survey() -> map().
survey() ->
    (facts())#{
        applications => applications(),
        traced_by_others => elixir_scope_vm:traced_by_others(none, undefined),
        compiler => code:which(compile) =/= non_existing
    }.

elixir() ->
    case [V || {elixir, _, V} <- application:loaded_applications()] of
        [V | _] -> unicode:characters_to_binary(V);
        [] -> none
    end.

applications() -> [application_facts(A) || A <- application:loaded_applications()].

application_facts({Name, Description, Version}) ->
    Modules = case application:get_key(Name, modules) of {ok, Ms} -> Ms; undefined -> [] end,
    LibDir = case code:lib_dir(Name) of {error, _} -> none; Dir -> unicode:characters_to_binary(Dir) end,
    #{name => Name, description => unicode:characters_to_binary(Description),
      version => unicode:characters_to_binary(Version), modules => Modules, lib_dir => LibDir}.
