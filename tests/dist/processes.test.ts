// Messages, monitors, links and the end of a connection, seen from both sides.

import { connect, type Connection, type IncomingMessage } from "@elixirscope/dist";
import {
  atom,
  binary,
  charlist,
  integer,
  list,
  tuple,
  type PidTerm,
  type ReferenceTerm,
  type Term,
} from "@elixirscope/etf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startNode, type BeamNode } from "../support/beam-node.ts";

// A process that shows from its side what it gets from us.
const PEER = `
  register(es_peer, spawn(fun F() ->
    receive
      {echo, To, X} -> To ! {echoed, X};
      {size, To, X} -> To ! {size, byte_size(X)};
      {alias, To} -> A = alias(), To ! {alias, A}, receive M -> To ! {got, M} end;
      {watch, P, To} -> R = monitor(process, P),
        receive {'DOWN', R, _, _, Why} -> To ! {down, Why} after 300 -> To ! alive end
    end, F() end)).`;

let node: BeamNode;
let connection: Connection;

beforeAll(async () => {
  node = await startNode({ code: PEER });
  connection = await connect({ target: node.name, cookie: node.cookie });
});

afterAll(async () => {
  await connection.close();
  await node.stop();
});

async function nextMessage(on: Connection = connection): Promise<IncomingMessage> {
  return await new Promise((resolve) => {
    const listening = on.onMessage((message) => {
      listening[Symbol.dispose]();
      resolve(message);
    });
  });
}

async function peer(on: Connection = connection): Promise<PidTerm> {
  const pid = await on.call("erlang", "whereis", [atom("es_peer")]);
  if (pid.kind !== "pid") throw new Error("es_peer is not registered");
  return pid;
}

/** A process that does what a peer does, for one test alone. */
async function spawnSleeper(on: Connection = connection): Promise<PidTerm> {
  const args = [atom("timer"), atom("sleep"), list([atom("infinity")])];
  const pid = await on.call("erlang", "spawn", args);
  if (pid.kind !== "pid") throw new Error("spawn gave no pid");
  return pid;
}

async function end(pid: Term, reason: string): Promise<void> {
  await connection.call("erlang", "exit", [pid, atom(reason)]);
}

describe("messages", () => {
  it("reach a registered name and a pid, and answers reach us", async () => {
    const request = tuple(atom("echo"), connection.self, integer(7));
    for (const to of ["es_peer", await peer()]) {
      const answer = nextMessage();
      await connection.send(to, request);
      expect(await answer).toEqual({
        to: connection.self,
        from: await peer(),
        message: tuple(atom("echoed"), integer(7)),
      });
    }
  });

  it("reach an alias", async () => {
    const made = nextMessage();
    await connection.send("es_peer", tuple(atom("alias"), connection.self));
    const { message } = await made;
    const alias = message.kind === "tuple" ? message.items[1] : undefined;
    if (alias?.kind !== "reference") throw new Error("no alias was made");
    const got = nextMessage();
    const typed: ReferenceTerm = alias;
    await connection.send(typed, atom("hello"));
    expect((await got).message).toEqual(tuple(atom("got"), atom("hello")));
  });

  it("of many MB arrive in order while the sender waits for room", async () => {
    const large = binary(new Uint8Array(20_000_000));
    const sizes: Term[] = [];
    const listening = connection.onMessage(({ message }) => sizes.push(message));
    for (let i = 0; i < 3; i++) {
      await connection.send("es_peer", tuple(atom("size"), connection.self, large));
    }
    while (sizes.length < 3) await nextMessage();
    listening[Symbol.dispose]();
    const size = tuple(atom("size"), integer(20_000_000));
    expect(sizes).toEqual([size, size, size]);
  });
});

describe("monitors", () => {
  it("tell how a process ended", async () => {
    const pid = await spawnSleeper();
    const { down } = connection.monitor(pid);
    await end(pid, "boom");
    expect(await down).toEqual(atom("boom"));
  });

  it("tell noproc of processes and names that are not there", async () => {
    const pid = await spawnSleeper();
    await end(pid, "kill");
    expect(await connection.monitor(pid).down).toEqual(atom("noproc"));
    expect(await connection.monitor("no_such_name").down).toEqual(atom("noproc"));
  });

  it("watch a registered name", async () => {
    const pid = await spawnSleeper();
    await connection.call("erlang", "register", [atom("es_watched"), pid]);
    const { down } = connection.monitor("es_watched");
    await end(pid, "done");
    expect(await down).toEqual(atom("done"));
  });

  it("are gone on the node when cancelled", async () => {
    const pid = await spawnSleeper();
    const watchers = async (): Promise<Term> =>
      await connection.call("erlang", "process_info", [pid, atom("monitored_by")]);
    const monitor = connection.monitor(pid);
    expect(await watchers()).toEqual(tuple(atom("monitored_by"), list([connection.self])));
    monitor.cancel();
    expect(await watchers()).toEqual(tuple(atom("monitored_by"), list([])));
    await end(pid, "kill");
  });

  it("on us by the node are answered truthfully", async () => {
    const nobody = { ...connection.self, id: 9999 };
    const verdicts: Term[] = [];
    for (const target of [nobody, connection.self]) {
      const verdict = nextMessage();
      await connection.send("es_peer", tuple(atom("watch"), target, connection.self));
      verdicts.push((await verdict).message);
    }
    expect(verdicts).toEqual([tuple(atom("down"), atom("noproc")), atom("alive")]);
  });
});

