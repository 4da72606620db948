import { expect, test } from "vitest";
import { parseProcessSelector } from "./process-selector.ts";

test.each([
  ["all", { kind: "all" }],
  ["app:shop", { kind: "application", name: "shop" }],
  ["Shop.Cart", { kind: "name", name: "Elixir.Shop.Cart" }],
  [":shop_cart", { kind: "name", name: "shop_cart" }],
  [':"odd name"', { kind: "name", name: "odd name" }],
  ["<0.123.0>", { kind: "pid", text: "<0.123.0>" }],
  ["#PID<0.123.0>", { kind: "pid", text: "<0.123.0>" }],
  ["0.123.0", { kind: "pid", text: "<0.123.0>" }],
])("%s is a process", (text, expected) => {
  expect(parseProcessSelector(text)).toEqual({ ok: true, value: expected });
});

test.each(["", "shop", "<0.1>", "app:", "Shop.*"])("%j is none", (text) => {
  expect(parseProcessSelector(text)).toMatchObject({ ok: false, error: { code: "bad_selector" } });
});
