// Finding a node and shaking hands with it, and every way in which that fails.

import { execFile } from "node:child_process";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { connect, DistError, epmdNames, type ConnectOptions } from "@elixirscope/dist";
import { atom, integer, list, type Term } from "@elixirscope/etf";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { otpReleases, startNode, uniqueNodeName, type BeamNode } from "../support/beam-node.ts";

let node: BeamNode;

beforeAll(async () => {
  node = await startNode();
});

afterAll(async () => {
  await node.stop();
});

async function failure(options: Partial<ConnectOptions>): Promise<DistError> {
  const outcome = await connect({ target: node.name, cookie: node.cookie, ...options }).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof DistError)) throw new Error("no DistError", { cause: outcome });
  return outcome;
}

/** In a session of its own. */
async function atomCount(): Promise<Term> {
  await using connection = await connect({ target: node.name, cookie: node.cookie });
  return await connection.call("erlang", "system_info", [atom("atom_count")]);
}

function names(term: Term): string[] {
  const items = term.kind === "list" ? term.items : [];
  return items.map((item) => (item.kind === "atom" ? item.name : "")).toSorted();
}

describe("connect", () => {
  for (const { release, root } of otpReleases()) {
    it(`reaches a node of the ${release} release, hidden`, async () => {
      await using target = await startNode(root === undefined ? {} : { root });
      await using connection = await connect({ target: target.name, cookie: target.cookie });
      expect(connection.node).toBe(target.name);
      expect(names(await connection.call("erlang", "nodes"))).toEqual([]);
      expect(names(await connection.call("erlang", "nodes", [atom("hidden")]))).toEqual([
        connection.localNode,
      ]);
      const blob = await connection.call("binary", "copy", [
        { kind: "binary", bytes: Uint8Array.of(1) },
        integer(30_000_000),
      ]);
      expect(blob.kind === "binary" && blob.bytes.length).toBe(30_000_000);
      const sleep = connection.call("timer", "sleep", [atom("infinity")], { timeoutMs: 20 });
      await expect(sleep).rejects.toMatchObject({ code: "timeout" });
    });
  }

  it("reaches an Elixir node", async () => {
    await using target = await startNode({ program: "elixir" });
    await using connection = await connect({ target: target.name, cookie: target.cookie });
    expect(await connection.call("Elixir.System", "pid")).toMatchObject({ kind: "binary" });
  });

  it("reaches a node with short names, under a short name", async () => {
    const name = uniqueNodeName("es", "localhost");
    await using target = await startNode({ name, longNames: false });
    await using connection = await connect({ target: name, cookie: target.cookie });
    expect(connection.localNode).toMatch(/@localhost$/u);
    const mixed = await failure({ target: name.replace("localhost", "127.0.0.1") });
    expect(mixed).toMatchObject({ code: "name_type_mismatch" });
    expect(mixed.message).toContain(name);
  });

  it("holds several connections to one node, each under its own name of the pool", async () => {
    const options = { target: node.name, cookie: node.cookie };
    const all = await Promise.all(Array.from({ length: 8 }, () => connect(options)));
    const locals = all.map(({ localNode }) => localNode).toSorted();
    expect(locals).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((i) => `elixirscope${String(i)}@127.0.0.1`),
    );
    expect(await failure({})).toMatchObject({ code: "name_taken" });
    const sums = await Promise.all(
      all.map((connection, i) => connection.call("lists", "sum", [list([integer(i), integer(1)])])),
    );
    expect(sums).toEqual(all.map((_, i) => integer(i + 1)));
    await Promise.all(all.map((connection) => connection.close()));
    await using again = await connect(options);
    expect(again.localNode).toBe("elixirscope1@127.0.0.1");
  });

  it("takes the next name when another process has the first", async () => {
    // A node can hold the name that we would take, as another ElixirScope does.
    const dial = `true = net_kernel:connect_node('${node.name}').`;
    const name = "elixirscope1@127.0.0.1";
    await using holder = await startNode({ name, args: ["-hidden"], code: dial });
    expect(holder.name).toBe(name);
    await using connection = await connect({ target: node.name, cookie: node.cookie });
    expect(connection.localNode).toBe("elixirscope2@127.0.0.1");
    expect(names(await connection.call("erlang", "nodes", [atom("hidden")]))).toContain(name);
    expect(await failure({ name: "elixirscope1" })).toMatchObject({ code: "name_taken" });
  });

  it("adds no atom to the node from the second session on", async () => {
    await atomCount();
    const before = await atomCount();
    for (let i = 0; i < 30; i++) await atomCount();
    expect(await atomCount()).toEqual(before);
  });

  it("lists the nodes of a host", async () => {
    const found = await epmdNames("127.0.0.1");
    expect(found.map(({ name }) => `${name}@127.0.0.1`)).toContain(node.name);
  });

  it("reaches a node by its port when there is no port mapper", async () => {
    const found = await epmdNames("127.0.0.1");
    const port = found.find(({ name }) => node.name.startsWith(`${name}@`))?.port;
    await using connection = await connect({
      target: node.name,
      cookie: node.cookie,
      port,
      epmdPort: 1,
    });
    expect(await connection.call("erlang", "node")).toEqual(atom(node.name));
  });
});

