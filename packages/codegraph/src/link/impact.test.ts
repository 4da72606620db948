import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { impactOf, type Change } from "./impact.ts";
import { linkProject } from "./link-project.ts";
import { linkedFile } from "./linked-file.ts";

const root = new URL("../../../../examples/shop/lib/", import.meta.url);
const shop = linkProject(
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ex"))
    .map((name) => linkedFile(`lib/${name}`, readFileSync(new URL(name, root), "utf8"))),
);

function lines(...changes: Change[]): string[] {
  return impactOf(shop, changes).impacted.map(({ id, distance, reason, because, certain }) =>
    `${distance} ${id} ${reason} ${because ?? ""}${certain ? "" : " ?"}`
      .replaceAll("Shop.", "")
      .trim(),
  );
}

describe("the impact of a change in the shop", () => {
  it("goes through handlers to senders, to the process and to those restarted with it", () => {
    const found = lines({ kind: "function", function: "Shop.Payments.Fraud.handle_call/3" });
    expect(found.slice(0, 5)).toEqual([
      "0 Payments.Fraud.handle_call/3 changed",
      // check/2 sends what it handles, and the Fraud process runs it
      "1 Payments.Fraud.check/2 message Payments.Fraud.handle_call/3",
      "1 Payments.Fraud process Payments.Fraud.handle_call/3",
      "2 Payments.Gateway.handle_call/3 call Payments.Fraud.check/2",
      "2 Payments supervision Payments.Fraud",
    ]);
    expect(found).toContain("3 Payments.charge/2 message Payments.Gateway.handle_call/3");
    // rest_for_one: the Gateway starts after Fraud, the Ledger before it
    expect(found).toContain("2 Payments.Gateway supervision Payments.Fraud");
    expect(found.some((line) => line.includes("Ledger"))).toBe(false);
    expect(found).toContain("5 Shop.visit/2 call Shop.check_out/2".replaceAll("Shop.", ""));
  });

  it("of a private function reaches who calls its callers", () => {
    const found = lines({ kind: "function", function: "Shop.Pricing.fib/1" });
    expect(found.slice(0, 3)).toEqual([
      "0 Pricing.fib/1 changed",
      "1 Pricing.loyalty_score/1 call Pricing.fib/1",
      "2 Pricing.total/2 call Pricing.loyalty_score/1",
    ]);
    expect(found).toContain("5 Load.visit/1 call visit/2");
  });

  it("says where only a possible message leads", () => {
    const found = lines({ kind: "function", function: "Shop.Order.shipped/3" });
    expect(found.filter((line) => line.startsWith("1"))).toEqual([
      "1 Order.pay/2 message Order.shipped/3 ?",
      "1 Order.ship/1 message Order.shipped/3 ?",
      "1 Order.status/1 message Order.shipped/3 ?",
    ]);
  });

  it("takes lines: of a function, of a module's attributes, of nothing", () => {
    const price = lines({ kind: "lines", file: "lib/shop/pricing.ex", from: 7, to: 7 });
    expect(price.slice(0, 3)).toEqual([
      "0 Pricing.price/1 changed",
      "1 Cart.handle_call/3 call Pricing.price/1",
      "1 Reports.value/1 call Pricing.price/1",
    ]);
    const attribute = lines({ kind: "lines", file: "lib/shop/pricing.ex", from: 4, to: 4 });
    expect(attribute.filter((line) => line.startsWith("0"))).toEqual([
      "0 Pricing.price/1 module",
      "0 Pricing.total/2 module",
      "0 Pricing.discount/2 module",
      "0 Pricing.loyalty_score/1 module",
      "0 Pricing.fib/1 module",
    ]);
    const nothing: Change = { kind: "lines", file: "lib/none.ex", from: 1, to: 1 };
    expect(impactOf(shop, [nothing])).toMatchObject({ impacted: [], unknown: [nothing] });
  });

  it("can be cut at a distance, and lists modules by theirs", () => {
    const change: Change = { kind: "function", function: "Shop.Pricing.fib/1" };
    const near = impactOf(shop, [change], { depth: 1 });
    expect(near.impacted.map((one) => one.distance)).toEqual([0, 1]);
    const { modules } = impactOf(shop, [change]);
    expect([...modules].slice(0, 3)).toEqual([
      ["Shop.Pricing", 0],
      ["Shop", 3],
      ["Shop.Load", 5],
    ]);
  });
});
