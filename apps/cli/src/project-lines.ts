// Lines of a project's files, read when a code frame first needs them.

import { readFileSync } from "node:fs";
import path from "node:path";
import { Source } from "@elixirscope/syntax";

export class ProjectLines {
  readonly #root: string;
  readonly #sources = new Map<string, Source | null>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Null where there is no such line, also when the file has gone. */
  at(file: string, line: number): string | null {
    let source = this.#sources.get(file);
    if (source === undefined) {
      source = this.#read(file);
      this.#sources.set(file, source);
    }
    if (source === null || line < 1 || line > source.lineStarts.length) return null;
    return source.line(line);
  }

  #read(file: string): Source | null {
    try {
      return new Source(readFileSync(path.resolve(this.#root, file), "utf8"), file);
    } catch {
      return null; // the finding is shown without its code
    }
  }
}
