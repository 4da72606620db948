// The functions of chosen modules and their tail calls. A module's code counts only when it is the code
// that the VM has loaded; a newer file on disk, a cover-compiled or an in-memory module is opaque.

import type { Connection } from "@elixirscope/dist";
import { atom, list, type Term } from "@elixirscope/etf";
import { readModuleCode, type ModuleCode } from "../beam/module-code.ts";
import { evaluate, type EvaluateOptions } from "./evaluate.ts";
import { atomOf, bytesOf, itemsOf, numberOf } from "./read-term.ts";

export type FunctionName = { readonly name: string; readonly arity: number };

export type ModuleFacts = {
  readonly module: string;
  /** exported and local, as the VM has them loaded */
  readonly functions: readonly FunctionName[];
  /** null: opaque */
  readonly code: ModuleCode | null;
};

/** Modules per call: keeps an answer at some megabytes. */
const CHUNK = 64;

const FACTS = `[case code:ensure_loaded(M) of
  {module, M} ->
    Code = try
      {M, Beam, _} = code:get_object_code(M),
      true = code:module_md5(Beam) =:= erlang:get_module_info(M, md5),
      {ok, {M, Chunks}} = beam_lib:chunks(Beam, ["AtU8", "Code", "ImpT", "FunT"], [allow_missing_chunks]),
      [{list_to_binary(Name), Bytes} || {Name, Bytes} <- Chunks, is_binary(Bytes)]
    catch _:_ -> [] end,
    {M, erlang:get_module_info(M, functions), Code};
  _ -> {M, [], []}
end || M <- Modules]`;

/** Modules are loaded for this if they are not: a function that is not loaded cannot be traced. */
export async function moduleFacts(
  connection: Connection,
  modules: readonly string[],
  options: EvaluateOptions = {},
): Promise<readonly ModuleFacts[]> {
  const chunks: Promise<Term>[] = [];
  for (let i = 0; i < modules.length; i += CHUNK) {
    const names = list(modules.slice(i, i + CHUNK).map((module) => atom(module)));
    chunks.push(evaluate(connection, FACTS, { Modules: names }, options));
  }
  const answers = await Promise.all(chunks);
  return answers.flatMap((answer) => itemsOf(answer).map(factsOf));
}

function factsOf(term: Term): ModuleFacts {
  const [module, functions, chunks] = itemsOf(term);
  const decoder = new TextDecoder("latin1");
  const code = new Map(
    itemsOf(chunks).map((chunk) => {
      const [name, bytes] = itemsOf(chunk);
      return [decoder.decode(bytesOf(name)), bytesOf(bytes)] as const;
    }),
  );
  const read = code.size === 0 ? null : readModuleCode(code);
  return {
    module: atomOf(module),
    functions: itemsOf(functions).map((entry) => {
      const [name, arity] = itemsOf(entry);
      return { name: atomOf(name), arity: numberOf(arity) };
    }),
    code: read?.ok === true ? read.value : null,
  };
}
