import { mkdtemp, rm, stat, writeFile, mkdir, readFile, symlink } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  queryLive,
  readLive,
  startServer,
  type LiveSource,
  type RunningServer,
} from "@elixirscope/server";
import { RecordingReader } from "@elixirscope/store";
import {
  parseServerMessage,
  unpackReply,
  type Method,
  type Params,
  type Reply,
  type ServerMessage,
  type Status,
} from "@elixirscope/wire";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { makeDemoRecording } from "../support/demo-recording.ts";
import { Story } from "../support/story.ts";

let folder: string;
let webRoot: string;
let reader: RecordingReader;
const servers: RunningServer[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "elixirscope-server-"));
  webRoot = path.join(folder, "web");
  await mkdir(path.join(webRoot, "assets"), { recursive: true });
  await writeFile(path.join(webRoot, "index.html"), "<!doctype html><title>cinema</title>");
  await writeFile(path.join(webRoot, "assets/app-1.js"), "export {};");
  await writeFile(path.join(folder, "secret.txt"), "secret");
  await symlink(path.join(folder, "secret.txt"), path.join(webRoot, "link.txt"));
  await makeDemoRecording(path.join(folder, "demo.escope"), { checkouts: 50 });
  reader = await RecordingReader.open(path.join(folder, "demo.escope"));
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

afterAll(async () => {
  await reader.close();
  await rm(folder, { recursive: true, force: true });
});

async function serve(
  options: Partial<Parameters<typeof startServer>[0]> = {},
): Promise<RunningServer> {
  const server = await startServer({ source: reader, webRoot, ...options });
  servers.push(server);
  return server;
}

type RawReply = { status: number; headers: Record<string, unknown>; body: string };

/** fetch() refuses to set Host and normalises paths: the checks need a client that does neither. */
function raw(
  server: RunningServer,
  target: string,
  {
    method = "GET",
    headers = {},
    body = "",
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: "127.0.0.1", port: server.port, path: target, method, headers },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

/** A page: asks by id, keeps what is pushed. */
class Page {
  readonly socket: WebSocket;
  readonly statuses: Status[] = [];
  readonly strays: ServerMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #waiting = new Map<number, (message: ServerMessage) => void>();
  #id = 0;

  constructor(
    server: RunningServer,
    {
      token = server.token,
      ...options
    }: { token?: string; origin?: string; headers?: Record<string, string> } = {},
  ) {
    const query = token === "" ? "" : `?token=${encodeURIComponent(token)}`;
    this.socket = new WebSocket(`ws://127.0.0.1:${server.port}/api/socket${query}`, options);
    this.closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.socket.on("error", () => undefined);
    this.socket.on("message", (data: Buffer, isBinary: boolean) => {
      const message = parseServerMessage(
        isBinary ? new Uint8Array(data).buffer : data.toString("utf8"),
      );
      if (!message.ok) throw new Error(message.error);
      const { value } = message;
      if (value.kind === "status") this.statuses.push(value.status);
      else if (value.id !== null && this.#waiting.has(value.id))
        this.#waiting.get(value.id)?.(value);
      else this.strays.push(value);
    });
  }

  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.once("open", () => resolve());
      this.socket.once("error", reject);
    });
  }

  send(
    method: string,
    params: unknown,
    extra: Record<string, unknown> = {},
  ): Promise<ServerMessage> {
    const id = ++this.#id;
    const reply = new Promise<ServerMessage>((resolve) => this.#waiting.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params, ...extra }));
    return reply;
  }

  async ask<M extends Method>(method: M, params: Params<M>): Promise<Reply<M>> {
    const reply = await this.send(method, params);
    if (reply.kind !== "reply") throw new Error(JSON.stringify(reply));
    return unpackReply(method, reply.result);
  }
}

async function openPage(server: RunningServer): Promise<Page> {
  const page = new Page(server);
  await page.opened();
  return page;
}

