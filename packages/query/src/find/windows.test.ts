import { expect, it } from "vitest";
import { eachSlice, slices, type Slice } from "./windows.ts";

it("covers a range without gaps or doubles", () => {
  expect(slices(0, 10, 3)).toEqual([
    { from: 0, to: 4 },
    { from: 4, to: 8 },
    { from: 8, to: 10 },
  ]);
  expect(slices(5, 5, 3)).toEqual([]);
  expect(slices(0, 2, 100)).toHaveLength(2);
});

it("divides what holds too much, in order, and an instant never", async () => {
  const times = [
    ...Array.from({ length: 100 }, () => 7),
    ...Array.from({ length: 50 }, (_, i) => i * 20),
  ];
  const within = ({ from, to }: Slice): readonly number[] =>
    times.filter((t) => t >= from && t < to);
  const read: (readonly number[])[] = [];
  const each = eachSlice(
    slices(0, 1_000, 2),
    async (slice) => within(slice).length,
    10,
    async (slice) => within(slice),
  );
  for await (const { value } of each) read.push(value);
  expect(read.flat()).toEqual(times.toSorted((a, b) => a - b));
  expect(read.filter((part) => part.length > 10)).toHaveLength(1);
});
