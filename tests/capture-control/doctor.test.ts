import { afterAll, beforeAll, expect, test } from "vitest";
import { attach, doctor, type Check } from "../../packages/capture/src/index.ts";
import type { Connection } from "../../packages/dist/src/index.ts";
import { otpReleases, startNode, type BeamNode } from "../support/beam-node.ts";
import { startShop } from "../support/shop.ts";
import { erlang, left, look, Workspace } from "./target-probe.ts";

let shop: BeamNode;
let watcher: Connection;

beforeAll(async () => {
  shop = await startShop({ load: false });
  watcher = await look(shop);
});
afterAll(async () => {
  await watcher.close();
  await shop.stop();
});

async function examine(
  options: Partial<Parameters<typeof doctor>[0]> = {},
): Promise<readonly Check[]> {
  return await doctor({ target: shop.name, cookie: { flag: shop.cookie }, ...options });
}

function results(checks: readonly Check[]): Record<string, string> {
  return Object.fromEntries(checks.map(({ name, result }) => [name, result]));
}

test("a healthy node passes every check, and nothing is left there", async () => {
  const checks = await examine();
  expect(results(checks)).toEqual({
    "node name": "ok",
    "port mapper": "ok",
    registration: "ok",
    cookie: "ok",
    handshake: "ok",
    versions: "ok",
    "other tracers": "ok",
    probe: "ok",
    compiler: "ok",
    "own applications": "ok",
    "tick time": "ok",
    "event socket": "ok",
  });
  expect(checks.find(({ name }) => name === "own applications")?.detail).toMatch(
    /^shop with \d+ modules$/,
  );
  expect(JSON.stringify(checks)).not.toContain(shop.cookie);
  expect(await left(watcher)).toBe("[]");
});

test("what is wrong is said with advice, and the checks after it are left out", async () => {
  expect((await examine({ target: "shop" })).at(-1)).toMatchObject({
    name: "node name",
    result: "fail",
  });
  expect((await examine({ epmdPort: 1 })).at(-1)).toMatchObject({
    name: "port mapper",
    result: "fail",
  });
  expect((await examine({ target: "nobody@127.0.0.1" })).at(-1)).toMatchObject({
    name: "registration",
    result: "fail",
    detail: expect.stringContaining(shop.name.split("@")[0] ?? ""),
  });
  expect((await examine({ cookie: { file: "/nowhere/cookie" } })).at(-1)).toMatchObject({
    name: "cookie",
    result: "fail",
  });
  const refused = (await examine({ cookie: { flag: "wrong" } })).at(-1);
  expect(refused).toMatchObject({ name: "handshake", result: "fail" });
  expect(refused?.detail).toContain("cookie");
});

test("another tracer is seen, and another session", async () => {
  await erlang(
    watcher,
    "register(other_tracer, spawn(fun() -> erlang:trace(whereis(init), true, [call]), receive stop -> ok end end)), timer:sleep(100)",
  );
  const traced = (await examine()).find(({ name }) => name === "other tracers");
  expect(traced?.detail).toMatch(/<0\.\d+\.0> \(of 1 process\)/);
  await erlang(watcher, "other_tracer ! stop");
  const workspace = new Workspace();
  const session = await attach({
    target: shop.name,
    cookie: shop.cookie,
    out: workspace.next(),
    estimate: false,
  });
  expect(results(await examine())).toMatchObject({ probe: "fail", "other tracers": "warn" });
  await session.stop();
  workspace[Symbol.dispose]();
  expect(results(await examine())).toMatchObject({ probe: "ok", "other tracers": "ok" });
});

test("a trace session of somebody else is named, and does not disturb ours", async (context) => {
  const root = otpReleases().find((release) => release.root !== undefined)?.root;
  if (root === undefined) {
    context.skip("no OTP 27 or newer is unpacked here");
    return;
  }
  const node = await startNode({
    root,
    code: "register(other, spawn(fun() -> S = trace:session_create(somebody, self(), []), trace:process(S, whereis(init), true, [call]), trace:function(S, {lists, seq, 2}, true, [local]), receive stop -> S end end)).",
  });
  const workspace = new Workspace();
  try {
    const checks = await doctor({ target: node.name, cookie: { flag: node.cookie } });
    const found = checks.find(({ name }) => name === "other tracers");
    expect(found?.result).toBe("ok");
    expect(found?.detail).toContain("session somebody (of 1 process)");
    const session = await attach({
      target: node.name,
      cookie: node.cookie,
      out: workspace.next(),
      selectors: [":lists.seq/2"],
    });
    await session.stop();
    const other = await look(node);
    expect(await erlang(other, "[N || {N, _} <- trace:session_info(whereis(init))]")).toContain(
      ":somebody",
    );
    expect(await left(other)).toBe("[]");
    await other.close();
  } finally {
    await node.stop();
    workspace[Symbol.dispose]();
  }
});