describe("the page", () => {
  it("is served with a policy that allows no other origin and nothing inline", async () => {
    const server = await serve();
    const response = await fetch(server.origin);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain("unsafe");
    expect(policy).not.toContain("http:");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.text()).toContain("cinema");
    expect(server.url).toBe(`${server.origin}/#token=${server.token}`);
  });

  it("has assets that browsers may keep", async () => {
    const response = await fetch(`${(await serve()).origin}/assets/app-1.js`);
    expect(response.headers.get("cache-control")).toContain("immutable");
    expect(response.headers.get("content-type")).toContain("text/javascript");
  });

  it.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/link.txt",
    "/assets/../../secret.txt",
    "/%00",
    "/%",
    "/assets",
    "/nope",
  ])("gives nothing for %s", async (target) => {
    const reply = await raw(await serve(), target);
    expect(reply.status).toBe(404);
    expect(reply.body).not.toContain("secret\n");
  });

  it("says how to build it when it is not built", async () => {
    const reply = await raw(await serve({ webRoot: path.join(folder, "nowhere") }), "/");
    expect(reply.status).toBe(503);
    expect(reply.body).toContain("npm run build");
  });

  it("answers only GET and HEAD", async () => {
    const server = await serve();
    expect((await raw(server, "/", { method: "DELETE" })).status).toBe(405);
    const head = await raw(server, "/", { method: "HEAD" });
    expect(head).toMatchObject({ status: 200, body: "" });
  });

  it("tells that it is alive without a token", async () => {
    const reply = await raw(await serve(), "/healthz");
    expect(JSON.parse(reply.body)).toEqual({ ok: true, live: false });
  });
});

describe("who may reach it", () => {
  it.each(["evil.example", "evil.example:80", "127.0.0.1.evil.example", "a b", "8.8.8.8"])(
    "refuses the Host %j",
    async (host) => {
      const server = await serve();
      expect((await raw(server, "/", { headers: { host } })).status).toBe(403);
      const page = new Page(server, { headers: { host } });
      await expect(page.opened()).rejects.toThrow("403");
    },
  );

  it.each(["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"])(
    "refuses the Origin %j, also with the token",
    async (origin) => {
      const server = await serve();
      await expect(new Page(server, { origin }).opened()).rejects.toThrow("403");
      const headers = { origin, authorization: `Bearer ${server.token}` };
      expect(
        (await raw(server, "/api/query", { method: "POST", headers, body: "{}" })).status,
      ).toBe(403);
    },
  );

  it("lets its own page connect under each of its names", async () => {
    const server = await serve();
    for (const host of [`127.0.0.1:${server.port}`, `localhost:${server.port}`]) {
      const page = new Page(server, { origin: `http://${host}`, headers: { host } });
      await page.opened();
      expect((await page.ask("info", {})).live).toBe(false);
    }
  });

  it("closes a socket with a wrong or missing token by a code that the page can read", async () => {
    const server = await serve();
    for (const token of ["wrong", "", `${server.token}x`]) {
      expect((await new Page(server, { token }).closed).code).toBe(4401);
    }
  });

  it("takes the token as a bearer, too", async () => {
    const server = await serve();
    const page = new Page(server, {
      token: "",
      headers: { authorization: `Bearer ${server.token}` },
    });
    await page.opened();
    expect((await page.ask("info", {})).manifest.id).toBe("demo");
  });

  it("does not listen for others unless told so", async () => {
    await expect(serve({ host: "0.0.0.0" })).rejects.toMatchObject({ code: "remote_refused" });
    const server = await serve({ host: "0.0.0.0", allowRemote: true });
    expect((await raw(server, "/healthz", { headers: { host: "evil.example" } })).status).toBe(403);
    expect(
      (await raw(server, "/healthz", { headers: { host: `10.0.0.1:${server.port}` } })).status,
    ).toBe(200);
  });

  it("says that a port is taken", async () => {
    const { port } = await serve();
    await expect(serve({ port })).rejects.toMatchObject({ code: "port_in_use" });
  });
});

