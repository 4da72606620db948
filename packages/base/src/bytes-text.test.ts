import { expect, it } from "vitest";
import { bytesText } from "./bytes-text.ts";

it("tells bytes in the unit that fits, with three digits", () => {
  const told = [
    0,
    82.4,
    1_023,
    1_024,
    1_536,
    102_349,
    1_048_000,
    1_048_576,
    64 * 2 ** 20,
    5 * 2 ** 50,
  ];
  expect(told.map(bytesText)).toEqual([
    "0 B",
    "82 B",
    "1023 B",
    "1 KB",
    "1.5 KB",
    "100 KB",
    "1023 KB",
    "1 MB",
    "64 MB",
    "5120 TB",
  ]);
});
