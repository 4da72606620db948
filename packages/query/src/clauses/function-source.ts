// The clauses of recorded functions as their source has them: from the recording's own sources, or from files
// that are given. Each file is parsed once, and only when one of its functions is asked about.

import type { FileSyntax, FunctionSyntax, ModuleSyntax } from "@elixirscope/codegraph";
import { parse } from "@elixirscope/syntax";
import type { FunctionName } from "../interned.ts";
import { moduleText } from "../names.ts";
import { asText, select, sql, type Source } from "../sql.ts";
import type { SourceFile } from "./source-file.ts";

export type FunctionSource = {
  readonly file: string;
  readonly text: string;
  readonly syntax: FileSyntax;
  readonly module: ModuleSyntax;
  readonly fn: FunctionSyntax;
  /** the file was given: it may differ from what ran */
  readonly isGiven: boolean;
};

const MAX_BYTES = 1_000_000;
const MAX_FILES = 50;

export class FunctionSources {
  readonly #source: Source;
  readonly #given: readonly SourceFile[];
  readonly #fileSyntax: (file: string, text: string) => FileSyntax;
  readonly #parsed = new Map<string, FileSyntax>();
  readonly #files = new Map<string, readonly SourceFile[]>();

  private constructor(
    source: Source,
    given: readonly SourceFile[],
    read: (file: string, text: string) => FileSyntax,
  ) {
    this.#source = source;
    this.#given = given;
    this.#fileSyntax = read;
  }

  static async of(source: Source, given: readonly SourceFile[]): Promise<FunctionSources> {
    // most questions are not about code: they need not wait until this is loaded
    const { fileSyntax } = await import("@elixirscope/codegraph");
    return new FunctionSources(source, given, (file, text) =>
      fileSyntax(file, parse(text, { file })),
    );
  }

  /** Null: no source file defines it as it is written, with this arity or with defaults that give it. */
  async find({ module, name, arity }: FunctionName): Promise<FunctionSource | null> {
    const wanted = moduleText(module);
    for (const isGiven of [false, true]) {
      for (const { path, text } of isGiven
        ? this.#givenWith(wanted)
        : await this.#recorded(wanted)) {
        const syntax = this.#parse(path, text);
        const inModule = syntax.modules.find(({ data }) => data.name === wanted);
        const fn = inModule?.functions.find(
          ({ data }) =>
            data.name === name && data.arity === arity && !data.kind.startsWith("defguard"),
        );
        if (inModule !== undefined && fn !== undefined && fn.clauses.length > 0) {
          return { file: path, text, syntax, module: inModule, fn, isGiven };
        }
      }
    }
    return null;
  }

  /** Is there any source to look in? */
  async hasAny(): Promise<boolean> {
    if (this.#given.length > 0) return true;
    const rows = await select(
      this.#source,
      sql`SELECT 1 FROM main.sources WHERE text IS NOT NULL LIMIT 1`,
    );
    return rows.length > 0;
  }

  #givenWith(module: string): readonly SourceFile[] {
    const name = lastName(module);
    return this.#given
      .filter(({ text }) => text.length <= MAX_BYTES && text.includes(name))
      .slice(0, MAX_FILES);
  }

  async #recorded(module: string): Promise<readonly SourceFile[]> {
    const name = lastName(module);
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const rows = await select(
      this.#source,
      sql`SELECT path, text FROM main.sources
        WHERE text IS NOT NULL AND bytes <= ${MAX_BYTES} AND contains(text, ${name}) ORDER BY path LIMIT ${MAX_FILES}`,
    );
    const files = rows.map(([path, text]) => ({ path: asText(path), text: asText(text) }));
    this.#files.set(name, files);
    return files;
  }

  #parse(path: string, text: string): FileSyntax {
    let syntax = this.#parsed.get(path);
    if (syntax === undefined) {
      syntax = this.#fileSyntax(path, text);
      this.#parsed.set(path, syntax);
    }
    return syntax;
  }
}

/** A nested module is defined by its last name. */
function lastName(module: string): string {
  return module.split(".").at(-1) ?? module;
}