describe("the socket", () => {
  it("answers every view of a recording", async () => {
    const page = await openPage(await serve());
    const { range, status, live } = await page.ask("info", {});
    expect(live).toBe(false);
    expect(status).toMatchObject({ state: "closed", lost: 1_284 });
    const overview = await page.ask("overview", { ...range, buckets: 20 });
    const [total] = (await page.ask("query", { sql: "select count(*) from events", limit: 1 }))
      .rows;
    expect(overview.events.reduce((sum, n) => sum + n, 0)).toBe(total?.[0]);
    const { lanes } = await page.ask("lanes", { ...range, buckets: 500, offset: 0, limit: 5 });
    expect(lanes).toHaveLength(5);
    const middle = (range.t0 + range.t1) / 2;
    const inventory = await page.ask("state", { pid: "<0.101.0>", t: middle });
    expect(inventory.state?.text).toContain("%Shop.Inventory{");
    expect(inventory.diff.length).toBeGreaterThan(0);
    const found = await page.ask("search", { text: "inventory", limit: 5 });
    expect(found[0]).toMatchObject({ kind: "process", pid: "<0.101.0>" });
    const next = await page.ask("step", { t: middle, direction: "next" });
    expect((await page.ask("event", { id: next?.event ?? 0 }))?.t).toBe(next?.t);
    expect(await page.ask("gaps", range)).toHaveLength(2);
    expect(await page.ask("stop", {})).toEqual({ stopped: false });
  });

  it("answers what it does not understand with an error and goes on", async () => {
    const page = await openPage(await serve());
    page.socket.send("{");
    page.socket.send(Buffer.from([1, 2, 3]));
    page.socket.send("[]");
    expect(await page.send("explode", {})).toMatchObject({ error: { code: "unknown_method" } });
    expect(await page.send("lanes", { t0: 0 })).toMatchObject({ error: { code: "bad_params" } });
    expect(await page.send("query", { sql: "selec 1", limit: 1 })).toMatchObject({
      error: { code: "sql_error" },
    });
    expect(await page.send("query", { sql: "drop table events", limit: 1 })).toMatchObject({
      error: { code: "sql_forbidden" },
    });
    expect((await page.ask("info", {})).manifest.id).toBe("demo");
    expect(
      page.strays.map((stray) => (stray.kind === "error" ? stray.error.code : stray.kind)),
    ).toEqual(["bad_message", "bad_message", "bad_message"]);
  });

  it("closes on a message that is too large", async () => {
    const page = await openPage(await serve());
    page.socket.send("x".repeat(300_000));
    expect((await page.closed).code).toBe(1009);
  });

  it("drops a waiting request when a newer one takes its slot, and refuses a flood", async () => {
    const page = await openPage(await serve());
    const slow = { sql: "select count(*) from range(30000000) a where a.range % 7 = 3", limit: 1 };
    const running = Array.from({ length: 4 }, () => page.send("query", slow));
    const ask = (t1: number) => page.send("overview", { t0: 0, t1, buckets: 10 });
    const [first, second, third] = await Promise.all([ask(1_000), ask(2_000), ask(3_000)]);
    expect(first).toMatchObject({ kind: "error", error: { code: "superseded" } });
    expect(second).toMatchObject({ kind: "error", error: { code: "superseded" } });
    expect(third).toMatchObject({ kind: "reply", result: { t1: 3_000 } });
    await Promise.all(running);

    const flood = await Promise.all(
      Array.from({ length: 200 }, () => page.send("query", slow)).map(
        async (reply) => (await reply).kind,
      ),
    );
    expect(flood.filter((kind) => kind === "error").length).toBeGreaterThan(100);
    expect(flood.filter((kind) => kind === "reply").length).toBeGreaterThanOrEqual(64);
  });

  it("is told when the server ends", async () => {
    const server = await serve();
    const page = await openPage(server);
    await server.close();
    expect(await page.closed).toMatchObject({ code: 1001 });
    await expect(fetch(server.origin)).rejects.toThrow("fetch failed");
  });
});

class Live implements LiveSource {
  readonly recording;
  readonly code = null;
  readonly control = null;
  readonly #story: Story;
  readonly #listeners = new Set<(status: Status) => void>();
  #state: Status["state"] = "recording";

  constructor(story: Story) {
    this.#story = story;
    this.recording = story.writer;
  }

  status(): Status {
    return {
      state: this.#state,
      paused: false,
      durationNs: 5,
      events: 1,
      eventsPerSecond: 2,
      lost: 0,
      targetProbeBytes: 3,
      ringUse: 0.5,
      message: null,
    };
  }

