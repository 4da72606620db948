// The time partitions of a recording that is being written: the one in use, the sealed ones, and
// their end. A partition is a database file and a payload log, so that forgetting one is two unlinks.

import { rm, stat } from "node:fs/promises";
import { DigestQueue } from "./digest-queue.ts";
import { type Engine, partFile, type PartsOrigin, payloadFile } from "./engine.ts";
import { offsetOfRef, partOfRef, PayloadBlocks } from "./payload-blocks.ts";
import { PayloadLog } from "./payload-log.ts";
import { transaction } from "./insert.ts";
import { createPartSql, OPEN_TABLES } from "./physical.ts";
import { closeOpenRows } from "./recovery.ts";
import { partDatabase } from "./views.ts";

export type Rotation = {
  /** rows of all tables in one partition */
  readonly rows: number;
  /** database and payload log of one partition */
  readonly bytes: number;
  /** null: only by rows and bytes */
  readonly ageMs: number | null;
};

/** A payload log as it is read, whether it is still written or not. */
type PayloadReading = Disposable & {
  readonly fileBytes: number;
  readonly read: (offset: number) => Uint8Array | null;
};

type Part = {
  readonly number: number;
  readonly payload: PayloadReading;
  readonly startedMs: number;
  rows: number;
  bytes: number;
  sealedMs: number | null;
  /** after sealing */
  isMeasured: boolean;
};

export class PartSet {
  readonly #folder: string;
  readonly #engine: () => Engine;
  readonly #parts: Part[] = [];
  #payload: PayloadLog | null = null;
  readonly #digestEvents: number;
  readonly #digests: DigestQueue;
  #next = 1;
  #origin: PartsOrigin = "ours";

  /** Sealed partitions of at least `digestEvents` get a digest. */
  constructor(folder: string, engine: () => Engine, digestEvents: number) {
    this.#folder = folder;
    this.#engine = engine;
    this.#digestEvents = digestEvents;
    this.#digests = new DigestQueue(engine);
  }

  get numbers(): number[] {
    return this.#parts.map((part) => part.number);
  }

