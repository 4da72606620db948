import { describe, expect, it } from "vitest";
import { lastOf, rowsOf } from "./part-rows.ts";
import type { Source } from "./sql.ts";

/** Two partitions of which the first has ids up to 9, the second from 10 on; one call never ended. */
function sourceOf(state: "closed" | "recording"): Source {
  const answers: readonly (readonly [RegExp, readonly (readonly unknown[])[]])[] = [
    [/FROM base\.parts/, [[1], [2]]],
    [
      /p1\.events/,
      [
        ["p1.events", 1, 9, 0, 900],
        ["p2.events", 10, 20, 850, 2_000],
      ],
    ],
    [
      /p1\.calls/,
      [
        ["p1.calls", 1, 8, 0, 800, 10, 900, 2, 9, null, null],
        ["p2.calls", 7, 18, 700, 1_900, 950, 2_000, 11, 20, null, null],
        ["p2.open_calls", 3, 3, 300, 300, null, null, null, null, 300, 300],
      ],
    ],
  ];
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only its state is looked at
    manifest: { state } as Source["manifest"],
    query: (text) => {
      const found = answers.find(([of]) => of.test(text));
      if (found === undefined) return Promise.reject(new Error(`nobody answers ${text}`));
      return Promise.resolve({
        columns: [],
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- plain values
        rows: found[1] as Awaited<ReturnType<Source["query"]>>["rows"],
        truncated: false,
      });
    },
  };
}

async function from(...asked: Parameters<typeof rowsOf>): Promise<string> {
  return (await rowsOf(...asked)).render([]);
}

describe("rows of a table", () => {
  const source = sourceOf("closed");

  it("come from the partitions that can hold them", async () => {
    expect(await from(source, "events", { id: [10, 10] })).toBe("p2.events");
    expect(await from(source, "events", { t: [0, 849] })).toBe("p1.events");
    expect(await from(source, "events", { t: [860, 870] })).toBe("raw.events");
    expect(await from(source, "events", { id: [21, 30] })).toContain("WHERE false");
  });

  it("are within all bounds, and what never ended lies apart", async () => {
    expect(await from(source, "calls", { open: [0, 5_000] })).toBe("p2.open_calls");
    expect(await from(source, "calls", { t_enter: [0, 750], t_exit: [760, 2_000] })).toBe(
      "(FROM p1.calls UNION ALL FROM p2.calls)",
    );
    expect(await from(source, "calls", { t_exit: [0, 5_000] })).not.toContain("open");
  });

  it("have a greatest value", async () => {
    expect(await lastOf(source, "events", "t")).toBe(2_000);
  });

  it("come from everywhere while the recording goes on", async () => {
    const live = sourceOf("recording");
    expect(await from(live, "events", { id: [10, 10] })).toBe("raw.events");
    expect(await lastOf(live, "events", "t")).toBe(Number.MAX_SAFE_INTEGER);
  });
});