  onStatus(listener: (status: Status) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  async stop(): Promise<void> {
    await this.#story.end();
    this.#state = "closed";
    for (const listener of this.#listeners) listener(this.status());
  }
}

async function beginLive(name: string): Promise<{ source: Live; story: Story; dir: string }> {
  const dir = path.join(folder, name);
  const story = await Story.begin(dir);
  story.call("<0.1.0>", 10, 20, ["Elixir.Shop", "work", 1], [1]);
  return { source: new Live(story), story, dir };
}

describe("a live recording", () => {
  it("pushes its status, sees new events, and is stopped by the page", async () => {
    const { source, story } = await beginLive("a.escope");
    const page = await openPage(await serve({ source }));
    expect(await page.ask("info", {})).toMatchObject({ live: true, range: { t0: 0, t1: 20 } });
    story.call("<0.1.0>", 30, 40, ["Elixir.Shop", "work", 1], [2]);
    expect((await page.ask("info", {})).range.t1).toBe(40);
    await expect.poll(() => page.statuses.length, { timeout: 5_000 }).toBeGreaterThan(1);
    expect(page.statuses[0]).toMatchObject({ state: "recording", ringUse: 0.5 });
    expect(await page.ask("stop", {})).toEqual({ stopped: true });
    expect(page.statuses.at(-1)).toMatchObject({ state: "closed" });
    const told = page.statuses.length;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(page.statuses).toHaveLength(told);
  });

  it("whose code cannot be changed says so, and so does a closed one", async () => {
    const { source } = await beginLive("code.escope");
    const page = await openPage(await serve({ source }));
    const selectors = ["Shop.Cart"];
    expect(await page.send("instrument", { selectors })).toMatchObject({
      error: { code: "refused" },
    });
    await source.stop();
    expect(await page.send("restore", { selectors })).toMatchObject({
      error: { code: "not_live" },
    });
  });

  it("goes on as a closed one in the same page", async () => {
    const { source, dir } = await beginLive("b.escope");
    const server = await serve({ source });
    const page = await openPage(server);
    await source.stop();
    expect(await page.send("overview", { t0: 0, t1: 20, buckets: 2 })).toMatchObject({
      error: { code: "closed" },
    });
    const closed = await RecordingReader.open(dir);
    await server.show(closed);
    expect(await page.ask("info", {})).toMatchObject({ live: false, status: { state: "closed" } });
    expect((await page.ask("overview", { t0: 0, t1: 20, buckets: 2 })).events).toEqual([0, 2]);
    expect(await readLive(dir)).toBeNull();
    await closed.close();
  });

  it("answers SQL of programs through live.json, readable by its owner only", async () => {
    const { source, story, dir } = await beginLive("c.escope");
    const server = await serve({ source });
    const file = path.join(dir, "live.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readLive(dir)).toEqual({
      pid: process.pid,
      url: server.origin,
      token: server.token,
      recording: null,
    });
    const result = await queryLive(
      dir,
      "select module, 2::ubigint << 61 big, '\\xAB'::blob raw, call from calls",
      10,
    );
    expect(result.rows).toEqual([["Elixir.Shop", "4611686018427387904", "ab", 1]]);
    await expect(queryLive(dir, "select nope", 1)).rejects.toThrow(/nope/);
    await expect(queryLive(dir, "select 1", 0)).rejects.toThrow("params.limit");
    expect((await queryLive(dir, "select * from range(10)", 3)).truncated).toBe(true);
    await server.close();
    await expect(stat(file)).rejects.toThrow("ENOENT");
    await expect(queryLive(dir, "select 1", 1)).rejects.toMatchObject({ code: "not_live" });
    await story.end();
  });

  it("is not taken for live when its process is gone or its file is broken", async () => {
    const dir = path.join(folder, "stale.escope");
    await mkdir(dir);
    const file = path.join(dir, "live.json");
    const facts = { pid: 2 ** 22 + 7, url: "http://127.0.0.1:1", token: "t" };
    for (const text of [
      JSON.stringify(facts),
      "{",
      "null",
      JSON.stringify({ ...facts, pid: process.pid, url: "http://evil.example:80" }),
    ]) {
      await writeFile(file, text);
      expect(await readLive(dir)).toBeNull();
    }
    await writeFile(file, JSON.stringify({ ...facts, pid: process.pid }));
    await expect(queryLive(dir, "select 1", 1)).rejects.toMatchObject({ code: "unreachable" });
    expect(await readFile(file, "utf8")).toContain("127.0.0.1:1");
  });
});

const post = (server: RunningServer, body: string, token = server.token) =>
  raw(server, "/api/query", {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body,
  });

describe("SQL over HTTP", () => {
  it("needs the token", async () => {
    const server = await serve();
    expect((await post(server, "{}", "wrong")).status).toBe(401);
    expect((await raw(server, "/api/query", { method: "POST" })).status).toBe(401);
    expect((await raw(server, "/api/query")).status).toBe(405);
  });

  it("answers bad requests with the reason", async () => {
    const server = await serve();
    expect(await post(server, "{")).toMatchObject({ status: 400 });
    expect(await post(server, JSON.stringify({ sql: 1, limit: 1 }))).toMatchObject({ status: 400 });
    expect(await post(server, JSON.stringify({ sql: "nope", limit: 1 }))).toMatchObject({
      status: 400,
    });
    expect(
      await post(server, JSON.stringify({ sql: "create table x (a int)", limit: 1 })),
    ).toMatchObject({ status: 403 });
    expect(await post(server, "x".repeat(300_000))).toMatchObject({ status: 413 });
    const good = await post(server, JSON.stringify({ sql: "select 1 as one", limit: 1 }));
    expect(JSON.parse(good.body)).toMatchObject({
      columns: [{ name: "one" }],
      rows: [[1]],
      truncated: false,
    });
  });
});
