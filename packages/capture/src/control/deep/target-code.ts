// Code of the target's modules over distribution: forms and source come here, changed forms go back and are
// compiled there, by the compiler that made the module. The probe's `elixir_scope_code` says what is safe.

import type { Connection } from "@elixirscope/dist";
import { atom, boolean, integer, list, tuple, type Term } from "@elixirscope/etf";
import { CaptureError } from "../capture-error.ts";
import { evaluate } from "../target/evaluate.ts";
import { atomOf, bytesOf, entryOf, itemsOf, textOf } from "../target/read-term.ts";
import { PROBE_MODULE } from "../target/survey.ts";

/** Why a module is left as it is; the message says it to a person. */
export type Refusal = { readonly code: string; readonly message: string };

export type ModuleCodeFacts = {
  readonly forms: Term;
  /** of the code as it was compiled, hexadecimal */
  readonly md5: string;
  readonly vsn: Term | null;
  /** path of the source as the compiler was told; null: none is known */
  readonly path: string | null;
  /** its text; null: the target cannot read it, or it was written after the code was compiled */
  readonly source: string | null;
  readonly isStale: boolean;
};

const CODE_MODULE = "elixir_scope_code";
/** The compiler may take a minute; loading is short. */
const TIMEOUT_MS = 150_000;
/** Looks, 20 ms apart, at whether somebody is inside of a module: most are out again in a moment. */
const PATIENCE = 10;
/** A larger file is no source that somebody wrote. */
const SOURCE_BYTES = 4 * 1024 * 1024;

// What is loaded is ours when the module is instrumented already: then the file on disk is asked. Refused here
// is what would be refused later anyway, before much is read and compiled in vain.
const FETCH = `(fun() ->
  Sticky = code:is_sticky(Module),
  Built = case code:which(Module) of
    File when is_list(File) -> filelib:last_modified(File);
    _ -> 0
  end,
  Read = fun
    (none) -> none;
    (Path) ->
      Size = filelib:file_size(Path),
      case filelib:last_modified(Path) of
        0 -> none;
        _ when Size > Most -> none;
        Written when Built =/= 0, Written > Built -> changed;
        _ -> case file:read_file(Path) of {ok, Text} -> Text; _ -> none end
      end
  end,
  Failed = fun(Why, Format, Args) ->
    {error, {Why, unicode:characters_to_binary(io_lib:format(Format, Args))}}
  end,
  Inside = fun
    (_, 0) -> none;
    (Look, Looks) ->
      case Code:on_stacks() of
        #{Module := Pid} when Looks =:= 1 -> Pid;
        #{Module := _} -> timer:sleep(20), Look(Look, Looks - 1);
        _ -> none
      end
  end,
  Facts = case Inside(Inside, Patience) of
    _ when Sticky -> Failed(sticky, "it is in a sticky folder (OTP itself)", []);
    Pid when is_pid(Pid) ->
      Failed(in_use, "the process ~p is inside of it and would be killed by a later change of its code", [Pid]);
    _ when Again -> {Module, Beam, _} = code:get_object_code(Module), Code:forms(Module, Beam);
    _ -> Code:forms(Module)
  end,
  case Facts of
    {ok, Found} -> {ok, Found, Read(maps:get(source, Found))};
    Failure -> Failure
  end
end)()`;

// Compiled before anything changes: between giving the code back and replacing it again is a moment only.
const REPLACE = `(fun() ->
  Replace = fun(Try, New, Tries) ->
    case Probe:adjust({replace_modules, [{Module, none, New}]}) of
      {ok, [{_, {error, {in_use, _}}}]} when Tries > 1 -> timer:sleep(20), Try(Try, New, Tries - 1);
      Answer -> Answer
    end
  end,
  case code:get_object_code(Module) of
    {Module, Original, _} ->
      case Code:compile(Forms, Original) of
        {ok, Beam} ->
          Restored = case Again of
            true -> Probe:adjust({restore_modules, [Module]});
            false -> {ok, []}
          end,
          case Restored of
            {ok, Results} ->
              case [Error || {_, {error, Error}} <- Results] of
                [] -> Replace(Replace, Beam, 10);
                [Error | _] -> {error, Error}
              end;
            Failure -> Failure
          end;
        Failure -> Failure
      end;
    error -> {error, {no_object_code, <<"its code is in no file of the code path">>}}
  end
end)()`;

export class TargetCode {
  readonly #connection: Connection;
  readonly #signal: AbortSignal;

  /** `signal`: nobody waits for answers any more; the probe undoes what may still come of them. */
  constructor(connection: Connection, signal: AbortSignal) {
    this.#connection = connection;
    this.#signal = signal;
  }

  /** `again`: the module is instrumented now. */
  async fetch(module: string, again: "again" | "first"): Promise<ModuleCodeFacts | Refusal> {
    const limits = {
      Most: integer(SOURCE_BYTES),
      Patience: integer(again === "again" ? 0 : PATIENCE),
    };
    const answer = await this.#evaluate(FETCH, module, again, limits);
    const [tag, facts, source] = itemsOf(answer);
    if (atomOf(tag) !== "ok" || facts?.kind !== "map") return refusalOf(facts);
    const vsn = entryOf(facts, "vsn");
    return {
      forms: entryOf(facts, "forms") ?? atom("none"),
      md5: Buffer.from(bytesOf(entryOf(facts, "md5"))).toString("hex"),
      vsn: vsn === undefined || vsn.kind === "atom" ? null : vsn,
      path: textOrNull(entryOf(facts, "source")),
      source: textOrNull(source),
      isStale: source?.kind === "atom" && source.name === "changed",
    };
  }

  /** Null: it runs now. */
  async replace(module: string, forms: Term, again: "again" | "first"): Promise<Refusal | null> {
    const answer = await this.#evaluate(REPLACE, module, again, { Forms: forms });
    return refused(answer);
  }

  /** Null: the original code runs again. */
  async restore(module: string): Promise<Refusal | null> {
    const change = tuple(atom("restore_modules"), list([atom(module)]));
    const options = { signal: this.#signal };
    return refused(await this.#connection.call(PROBE_MODULE, "adjust", [change], options));
  }

  async #evaluate(
    source: string,
    module: string,
    again: "again" | "first",
    bindings: Readonly<Record<string, Term>>,
  ): Promise<Term> {
    const all = {
      ...bindings,
      Module: atom(module),
      Again: boolean(again === "again"),
      Code: atom(CODE_MODULE),
      Probe: atom(PROBE_MODULE),
    };
    const options = { timeoutMs: TIMEOUT_MS, signal: this.#signal };
    return await evaluate(this.#connection, source, all, options);
  }
}

/** Of `{ok, [{Module, ok | Error}]}` and `Error`, which is `{error, {Code, Text}}`. */
function refused(answer: Term): Refusal | null {
  const [tag, value] = itemsOf(answer);
  if (atomOf(tag) !== "ok") return refusalOf(value);
  for (const entry of itemsOf(value)) {
    const [, result] = itemsOf(entry);
    if (result?.kind === "tuple") return refusalOf(result.items[1]);
  }
  return null;
}

function refusalOf(term: Term | undefined): Refusal {
  const [code, text] = term?.kind === "tuple" ? term.items : [];
  if (code === undefined || text === undefined) {
    throw new CaptureError("probe_failed", "the probe refused a module without a reason");
  }
  return { code: atomOf(code), message: textOf(text) };
}

function textOrNull(term: Term | undefined): string | null {
  return term?.kind === "binary" ? textOf(term) : null;
}
