import { expect, it } from "vitest";
import { chartChoice, chartData } from "./chart-data.ts";
import { csvOf, marksOf, rowText, sortedRows } from "./result-data.ts";

const columns = [
  { name: "t", type: "BIGINT" },
  { name: "pid", type: "VARCHAR" },
  { name: "n", type: "DOUBLE" },
];
const rows = [
  [30, "<0.1.0>", 2.5],
  [10, "<0.2.0>", null],
  [20, null, 1],
];

it("sorts by any column, with what is missing last", () => {
  expect(sortedRows(rows, null)).toEqual([0, 1, 2]);
  expect(sortedRows(rows, { column: 0, descending: false })).toEqual([1, 2, 0]);
  expect(sortedRows(rows, { column: 2, descending: true })).toEqual([0, 2, 1]);
  expect(sortedRows([["10"], ["9"], ["a"]], { column: 0, descending: false })).toEqual([1, 0, 2]);
});

it("writes CSV that quotes what has to be", () => {
  const csv = csvOf({
    columns: columns.slice(0, 2),
    rows: [
      [1, 'a "b", c'],
      [null, "x\ny"],
    ],
  });
  expect(csv).toBe('t,pid\r\n1,"a ""b"", c"\r\n,"x\ny"\r\n');
});

it("makes marks of rows that say when", () => {
  expect(marksOf({ columns, rows })).toEqual([
    { t: 30, pid: "<0.1.0>", event: null, row: 0 },
    { t: 10, pid: "<0.2.0>", event: null, row: 1 },
    { t: 20, pid: null, event: null, row: 2 },
  ]);
  expect(marksOf({ columns: columns.slice(1), rows })).toBeNull();
});

it("chooses what to draw, and draws lines in order of x", () => {
  const choice = chartChoice(columns, "");
  expect(choice).toEqual({ kind: "line", x: 0, y: 2 });
  if (choice === null) return;
  expect(chartData({ columns, rows }, choice)).toMatchObject({
    xs: [10, 20, 30],
    ys: [null, 1, 2.5],
    xIsTime: true,
    note: null,
  });
  expect(chartChoice(columns, "bar,pid,n")).toEqual({ kind: "bar", x: 1, y: 2 });
  expect(chartData({ columns, rows }, { kind: "bar", x: 1, y: 2 }).labels).toEqual([
    "<0.1.0>",
    "<0.2.0>",
    "",
  ]);
  expect(chartChoice([{ name: "pid", type: "VARCHAR" }], "")).toBeNull();
});

it("counts every value in exactly one bin, and says what was none", () => {
  const many = Array.from({ length: 1_000 }, (_, i) => [i % 97]);
  const { ys, note } = chartData(
    { columns: [{ name: "n", type: "BIGINT" }], rows: [...many, [null]] },
    { kind: "histogram", x: 0, y: 0 },
  );
  expect(ys.reduce<number>((sum, n) => sum + (n ?? 0), 0)).toBe(1_000);
  expect(note).toBe("1 rows without a number are left out");
});

function markOf(names: readonly string[], row: readonly unknown[]): unknown {
  const named = names.map((name) => ({
    name,
    type: name.endsWith("pid") ? "VARCHAR" : "UBIGINT",
  }));
  return marksOf({ columns: named, rows: [row] })?.[0];
}

it("marks rows with the event of their time and the process that it is of, not with any other", () => {
  const [a, b] = ["<0.1.0>", "<0.2.0>"];
  expect(
    markOf(["t_received", "message", "receive_event", "from_pid", "to_pid"], [7, 1, 2, a, b]),
  ).toEqual({ t: 7, pid: b, event: 2, row: 0 });
  expect(markOf(["t_sent", "message", "from_pid", "to_pid"], [7, 1, a, b])).toEqual({
    t: 7,
    pid: a,
    event: 1,
    row: 0,
  });
  expect(markOf(["t_received", "message", "to_pid"], [7, 1, b])).toMatchObject({ event: null });
  expect(markOf(["id", "n"], [7, 1])).toBeUndefined();
});

it("tells of a row what its mark does not", () => {
  const told = {
    columns: ["t", "pid", "version", "state"].map((name) => ({ name, type: "VARCHAR" })),
    rows: [[5, "<0.1.0>", 3, "x".repeat(1_000)]],
  };
  const text = rowText(
    { ...told, columns: told.columns.with(0, { name: "t", type: "BIGINT" }) },
    0,
  );
  expect(text.startsWith("version 3, state xxx")).toBe(true);
  expect(text.length).toBeLessThan(200);
});
