// The time partitions of a recording that is being written: the one in use, the sealed ones, and
// their end. A partition is a database file and a payload log, so that forgetting one is two unlinks.

import { rm, stat } from "node:fs/promises";
import { type Engine, partFile, payloadFile } from "./engine.ts";
import { offsetOfRef, partOfRef } from "./payload-blocks.ts";
import { PayloadLog } from "./payload-log.ts";
import { createPartSql } from "./physical.ts";
import { partDatabase } from "./views.ts";

export type Rotation = {
  /** rows of all tables in one partition */
  readonly rows: number;
  /** database and payload log of one partition */
  readonly bytes: number;
  /** null: only by rows and bytes */
  readonly ageMs: number | null;
};

type Part = {
  readonly number: number;
  readonly payload: PayloadLog;
  readonly startedMs: number;
  rows: number;
  bytes: number;
  sealedMs: number | null;
};

/** What went when a partition expired. */
export type Expired = {
  readonly tFrom: number | null;
  readonly tTo: number | null;
  readonly events: number;
};

export class PartSet implements Disposable {
  readonly #folder: string;
  readonly #engine: () => Engine;
  readonly #parts: Part[] = [];
  #payload: PayloadLog | null = null;
  #next = 1;

  constructor(folder: string, engine: () => Engine) {
    this.#folder = folder;
    this.#engine = engine;
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

  /** Pending payload bytes of every partition that still writes some. */
  get pendingBytes(): number {
    return this.payload.pendingBytes;
  }

  /** The first partition, or the next one; the caller makes the views and the row in `parts`. */
  async begin(): Promise<number> {
    const number = this.#next++;
    const payload = await PayloadLog.create(number, payloadFile(this.#folder, number));
    const engine = this.#engine();
    const database = partDatabase(number);
    await engine.attach(database, partFile(this.#folder, number), "write");
    for (const sql of createPartSql(database)) await engine.connection.run(sql);
    await engine.connection.run(`INSERT INTO base.parts VALUES (${number}, NULL, NULL, NULL, 0)`);
    const startedMs = Date.now();
    this.#parts.push({ number, payload, startedMs, rows: 0, bytes: 0, sealedMs: null });
    this.#payload = payload;
    return number;
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
    if (part === undefined) return;
    await this.begin();
    await part.payload.finish();
    await this.seal(part.number);
    part.sealedMs = Date.now();
    await this.#engine().setParts(this.numbers);
  }

  /** Notes in `parts` what a partition holds and writes its database in full. */
  async seal(number: number): Promise<void> {
    const engine = this.#engine();
    const database = partDatabase(number);
    const [row] = await engine.rows(`SELECT min(t), max(t), count(*) FROM ${database}.events`);
    const [from, to, events] = row ?? [];
    await engine.connection.run(
      `UPDATE base.parts SET t_from = ${sql(from)}, t_to = ${sql(to)}, events = ${sql(events)} WHERE part = ${number}`,
    );
    await engine.connection.run(`CHECKPOINT ${database}`);
  }

  /** Looks at the files; also what a commit has just written shows here. */
  async measure(): Promise<void> {
    for (const part of this.#parts) {
      // a sealed part does not grow any more: one look after sealing is enough
      if (part.sealedMs !== null && part.bytes > 0 && part.payload !== this.#payload) continue;
      const file = partFile(this.#folder, part.number);
      part.bytes = (await size(file)) + (await size(`${file}.wal`)) + part.payload.fileBytes;
    }
  }

  /** The oldest sealed partition, if it was sealed before this time. */
  oldest(): { readonly number: number; readonly sealedMs: number } | null {
    const [part] = this.#parts;
    return part === undefined || part.sealedMs === null
      ? null
      : { number: part.number, sealedMs: part.sealedMs };
  }

  /** Forgets a sealed partition: says so in `gaps` and `parts` first, so that a crash loses nothing silently. */
  async expire(number: number): Promise<Expired> {
    const engine = this.#engine();
    const [row] = await engine.rows(
      `SELECT t_from, t_to, events FROM base.parts WHERE part = ${number}`,
    );
    const [from, to, events] = row ?? [];
    await engine.connection.run(
      `BEGIN; INSERT INTO base.gaps VALUES (${sql(from)}, ${sql(to)}, NULL, NULL, 'expired', ${sql(events)},
        'removed by the retention limit'); UPDATE base.parts SET expired = 1 WHERE part = ${number}; COMMIT`,
    );
    const index = this.#parts.findIndex((part) => part.number === number);
    const [part] = this.#parts.splice(index, 1);
    await engine.setParts(this.numbers);
    await engine.detach(partDatabase(number));
    part?.payload[Symbol.dispose]();
    await removePart(this.#folder, number);
    return { tFrom: integer(from), tTo: integer(to), events: integer(events) ?? 0 };
  }

  [Symbol.dispose](): void {
    for (const part of this.#parts) part.payload[Symbol.dispose]();
    this.#parts.length = 0;
  }
}

async function removePart(folder: string, number: number): Promise<void> {
  const file = partFile(folder, number);
  for (const name of [file, `${file}.wal`, payloadFile(folder, number)])
    await rm(name, { force: true });
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

function sql(value: unknown): string {
  return String(integer(value) ?? "NULL");
}
