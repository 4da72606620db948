// The folder of recordings through the server: names lead nowhere else, nothing that is kept is deleted, and nothing
// that is no recording stays behind.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { startServer, type RunningServer } from "@elixirscope/server";
import { RecordingReader, packRecording } from "@elixirscope/store";
import {
  parseServerMessage,
  socketUrl,
  type Method,
  type Params,
  type Reply,
  type ServerMessage,
} from "@elixirscope/wire";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { FolderShelf } from "../../apps/cli/src/shelf/recording-shelf.ts";
import { Story } from "../support/story.ts";

const MOST_BYTES = 8 * 1024 * 1024;
const TRACE = path.resolve(import.meta.dirname, "../../fixtures/ttb");

let top: string;
let made: string;
let folder: string;
let server: RunningServer;

beforeAll(async () => {
  top = mkdtempSync(path.join(tmpdir(), "elixirscope-shelf-"));
  const recording = path.join(top, "made.escope");
  const story = await Story.begin(recording, { id: "made" });
  story.call("<0.1.0>", 10, 20, ["Elixir.Shop", "work", 1], [1]);
  await story.end();
  made = path.join(top, "made-packed.escope");
  await packRecording(recording, made);
});

afterAll(() => rmSync(top, { recursive: true, force: true }));

beforeEach(async () => {
  folder = path.join(mkdtempSync(path.join(top, "case-")), "recordings");
  mkdirSync(folder);
  server = await startServer({
    source: null,
    shelf: new FolderShelf(folder),
    webRoot: top,
    mostUploadBytes: MOST_BYTES,
  });
});

afterEach(async () => await server.close());

async function send(method: string, params: unknown, recording?: string): Promise<ServerMessage> {
  const socket = new WebSocket(socketUrl(server.origin, server.token, recording ?? null));
  try {
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    const reply = new Promise<ServerMessage>((resolve) => {
      socket.on("message", (data: Buffer) => {
        const message = parseServerMessage(data.toString("utf8"));
        if (message.ok && message.value.kind !== "status") resolve(message.value);
      });
    });
    socket.send(JSON.stringify({ id: 1, method, params }));
    return await reply;
  } finally {
    socket.close();
  }
}

async function ask<M extends Method>(
  method: M,
  params: Params<M>,
  recording?: string,
): Promise<Reply<M>> {
  const reply = await send(method, params, recording);
  if (reply.kind !== "reply") throw new Error(JSON.stringify(reply));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: the server is compiled against `Api`
  return reply.result as Reply<M>;
}

async function refusal(method: string, params: unknown, recording?: string): Promise<string> {
  const reply = await send(method, params, recording);
  return reply.kind === "error" ? reply.error.code : `answered ${JSON.stringify(reply)}`;
}

type Put = { readonly token?: string; readonly origin?: string; readonly name?: string };

async function put(
  body: Uint8Array | string,
  { token = server.token, origin, name = "it.escope" }: Put = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const url = `${server.origin}/api/recordings?name=${encodeURIComponent(name)}`;
  const headers = {
    Authorization: `Bearer ${token}`,
    ...(origin === undefined ? {} : { Origin: origin }),
  };
  const response = await fetch(url, { method: "PUT", headers, body: Buffer.from(body) });
  return { status: response.status, body: await response.json() };
}

const code = (body: unknown): unknown =>
  Reflect.get(Object(Reflect.get(Object(body), "error")), "code");

function unpacked(name: string): string {
  const target = path.join(folder, name);
  writeFileSync(target, readFileSync(made));
  return target;
}

describe("names", () => {
  it.each(["../made.escope", "..", ".", "/etc/passwd", "%2e%2e/made.escope", "a\0.escope", ""])(
    "%j lead nowhere out of the folder",
    async (name) => {
      for (const method of ["openRecording", "deleteRecording", "packRecording"]) {
        expect(await refusal(method, { name })).toBe("no_such_recording");
      }
      expect(await refusal("pinRecording", { name, pin: "on" })).toBe("no_such_recording");
      expect(await refusal("info", {}, name === "" ? undefined : name)).toBe(
        name === "" ? "no_recording" : "no_such_recording",
      );
      expect(existsSync(path.join(top, "made.escope/recording.json"))).toBe(true);
    },
  );

  it("of an upload are plain", async () => {
    for (const name of ["../x.escope", "a/b.escope", String.raw`a\b`, ".hidden", ""]) {
      const { status, body } = await put("x", { name });
      expect([name, status, code(body)]).toEqual([name, 400, "bad_name"]);
    }
    expect(readdirSync(folder)).toEqual([]);
    expect(readdirSync(path.dirname(folder))).toEqual(["recordings"]);
  });
});