describe("connect", () => {
  // Which of two strangers at the door a node turns away depends on how its name sorts.
  for (const prefix of ["aa", "zz"]) {
    it(`gives each of four processes a name of its own at ${prefix}…@127.0.0.1`, async () => {
      await using target = await startNode({ name: uniqueNodeName(prefix) });
      const script = `
        import { connect } from "@elixirscope/dist";
        const [target, cookie] = process.argv.slice(-2);
        const connection = await connect({ target, cookie });
        process.stdout.write(connection.localNode);
        await new Promise((resolve) => setTimeout(resolve, 1500));
        await connection.close();`;
      const cwd = resolve(import.meta.dirname, "../..");
      const dial = async (): Promise<string> => {
        const args = ["--input-type=module", "-e", script, target.name, target.cookie];
        const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
        return stdout;
      };
      const taken = await Promise.all([dial(), dial(), dial(), dial()]);
      expect(new Set(taken).size).toBe(4);
    });
  }
});

describe("connect fails, and says what to do, when", () => {
  it("the cookie is wrong", async () => {
    const error = await failure({ cookie: "QZXWRONG" });
    expect(error.code).toBe("cookie_rejected");
    expect(error.message).toContain("Node.get_cookie()");
    expect(`${error.message} ${error.stack ?? ""}`).not.toContain("QZXWRONG");
  });

  it("there is no such node, naming those that are", async () => {
    const error = await failure({ target: "nobody@127.0.0.1" });
    expect(error.code).toBe("node_unknown");
    expect(error.message).toContain(node.name.split("@")[0]);
  });

  it("the name is no node name", async () => {
    expect(await failure({ target: "shop" })).toMatchObject({ code: "bad_name" });
  });

  it("EPMD is down, by option and by ERL_EPMD_PORT", async () => {
    const error = await failure({ epmdPort: 1 });
    expect(error.code).toBe("epmd_unreachable");
    expect(error.message).toContain("epmd -names");
    const before = process.env["ERL_EPMD_PORT"];
    process.env["ERL_EPMD_PORT"] = "1";
    try {
      expect(await failure({})).toMatchObject({ code: "epmd_unreachable" });
      await expect(epmdNames("127.0.0.1")).rejects.toMatchObject({ code: "epmd_unreachable" });
    } finally {
      if (before === undefined) delete process.env["ERL_EPMD_PORT"];
      else process.env["ERL_EPMD_PORT"] = before;
    }
  });

  it("the node does not let us in", async () => {
    const code = "net_kernel:allow(['friend@127.0.0.1']).";
    await using strict = await startNode({ code });
    const error = await failure({ target: strict.name });
    expect(error.code).toBe("not_allowed");
    await using friend = await connect({
      target: strict.name,
      cookie: strict.cookie,
      name: "friend",
    });
    expect(friend.localNode).toBe("friend@127.0.0.1");
  });

  it("nothing listens on the port", async () => {
    expect(await failure({ port: 1 })).toMatchObject({ code: "connection_refused" });
  });

  it("the node is stopped and does not answer", async () => {
    await using frozen = await startNode();
    frozen.signal("SIGSTOP");
    const error = await failure({ target: frozen.name, timeoutMs: 300 });
    expect(error.code).toBe("timeout");
  });

  it("the caller gives up", async () => {
    await using frozen = await startNode();
    frozen.signal("SIGSTOP");
    const abort = new AbortController();
    const connecting = failure({ target: frozen.name, signal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    expect(await connecting).toMatchObject({ code: "aborted" });
    expect(await failure({ signal: AbortSignal.abort() })).toMatchObject({ code: "aborted" });
  });
});

describe("something that is no node", () => {
  let server: Server | null = null;
  const sockets: Socket[] = [];

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server?.close();
  });

  /** A server that meets every connection with `greet`. */
  async function listen(greet: (socket: Socket) => void): Promise<number> {
    const listening = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined);
      greet(socket);
    });
    server = listening;
    await new Promise<void>((done) => listening.listen(0, "127.0.0.1", done));
    const address: AddressInfo | string | null = listening.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return address.port;
  }

  it("is refused when it talks first", async () => {
    const port = await listen((socket) => void socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect(await failure({ port })).toMatchObject({ code: "bad_frame" });
  });

  it("is refused when its frames are empty or random", async () => {
    const port = await listen((socket) => void socket.write(Uint8Array.of(0, 0, 0, 0)));
    expect(await failure({ port })).toMatchObject({ code: "bad_frame" });
    const other = await listen((socket) => void socket.write(Uint8Array.of(0, 3, 1, 2, 3)));
    expect(await failure({ port: other })).toMatchObject({ code: "bad_frame" });
  });

  it("is refused when it hangs up", async () => {
    const port = await listen((socket) => void socket.end());
    expect(await failure({ port })).toMatchObject({ code: "closed" });
  });

  it("is given up when it says nothing", async () => {
    const port = await listen(() => undefined);
    expect(await failure({ port, timeoutMs: 100 })).toMatchObject({ code: "timeout" });
  });

  it("is recognised as no port mapper", async () => {
    for (const answer of ["hello", "w", "w\0", Buffer.alloc(3_000_000, 1)]) {
      const epmdPort = await listen((socket) => void socket.end(answer));
      expect(await failure({ epmdPort })).toMatchObject({ code: "epmd_unreachable" });
    }
  });
});
