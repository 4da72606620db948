// The entry: text in, tree and diagnostics out. Never throws on any input.

import type { ParseOptions, Parsed } from "./parsed.ts";

export function parse(text: string, options: ParseOptions = {}): Parsed {
  void text;
  void options;
  throw new Error("being written");
}
