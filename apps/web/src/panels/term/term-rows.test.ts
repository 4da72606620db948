import { expect, it } from "vitest";
import { attach, detach, newBranch, positionOf, rowAt, rowOf, type Branch } from "./term-rows.ts";

function branch(parent: Branch | null, index: number, size: number, cut = 0): Branch {
  const at = parent === null ? [] : [...parent.at, index];
  const place = { at, path: at.map((i) => `[${i}]`).join(""), key: null, parent };
  const made = newBranch(place, { kind: "list", text: "[]", size }, cut);
  attach(made);
  return made;
}

function allRows(root: Branch): readonly string[] {
  return Array.from({ length: root.rows + 1 }, (_, row) => {
    const found = rowAt(root, row);
    if (found === null) return "nothing";
    return `${found.kind} ${positionOf(found).join(".")} at ${found.depth}`;
  });
}

it("finds every row of nested open branches, and the row of every part", () => {
  const root = branch(null, 0, 3);
  const inner = branch(root, 1, 2, 5);
  branch(inner, 0, 1);
  expect(allRows(root)).toEqual([
    "branch  at 0",
    "child 0 at 1",
    "branch 1 at 1",
    "branch 1.0 at 2",
    "child 1.0.0 at 3",
    "child 1.1 at 2",
    "cut 1 at 2",
    "child 2 at 1",
  ]);
  expect(rowAt(root, 8)).toBeNull();
  expect([[], [0], [1], [1, 0], [1, 0, 0], [1, 1], [2]].map((at) => rowOf(root, at))).toEqual([
    0, 1, 2, 3, 4, 5, 7,
  ]);
});

it("gives up the rows of a branch that is closed, whatever is open inside", () => {
  const root = branch(null, 0, 100_000);
  const late = branch(root, 99_000, 10);
  const early = branch(root, 5, 1_000);
  branch(early, 999, 7);
  expect(root.rows).toBe(100_000 + 10 + 1_000 + 7);
  expect(rowOf(root, [99_000, 9])).toBe(99_001 + 1_007 + 10);
  detach(early);
  expect(root.rows).toBe(100_010);
  expect(rowOf(root, [99_000, 9])).toBe(99_011);
  detach(late);
  expect(allRows(root).length).toBe(100_001);
});

it("replaces a branch that is opened twice", () => {
  const root = branch(null, 0, 3);
  branch(root, 1, 4);
  const before = root.open[0];
  if (before !== undefined) detach(before);
  branch(root, 1, 2);
  expect(root.open.length).toBe(1);
  expect(root.rows).toBe(5);
});
