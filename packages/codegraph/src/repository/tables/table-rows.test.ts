import { expect, it } from "vitest";
import { functionColumns, moduleColumn } from "./function-columns.ts";
import { TableRows } from "./table-rows.ts";

it("collects columns, with texts once and node ids in two parts", () => {
  const rows = new TableRows("dfg_uses");
  const add = rows.within({ file: "a.ex", module: "A", function: "f", arity: 1, graph: 0 });
  add({ node: 3, node_id: "A.f/1@h:do.x=", line: 2, column: 1, cfg_node: null });
  add({ node: null, node_id: null, line: 2, column: 1, cfg_node: 0 });
  add({ node: 4, node_id: "A.f/1@h", line: 2, column: 1, cfg_node: 1 });
  add({ node: 4, node_id: ":m.f/1@h:a:b", line: 2, column: 1, cfg_node: 1 });
  const { table, rows: count, columns } = rows.batch();
  expect([table, count]).toEqual(["dfg_uses", 4]);
  expect(columns["node"]).toEqual(Int32Array.of(3, -1, 4, 4));
  expect(columns["graph"]).toEqual(Int32Array.of(0, 0, 0, 0));
  expect(columns["module"]).toEqual({ codes: Int32Array.of(1, 1, 1, 1), values: ["A"] });
  expect(columns["node_id"]).toEqual({
    heads: Int32Array.of(1, 0, 1, 3),
    paths: Int32Array.of(2, 0, 0, 4),
    values: ["A.f/1@h", "do.x=", ":m.f/1@h", "a:b"],
  });
});

it("joins names and keeps missing numbers apart from zero", () => {
  const modules = new TableRows("modules");
  const none = { kind: null, file: null, line: null, column: null, end_line: null };
  const rest = { node_id: null, parent: null, behaviours: [], struct_fields: [], doc: null };
  modules.add({ module: "A", ...none, ...rest, uses: ["B", "C"] });
  expect(modules.batch().columns["uses"]).toEqual(["B\u001fC"]);
  expect(modules.batch().columns["behaviours"]).toEqual([""]);
  const metrics = new TableRows("metrics");
  const value = { module: "A", function: null, arity: null, name: "x" };
  metrics.add({ ...value, value: 0 });
  metrics.add({ ...value, value: null });
  expect(metrics.batch().columns["value"]).toEqual(Float64Array.of(0, Number.NaN));
});

it.each([
  ["Shop.Cart.add/3", { module: "Shop.Cart", function: "add", arity: 3 }],
  [":ets.insert/2", { module: "ets", function: "insert", arity: 2 }],
  ['Kernel."//2', { module: "Kernel", function: '"/', arity: 2 }],
  ["Kernel.../2", { module: "Kernel", function: "..", arity: 2 }],
  ["nothing", { module: null, function: null, arity: null }],
])("takes %s apart as recordings name it", (key, columns) => {
  expect(functionColumns(key)).toEqual(columns);
});

it("names modules as recordings do", () => {
  expect(["Shop.Cart", ":ets", ':"a.b"'].map(moduleColumn)).toEqual(["Shop.Cart", "ets", "a.b"]);
});
