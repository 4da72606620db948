// Elixir itself as the oracle of a test file: a node for as long as the file runs, and what it says of source text.

import { afterAll, beforeAll } from "vitest";
import { connect, type Connection } from "../../packages/dist/src/index.ts";
import { binary, list, type Term } from "../../packages/etf/src/index.ts";
import { startNode, type BeamNode } from "./beam-node.ts";

let node: BeamNode;
let connection: Connection;

beforeAll(async () => {
  node = await startNode({
    program: "elixir",
    code: "Code.compiler_options(ignore_module_conflict: true)",
  });
  connection = await connect({ target: node.name, cookie: node.cookie });
});
afterAll(async () => {
  await connection.close();
  await node.stop();
});

export function itemsOf(term: Term | undefined): readonly Term[] {
  if (term?.kind !== "tuple" && term?.kind !== "list") throw new Error(`no list: ${term?.kind}`);
  return term.items;
}

/** What a function of the node answers. */
export async function callElixir(
  module: string,
  name: string,
  args: readonly Term[],
): Promise<Term> {
  return await connection.call(module, name, args);
}

/** The value of the text; `bindings`: a list of `{name, value}`. */
export async function evaluateElixir(source: string, bindings: readonly Term[]): Promise<Term> {
  const [value] = itemsOf(
    await callElixir("Elixir.Code", "eval_string", [binary(source), list(bindings)]),
  );
  if (value === undefined) throw new Error("no value");
  return value;
}
