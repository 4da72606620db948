import { describe, expect, it } from "vitest";
import { CallsBeside } from "./calls-beside.ts";
import { RowsById } from "./rows-by-id.ts";
import type { Source } from "./sql.ts";

type Rows = readonly (readonly (number | null)[])[];

/** One partition, of which `asked` notes the ranges that were read; `rows` have the id first. */
function sourceOf(rows: Rows, state: "closed" | "recording" = "closed") {
  const asked: string[] = [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only its state is looked at
  const manifest = { state } as Source["manifest"];
  const query: Source["query"] = (text, options) => {
    const answer = (found: Rows): ReturnType<Source["query"]> => {
      const columns = found[0] ?? [];
      const vectors = columns.map((_, i) => Float64Array.from(found, (row) => row[i] ?? NaN));
      return Promise.resolve({
        columns: [],
        rows: options?.asVectors === true ? [] : found,
        vectors,
        truncated: false,
      });
    };
    if (text.includes("base.parts")) return answer([[1]]);
    if (text.includes("min(")) {
      const extents = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 0 : 1e9));
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the first is the table's name
      return answer([["p1.calls" as unknown as number, ...extents]]);
    }
    const range = /BETWEEN (\d+) AND (\d+)/.exec(text)?.slice(1).map(Number) ?? [];
    asked.push(range.join("-"));
    const [from = 0, to = 0] = range;
    return answer(rows.filter(([id]) => (id ?? 0) >= from && (id ?? 0) <= to));
  };
  return { source: { manifest, query }, asked };
}

describe("rows by their ids", () => {
  const rows = [
    [1, 10],
    [511, null],
    [512, 30],
  ];

  it("come with those beside them, which are not asked for again", async () => {
    const { source, asked } = sourceOf(rows);
    const calls = new RowsById("calls", ["call", "function"]);
    expect([...(await calls.of(source, [1, 5])).entries()]).toEqual([[1, [1, 10]]]);
    expect((await calls.of(source, [511])).get(511)).toEqual([511, null]);
    expect(asked).toEqual(["0-511"]);
    expect((await calls.of(source, [512, 1])).size).toBe(2);
    expect(asked).toEqual(["0-511", "512-1023"]);
  });

  it("are read alone where they lie far apart, or while the recording goes on", async () => {
    const far = sourceOf(rows);
    const calls = new RowsById("calls", ["call", "function"]);
    await calls.of(far.source, [1, 2_000, 4_000, 6_000, 8_000]);
    expect(far.asked).toEqual(["1-8000"]);
    const live = sourceOf(rows, "recording");
    await calls.of(live.source, [1, 511]);
    await calls.of(live.source, [1, 511]);
    expect(live.asked).toEqual(["1-511", "1-511"]);
    expect(await calls.beside(live.source, 1)).toBeNull();
  });
});

const call = (
  id: number,
  parent: number | null,
  end: number | null,
): readonly (number | null)[] => {
  const [returned, depth] = [1, parent === null ? 0 : 1];
  return [
    id,
    parent,
    end,
    7,
    3,
    depth,
    id * 10,
    end === null ? null : end * 10,
    5,
    returned,
    null,
    null,
  ];
};

describe("calls beside a call", () => {
  it("tell what it called, unless some of that may lie elsewhere", async () => {
    const { source } = sourceOf([
      call(1, null, 9),
      call(2, 1, 3),
      call(4, 1, 8),
      call(5, 4, 6),
      call(20, null, 3_000),
      call(21, 20, 22),
      call(30, null, null),
    ]);
    const beside = await CallsBeside.of(source, 4);
    expect(beside?.children(1)?.map((child) => child.call)).toEqual([2, 4]);
    expect(beside?.children(5)).toEqual([]);
    expect(beside?.children(20)).toBeNull();
    expect(beside?.children(30)).toBeNull();
    expect(beside?.children(99)).toBeNull();
    expect(beside?.get(20)?.exitEvent).toBe(3_000);
  });
});
