import { describe, expect, it } from "vitest";
import { formatTable, rowObjects } from "./table.ts";

const result = {
  columns: [
    { name: "module", type: "VARCHAR" },
    { name: "n", type: "BIGINT" },
  ],
  rows: [
    ["Shop.Cart", 12],
    ["a\u001B[31m", 5n],
  ],
};

describe("formatTable", () => {
  it("aligns columns and keeps terminal escapes inert", () => {
    expect(formatTable(result)).toBe(
      ["module      n", "─────────  ──", "Shop.Cart  12", "a\\x1b[31m   5"].join("\n"),
    );
  });
});

describe("rowObjects", () => {
  it("names each value by its column", () => {
    expect(rowObjects(result)[0]).toEqual({ module: "Shop.Cart", n: 12 });
  });

  it("keeps integers beyond 2^53 exact", () => {
    const big = { columns: [{ name: "n", type: "UBIGINT" }], rows: [[2n ** 60n]] };
    expect(rowObjects(big)).toEqual([{ n: "1152921504606846976" }]);
  });
});
