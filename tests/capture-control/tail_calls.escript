#!/usr/bin/env escript
%% Prints, for each module of the given folders, each function with its tail calls,
%% as beam_disasm sees them: the reference for packages/capture/src/control/beam.

main(Dirs) ->
    ok = io:setopts([{encoding, unicode}]),
    [module(File) || Dir <- Dirs, File <- lists:sort(filelib:wildcard(Dir ++ "/*.beam"))].

module(File) ->
    {beam_file, M, _, _, _, Functions} = beam_disasm:file(File),
    io:format("module\t~ts~n", [File]),
    [io:format("~ts/~b\t~ts~n", [Name, Arity, lists:join(" ", calls(M, Code))])
     || {function, Name, Arity, _, Code} <- Functions].

calls(M, [{call_only, _, {M, F, A}} | Code]) -> [mfa(M, F, A) | calls(M, Code)];
calls(M, [{call_last, _, {M, F, A}, _} | Code]) -> [mfa(M, F, A) | calls(M, Code)];
calls(M, [{call_ext_only, _, {extfunc, To, F, A}} | Code]) -> [external(To, F, A) | calls(M, Code)];
calls(M, [{call_ext_last, _, {extfunc, To, F, A}, _} | Code]) -> [external(To, F, A) | calls(M, Code)];
calls(M, [{apply_last, A, _} | Code]) -> ["apply/" ++ integer_to_list(A) | calls(M, Code)];
calls(M, [{apply, A}, {deallocate, _}, return | Code]) -> ["apply/" ++ integer_to_list(A) | calls(M, Code)];
calls(M, [{call_fun, A}, {deallocate, _}, return | Code]) -> ["fun/" ++ integer_to_list(A) | calls(M, Code)];
calls(M, [{call_fun2, _, A, _}, {deallocate, _}, return | Code]) -> ["fun/" ++ integer_to_list(A) | calls(M, Code)];
calls(M, [_ | Code]) -> calls(M, Code);
calls(_, []) -> [].

external(erlang, apply, _) -> "fun/-1";
external(M, F, A) -> mfa(M, F, A).

mfa(M, F, A) -> io_lib:format("~ts:~ts/~b", [M, F, A]).
