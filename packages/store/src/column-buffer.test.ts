import { expect, it } from "vitest";
import { ColumnBuffer } from "./column-buffer.ts";

const SPEC = { id: "id", t: "time", pid: "index", kind: "code" } as const;

it("gives rows that are NULL until they are set, also on pages that were used before", () => {
  const buffer = new ColumnBuffer(SPEC, 4, () => undefined);
  for (let n = 0; n < 4; n++) {
    const i = buffer.next();
    buffer.columns.id[i] = 7;
    buffer.columns.t[i] = 8;
  }
  const pages = buffer.take();
  expect(pages.map((page) => [page.rows, [...page.columns.id], [...page.columns.t]])).toEqual([
    [4, [7, 7, 7, 7], [8, 8, 8, 8]],
  ]);
  buffer.recycle(pages);
  for (let n = 0; n < 6; n++) buffer.next();
  const again = buffer.take();
  expect(again.map((page) => page.rows)).toEqual([4, 2]);
  for (const { columns } of again) {
    expect([...columns.id]).toEqual([0, 0, 0, 0]);
    expect([...columns.t]).toEqual([-1, -1, -1, -1]);
  }
});

it("tells when a page is full and counts what is staged", () => {
  let full = 0;
  const buffer = new ColumnBuffer(SPEC, 2, () => full++);
  for (let n = 0; n < 5; n++) buffer.next();
  expect(full).toBe(2);
  expect(buffer.stagedRows).toBe(5);
  const pageBytes = 2 * (8 + 8 + 4 + 1);
  expect(buffer.stagedBytes).toBe(2 * pageBytes);
  const pages = buffer.take();
  expect(buffer.stagedRows).toBe(0);
  // what is being inserted still takes memory
  expect(buffer.stagedBytes).toBe(3 * pageBytes);
  buffer.recycle(pages);
  expect(buffer.stagedBytes).toBe(0);
});