describe("an upload", () => {
  it("needs the token and the page's own origin", async () => {
    expect((await put("x", { token: "wrong" })).status).toBe(401);
    expect((await put("x", { origin: "http://evil.example" })).status).toBe(403);
    const get = await fetch(`${server.origin}/api/recordings/it.escope?ticket=${server.token}`);
    expect(get.status).toBe(401);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("of an archive becomes a recording, never over another one", async () => {
    const bytes = readFileSync(made);
    expect(await put(bytes)).toEqual({
      status: 200,
      body: { name: "it.escope", kind: "archive", notes: [] },
    });
    expect((await put(bytes)).body).toMatchObject({ name: "it-2.escope" });
    expect(readdirSync(folder).toSorted()).toEqual(["it-2.escope", "it.escope"]);
    const { rows } = await ask(
      "query",
      { sql: "select count(*) from calls", limit: 1 },
      "it.escope",
    );
    expect(rows).toEqual([[1]]);
  });

  it("of a trace becomes a recording", async () => {
    const [file = ""] = readdirSync(TRACE).filter((name) => name.endsWith("-doubling"));
    const reply = await put(readFileSync(path.join(TRACE, file)), { name: "shop.trace" });
    expect(reply).toMatchObject({ status: 200, body: { name: "shop.escope", kind: "trace" } });
    expect((await ask("recordings", {})).recordings).toMatchObject([
      { name: "shop.escope", state: "closed" },
    ]);
  });

  it.each([
    ["of no recording at all", () => Buffer.from("<html>hello</html>"), 415, "bad_trace"],
    ["of nothing", () => Buffer.alloc(0), 415, "bad_trace"],
    ["that is cut off", () => readFileSync(made).subarray(0, -2_000), 422, "corrupt_recording"],
    ["that is damaged", () => flipped(readFileSync(made)), 422, "corrupt_recording"],
    ["that is too large", () => Buffer.alloc(MOST_BYTES + 1), 413, "too_large"],
  ])("%s is refused and leaves nothing behind", async (_what, bytes, status, expected) => {
    const reply = await put(bytes(), { name: "bad.escope" });
    expect([reply.status, code(reply.body)]).toEqual([status, expected]);
    expect(JSON.stringify(reply.body)).not.toContain(folder);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("that ends in the middle, or is larger than it says, leaves nothing behind", async () => {
    await new Promise<void>((resolve) => {
      const { port, token } = server;
      const headers = { Authorization: `Bearer ${token}`, "Content-Length": 1_000_000 };
      const options = { host: "127.0.0.1", port, path: "/api/recordings?name=cut.escope" };
      const request = httpRequest({ ...options, method: "PUT", headers });
      request.on("error", () => resolve());
      request.write(readFileSync(made).subarray(0, 10_000), () => {
        setTimeout(() => request.destroy(new Error("gone")), 100);
      });
    });
    await expect.poll(() => readdirSync(folder), { timeout: 5_000 }).toEqual([]);
    const streamed = await fetch(`${server.origin}/api/recordings?name=long.escope`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${server.token}` },
      body: new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(1_048_576)),
      }),
      duplex: "half",
    }).then(
      ({ status }) => status,
      () => "closed",
    );
    expect([413, "closed"]).toContain(streamed);
    await expect.poll(() => readdirSync(folder), { timeout: 5_000 }).toEqual([]);
  });
});

describe("what is kept", () => {
  it("is never deleted: live, pinned or shown", async () => {
    const story = await Story.begin(path.join(folder, "live.escope"));
    unpacked("pinned.escope");
    unpacked("shown.escope");
    expect(await refusal("deleteRecording", { name: "live.escope" })).toBe("recording_is_live");
    expect(await refusal("packRecording", { name: "live.escope" })).toBe("recording_is_live");
    expect(await ask("pinRecording", { name: "pinned.escope", pin: "on" })).toEqual({
      pinned: true,
    });
    expect(await refusal("deleteRecording", { name: "pinned.escope" })).toBe("pinned");
    const socket = new WebSocket(socketUrl(server.origin, server.token, "shown.escope"));
    await new Promise((resolve) => socket.once("open", resolve));
    expect(await refusal("deleteRecording", { name: "shown.escope" })).toBe("in_use");
    socket.close();

    const rule = { maxAgeMs: null, maxBytes: 0 };
    const names = ["live.escope", "pinned.escope", "shown.escope"];
    const plan = await ask("planCleanUp", rule);
    expect(plan.deleted.map(({ name }) => name)).toEqual(["shown.escope"]);
    // what was not shown before is not deleted
    expect(await ask("cleanUp", { ...rule, names: ["pinned.escope"] })).toEqual({
      deleted: [],
      problems: [],
    });
    await expect
      .poll(async () => (await ask("cleanUp", { ...rule, names })).deleted, { timeout: 5_000 })
      .toEqual(["shown.escope"]);
    const { recordings } = await ask("recordings", {});
    expect(new Map(recordings.map(({ name, state, pinned }) => [name, [state, pinned]]))).toEqual(
      new Map([
        ["live.escope", ["live", false]],
        ["pinned.escope", ["closed", true]],
      ]),
    );
    await story.end();
    expect(await ask("deleteRecording", { name: "live.escope" })).toMatchObject({
      bytes: expect.any(Number),
    });
    await ask("pinRecording", { name: "pinned.escope", pin: "off" });
    await ask("deleteRecording", { name: "pinned.escope" });
    expect(readdirSync(folder).filter((name) => name !== ".keep.json")).toEqual([]);
  });

  it("can be fetched in one file, once", async () => {
    const story = await Story.begin(path.join(folder, "a.escope"));
    story.call("<0.1.0>", 10, 20, ["Elixir.Shop", "work", 1], [1]);
    await story.end();
    const { path: where, bytes } = await ask("packRecording", { name: "a.escope" });
    const response = await fetch(server.origin + where);
    const body = Buffer.from(await response.arrayBuffer());
    expect([response.status, body.length]).toEqual([200, bytes]);
    expect(response.headers.get("content-disposition")).toContain("a.escope");
    expect((await fetch(server.origin + where)).status).toBe(401);
    // the copy is gone, the recording is there
    await expect.poll(() => readdirSync(folder), { timeout: 5_000 }).toEqual(["a.escope"]);
    expect((await put(body, { name: "b.escope" })).body).toMatchObject({ name: "b.escope" });
    const reader = await RecordingReader.open(path.join(folder, "b.escope"));
    expect((await reader.query("select count(*) from calls")).rows).toEqual([[1]]);
    await reader.close();
  });
});

function flipped(bytes: Buffer): Buffer {
  const at = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  return bytes;
}
