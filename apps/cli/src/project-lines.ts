// Lines of a project's files, read when a code frame first needs them.

import { readFileSync } from "node:fs";
import path from "node:path";
import { Source } from "@elixirscope/syntax";

/** A file's text as it was analysed, without a byte order mark; null when it cannot be read. */
export function projectText(root: string, file: string): string | null {
  try {
    return new TextDecoder().decode(readFileSync(path.resolve(root, file)));
  } catch {
    return null; // it has gone since: what is shown is shown without it
  }
}

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
    const text = projectText(this.#root, file);
    return text === null ? null : new Source(text, file);
  }
}
