// The source files that a module's sites are in, as text: where the compiler's relative names lead to.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { SiteManifest } from "@elixirscope/trace";

/** By the name that the compiler has for the file. */
export type Sources = { readonly texts: ReadonlyMap<string, string>; readonly hash: string };

/** A larger file is no source that somebody wrote. */
const BYTES_MAX = 8 * 1024 * 1024;

export class SourceTexts {
  readonly #read = new Map<string, string | null>();

  /** `source`: the module's file as the compiler was told, mostly absolute. */
  of(manifest: SiteManifest, source: string): Sources {
    const files = new Set(manifest.sites.map(({ file }) => file));
    const texts = new Map<string, string>();
    const hash = createHash("sha256");
    for (const file of [...files].toSorted()) {
      const text = this.#text(locate(file, manifest.file ?? "", source));
      if (text === null) continue;
      texts.set(file, text);
      hash.update(`${file}\0${text}\0`);
    }
    return { texts, hash: hash.digest("hex") };
  }

  #text(file: string | null): string | null {
    if (file === null) return null;
    const known = this.#read.get(file);
    if (known !== undefined) return known;
    const text = read(file);
    this.#read.set(file, text);
    return text;
  }
}

function read(file: string): string | null {
  try {
    const bytes = readFileSync(file);
    return bytes.length > BYTES_MAX ? null : bytes.toString();
  } catch {
    return null;
  }
}

/** Null: nowhere, as `nofile` or what was typed into IEx. */
function locate(file: string, ofModule: string, source: string): string | null {
  if (path.isAbsolute(file)) return file;
  if (!path.isAbsolute(source) || !source.endsWith(`/${ofModule}`)) return null;
  return path.join(source.slice(0, source.length - ofModule.length), file);
}
