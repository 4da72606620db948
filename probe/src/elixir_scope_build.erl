%% From compiled modules to instrumented ones that are loaded: several at once, each asked for at the
%% collector by its md5. What it has had before comes back as code; else it gets the forms and gives others.
-module(elixir_scope_build).

-export([instrument/2, originals/1, restore/1]).
-export_type([source/0]).

-define(CHUNK, 8).

%% {beam, File}: on disk. {halt, File}: the same, for a module that only has to drain before the VM halts.
%% {disk, Folder, Bytecode}: about to be written there. {memory, File, Bytecode}: nowhere else.
-type source() :: {beam | halt, binary()} | {disk, binary(), binary()} | {memory, binary(), binary()}.
-type original() :: {file, binary()} | {binary, file:filename() | atom(), binary()}.

-record(m, {
    module :: module(),
    beam :: binary(),
    md5 :: binary(),
    %% as code:which/1 has it
    loaded_as :: file:filename(),
    source :: binary(),
    where :: disk | memory | halt,
    original :: original()
}).

-spec instrument(atom(), [{module(), source()}]) -> ok.
instrument(_, []) -> ok;
instrument(Table, Modules) ->
    case elixir_scope_link:ready() of
        off -> ok;
        on -> load(Table, built(chunks(halting(ets:insert_new(Table, {halt})) ++ Modules), Table))
    end.

%% `System.halt` leaves no time for anything: it is made to wait, before anything else is recorded.
halting(false) -> [];
halting(true) ->
    case code:which('Elixir.System') of
        [_ | _] = File -> [{'Elixir.System', {halt, unicode:characters_to_binary(File)}}];
        _ -> []
    end.

chunks([]) -> [];
chunks(Modules) when length(Modules) =< ?CHUNK -> [Modules];
chunks(Modules) ->
    {Chunk, Rest} = lists:split(?CHUNK, Modules),
    [Chunk | chunks(Rest)].

