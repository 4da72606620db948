// The snippets of fixtures/syntax, each with its layouts: as it stands, without a last line end, with \r\n.

import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = resolve(import.meta.dirname, "../../fixtures/syntax");

export type Snippet = { readonly name: string; readonly text: string };

/** Snippets that are Elixir; those of newer.exs are not for 1.14. */
export function snippets(minor: number): readonly Snippet[] {
  return readdirSync(folder)
    .filter((file) => file !== "errors.exs" && (minor > 14 || file !== "newer.exs"))
    .flatMap(fromFile);
}

/** Texts that are no Elixir. */
export function wrongSnippets(): readonly Snippet[] {
  return fromFile("errors.exs");
}

function fromFile(file: string): Snippet[] {
  const [, ...texts] = readFileSync(join(folder, file), "utf8").split("#----\n");
  return texts.map((text) => ({ name: `${file} ${JSON.stringify(text)}`, text }));
}

export function layouts({ name, text }: Snippet): Snippet[] {
  return [
    { name, text },
    { name: `${name} without the last line end`, text: text.replace(/\n$/, "") },
    { name: `${name} with \\r\\n`, text: text.replaceAll("\n", "\r\n") },
  ];
}
