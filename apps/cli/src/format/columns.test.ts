import { expect, it } from "vitest";
import { columnsText, left, right } from "./columns.ts";

it("aligns columns and lets nothing of the target's text move the cursor", () => {
  const text = columnsText(
    [right("calls"), left("function")],
    [
      ["7", "a\u001B[2J"],
      ["12345", "b"],
    ],
    process.stdout,
  );
  expect(text.split("\n")).toEqual(["calls  function", String.raw`    7  a\x1b[2J`, "12345  b"]);
});