%% As many chunks at once as there are schedulers.
built([Chunk], Table) -> build(Chunk, Table);
built(Chunks, Table) -> collect(Chunks, erlang:system_info(schedulers_online), #{}, Table).

collect([], _, Running, _) when map_size(Running) =:= 0 -> [];
collect([Chunk | Chunks], Free, Running, Table) when Free > 0 ->
    {Pid, Monitor} = spawn_monitor(fun() -> exit({built, build(Chunk, Table)}) end),
    collect(Chunks, Free - 1, Running#{Monitor => Pid}, Table);
collect(Chunks, Free, Running, Table) ->
    receive
        {'DOWN', Monitor, process, _, Reason} when is_map_key(Monitor, Running) ->
            Built = case Reason of
                {built, Modules} -> Modules;
                _ -> elixir_scope_run:fault(Reason), []
            end,
            Built ++ collect(Chunks, Free + 1, maps:remove(Monitor, Running), Table)
    end.

build(Chunk, Table) ->
    Ms = [M || Module <- Chunk, M <- module(Module), not is_done(M, Table)],
    Asked = [{M#m.module, M#m.source, M#m.md5, M#m.where} || M <- Ms],
    case Asked =/= [] andalso elixir_scope_link:call({modules, Asked}) of
        {ok, Answers} -> [{M, Beam} || {M, Answer} <- lists:zip(Ms, Answers), {ok, Beam} <- [code(Answer, M)]];
        _ -> []
    end.

module({Module, {Where, File}}) ->
    case file:read_file(File) of
        {ok, Beam} when Where =:= beam -> module(Module, Beam, unicode:characters_to_list(File), disk, {file, File});
        {ok, Beam} -> module(Module, Beam, unicode:characters_to_list(File), halt, {file, File});
        {error, _} -> []
    end;
module({Module, {disk, Folder, Beam}}) ->
    File = filename:join(Folder, <<(atom_to_binary(Module))/binary, ".beam">>),
    module(Module, Beam, unicode:characters_to_list(File), disk, {file, File});
module({Module, {memory, File, Beam}}) ->
    LoadedAs = case code:is_loaded(Module) of {file, As} -> As; false -> "" end,
    [M#m{source = File} || M <- module(Module, Beam, LoadedAs, memory, {binary, LoadedAs, Beam})].

module(Module, Beam, LoadedAs, Where, Original) ->
    case code:is_loaded(Module) of
        %% coverage counts what it compiled itself
        {file, cover_compiled} -> skipped(Module, cover_compiled);
        _ ->
            case code:is_sticky(Module) of
                true -> skipped(Module, sticky);
                false ->
                    [#m{module = Module, beam = Beam, md5 = code:module_md5(Beam), loaded_as = LoadedAs,
                        source = source(Beam), where = Where, original = Original}]
            end
    end.

skipped(Module, Reason) ->
    elixir_scope_link:cast({skipped, Module, Reason}),
    [].

source(Beam) ->
    case beam_lib:chunks(Beam, [compile_info]) of
        {ok, {_, [{compile_info, Info}]}} -> unicode:characters_to_binary(proplists:get_value(source, Info, ""));
        _ -> <<>>
    end.

is_done(#m{module = Module, md5 = Md5}, Table) ->
    case ets:lookup(Table, {module, Module}) of
        [{_, Md5, Ours, _}] -> is_current(Module, Ours);
        _ -> false
    end.

is_current(Module, Md5) ->
    erlang:module_loaded(Module) andalso erlang:get_module_info(Module, md5) =:= Md5.

code({code, Beam}, _) -> {ok, Beam};
code({skip, _}, _) -> none;
code(want_forms, #m{module = Module, md5 = Md5} = M) ->
    case elixir_scope_code:forms(Module, M#m.beam) of
        {ok, #{forms := Forms, vsn := Vsn}} ->
            case elixir_scope_link:call({forms, Module, Md5, Forms, Vsn}) of
                {ok, {forms, New, Options}} -> compiled(New, Options, M);
                _ -> none
            end;
        {error, {Reason, _}} ->
            _ = skipped(Module, Reason),
            none
    end.

compiled(Forms, Options, #m{module = Module, md5 = Md5} = M) ->
    case elixir_scope_code:compile(Forms, M#m.beam, #{priority => normal, options => Options}) of
        {ok, Beam} ->
            elixir_scope_link:cast({compiled, Module, Md5, Beam}),
            {ok, Beam};
        {error, {_, Text}} ->
            elixir_scope_link:cast({not_compiled, Module, Text}),
            none
    end.

%% -- loading: all at once where that is possible

load(_, []) -> ok;
load(Table, Built) ->
    Loadable = [{M, Beam} || {#m{module = Module} = M, Beam} <- Built, is_free(Module)],
    _ = [ets:insert(Table, {{module, Module}, Md5, code:module_md5(Beam), Original})
         || {#m{module = Module, md5 = Md5, original = Original}, Beam} <- Loadable],
    Modules = [{Module, As, Beam} || {#m{module = Module, loaded_as = As}, Beam} <- Loadable],
    case code:atomic_load(Modules) of
        ok -> ok;
        {error, _} -> lists:foreach(fun load_one/1, Modules)
    end.

%% A process that still runs the code before the last must not be killed for it.
is_free(Module) ->
    case code:soft_purge(Module) of
        true -> true;
        false -> skipped(Module, in_use) =/= []
    end.

load_one({Module, As, Beam}) ->
    case code:load_binary(Module, As, Beam) of
        {module, _} -> ok;
        {error, Reason} -> skipped(Module, Reason)
    end.

%% -- and back

-spec originals(atom()) -> [{module(), binary(), binary(), original()}].
originals(Table) ->
    [{Module, Md5, Ours, Original} || {{module, Module}, Md5, Ours, Original} <- ets:tab2list(Table)].

-spec restore({module(), binary(), binary(), original()}) -> ok | busy.
restore({Module, Md5, Ours, Original}) ->
    case is_current(Module, Ours) andalso code:soft_purge(Module) of
        true ->
            {As, Beam} = case Original of
                {binary, File, Bytes} -> {File, Bytes};
                {file, File} -> {unicode:characters_to_list(File), element(2, file:read_file(File))}
            end,
            _ = is_binary(Beam) andalso code:module_md5(Beam) =:= Md5 andalso code:load_binary(Module, As, Beam),
            ok;
        false ->
            case is_current(Module, Ours) of true -> busy; false -> ok end
    end.
