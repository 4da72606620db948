import {
  findAtPlaces,
  findValue,
  parseTerm,
  parseWhere,
  placesOfNode,
  placesOfPattern,
  type FindOptions,
  type ValueResult,
} from "@elixirscope/query";
import type { RecordingReader } from "@elixirscope/store";
import { nodeIds, parse, walk } from "@elixirscope/syntax";
import { expect, it } from "vitest";
import type { Story } from "../support/story.ts";
import { tell } from "./told.ts";

async function search(
  recording: RecordingReader,
  text: string,
  reaches: string | null = null,
  options: Partial<FindOptions> = {},
): Promise<ValueResult> {
  const term = parseTerm(text);
  const where = reaches === null ? null : parseWhere(reaches);
  if (!term.ok) throw new Error(term.error.message);
  if (where?.ok === false) throw new Error(where.error.message);
  const answer = await findValue(recording, term.value, where?.value ?? null, {
    limit: 100,
    ...options,
  });
  if (!answer.ok) throw new Error(answer.missing.message);
  return answer.result;
}

const A = "<0.1.0>";
const B = "<0.2.0>";
const add = ["Elixir.Shop.Cart", "add", 2] as const;
const visit = ["Elixir.Shop", "visit", 1] as const;
const FILE = "lib/cart.ex";

function story17(story: Story): void {
  const head = story.site(add, "function_clause", [FILE, 10], ["cart", "sku"]);
  const match = story.site(add, "match", [FILE, 11], ["line"]);
  story.process(B, { name: "Shop.Stock" });
  story.enter(A, 10, visit, [{ wanted: ["sku-1", "sku-17"] }]);
  story.enter(A, 20, add, [":c", "sku-17"], head);
  story.at(A, 30, match, [{ sku: "sku-17", qty: 1 }]);
  story.message([A, 40], [B, 45], [":reserve", "sku-17"]);
  story.state(B, 50, { reserved: ["sku-17"] });
  story.leave(A, 60, [":ok", "sku-17"]);
  story.leave(A, 70, ":ok");
}

it("follows a value through arguments, variables, messages, states and results", async () => {
  const recording = await tell(story17);
  const result = await search(recording, '"sku-17"');
  expect(
    result.sightings.map(({ t, pid, kind, where, mfa }) => [t, pid, kind, where, mfa]),
  ).toEqual([
    [10, A, "argument", "arg1.wanted[1]", "Shop.visit/1"],
    [20, A, "argument", "sku", "Shop.Cart.add/2"],
    [30, A, "binding", "line.sku", "Shop.Cart.add/2"],
    [40, A, "message", "[1]", null],
    [50, B, "state", ".reserved[0]", null],
    [60, A, "result", "[1]", "Shop.Cart.add/2"],
  ]);
  expect(result.sightings[3]).toMatchObject({ to: B });
  expect(result.sightings[2]).toMatchObject({ file: FILE, line: 11 });
  expect(result.origin).toEqual(result.sightings[0]);
  expect((await search(recording, '"sku-1"')).sightings).toHaveLength(1);
  expect((await search(recording, '"sku-2"')).sightings).toHaveLength(0);
  expect((await search(recording, "{:never}")).looked).toBeGreaterThan(5);
  expect((await search(recording, '%{qty: 1, sku: "sku-17"}')).sightings).toHaveLength(1);
});

it("tells when it reached a place, where it came from and how often it was elsewhere", async () => {
  const recording = await tell(story17);
  const there = await search(recording, '"sku-17"', "lib/cart.ex:11");
  expect(there.sightings.map(({ t, reaches }) => [t, reaches])).toEqual([[30, true]]);
  expect(there.origin).toMatchObject({ t: 10, mfa: "Shop.visit/1" });
  expect(there.elsewhere).toBe(2);
  const calls = await search(recording, '"sku-17"', "Shop.Cart.add/2", { limit: 1, last: true });
  expect(calls.sightings.map(({ t }) => t)).toEqual([60]);
  expect(calls.more).toBe(true);
  expect((await search(recording, '"sku-1"', "Shop.Cart.add/2")).sightings).toEqual([]);
  await expect(search(recording, "1", "Shop.Cart.sub/2")).rejects.toThrow(/no function/);
});

