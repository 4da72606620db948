import { expect, it } from "vitest";
import { codeFrame } from "./code-frame.ts";

const lines = ["def add(a) do", "\tString.to_atom(a)", "end"];
const lineAt = (line: number): string | null => lines[line - 1] ?? null;
const plain = { isTTY: false } as NodeJS.WriteStream;

it("marks a place inside a line, with tabs kept in line", () => {
  const place = { line: 2, column: 2, endLine: 2, endColumn: 16 };
  expect(codeFrame(place, lineAt, "red", plain)).toBe(
    [
      "  1 │ def add(a) do",
      "> 2 │ \tString.to_atom(a)",
      "    │ \t^^^^^^^^^^^^^^",
      "  3 │ end",
    ].join("\n"),
  );
});

it("says how far a long place goes", () => {
  const place = { line: 1, column: 1, endLine: 30, endColumn: 4 };
  expect(codeFrame(place, lineAt, "red", plain)).toBe(
    ["> 1 │ def add(a) do", "> 2 │ \tString.to_atom(a)", "> 3 │ end", "    │ … to line 30"].join(
      "\n",
    ),
  );
});

it("keeps control and direction characters of a hostile file from the terminal", () => {
  const place = { line: 1, column: 1, endLine: 1, endColumn: 2 };
  const frame = codeFrame(place, (line) => (line === 1 ? "\u001B[31mx\u202E" : null), "red", plain);
  expect(frame).toContain("> 1 │ �[31mx�");
});
