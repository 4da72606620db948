// What these tests look at on a target: whether anything of a session is left there.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Connection } from "../../packages/dist/src/index.ts";
import { atom, charlist, inspect, list, type Term } from "../../packages/etf/src/index.ts";
import type { BeamNode } from "../support/beam-node.ts";

/** A folder that is gone after the test; recordings are made inside it. */
export class Workspace {
  readonly dir: string = mkdtempSync(join(tmpdir(), "elixirscope-session-"));
  #count = 0;

  next(): string {
    this.#count += 1;
    return join(this.dir, `r${String(this.#count)}.escope`);
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export async function look(node: BeamNode): Promise<Connection> {
  return await connect({ target: node.name, cookie: node.cookie });
}

/** The value of an Erlang expression on the target, as text. */
export async function erlang(connection: Connection, source: string): Promise<string> {
  const scanned = await connection.call("erl_scan", "string", [charlist(`${source}.`)]);
  const parsed = await connection.call("erl_parse", "parse_exprs", [second(scanned)]);
  const value = await connection.call("erl_eval", "exprs", [second(parsed), list([])]);
  return inspect(second(value));
}

/** Runs Elixir on the target; its value as text. */
export async function elixir(connection: Connection, source: string): Promise<string> {
  const code: Term = { kind: "binary", bytes: new TextEncoder().encode(source) };
  const value = await connection.call("Elixir.Code", "eval_string", [code]);
  return inspect(value.kind === "tuple" ? (value.items[0] ?? atom("none")) : value);
}

function second(term: Term): Term {
  const value = term.kind === "tuple" ? term.items[1] : undefined;
  if (value === undefined) throw new Error(inspect(term));
  return value;
}

const LEFT = `lists:sort(
  [{flags, P} || P <- processes(), {flags, [_ | _]} <- [erlang:trace_info(P, flags)]] ++
  [{new, F} || {flags, [_ | _] = F} <- [erlang:trace_info(new, flags)]] ++
  [{pattern, T} || T <- [send, 'receive'], erlang:trace_info(T, match_spec) =/= {match_spec, true}, erlang:trace_info(T, match_spec) =/= {match_spec, []}] ++
  [{pattern, M, F, A} || {M, _} <- code:all_loaded(), lists:prefix("Elixir.Shop", atom_to_list(M)), {F, A} <- erlang:get_module_info(M, functions), erlang:trace_info({M, F, A}, traced) =/= {traced, false}] ++
  [{counter, M, F, A} || {M, _} <- code:all_loaded(), lists:prefix("Elixir.Shop", atom_to_list(M)), {F, A} <- erlang:get_module_info(M, functions), erlang:trace_info({M, F, A}, call_count) =/= {call_count, false}] ++
  [{module, M} || {M, _} <- code:all_loaded(), lists:prefix("elixir_scope", atom_to_list(M))] ++
  [{session, N} || erlang:function_exported(trace, session_info, 1), {N, _} <- trace:session_info(all), lists:prefix("elixir_scope", atom_to_list(N))] ++
  [{name, N} || N <- registered(), lists:prefix("elixir_scope", atom_to_list(N))] ++
  [{handler, P} || P <- processes(), {dictionary, D} <- [process_info(P, dictionary)], {'$initial_call', {M, _, _}} <- D, lists:prefix("Elixir.Shop", atom_to_list(M)), {current_stacktrace, S} <- [process_info(P, current_stacktrace)], lists:any(fun({X, _, _, _}) -> lists:prefix("elixir_scope", atom_to_list(X)) end, S)])`;

/** What of a session is on the target; "[]" when it is clean. */
export async function left(connection: Connection): Promise<string> {
  return await erlang(connection, LEFT);
}

export async function untilClean(connection: Connection, withinMs: number): Promise<string> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await left(connection);
    if (found === "[]" || performance.now() > deadline) return found;
  }
}

/** Counts that must not grow with the number of sessions. */
export async function census(connection: Connection): Promise<Record<string, number>> {
  const source =
    "[erlang:system_info(atom_count), length(processes()), length(erlang:ports()), length(code:all_loaded()), length(ets:all())]";
  const [atoms = 0, processes = 0, ports = 0, modules = 0, tables = 0] = (
    await erlang(connection, source)
  )
    .replaceAll(/[^\d,]/g, "")
    .split(",")
    .map(Number);
  return { atoms, processes, ports, modules, tables };
}
