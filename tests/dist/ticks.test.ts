// Staying connected to an idle node, and noticing one that hangs. Uses short tick times.

import { connect } from "@elixirscope/dist";
import { atom, list } from "@elixirscope/etf";
import { describe, expect, it } from "vitest";
import { startNode } from "../support/beam-node.ts";

const SLOW_TICKS = { timeout: 40_000 };

describe("an idle connection", () => {
  it("outlives the node's net_ticktime", SLOW_TICKS, async () => {
    // The node drops us after 4 to 5 silent seconds; our own timer alone would tick each 15 s.
    await using node = await startNode({ args: ["-kernel", "net_ticktime", "4"] });
    await using connection = await connect({ target: node.name, cookie: node.cookie });
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    expect(await connection.call("erlang", "nodes", [atom("hidden")])).toEqual(
      list([atom(connection.localNode)]),
    );
  });

  it("outlives our own tick time with a node that ticks rarely", SLOW_TICKS, async () => {
    await using node = await startNode();
    await using connection = await connect({
      target: node.name,
      cookie: node.cookie,
      netTickMs: 400,
    });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await connection.call("erlang", "node")).toEqual(atom(node.name));
  });

  it("is given up when the node hangs", SLOW_TICKS, async () => {
    await using node = await startNode();
    const connection = await connect({
      target: node.name,
      cookie: node.cookie,
      netTickMs: 1_000,
    });
    const call = connection.call("timer", "sleep", [atom("infinity")]);
    const rejected = call.catch((error: unknown) => error);
    node.signal("SIGSTOP");
    expect(await rejected).toMatchObject({ code: "closed" });
    expect(await connection.closed).toMatchObject({ code: "silent" });
  });
});
