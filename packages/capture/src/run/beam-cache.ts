// Instrumented code that earlier runs made, outside of the project. An entry is one file, written aside and
// renamed, so that a killed run leaves nothing half; whoever finds one that cannot be read makes it anew.
//
//   u32 length of the header, the header (JSON, deflated), the BEAM file
//
// That a module stays as it is, and why, is an entry without a BEAM file.

import { createHash, randomUUID } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import type { SiteManifest } from "@elixirscope/trace";
import type { NotInstrumented } from "./instrumenter.ts";

/** What the transformer and the compiler made of one module. */
export type CachedModule = CachedCode | CachedRefusal;

export type CachedCode = {
  readonly kind: "code";
  readonly beam: Uint8Array;
  readonly manifest: SiteManifest;
  /** of the source texts that the sites were placed in */
  readonly sourcesHash: string;
};

export type CachedRefusal = { readonly kind: "refusal"; readonly reason: NotInstrumented };

export type CacheKey = {
  readonly module: string;
  readonly md5: string;
  readonly levels: string;
  readonly version: string;
  readonly otpRelease: string;
};

const BYTES_MAX = 512 * 1024 * 1024;
const SUFFIX = ".module";
/** An entry counts as used again when this much time has passed: touching each at every run costs. */
const TOUCH_MS = 24 * 60 * 60 * 1000;

/** `$XDG_CACHE_HOME/elixirscope`, else `~/.cache/elixirscope`. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const xdg = env["XDG_CACHE_HOME"];
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(homedir(), ".cache");
  return path.join(base, "elixirscope", "modules-1");
}

export class BeamCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  read(key: CacheKey): CachedModule | null {
    const file = this.#fileOf(key);
    try {
      const bytes = readFileSync(file);
      const headerEnd = 4 + bytes.readUInt32BE(0);
      const header: unknown = JSON.parse(inflateSync(bytes.subarray(4, headerEnd)).toString());
      if (!isHeader(header)) return null;
      touch(file);
      return header.kind === "code" ? { ...header, beam: bytes.subarray(headerEnd) } : header;
    } catch {
      return null;
    }
  }

  /** Nothing is lost but time when the disk is full. */
  write(key: CacheKey, module: CachedModule): void {
    const { beam, ...header } = { beam: new Uint8Array(), ...module };
    const packed = deflateSync(JSON.stringify(header), { level: 1 });
    const length = Buffer.alloc(4);
    length.writeUInt32BE(packed.length);
    const aside = path.join(this.#folder, `${randomUUID()}.part`);
    try {
      writeFileSync(aside, Buffer.concat([length, packed, beam]));
      renameSync(aside, this.#fileOf(key));
    } catch {
      rmSync(aside, { force: true });
    }
  }

  /** Lets go of what was not used for longest beyond the bound, and of what killed runs left. */
  trim(bytesMax: number = BYTES_MAX): void {
    const entries = readdirSync(this.#folder)
      .flatMap((name) => {
        const file = path.join(this.#folder, name);
        const found = statSync(file, { throwIfNoEntry: false });
        return found === undefined || !found.isFile()
          ? []
          : [{ file, bytes: found.size, usedAt: found.mtimeMs }];
      })
      .toSorted((a, b) => b.usedAt - a.usedAt);
    let bytes = 0;
    for (const entry of entries) {
      const isLeftOver = !entry.file.endsWith(SUFFIX) && Date.now() - entry.usedAt > TOUCH_MS;
      bytes += entry.bytes;
      if (bytes > bytesMax || isLeftOver) rmSync(entry.file, { force: true });
    }
  }

  #fileOf({ module, md5, levels, version, otpRelease }: CacheKey): string {
    const key = [module, md5, levels, version, otpRelease].join("\0");
    return path.join(this.#folder, createHash("sha256").update(key).digest("hex") + SUFFIX);
  }
}

function touch(file: string): void {
  const now = new Date();
  if (now.getTime() - statSync(file).mtimeMs > TOUCH_MS) utimesSync(file, now, now);
}

type Header = Omit<CachedCode, "beam"> | CachedRefusal;

/** The rename makes entries whole; this only tells apart what is none of ours. */
function isHeader(value: unknown): value is Header {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  return value.kind === "code" ? "manifest" in value && "sourcesHash" in value : "reason" in value;
}
