%% Which compiled modules belong to the project on top of Mix's stack, and which of them are wanted. The
%% project of the command is the first that came onto the stack; an umbrella's applications are as much its
%% own as that one, everything else is a dependency.
-module(elixir_scope_project).

-export([seen/0, folders/0, modules/1, wanted/1]).

-define(TABLE, elixir_scope_run).
-define(PROJECT, 'Elixir.Mix.Project').

-type whose() :: own | dependency.

%% A project came onto Mix's stack.
-spec seen() -> ok.
seen() ->
    case ?PROJECT:project_file() of
        nil -> ok;
        _ ->
            Folder = folder(),
            Config = ?PROJECT:config(),
            Apps = case {lists:keyfind(apps_path, 1, Config), lists:keyfind(build_path, 1, Config)} of
                {{_, Path}, _} when is_binary(Path) -> filename:join(Folder, characters(Path));
                {_, {_, Path}} when is_binary(Path) -> case string:prefix(Path, "..") of nomatch -> none; _ -> filename:dirname(Folder) end;
                _ -> none
            end,
            _ = ets:insert_new(?TABLE, {project, Folder, Apps}),
            ok
    end.

%% Folders of compiled code that are complete now that the project on top is.
-spec folders() -> [{whose(), file:filename()}].
folders() ->
    [{project, Root, Apps}] = ets:lookup(?TABLE, project),
    Folder = folder(),
    case Folder =:= Root orelse filename:dirname(Folder) =:= Apps of
        false -> [];
        true ->
            Own = characters(?PROJECT:compile_path()),
            All = filelib:wildcard(filename:join(characters(?PROJECT:build_path()), "lib/*/ebin")),
            [{own, Own} | [{dependency, F} || F <- All, F =/= Own, not is_of_umbrella(F, Apps)]]
    end.

folder() -> filename:dirname(filename:absname(characters(?PROJECT:project_file()))).

is_of_umbrella(_, none) -> false;
is_of_umbrella(Ebin, Apps) -> filelib:is_dir(filename:join(Apps, filename:basename(filename:dirname(Ebin)))).

-spec modules(file:filename()) -> [binary()].
modules(Folder) ->
    [characters_of(filename:basename(F, ".beam")) || F <- filelib:wildcard(filename:join(Folder, "*.beam"))].

%% The collector knows what the user asked for.
-spec wanted([{whose(), file:filename()}]) -> [{module(), elixir_scope_build:source()}].
wanted(Folders) ->
    Named = [{Whose, Folder, modules(Folder)} || {Whose, Folder} <- Folders],
    case elixir_scope_link:call({wanted, [{Whose, Names} || {Whose, _, Names} <- Named]}) of
        {ok, Wanted} ->
            [{binary_to_atom(Name), {beam, filename:join(Folder, <<Name/binary, ".beam">>)}}
             || {{_, Folder, _}, Names} <- lists:zip(Named, Wanted), Name <- Names];
        gone -> []
    end.

characters(Text) -> unicode:characters_to_list(Text).
characters_of(Text) -> unicode:characters_to_binary(Text).
