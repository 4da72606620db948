// No text makes the parser throw or hang, and whatever it answers is a well-formed tree of that text.

import { expect, it } from "vitest";
import { children, parse, type Node, type Parsed } from "@elixirscope/syntax";
import { snippets, wrongSnippets } from "./corpus.ts";
import { mutate, random } from "./mutation.ts";

const SEED = 7;
const COUNT = 100_000;
/** Far above what a text of this size takes; a hang would never end. */
const LONGEST_MS = 2000;

/** What is wrong with an answer; null for nothing. */
function flaw(text: string, { tree, diagnostics, comments }: Parsed): string | null {
  const stack: (readonly [Node, Node | null])[] = [[tree, null]];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const [node, parent] = entry;
    const { start, end } = parent ?? { start: 0, end: text.length };
    if (node.start < start || node.end > end || node.start > node.end) {
      return `${node.kind} at ${node.start} to ${node.end} is not inside ${start} to ${end}`;
    }
    for (const child of children(node)) stack.push([child, node]);
  }
  for (const { start, end, line, column } of [...diagnostics, ...comments]) {
    if (start < 0 || end > text.length || start > end || line < 1 || column < 1) {
      return `position ${start} to ${end}, ${line}:${column}`;
    }
  }
  return null;
}

it(`reads ${COUNT} texts made wrong at random without a crash or a hang`, () => {
  const next = random(SEED);
  const originals = [...snippets(20), ...wrongSnippets()];
  const flaws: string[] = [];
  let slowest = 0;
  let broken = 0;
  for (let i = 0; i < COUNT; i += 1) {
    let text = originals[next(originals.length)]?.text ?? "";
    if (next(4) === 0) text += originals[next(originals.length)]?.text ?? "";
    text = mutate(text, next);
    const started = performance.now();
    const parsed = parse(text);
    slowest = Math.max(slowest, performance.now() - started);
    if (parsed.diagnostics.length > 0) broken += 1;
    const found = flaw(text, parsed);
    if (found !== null) flaws.push(`${JSON.stringify(text)}: ${found}`);
  }
  console.log(
    `fuzz: ${COUNT} texts (seed ${SEED}), ${broken} with diagnostics, slowest ${slowest.toFixed(1)} ms`,
  );
  expect(flaws.slice(0, 5)).toEqual([]);
  expect(broken).toBeGreaterThan(COUNT / 2);
  expect(slowest).toBeLessThan(LONGEST_MS);
});
