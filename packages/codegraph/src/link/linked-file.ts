// From text to what is linked, for who needs the project's graphs and nothing else.

import { parse } from "@elixirscope/syntax";
import { fileSyntax } from "../module/file-syntax.ts";
import { linkFacts } from "./link-file.ts";
import type { LinkedFile } from "./project-index.ts";

/** `path` relative to the project's root. Text that is not Elixir gives what could be read. */
export function linkedFile(path: string, text: string): LinkedFile {
  const syntax = fileSyntax(path, parse(text, { file: path }));
  return { path, modules: syntax.modules.map((module) => module.data), links: linkFacts(syntax) };
}