it("refuses what is no value, with the place", () => {
  expect(parseTerm("qty + 1")).toMatchObject({ ok: false });
  expect(parseTerm("[1, ")).toMatchObject({ ok: false, error: { line: 1 } });
  expect(parseTerm("1 / 0")).toMatchObject({ ok: false });
  expect(parseTerm("2 * 3")).toMatchObject({ ok: true, value: { value: 6 } });
});

const SOURCE = `defmodule Shop.Cart do
  def add(cart, sku) do
    line = Repo.insert(sku)
    Repo.delete(cart)
    line
  end
end
`;

it("finds when the code of a pattern ran, by its node or at least by its lines", async () => {
  const { tree } = parse(SOURCE);
  const ids = nodeIds(tree);
  const calls = new Map<string, string>();
  walk(tree, (node) => {
    const text = SOURCE.slice(node.start, node.end);
    const id = ids.idOf(node);
    if (id !== null) calls.set(text, id);
  });
  const deleteId = calls.get("Repo.delete(cart)") ?? "";
  const recording = await tell((story) => {
    story.writer.add("sources", { path: FILE, sha256: "x", bytes: SOURCE.length, text: SOURCE });
    const head = story.site(add, "function_clause", [`/app/${FILE}`, 2], ["cart", "sku"]);
    const match = story.site(add, "match", [`/app/${FILE}`, 3], ["line"]);
    const value = story.site(add, "value", [`/app/${FILE}`, 4], null, { nodeId: deleteId });
    for (const t of [0, 100]) {
      story.enter(A, t, add, [":c", "x"], head);
      story.at(A, t + 10, match, [{ id: t }]);
      story.event("value", A, t + 20, { deleted: true }, undefined, value);
      story.leave(A, t + 30, ":ok");
    }
  });
  const exact = await placesOfPattern(recording, "Repo.delete(_)");
  if (!exact.ok) throw new Error(exact.error);
  expect(exact.value.places).toMatchObject([
    { file: FILE, line: 4, text: "Repo.delete(cart)", nodeId: deleteId, exact: true },
  ]);
  const found = await findAtPlaces(recording, exact.value, { limit: 10 });
  expect(found.hits.map(({ t, trigger, values }) => [t, trigger, values])).toEqual([
    [20, "node", { value: "%{deleted: true}" }],
    [120, "node", { value: "%{deleted: true}" }],
  ]);
  const near = await placesOfPattern(recording, "Repo.insert($x)");
  if (!near.ok) throw new Error(near.error);
  expect(near.value.places).toMatchObject([{ line: 3, exact: false }]);
  const lines = await findAtPlaces(recording, near.value, { limit: 1, last: true });
  expect(lines.hits.map(({ t, values }) => [t, values])).toEqual([[110, { line: "%{id: 100}" }]]);
  expect(lines.more).toBe(true);
  expect(lines.notes).toEqual([
    "of 1 places only the lines are known: hits are of anything on them",
  ]);

  const byId = await findAtPlaces(recording, await placesOfNode(recording, deleteId), {
    limit: 10,
  });
  expect(byId.hits).toHaveLength(2);
  expect((await placesOfNode(recording, "Shop.Cart.none/1@x:1")).places).toEqual([]);
  const nothing = await placesOfPattern(recording, "Repo.update(_)");
  expect(nothing).toMatchObject({ ok: true, value: { places: [] } });
  expect(await placesOfPattern(recording, "Repo.insert(")).toMatchObject({ ok: false });
  expect(await placesOfPattern(recording, "$x")).toMatchObject({ ok: false });
});
