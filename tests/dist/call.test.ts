// Remote calls against a real node: results, failures, size, and what is left when they are given up.

import { connect, DistError, type Connection } from "@elixirscope/dist";
import {
  atom,
  binary,
  charlist,
  equal,
  float,
  integer,
  list,
  map,
  tuple,
  type Term,
} from "@elixirscope/etf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startNode, type BeamNode } from "../support/beam-node.ts";

let node: BeamNode;
let connection: Connection;

beforeAll(async () => {
  node = await startNode();
  connection = await connect({ target: node.name, cookie: node.cookie });
});

afterAll(async () => {
  await connection.close();
  await node.stop();
});

/** The value of Erlang expressions, on the node. */
async function evaluate(code: string, bindings: readonly Term[] = []): Promise<Term> {
  const names = bindings.map((value, i) => tuple(atom(`X${String(i)}`), value));
  const tokens = await connection.call("erl_scan", "string", [charlist(code)]);
  const scanned = tokens.kind === "tuple" ? tokens.items[1] : undefined;
  const forms = await connection.call("erl_parse", "parse_exprs", [scanned ?? list([])]);
  const parsed = forms.kind === "tuple" ? forms.items[1] : undefined;
  const result = await connection.call("erl_eval", "exprs", [parsed ?? list([]), list(names)]);
  return (result.kind === "tuple" ? result.items[1] : undefined) ?? atom("none");
}

/** The error of a call that must fail. */
async function failure(call: Promise<Term>): Promise<DistError> {
  const outcome = await call.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof DistError)) throw new Error("the call did not fail with a DistError");
  return outcome;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("the condition did not come true within 5 s");
}

async function sleepers(): Promise<Term> {
  return await evaluate(
    "length([P || P <- processes(), {current_function, {timer, sleep, 1}} <- [process_info(P, current_function)]]).",
  );
}

describe("a remote call", () => {
  it("returns the function's result", async () => {
    const result = await connection.call("lists", "reverse", [list([integer(1), integer(2)])]);
    expect(equal(result, list([integer(2), integer(1)]))).toBe(true);
    expect(await connection.call("erlang", "node")).toEqual(atom(node.name));
  });

  it("takes every term there and back", async () => {
    const terms = [
      integer(2n ** 80n),
      float(1),
      binary("é"),
      map([[atom("a"), list([integer(1)], integer(2))]]),
      connection.self,
      tuple(),
      charlist("abc"),
    ];
    for (const term of terms) {
      const echoed = await connection.call("erlang", "hd", [list([term])]);
      expect(equal(echoed, term)).toBe(true);
    }
  });

  it("runs many calls at once and gives each its own result", async () => {
    const numbers = Array.from({ length: 500 }, (_, i) => i);
    const results = await Promise.all(
      numbers.map((i) => connection.call("erlang", "+", [integer(i), integer(1)])),
    );
    expect(results).toEqual(numbers.map((i) => integer(i + 1)));
  });

  it("carries a reply of 30 MB and a list of 300,000 elements", async () => {
    const blob = await connection.call("binary", "copy", [binary("x"), integer(30_000_000)]);
    expect(blob.kind === "binary" && blob.bytes.length).toBe(30_000_000);
    const large = await connection.call("lists", "seq", [integer(1), integer(300_000)]);
    expect(large.kind === "list" && large.items.length).toBe(300_000);
    expect(large.kind === "list" && large.items.at(-1)).toEqual(integer(300_000));
  });

  it("carries an argument of 30 MB", async () => {
    const argument = binary(new Uint8Array(30_000_000).fill(1));
    expect(await connection.call("erlang", "byte_size", [argument])).toEqual(integer(30_000_000));
  });

  it("says how the called function failed", async () => {
    const thrown = await failure(connection.call("erlang", "throw", [atom("ball")]));
    expect(thrown).toMatchObject({
      code: "rpc_failed",
      rpc: { class: "throw", reason: atom("ball") },
    });
    const exited = await failure(connection.call("erlang", "exit", [atom("bye")]));
    expect(exited.rpc).toMatchObject({ class: "exit", reason: atom("bye") });
    const raised = await failure(connection.call("erlang", "atom_to_list", [integer(1)]));
    expect(raised.rpc).toMatchObject({ class: "error", reason: atom("badarg") });
    expect(raised.message).toContain("erlang:atom_to_list/1");
    const undefinedFunction = await failure(connection.call("no_such_module", "f"));
    expect(undefinedFunction.rpc).toMatchObject({ class: "error", reason: atom("undef") });
  });

  it("reports that its process was killed", async () => {
    const killed = await failure(evaluate("exit(self(), kill), timer:sleep(infinity)."));
    expect(killed.rpc).toMatchObject({ class: "exit", reason: atom("killed") });
  });

  it("kills the remote process when time is up", async () => {
    const error = await failure(
      connection.call("timer", "sleep", [integer(600_000)], { timeoutMs: 50 }),
    );
    expect(error.code).toBe("timeout");
    await until(async () => equal(await sleepers(), integer(0)));
  });

  it("kills the remote process on abort", async () => {
    const abort = new AbortController();
    const call = failure(
      connection.call("timer", "sleep", [integer(600_000)], { signal: abort.signal }),
    );
    await until(async () => equal(await sleepers(), integer(1)));
    abort.abort(new Error("changed my mind"));
    expect(await call).toMatchObject({ code: "aborted", cause: abort.signal.reason });
    await until(async () => equal(await sleepers(), integer(0)));
    const early = failure(connection.call("erlang", "node", [], { signal: abort.signal }));
    expect(await early).toMatchObject({ code: "aborted" });
  });

  it("never waits for output or input of the called code", async () => {
    await connection.call("io", "format", [charlist("~p~n"), list([atom("dropped")])]);
    await connection.call("io", "put_chars", [binary("dropped")]);
    expect(await connection.call("io", "get_line", [charlist("> ")])).toEqual(atom("eof"));
    expect(await evaluate('io:format("x"), io:columns().')).toMatchObject({ kind: "tuple" });
    expect(node.output()).not.toContain("dropped");
  });
});
