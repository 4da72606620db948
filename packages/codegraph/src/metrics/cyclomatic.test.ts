// The graph's number is held against a count over the text that knows nothing of graphs: one for each
// decision that somebody wrote.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { children, isCall, keyword, parse, type Node } from "@elixirscope/syntax";
import { describe, expect, it } from "vitest";
import { buildCfg } from "../flow/cfg-build.ts";
import { fileSyntax } from "../module/file-syntax.ts";
import type { FunctionSyntax } from "../module/module-syntax.ts";
import { cyclomatic } from "./cyclomatic.ts";

/** How many ways lead on from a guard or condition beyond the first. */
function choices(condition: Node, elseIsWritten: boolean): number {
  if (isCall(condition, "and", 2)) {
    return sum(condition.args.map((operand) => choices(operand, elseIsWritten)));
  }
  if (isCall(condition, "or", 2) || isCall(condition, "when", 2)) {
    const [left, right] = condition.args;
    if (left === undefined || right === undefined) return 0;
    return choices(left, true) + choices(right, elseIsWritten);
  }
  return elseIsWritten ? 1 : 0;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

function isRefutable(patterns: readonly Node[]): boolean {
  const names = new Set<string>();
  return patterns.some((pattern) => {
    const parts = isCall(pattern, "=", 2) ? pattern.args : [pattern];
    return parts.some((part) => {
      const bare = isCall(part, "\\\\", 2) ? part.args[0] : part;
      if (bare?.kind !== "variable") return true;
      if (bare.name === "_") return false;
      const again = names.has(bare.name);
      names.add(bare.name);
      return again;
    });
  });
}

type Clause = { readonly patterns: readonly Node[]; readonly guard: Node | null };

/** Clauses in order, of which one must match: the last has no written way on. */
function clauseChoices(clauses: readonly Clause[], missIsWritten = false): number {
  return sum(
    clauses.map(({ patterns, guard }, index) => {
      const written = missIsWritten || index < clauses.length - 1;
      const own = written && isRefutable(patterns) ? 1 : 0;
      return own + (guard === null ? 0 : choices(guard, written));
    }),
  );
}

function clausesOf(section: Node | undefined): Clause[] {
  const arrows = section?.kind === "list" ? section.items : [];
  return arrows.flatMap((arrow): Clause[] => {
    if (!isCall(arrow, "->", 2) || arrow.args[0]?.kind !== "list") return [];
    const [first] = arrow.args[0].items;
    if (!isCall(first, "when")) return [{ patterns: arrow.args[0].items, guard: null }];
    return [{ patterns: first.args.slice(0, -1), guard: first.args.at(-1) ?? null }];
  });
}

function bodiesOf(section: Node | undefined): readonly Node[] {
  if (section?.kind !== "list") return section === undefined ? [] : [section];
  return section.items.flatMap((arrow) => (isCall(arrow, "->", 2) ? arrow.args.slice(1) : [arrow]));
}

/** The decisions written in `root`. */
function decisionsIn(root: Node): number {
  let total = 0;
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.kind !== "call") {
      stack.push(...children(node));
      continue;
    }
    const blocks = node.args.at(-1);
    const part = (name: string): Node | undefined => keyword(blocks, name);
    const sections = (...names: string[]): Node[] => names.flatMap((name) => bodiesOf(part(name)));
    switch (node.callee) {
      case "quote":
        break;
      case "if":
      case "unless":
        total += 1;
        stack.push(...children(node));
        break;
      case "&&":
      case "||":
      case "and":
      case "or":
        total += 1;
        stack.push(...children(node));
        break;
      case "case":
        total += clauseChoices(clausesOf(part("do")));
        stack.push(...node.args.slice(0, -1), ...sections("do"));
        break;
      case "fn":
        total += clauseChoices(
          clausesOf({ kind: "list", items: node.args, start: 0, end: 0, meta: null }),
        );
        stack.push(
          ...node.args.flatMap((arrow) => (arrow.kind === "call" ? arrow.args.slice(1) : [])),
        );
        break;
      case "cond": {
        const body = part("do");
        const arrows = body?.kind === "list" ? body.items : [];
        total += Math.max(0, arrows.length - 1);
        stack.push(...arrows.flatMap((arrow) => children(arrow)));
        break;
      }
      case "with": {
        const steps = node.args.slice(0, -1);
        for (const step of steps) {
          if (!isCall(step, "<-", 2)) continue;
          const [left, right] = step.args;
          if (left === undefined || right === undefined) continue;
          const guarded = isCall(left, "when", 2);
          total += isRefutable([guarded ? (left.args[0] ?? left) : left]) ? 1 : 0;
          if (guarded && left.args[1] !== undefined) total += choices(left.args[1], true);
          stack.push(right);
        }
        stack.push(...steps.filter((step) => !isCall(step, "<-", 2)), ...sections("do", "else"));
        total += clauseChoices(clausesOf(part("else")));
        break;
      }
      case "for": {
        const steps = node.args
          .slice(0, -1)
          .filter(
            (step) => step.kind !== "list" || step.items.some((item) => item.kind !== "pair"),
          );
        for (const step of steps) {
          const [left, right] = isCall(step, "<-", 2) ? step.args : [];
          total += 1;
          if (left === undefined || right === undefined) stack.push(step);
          else {
            total += isRefutable([left]) ? 1 : 0;
            stack.push(right);
          }
        }
        const reduced = part("do");
        if (reduced?.kind === "list" && isCall(reduced.items[0], "->"))
          total += clauseChoices(clausesOf(reduced));
        stack.push(...sections("do"));
        break;
      }
      case "try": {
        const handlers = [...clausesOf(part("rescue")), ...clausesOf(part("catch"))];
        total += handlers.length + clauseChoices(clausesOf(part("else")));
        stack.push(...sections("do", "rescue", "catch", "else", "after"));
        break;
      }
      case "receive":
        total += clauseChoices(clausesOf(part("do")), true);
        if (part("do") !== undefined && part("after") !== undefined) total += 1;
        stack.push(...sections("do", "after"));
        break;
      default:
        stack.push(...children(node));
    }
  }
  return total;
}

