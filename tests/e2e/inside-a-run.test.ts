// A script as it was run: its variables at every instant, shadowed and gone ones included, and breakpoints.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { find, findValue, parseTerm, parseWatch, stack, type Hit } from "@elixirscope/query";
import { RecordingReader } from "@elixirscope/store";
import { cli } from "../support/cli.ts";

const SCRIPT = `defmodule Cart do
  def add(cart, sku, qty) do
    price = price(sku)

    total =
      case qty do
        n when n < 0 ->
          price = 0
          price * n

        n ->
          price * n
      end

    line = {sku, qty, total}
    [line | cart]
  end

  def price("apple"), do: 3
  def price(_), do: 5

  def sum(cart), do: Enum.reduce(cart, 0, fn {_sku, _qty, total}, acc -> acc + total end)
end

cart =
  Enum.reduce([{"apple", 2}, {"pear", -1}, {"fig", 4}], [], fn {sku, qty}, cart ->
    Cart.add(cart, sku, qty)
  end)

IO.inspect(Cart.sum(cart))
`;

let folder: string;
let recording: RecordingReader;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "escope-inside-"));
  writeFileSync(join(folder, "cart.exs"), SCRIPT);
  const out = join(folder, "cart.escope");
  const result = await cli(["run", "--out", out, "--", "elixir", "cart.exs"], { cwd: folder });
  if (result.exitCode !== 0 || result.stdout !== "26\n") throw new Error(result.stderr);
  recording = await RecordingReader.open(out);
});

afterAll(async () => {
  await recording?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function hits(text: string): Promise<readonly Hit[]> {
  const watch = parseWatch(text, recording.manifest.target.otpRelease);
  if (!watch.ok) throw new Error(watch.error.message);
  const answer = await find(recording, watch.value, { limit: 100 });
  if (!answer.ok) throw new Error(answer.missing.message);
  return answer.result.hits;
}

async function places(text: string): Promise<readonly unknown[]> {
  return (await hits(text)).map(({ trigger, line, values }) => [trigger, line, values]);
}

async function localsAt(event: number): Promise<readonly unknown[]> {
  const view = await stack(recording, null, { kind: "event", event });
  return (view?.frames ?? []).map(({ mfa, place, locals }) => [
    mfa,
    place?.line,
    locals.filter(({ inScope }) => inScope !== false).map(({ name, text }) => `${name} = ${text}`),
  ]);
}

it("has the variables of each instant, the inner one of a name while its clause lasts", async () => {
  const [inner] = await hits("Cart.add/3: price == 0");
  expect(await localsAt(inner?.event ?? 0)).toEqual([
    [
      "Cart.add/3",
      8,
      ['cart = [{"apple", 2, 6}]', 'sku = "pear"', "qty = -1", "n = -1", "price = 0"],
    ],
  ]);
  const [after] = await hits("Cart.add/3: total == 0");
  expect(await localsAt(after?.event ?? 0)).toEqual([
    [
      "Cart.add/3",
      5,
      ['cart = [{"apple", 2, 6}]', 'sku = "pear"', "qty = -1", "price = 5", "total = 0"],
    ],
  ]);
});

it("has the frames of closures above those that made them", async () => {
  const [last] = await hits("Cart.sum/1: acc == 20 and total == 0");
  expect(await localsAt(last?.event ?? 0)).toEqual([
    ["Cart.sum/1", 22, ['cart = [{"fig", 4, 20}, {"pear", -1, 0}, {"apple", 2, 6}]']],
    [
      expect.stringMatching(/Cart\.sum\/1/),
      22,
      expect.arrayContaining(["acc = 20", "total = 0", "_qty = -1"]),
    ],
  ]);
});

it("breaks where conditions hold, with variables as the code there sees them", async () => {
  expect(await places("Cart.add/3: qty < 0")).toEqual([["call", 2, { qty: "-1" }]]);
  expect(await places("Cart.add/3: total == 0 and price == 5")).toEqual([
    ["binding", 5, { total: "0", price: "5" }],
  ]);
  expect(await places("cart.exs:15: total > 10")).toEqual([["line", 15, { total: "20" }]]);
  expect(await places('Cart.price/1: result == 3 and arg1 == "apple"')).toEqual([
    ["return", 19, { arg1: '"apple"', result: "3" }],
  ]);
  expect(await places("Cart.add/3: match?([{_, _, 20} | _], result)")).toHaveLength(1);
});

it("follows a value from where it was made to where it went", async () => {
  const term = parseTerm("20");
  if (!term.ok) throw new Error(term.error.message);
  const where = parseWatch("Cart.sum/1");
  const answer = await findValue(recording, term.value, where.ok ? where.value.where : null, {
    limit: 100,
  });
  if (!answer.ok) throw new Error(answer.missing.message);
  expect(answer.result.origin).toMatchObject({
    kind: "binding",
    where: "total",
    mfa: "Cart.add/3",
  });
  expect(answer.result.sightings[0]).toMatchObject({
    kind: "argument",
    where: "cart[0]{2}",
    reaches: true,
  });
});
