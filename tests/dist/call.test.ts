// Remote calls against a real node: results, failures, size, and what is left when they are given up.

import { connect, DistError, type Connection } from "@elixirscope/dist";
import { atom, binary, charlist, equal, integer, list, tuple, type Term } from "@elixirscope/etf";
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

describe("a remote call", () => {
  it("returns the function's result", async () => {
    const result = await connection.call("lists", "reverse", [list([integer(1), integer(2)])]);
    expect(equal(result, list([integer(2), integer(1)]))).toBe(true);
    expect(await connection.call("erlang", "node")).toEqual(atom(node.name));
  });
});
