// Facts between runs, in one file: a block for each source file (its outline as JSON, its graphs), then a
// JSON index of the blocks with checksums, then where the index begins. Written beside and renamed over.
//
// A cache of another version is of no use and not an error; a damaged block costs its own file only.

import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "@elixirscope/base";
import { AnalysisError } from "./analysis-error.ts";
import type { FileOutline, PackedFacts } from "./packed-facts.ts";
import { OPEN_FLAGS } from "./read-source.ts";

const MAGIC = "elixirscope-analysis";
const FORMAT = 1;
/** The index's offset in decimal digits ends the file. */
const OFFSET_BYTES = 16;

type Index = {
  readonly magic: string;
  readonly format: number;
  /** of the program that made the facts: another one may make others of the same bytes */
  readonly version: string;
  readonly files: readonly Entry[];
};

type Entry = {
  readonly path: string;
  /** of the source file */
  readonly sha256: string;
  readonly outlineBytes: number;
  readonly graphsBytes: number;
  /** of both blocks, 16 hex digits */
  readonly checksum: string;
};

export type CacheContents = {
  readonly facts: ReadonlyMap<string, PackedFacts>;
  /** why facts that should be there are not: nothing was read, or some blocks were damaged */
  readonly problem: "missing" | "other_version" | "damaged" | null;
};

export async function readCache(file: string, version: string): Promise<CacheContents> {
  let handle: FileHandle;
  try {
    handle = await open(file, OPEN_FLAGS);
  } catch {
    return { facts: new Map(), problem: "missing" };
  }
  try {
    const index = await readIndex(handle);
    if (index === null) return { facts: new Map(), problem: "damaged" };
    if (index.format !== FORMAT || index.version !== version) {
      return { facts: new Map(), problem: "other_version" };
    }
    return await readBlocks(handle, index.files);
  } catch {
    return { facts: new Map(), problem: "damaged" };
  } finally {
    await handle.close();
  }
}

async function readBlocks(handle: FileHandle, files: readonly Entry[]): Promise<CacheContents> {
  const facts = new Map<string, PackedFacts>();
  let at = 0;
  let isDamaged = false;
  for (const entry of files) {
    const bytes = new Uint8Array(entry.outlineBytes + entry.graphsBytes);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, at);
    at += bytes.length;
    const packed = bytesRead === bytes.length ? unpacked(entry, bytes) : null;
    if (packed === null) isDamaged = true;
    else facts.set(entry.path, packed);
  }
  return { facts, problem: isDamaged ? "damaged" : null };
}

function unpacked(entry: Entry, bytes: Uint8Array<ArrayBuffer>): PackedFacts | null {
  if (checksum(bytes) !== entry.checksum) return null;
  const text = Buffer.from(bytes.buffer, 0, entry.outlineBytes).toString();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: the checksum says that this program wrote it
  const outline = JSON.parse(text) as FileOutline;
  if (outline.path !== entry.path || outline.sha256 !== entry.sha256) return null;
  return { outline, graphs: bytes.slice(entry.outlineBytes) };
}

async function readIndex(handle: FileHandle): Promise<Index | null> {
  const { size } = await handle.stat();
  const tail = Buffer.alloc(OFFSET_BYTES);
  await handle.read(tail, 0, OFFSET_BYTES, size - OFFSET_BYTES);
  const offset = Number(tail.toString("latin1"));
  const length = size - OFFSET_BYTES - offset;
  if (!isSize(offset) || length <= 0) return null;
  const text = Buffer.alloc(length);
  await handle.read(text, 0, length, offset);
  const value: unknown = JSON.parse(text.toString());
  return isIndex(value) ? value : null;
}

function isIndex(value: unknown): value is Index {
  if (typeof value !== "object" || value === null) return false;
  if (!("magic" in value) || value.magic !== MAGIC) return false;
  if (!("format" in value) || typeof value.format !== "number") return false;
  if (!("version" in value) || typeof value.version !== "string") return false;
  return "files" in value && Array.isArray(value.files) && value.files.every(isEntry);
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  if (!("path" in value && "sha256" in value && "checksum" in value)) return false;
  if (!("outlineBytes" in value && "graphsBytes" in value)) return false;
  return isSize(value.outlineBytes) && isSize(value.graphsBytes);
}

function isSize(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** A folder of ours in somebody's project, which their version control shall not see. */
export async function ignoredFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, ".gitignore"), "*\n");
  } catch (cause) {
    throw new AnalysisError("unwritable", `cannot write ${folder}: ${messageOf(cause)}`, { cause });
  }
}

/** Puts the facts where `readCache` finds them; the old file stays until the new one is whole. */
export async function writeCache(
  file: string,
  version: string,
  facts: Iterable<PackedFacts>,
): Promise<void> {
  const beside = `${file}.new-${process.pid}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeBeside(beside, version, facts);
    await rename(beside, file);
  } catch (cause) {
    await rm(beside, { force: true });
    const message = `cannot save the analysis to ${file}: ${messageOf(cause)}`;
    throw new AnalysisError("unwritable", message, { cause });
  }
}

async function writeBeside(
  beside: string,
  version: string,
  facts: Iterable<PackedFacts>,
): Promise<void> {
  const files: Entry[] = [];
  let offset = 0;
  const handle = await open(beside, "w");
  try {
    for (const { outline, graphs } of facts) {
      const text = Buffer.from(JSON.stringify(outline));
      const block = Buffer.concat([text, graphs]);
      await handle.writeFile(block);
      offset += block.length;
      files.push({
        path: outline.path,
        sha256: outline.sha256,
        outlineBytes: text.length,
        graphsBytes: graphs.length,
        checksum: checksum(block),
      });
    }
    const index: Index = { magic: MAGIC, format: FORMAT, version, files };
    await handle.writeFile(JSON.stringify(index) + String(offset).padStart(OFFSET_BYTES, "0"));
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

function checksum(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}
