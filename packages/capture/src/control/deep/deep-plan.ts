// What deep recording would do and cost, before anything on the target changes.
//
// Only the transformer knows how many events a call makes, and it needs the code, which the probe fetches. So
// the cost is a model: calls as the VM counts them now, times what a call of a usual function costs.

import type { Connection } from "@elixirscope/dist";
import { atom, list } from "@elixirscope/etf";
import { estimateCost } from "../plan/estimate.ts";
import type { PreparedPlan } from "../plan/prepare-plan.ts";
import { evaluate, type EvaluateOptions } from "../target/evaluate.ts";
import { atomOf, itemsOf } from "../target/read-term.ts";
import type { TargetSurvey } from "../target/survey.ts";
import { byModule, deepFunctions } from "./deep-control.ts";

export type DeepPlan = {
  readonly modules: readonly {
    /** as the VM has it */
    readonly module: string;
    readonly functions: number;
    /** why its code will stay as it is, as far as that is known before */
    readonly refusal: string | null;
  }[];
  /** null: not measured */
  readonly callsPerSecond: number | null;
  readonly nsPerCall: number;
};

/** Entry, end and four values or branches, each about 110 ns of the calling process (measured for one event). */
export const NS_PER_CALL = 660;
export const EVENTS_PER_CALL = 6;

const CHECK = `[{M,
  case code:is_sticky(M) of
    true -> sticky;
    false ->
      case code:get_object_code(M) of
        {M, Beam, _} ->
          Same = code:module_md5(Beam) =:= erlang:get_module_info(M, md5),
          case beam_lib:chunks(Beam, [debug_info]) of
            _ when not Same -> changed;
            {ok, {_, [{debug_info, {_, _, none}}]}} -> none;
            {ok, {_, [{debug_info, {_, _, {none, _}}}]}} -> none;
            {ok, {_, [{debug_info, {_, _, _}}]}} -> ok;
            _ -> none
          end;
        error -> error
      end
  end} || M <- Modules]`;

const REFUSALS: Readonly<Record<string, string>> = {
  sticky: "it is in a sticky folder (OTP itself)",
  changed: "its file is not the code that is loaded; reload the module or restart the node",
  none: "it was compiled without debug information; compile it with debug_info",
  error: "its code is in no file of the code path",
};

export async function planDeep(
  connection: Connection,
  survey: TargetSurvey,
  prepared: PreparedPlan,
  request: { readonly deep?: readonly string[] | undefined; readonly estimate?: boolean },
  options: EvaluateOptions,
): Promise<DeepPlan | null> {
  const { deep = [] } = request;
  if (deep.length === 0) return null;
  const functions = await deepFunctions(connection, survey, deep);
  const modules = byModule(functions);
  const names = { Modules: list([...modules.keys()].map(atom)) };
  const refusals = new Map(
    itemsOf(await evaluate(connection, CHECK, names, options)).map((entry) => {
      const [module, found] = itemsOf(entry);
      return [atomOf(module), REFUSALS[atomOf(found)] ?? null] as const;
    }),
  );
  const asked = { ...prepared, functions };
  const estimate =
    request.estimate === false ? null : await estimateCost(connection, survey, asked, options);
  return {
    modules: [...modules].map(([module, own]) => ({
      module,
      functions: own.length,
      refusal: refusals.get(module) ?? null,
    })),
    callsPerSecond: estimate === null || "reason" in estimate ? null : estimate.callsPerSecond,
    nsPerCall: NS_PER_CALL,
  };
}