  get payload(): PayloadLog {
    if (this.#payload === null) throw new Error("bug: no partition yet");
    return this.#payload;
  }

  get database(): string {
    return partDatabase(this.payload.part);
  }

  get totalBytes(): number {
    return this.#parts.reduce((sum, part) => sum + part.bytes, 0);
  }

  /** For SQL: the payload behind a reference, null when its partition is gone. */
  read(ref: number): Uint8Array | null {
    const number = partOfRef(ref);
    const part = this.#parts.find((candidate) => candidate.number === number);
    return part === undefined ? null : part.payload.read(offsetOfRef(ref));
  }

  addRows(count: number): void {
    const part = this.#parts.at(-1);
    if (part !== undefined) part.rows += count;
  }

  /** Begins the first or next partition; the views must be made anew. */
  async begin(): Promise<void> {
    const number = this.#next++;
    // a writer that died here before has left files that no row of `parts` names
    await removePart(this.#folder, number);
    const payload = await PayloadLog.create(number, payloadFile(this.#folder, number));
    const engine = this.#engine();
    const database = partDatabase(number);
    await engine.attach(database, partFile(this.#folder, number), "write");
    await transaction(engine.connection, async () => {
      for (const create of createPartSql(database)) await engine.connection.run(create);
      // views take what is open from the newest partition only
      const previous = this.#payload === null ? null : partDatabase(this.#payload.part);
      for (const table of previous === null ? [] : OPEN_TABLES) {
        await engine.connection.run(`INSERT INTO ${database}.${table} FROM ${previous}.${table}`);
      }
    });
    await engine.connection.run(`INSERT INTO base.parts VALUES (${number}, NULL, NULL, NULL, 0)`);
    this.#parts.push(newPart(number, payload, null));
    this.#payload = payload;
  }

  /** Takes over the partitions that another writer left, oldest first. */
  async adopt(numbers: readonly number[]): Promise<void> {
    this.#origin = "of any version";
    const last = numbers.at(-1);
    for (const number of numbers) {
      const payload = PayloadBlocks.openTruncated(payloadFile(this.#folder, number));
      this.#parts.push(newPart(number, payload, Date.now()));
      await this.#engine().attach(partDatabase(number), partFile(this.#folder, number), "write");
      if (number === last) await closeOpenRows(this.#engine(), number);
      await this.seal(number);
      this.#next = number + 1;
    }
  }

  isDue(rotation: Rotation): boolean {
    const part = this.#parts.at(-1);
    if (part === undefined || part.rows === 0) return false;
    if (part.rows >= rotation.rows || part.bytes >= rotation.bytes) return true;
    return rotation.ageMs !== null && Date.now() - part.startedMs >= rotation.ageMs;
  }

  /** Ends the partition in use and begins the next. Runs between commits. */
  async rotate(): Promise<void> {
    const part = this.#parts.at(-1);
    const { payload } = this;
    await this.begin();
    await this.#engine().setParts(this.numbers, this.#origin);
    await payload.finish();
    await this.seal(payload.part);
    if (part !== undefined) part.sealedMs = Date.now();
    await this.measure();
  }

  /** Notes in `parts` what a partition holds and writes its database in full; its digest comes later. */
  async seal(number: number): Promise<void> {
    const engine = this.#engine();
    const database = partDatabase(number);
    const [row] = await engine.rows(`SELECT min(t), max(t), count(*) FROM ${database}.events`);
    const [from, to, events] = row ?? [];
    await engine.connection.run(
      `UPDATE base.parts SET t_from = ${literal(from)}, t_to = ${literal(to)}, events = ${literal(events)} WHERE part = ${number}`,
    );
    await engine.connection.run(`CHECKPOINT ${database}`);
    if (Number(events) >= this.#digestEvents) this.#digests.add(number);
  }

  /** Resolves when every sealed partition has its digest, or cannot have one. */
  async digested(): Promise<void> {
    await this.#digests.settled();
  }

  /** Looks at the files; also what a commit has just written shows here. */
  async measure(): Promise<void> {
    for (const part of this.#parts) {
      // a sealed part grows by its digest only, a tenth at most: one look after sealing is enough
      if (part.sealedMs !== null && part.isMeasured) continue;
      const file = partFile(this.#folder, part.number);
      part.bytes = (await size(file)) + (await size(`${file}.wal`)) + part.payload.fileBytes;
      part.isMeasured = part.sealedMs !== null;
    }
  }

  /** The oldest partition, if it is sealed. */
  oldest(): { readonly number: number; readonly sealedMs: number } | null {
    const [part] = this.#parts;
    return part === undefined || part.sealedMs === null
      ? null
      : { number: part.number, sealedMs: part.sealedMs };
  }

  /**
   * Forgets a sealed partition and returns how many events went with it. The tables say so before
   * the files go: a crash in between loses nothing silently.
   */
  async expire(number: number): Promise<number> {
    const engine = this.#engine();
    const [row] = await engine.rows(
      `SELECT t_from, t_to, events FROM base.parts WHERE part = ${number}`,
    );
    const [from, to, events] = row ?? [];
    const gap = `${literal(from)}, ${literal(to)}, NULL, NULL, 'expired', ${literal(events)}, 'removed by the retention limit'`;
    await transaction(engine.connection, async () => {
      await engine.connection.run(`INSERT INTO base.gaps VALUES (${gap})`);
      await engine.connection.run(`UPDATE base.parts SET expired = 1 WHERE part = ${number}`);
    });
    const index = this.#parts.findIndex((part) => part.number === number);
    const [part] = this.#parts.splice(index, 1);
    await this.#digests.forget(number);
    await engine.setParts(this.numbers, this.#origin);
    await engine.detach(partDatabase(number));
    part?.payload[Symbol.dispose]();
    await removePart(this.#folder, number);
    return integer(events) ?? 0;
  }

  /** To be called before the database closes. */
  async stopDigests(): Promise<void> {
    await this.#digests.stop();
  }

  /** Closes the files; call it after the database has closed. */
  async close(): Promise<void> {
    await this.#payload?.close();
    for (const part of this.#parts) part.payload[Symbol.dispose]();
    this.#parts.length = 0;
  }
}

function newPart(number: number, payload: PayloadReading, sealedMs: number | null): Part {
  const startedMs = Date.now();
  return { number, payload, startedMs, rows: 0, bytes: 0, sealedMs, isMeasured: false };
}

async function removePart(folder: string, number: number): Promise<void> {
  const file = partFile(folder, number);
  for (const name of [file, `${file}.wal`, payloadFile(folder, number)]) {
    await rm(name, { force: true });
  }
}

async function size(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    // a write-ahead log comes and goes with checkpoints
    return 0;
  }
}

function integer(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function literal(value: unknown): string {
  return String(integer(value) ?? "NULL");
}
