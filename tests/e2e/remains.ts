// Whether anything of a recording is on a target, beyond what the session tests look at: terms kept by
// the VM, processes under any name, handlers that sys runs, patterns in every module.

import type { Connection } from "@elixirscope/dist";
import { erlang, left } from "../capture-control/target-probe.ts";

const OURS = `Ours = fun(Term) -> string:find(io_lib:format("~p", [Term]), "elixir_scope") =/= nomatch end`;

const REMAINS = `begin ${OURS}, lists:sort(
  [{persistent, K} || {K, _} <- persistent_term:get(), Ours(K)] ++
  [{table, T} || T <- ets:all(), Ours(ets:info(T, name))] ++
  [{process, P, process_info(P, [current_stacktrace, message_queue_len])} || P <- processes(), Ours([process_info(P, [registered_name, initial_call, current_function]),
    case process_info(P, dictionary) of {_, D} -> [V || {K, V} <- D, K =:= '$initial_call']; _ -> [] end])] ++
  [{sys, N} || N <- registered(), string:find(atom_to_list(N), "Elixir.Shop.") =/= nomatch,
    lists:member(N, ['Elixir.Shop.Inventory', 'Elixir.Shop.Notifier', 'Elixir.Shop.Payments.Ledger', 'Elixir.Shop.Payments.Gateway']),
    {status, _, _, [_, _, _, Debug | _]} <- [sys:get_status(N, 2000)], Debug =/= []]) end`;

const PATTERNS = `[{M, F, A} || {M, _} <- code:all_loaded(), {F, A} <- erlang:get_module_info(M, functions),
  erlang:trace_info({M, F, A}, all) =/= {all, false}]`;

/** "[]" when nothing is left. */
export async function remains(connection: Connection): Promise<string> {
  const seen = await left(connection);
  const kept = await erlang(connection, REMAINS);
  return seen === "[]" ? kept : `${seen} ${kept}`;
}

/** Also in the modules of OTP and Elixir; slow. */
export async function patterns(connection: Connection): Promise<string> {
  return await erlang(connection, PATTERNS);
}

/** ms until nothing was left, the last look included; null when something stayed `withinMs`. */
export async function untilGone(connection: Connection, withinMs: number): Promise<number | null> {
  const begun = performance.now();
  while (performance.now() - begun < withinMs) {
    if ((await remains(connection)) === "[]") return performance.now() - begun;
  }
  return null;
}
