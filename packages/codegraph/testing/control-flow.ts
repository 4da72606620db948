// Graphs of functions given as text, and as text again: what the tests of control flow read.

import { type ElixirVersion, parse } from "@elixirscope/syntax";
import { buildCfg } from "../src/flow/cfg-build.ts";
import { renderCfg } from "../src/flow/cfg-render.ts";
import type { Cfg } from "../src/flow/cfg.ts";
import { fileSyntax } from "../src/module/file-syntax.ts";

/** The graphs of the functions in `code`, which stands in a module. */
export function graphs(code: string, elixir?: ElixirVersion): readonly Cfg[] {
  const file = fileSyntax("m.ex", parse(`defmodule M do\n${code}\nend\n`));
  const options = elixir === undefined ? {} : { elixir };
  return file.modules.flatMap((module) =>
    module.functions.map((fn) => buildCfg(fn, module, file.ids, options)),
  );
}

export function graph(code: string, elixir?: ElixirVersion): Cfg {
  const [first] = graphs(code, elixir);
  if (first === undefined) throw new Error(`no function in ${code}`);
  return first;
}

/** Every edge. */
export function wholeFlow(code: string, elixir?: ElixirVersion): string {
  return renderCfg(graph(code, elixir));
}

/** Without the edges of calls that raise out of the function: nearly every call has one. */
export function flow(code: string, elixir?: ElixirVersion): string {
  const lines = wholeFlow(code, elixir).split("\n");
  return lines.filter((line) => !/^ *call .* -exception-> error_exit$/.test(line)).join("\n");
}

/** `flow` of a function that does only this: its own entry, head and exit left out. */
export function flowOf(expression: string, elixir?: ElixirVersion): string {
  const lines = flow(`def f(a, b, c, d) do\n${expression}\nend`, elixir).split("\n");
  const head = "pattern a, b, c, d";
  return lines
    .filter((line) => !line.endsWith(`> ${head}`))
    .map((line) => line.replace(`${head} -match->`, "->").replace(/-next-> exit$/, "-> exit"))
    .join("\n");
}
