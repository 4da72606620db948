// The text of source files that a recording holds, found by the name that a compiler gave them: that
// name may be absolute where the analysed project's is relative to its root.

import { isSameFile } from "@elixirscope/wire";
import { asText, asTextOrNull, select, sql, type Source } from "./sql.ts";

/** Larger files are no code that people read. */
const MAX_BYTES = 4_000_000;
const MAX_FILES = 200;

export class SourceTexts {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #lines = new Map<string, readonly string[]>();

  private constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts;
  }

  /** Those of `files` that the recording has. */
  static async of(source: Source, files: Iterable<string>): Promise<SourceTexts> {
    const wanted = [...new Set(files)].slice(0, MAX_FILES);
    if (wanted.length === 0) return new SourceTexts(new Map());
    const paths = await select(
      source,
      sql`SELECT path FROM main.sources WHERE text IS NOT NULL AND bytes <= ${MAX_BYTES}`,
    );
    const known = paths.map(([path]) => asText(path));
    const found = new Map<string, string[]>();
    for (const file of wanted) {
      const path = pathOf(file, known);
      if (path !== null) found.set(path, [...(found.get(path) ?? []), file]);
    }
    const rows = await select(
      source,
      sql`SELECT path, text FROM main.sources WHERE path IN ${[...found.keys()]} AND text IS NOT NULL`,
    );
    const texts = new Map<string, string>();
    for (const [path, text] of rows) {
      for (const file of found.get(asText(path)) ?? []) texts.set(file, asTextOrNull(text) ?? "");
    }
    return new SourceTexts(texts);
  }

  text(file: string): string | null {
    return this.#texts.get(file) ?? null;
  }

  /** A 1-based line without its end. */
  line(file: string, line: number): string | null {
    const text = this.#texts.get(file);
    if (text === undefined) return null;
    let lines = this.#lines.get(file);
    if (lines === undefined) {
      lines = text.split(/\r?\n/);
      this.#lines.set(file, lines);
    }
    return lines[line - 1] ?? null;
  }
}

/** The same path, else the longest that `file` ends with. */
export function pathOf(file: string, paths: readonly string[]): string | null {
  let best: string | null = null;
  for (const path of paths) {
    if (path === file) return path;
    if (isSameFile(file, path) && path.length > (best?.length ?? 0)) best = path;
  }
  return best;
}