describe("links", () => {
  it("carry the exit reason, and unlinking is acknowledged", async () => {
    const pid = await spawnSleeper();
    const link = connection.link(pid);
    const links = async (): Promise<Term> =>
      await connection.call("erlang", "process_info", [pid, atom("links")]);
    expect(await links()).toEqual(tuple(atom("links"), list([connection.self])));
    link.unlink();
    expect(await links()).toEqual(tuple(atom("links"), list([])));
    const { exit } = connection.link(pid);
    await end(pid, "snap");
    expect(await exit).toEqual(atom("snap"));
  });

  it("made by the node bring exits as messages, and its unlink is answered", async () => {
    const { self } = connection;
    // In a process of its own that links to us, unlinks, links again and exits.
    const code = `fun(Us) -> link(Us), unlink(Us), link(Us), exit(gone) end`;
    const fun = await evaluateFun(code);
    const message = nextMessage();
    await connection.call("erlang", "spawn", [
      atom("erlang"),
      atom("apply"),
      list([fun, list([self])]),
    ]);
    expect((await message).message).toMatchObject({
      items: [atom("EXIT"), { kind: "pid" }, atom("gone")],
    });
  });
});

async function evaluateFun(code: string): Promise<Term> {
  const [, tokens] = itemsOf(await connection.call("erl_scan", "string", [charlist(`${code}.`)]));
  const [, forms] = itemsOf(
    await connection.call("erl_parse", "parse_exprs", [tokens ?? list([])]),
  );
  const [, fun] = itemsOf(
    await connection.call("erl_eval", "exprs", [forms ?? list([]), list([])]),
  );
  return fun ?? atom("none");
}

function itemsOf(term: Term): readonly Term[] {
  return term.kind === "tuple" ? term.items : [];
}

describe("the end of a connection", () => {
  it("leaves no process, no node and no monitor behind", async () => {
    const before = await connection.call("erlang", "processes");
    const names = await connection.call("erlang", "nodes", [atom("hidden")]);
    const other = await connect({ target: node.name, cookie: node.cookie });
    const pid = await peer(other);
    other.monitor(pid);
    const calls = [1, 2, 3].map((i) =>
      other.call("timer", "sleep", [integer(600_000 + i)]).then(
        () => "returned",
        (error: unknown) => error,
      ),
    );
    await other.close();
    expect(await Promise.all(calls)).toMatchObject(calls.map(() => ({ code: "closed" })));
    expect(await other.closed).toMatchObject({ code: "requested" });
    await expect.poll(() => connection.call("erlang", "nodes", [atom("hidden")])).toEqual(names);
    const running = async (): Promise<number> => {
      const now = await connection.call("erlang", "processes");
      const known = before.kind === "list" ? before.items : [];
      const seen = now.kind === "list" ? now.items : [];
      const ids = new Set(known.map((term) => (term.kind === "pid" ? term.id : 0)));
      return seen.filter((term) => term.kind === "pid" && !ids.has(term.id)).length;
    };
    // the process that runs this very call
    await expect.poll(running).toBeLessThanOrEqual(1);
    expect(await connection.call("erlang", "process_info", [pid, atom("monitored_by")])).toEqual(
      tuple(atom("monitored_by"), list([])),
    );
  });

  it("is noticed when the node is killed, and rejects what was under way", async () => {
    const victim = await startNode();
    const lost = await connect({ target: victim.name, cookie: victim.cookie });
    const call = lost.call("timer", "sleep", [atom("infinity")], { timeoutMs: Infinity });
    const rejected = call.catch((error: unknown) => error);
    const { down } = lost.monitor("kernel_sup");
    const { exit } = lost.link(await spawnSleeper(lost));
    await victim.stop();
    expect(await rejected).toMatchObject({ code: "closed" });
    expect(await lost.closed).toMatchObject({ code: "lost" });
    expect([await down, await exit]).toEqual([atom("noconnection"), atom("noconnection")]);
    await expect(lost.call("erlang", "node")).rejects.toMatchObject({ code: "closed" });
    await expect(lost.send("x", atom("y"))).rejects.toMatchObject({ code: "closed" });
  });

  it("is noticed when the node disconnects us", async () => {
    const other = await connect({ target: node.name, cookie: node.cookie });
    await connection.call("erlang", "disconnect_node", [atom(other.localNode)]);
    expect(await other.closed).toMatchObject({ code: "lost" });
  });

  it("is told to linked processes of the node", async () => {
    const other = await connect({ target: node.name, cookie: node.cookie });
    const pid = await spawnSleeper(other);
    const { down } = connection.monitor(pid);
    other.link(pid);
    await other.close();
    expect(await down).toEqual(atom("noconnection"));
  });
});