function decisions(fn: FunctionSyntax): number {
  const sections = fn.clauses.map((clause) => {
    const handlers = [clause.rescue, clause.catch].flatMap((part) => clausesOf(part ?? undefined));
    const parts = [clause.body, clause.rescue, clause.catch, clause.else, clause.after];
    const inside = parts.flatMap((part) => bodiesOf(part ?? undefined)).map(decisionsIn);
    return handlers.length + clauseChoices(clausesOf(clause.else ?? undefined)) + sum(inside);
  });
  return 1 + clauseChoices(fn.clauses) + sum(sections);
}

function numbersOf(text: string): { key: string; graph: number; text: number }[] {
  const file = fileSyntax("lib/a.ex", parse(text));
  return file.modules.flatMap((module) =>
    module.functions.map((fn) => ({
      key: fn.data.key,
      graph: cyclomatic(buildCfg(fn, module, file.ids)),
      text: decisions(fn),
    })),
  );
}

const one = (body: string): number => numbersOf(`defmodule A do\n${body}\nend`)[0]?.graph ?? -1;

describe("cyclomatic complexity", () => {
  it("is 1 for straight code and 1 more for each choice", () => {
    expect(one("def f(x), do: x + g(x)")).toBe(1);
    expect(one("def f(x), do: if(x, do: 1, else: 2)")).toBe(2);
    expect(one("def f(x) do\n if x do\n 1\n end\nend")).toBe(2);
    expect(one("def f(x, y), do: (x && y) || x")).toBe(3);
  });

  it("counts clauses, without the error when none matches", () => {
    expect(one("def f(1), do: 1\ndef f(2), do: 2\ndef f(x), do: x")).toBe(3);
    expect(one("def f(1), do: 1\ndef f(2), do: 2")).toBe(2);
    expect(one("def f(x) do\ncase x do\n 1 -> 2\n 2 -> 3\n _ -> 4\nend\nend")).toBe(3);
    expect(one("def f(x) when x > 1 and x < 3, do: 1\ndef f(x), do: x")).toBe(3);
  });

  it("counts loops and their filters", () => {
    expect(one("def f(x), do: for(a <- x, do: a)")).toBe(2);
    expect(one("def f(x), do: for({:ok, a} <- x, a > 1, do: a)")).toBe(4);
  });

  it("counts each rescue once however many calls may raise, and `after` not at all", () => {
    expect(one("def f(x) do\n g(x)\n h(x)\n i(x)\nrescue\n A -> 1\n B -> 2\nend")).toBe(3);
    expect(one("def f(x) do\n try do\n g(x)\n after\n h(x)\n end\nend")).toBe(1);
    expect(one("def f(x) do\n try do\n g(x)\n after\n if x, do: 1\n end\nend")).toBe(2);
  });

  it("counts what closures decide", () => {
    expect(one("def f(x), do: Enum.map(x, fn 1 -> 2\n a -> a\nend)")).toBe(2);
    expect(one("def f(x), do: Enum.map(x, &(&1 && 2))")).toBe(2);
  });

  it("equals the count over the text in every function of the example application", () => {
    const root = join(import.meta.dirname, "../../../../examples/shop/lib");
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ex"),
    );
    const numbers = files.flatMap((name) => numbersOf(readFileSync(join(root, name), "utf8")));
    expect(numbers.length).toBeGreaterThan(60);
    expect(numbers.filter(({ graph, text }) => graph !== text)).toEqual([]);
  });
});
