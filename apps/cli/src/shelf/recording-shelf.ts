// The recordings folder as the server shows and changes it. A name is looked up in the folder's listing and never
// joined to a path unseen, so that it leads nowhere else.

import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import {
  readLive,
  ServerError,
  type LiveSource,
  type Opened,
  type Packed,
  type RecordingShelf,
  type ShelfListing,
} from "@elixirscope/server";
import {
  expiry,
  listRecordings,
  packRecording,
  RecordingReader,
  removeRecording,
  setPinned,
  unpackedFolder,
  type ListedRecording,
} from "@elixirscope/store";
import { type CleanUpPlan, type Imported, type KeepRule, pageUrl } from "@elixirscope/wire";
import { archiveCache } from "../recording-folder.ts";
import { readKeepRule, writeKeepRule } from "./keep-file.ts";
import { receiveFile } from "./receive-file.ts";
import { shelfRecording } from "./shelf-recording.ts";

const SUFFIX = ".escope";

export class FolderShelf implements RecordingShelf {
  readonly folder: string;
  /** recordings that this process is making, by their folder */
  readonly live: Map<string, LiveSource> = new Map();

  constructor(folder: string) {
    this.folder = folder;
  }

  async list(): Promise<ShelfListing> {
    const listed = await this.#listed();
    return {
      folder: this.folder,
      recordings: listed.map(shelfRecording),
      total: listed.length,
      totalBytes: listed.reduce((sum, { bytes }) => sum + bytes, 0),
      keep: await readKeepRule(this.folder),
    };
  }

  async pathOf(name: string): Promise<string> {
    const names = await readdir(this.folder).catch((): string[] => []);
    if (name.endsWith(SUFFIX) && names.includes(name)) return path.join(this.folder, name);
    throw new ServerError("no_such_recording", `no recording ${JSON.stringify(name)} is there`);
  }

  async elsewhere(name: string): Promise<string | null> {
    const folder = await this.pathOf(name);
    if (this.live.has(folder)) return null;
    const live = await readLive(folder);
    if (live === null || live.pid === process.pid) return null;
    return pageUrl(live.url, live.token, live.recording);
  }

  async open(name: string): Promise<Opened> {
    const found = await this.pathOf(name);
    const live = this.live.get(found);
    if (live !== undefined) return { source: live, close: () => Promise.resolve() };
    const isFile = (await stat(found)).isFile();
    const folder = isFile ? await unpackedFolder(found, archiveCache(process.env)) : found;
    const reader = await RecordingReader.open(folder);
    return { source: reader, close: async () => await reader.close() };
  }

  async remove(name: string): Promise<number> {
    return await removeRecording(await this.pathOf(name));
  }

  async pin(name: string, pin: "on" | "off"): Promise<void> {
    await setPinned(await this.pathOf(name), pin === "on");
  }

  async planCleanUp(rule: KeepRule): Promise<CleanUpPlan> {
    const { expired, bytesBefore, bytesAfter } = expiry(await this.#listed(), rule, Date.now());
    await writeKeepRule(this.folder, rule);
    return {
      deleted: expired.map(({ recording: { name, bytes }, why }) => ({ name, bytes, why })),
      bytesBefore,
      bytesAfter,
    };
  }

  async pack(name: string): Promise<Packed> {
    const found = await this.pathOf(name);
    const facts = await stat(found);
    if (facts.isFile()) {
      return { file: found, bytes: facts.size, release: () => Promise.resolve() };
    }
    const aside = await mkdtemp(path.join(this.folder, ".outgoing-"));
    const release = async (): Promise<void> => await rm(aside, { recursive: true, force: true });
    try {
      const file = path.join(aside, name);
      return { file, bytes: await packRecording(found, file), release };
    } catch (thrown) {
      await release();
      throw thrown;
    }
  }

  async receive(file: string, bytes: AsyncIterable<Uint8Array>): Promise<Imported> {
    await mkdir(this.folder, { recursive: true });
    return await receiveFile(this.folder, file, bytes);
  }

  async #listed(): Promise<ListedRecording[]> {
    const exists = (await stat(this.folder).catch(() => null)) !== null;
    return exists ? await listRecordings(this.folder) : [];
  }
}
