// The example in README.md.

import { expect, it } from "vitest";
import { inspect } from "@elixirscope/etf";
import { decodeSource, isCall, parse, toQuoted, walk } from "./index.ts";

it("does what the README says", () => {
  const { text } = decodeSource(Buffer.from('def hello(name), do: "Hello #{name}" # greets'));
  const { tree, source, diagnostics, comments } = parse(text, { elixir: "1.18" });
  expect(diagnostics).toEqual([]);
  expect(comments[0]?.text).toBe("# greets");
  const calls: string[] = [];
  walk(tree, (node) => {
    if (isCall(node, "hello", 1)) calls.push(source.slice(node));
  });
  expect(calls).toEqual(["hello(name)"]);
  expect(inspect(toQuoted(parse("a + 1").tree))).toBe("{:+, [line: 1], [{:a, [line: 1], nil}, 1]}");

  const broken = parse("def a do\n  foo(1\nend\n\ndef b, do: 2");
  expect(broken.diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([
    "2:6 missing_terminator",
  ]);
});
