import { describe, expect, it } from "vitest";
import { inOrder } from "./wrap-set.ts";

function named(numbers: readonly number[]): readonly string[] {
  return numbers.map((number) => `/t/wrap${number}.log`);
}

describe("the files of a wrap set", () => {
  it("begin after the number that is missing", () => {
    const { files, isWrapped } = inOrder(named([4, 0, 3, 1]));
    expect(files).toEqual(named([3, 4, 0, 1]));
    expect(isWrapped).toBe(true);
  });

  it("begin with 0 when nothing was overwritten yet", () => {
    const { files, isWrapped } = inOrder(named([2, 0, 1]));
    expect(files).toEqual(named([0, 1, 2]));
    expect(isWrapped).toBe(false);
  });

  it("begin with 1 when 0 is the one that is missing", () => {
    const { files, isWrapped } = inOrder(named([3, 1, 2]));
    expect(files).toEqual(named([1, 2, 3]));
    expect(isWrapped).toBe(true);
  });

  it("are sorted by number, not by text", () => {
    expect(inOrder(named([10, 9, 11, 12])).files).toEqual(named([9, 10, 11, 12]));
    expect(inOrder(["/t/a10.1.log", "/t/a10.0.log"]).files).toEqual([
      "/t/a10.0.log",
      "/t/a10.1.log",
    ]);
  });

  it("must be of one set", () => {
    expect(() => inOrder(["/t/one.trace", "/t/two.trace"])).toThrow("numbered files of one trace");
  });
});
