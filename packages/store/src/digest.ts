// The digest of a sealed partition: its rows counted in slices of time, so that a timeline of a wide range reads one
// cell instead of many rows.
//
// A slice of level k is 2^k ns, counted from the start of the recording. The finest level is the one where a cell
// stands for a few rows at least; each coarser one is made of the one before. Calls at least as long as a slice of the
// finest level are not counted but listed (`long_calls`): at some zoom each is a box of its own.

import type { DuckDBConnection } from "@duckdb/node-api";
import { EVENT_KINDS } from "@elixirscope/trace";
import { transaction } from "./insert.ts";

/** Of smaller partitions the rows themselves are read fast enough. */
export const DIGEST_EVENTS = 250_000;

const FINEST = 10;
/** In the coarsest level: for few partitions finer ones do, but of a timeline of many each is a few boxes wide. */
const LEAST_SLICES = 2;
const LEAST_PER_CELL = 3;
/** Of `pulse`, whose cells are few: they know nothing of processes. */
const LEAST_PER_BEAT = 16;
/** Looked at to find the finest level. */
const SAMPLE_ROWS = 100_000;
/** Taken by one statement, which holds a core and memory so long. */
const CHUNK_ROWS = 250_000;

/** The instants that a lane shows. */
export const MARK_KINDS = [
  "send",
  "receive",
  "state",
  "exit",
  "spawn",
  "exception",
  "link",
  "unlink",
  "getting_linked",
  "getting_unlinked",
] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

const IS_MARK = `kind IN (${MARK_KINDS.map((kind) => EVENT_KINDS.indexOf(kind)).join(", ")})`;
const IS_ERROR = `kind = ${EVENT_KINDS.indexOf("exception")}`;

/**
 * `digest` has one row: the finest level of calls, marks and pulse, NULL where none is worth it, and the coarsest of
 * all. `last_function` and `last_outcome`: as `function` and `outcome` where all calls of the cell have the same.
 */
const TABLES = {
  activity: "pid UINTEGER, events UBIGINT, depth UINTEGER",
  pulse: "slice UBIGINT, events UBIGINT, errors UBIGINT",
  mark_cells:
    "level UTINYINT, slice UBIGINT, pid UINTEGER, kind UTINYINT, first BIGINT, count UBIGINT, id UBIGINT",
  call_cells: `level UTINYINT, slice UBIGINT, pid UINTEGER, depth UINTEGER, first BIGINT, last BIGINT, count UBIGINT,
    call UBIGINT, "function" UINTEGER, last_function UINTEGER, outcome UTINYINT, last_outcome UTINYINT`,
  long_calls: `pid UINTEGER, depth UINTEGER, "function" UINTEGER, call UBIGINT, outcome UTINYINT, t_enter BIGINT, t_exit BIGINT`,
  digest: "calls UTINYINT, marks UTINYINT, pulse UTINYINT, coarsest UTINYINT",
} as const;

/** How long a call took; of one whose end is not known nothing is drawn but its beginning. */
const TOOK = "coalesce(t_exit, t_enter) - t_enter";

/** Whether the database of a partition has one. */
export async function hasDigest(connection: DuckDBConnection, database: string): Promise<boolean> {
  const [found] = await numbers(
    connection,
    `SELECT count(*) FROM duckdb_tables() WHERE database_name = '${database}' AND table_name = 'digest'`,
  );
  return found === 1;
}

/**
 * Adds the digest of a partition to its database, whole or not at all. Rows must not change any more. `isWanted` is
 * asked before each statement; when it says no, this rejects.
 */
export async function writeDigest(
  connection: DuckDBConnection,
  database: string,
  isWanted: () => boolean,
): Promise<void> {
  await transaction(connection, async () => {
    await new Digesting(connection, database, isWanted).all();
  });
  await connection.run(`CHECKPOINT ${database}`);
}

class Digesting {
  readonly #connection: DuckDBConnection;
  readonly #database: string;
  readonly #isWanted: () => boolean;

  constructor(connection: DuckDBConnection, database: string, isWanted: () => boolean) {
    this.#connection = connection;
    this.#database = database;
    this.#isWanted = isWanted;
  }

  async all(): Promise<void> {
    const [events, calls] = [this.#table("events"), this.#table("calls")];
    for (const [table, columns] of Object.entries(TABLES)) {
      await this.#run(`CREATE TABLE ${this.#table(table)}(${columns})`);
    }
    const [eventRows = 0, callRows = 0, span = 0] = await this.#numbers(
      `SELECT (SELECT count(*) FROM ${events}), (SELECT count(*) FROM ${calls}), (SELECT max(t) - min(t) FROM ${events})`,
    );
    const coarsest = Math.max(0, Math.floor(Math.log2(span / LEAST_SLICES)));
    const levels = levelsBetween(FINEST, coarsest);
    const ofEvents = middleOf(events, eventRows);
    const pulse = await this.#finest(levels, ofEvents, (k) => `t >> ${k}`, LEAST_PER_BEAT);
    const marks = await this.#finest(
      levels,
      `${ofEvents} AND ${IS_MARK}`,
      (k) => `hash(pid, kind, t >> ${k})`,
      LEAST_PER_CELL,
    );
    const spans = await this.#finest(
      levels,
      middleOf(calls, callRows),
      (k) => `hash(pid, depth, t_enter >> ${k})`,
      LEAST_PER_CELL,
    );
    await this.#run(
      `INSERT INTO ${this.#table("activity")} SELECT pid, coalesce(sum(events), 0), max(depth) FROM (
        SELECT pid, count(*) AS events, NULL AS depth FROM ${events} GROUP BY pid
        UNION ALL SELECT pid, NULL, max(depth) + 1 FROM ${calls} GROUP BY pid) GROUP BY pid`,
    );
    if (pulse !== null) {
      for (const rows of chunks(eventRows)) await this.#pulse(pulse, rows);
    }
    if (marks !== null) {
      for (const rows of chunks(eventRows)) await this.#marks(marks, rows);
      for (const level of levelsBetween(marks + 1, coarsest)) await this.#coarserMarks(level);
    }
    if (spans !== null) {
      for (const rows of chunks(callRows)) await this.#calls(spans, rows);
      for (const level of levelsBetween(spans + 1, coarsest)) await this.#coarserCalls(level);
    }
    await this.#run(
      `INSERT INTO ${this.#table("digest")} VALUES (${spans}, ${marks}, ${pulse}, ${coarsest})`,
    );
  }

  /** The first of the levels at which a cell stands for enough rows; `rows` stands after FROM. */
  async #finest(
    levels: readonly number[],
    rows: string,
    cell: (level: number) => string,
    leastPerCell: number,
  ): Promise<number | null> {
    if (levels.length === 0) return null;
    const [sampled = 0, ...cells] = await this.#numbers(
      `SELECT count(*), ${levels.map((level) => `approx_count_distinct(${cell(level)})`).join(", ")} FROM ${rows}`,
    );
    if (sampled === 0) return null;
    return levels.find((_, i) => (cells[i] ?? sampled) * leastPerCell <= sampled) ?? null;
  }

  async #pulse(level: number, rows: string): Promise<void> {
    await this.#run(
      `INSERT INTO ${this.#table("pulse")} SELECT t >> ${level} AS slice, count(*), count(*) FILTER (${IS_ERROR})
        FROM ${this.#table("events")} WHERE ${rows} GROUP BY slice ORDER BY slice`,
    );
  }

  async #marks(level: number, rows: string): Promise<void> {
    await this.#run(
      `INSERT INTO ${this.#table("mark_cells")}
        SELECT ${level}, t >> ${level} AS slice, pid, kind, min(t), count(*), min(id)
        FROM ${this.#table("events")} WHERE ${rows} AND ${IS_MARK} GROUP BY slice, pid, kind ORDER BY slice`,
    );
  }

  async #calls(level: number, rows: string): Promise<void> {
    const calls = this.#table("calls");
    await this.#run(
      `INSERT INTO ${this.#table("call_cells")}
        SELECT ${level}, t_enter >> ${level} AS slice, pid, depth, min(t_enter), max(coalesce(t_exit, t_enter)), count(*),
          min(call), min("function"), max("function"), min(outcome), max(outcome)
        FROM ${calls} WHERE ${rows} AND ${TOOK} < ${2 ** level} GROUP BY slice, pid, depth ORDER BY slice`,
    );
    await this.#run(
      `INSERT INTO ${this.#table("long_calls")} SELECT pid, depth, "function", call, outcome, t_enter, t_exit
        FROM ${calls} WHERE ${rows} AND ${TOOK} >= ${2 ** level}`,
    );
  }

  async #coarserMarks(level: number): Promise<void> {
    const cells = this.#table("mark_cells");
    await this.#run(
      `INSERT INTO ${cells} SELECT ${level}, slice >> 1 AS coarser, pid, kind, min(first), sum(count), min(id)
        FROM ${cells} WHERE level = ${level - 1} GROUP BY coarser, pid, kind ORDER BY coarser`,
    );
  }

  /** With the calls that are short by now. */
  async #coarserCalls(level: number): Promise<void> {
    const cells = this.#table("call_cells");
    const shorter = level - 1;
    await this.#run(
      `INSERT INTO ${cells} SELECT ${level}, coarser, pid, depth, min(first), max(last), sum(count), min(call),
          min("function"), max(last_function), min(outcome), max(last_outcome)
        FROM (
          SELECT slice >> 1 AS coarser, * EXCLUDE (level, slice) FROM ${cells} WHERE level = ${shorter}
          UNION ALL
          SELECT t_enter >> ${level}, pid, depth, t_enter, coalesce(t_exit, t_enter), 1, call, "function", "function", outcome, outcome
          FROM ${this.#table("long_calls")} WHERE ${TOOK} >= ${2 ** shorter} AND ${TOOK} < ${2 ** level})
        GROUP BY coarser, pid, depth ORDER BY coarser`,
    );
  }

  #table(name: string): string {
    return `${this.#database}.${name}`;
  }

  async #run(sql: string): Promise<void> {
    if (!this.#isWanted()) throw new Error("the digest is not wanted any more");
    await this.#connection.run(sql);
  }

  async #numbers(sql: string): Promise<readonly number[]> {
    return await numbers(this.#connection, sql);
  }
}

function levelsBetween(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

/** Some rows in the middle of a table, where it is in full swing. */
function middleOf(table: string, rows: number): string {
  const first = Math.max(0, Math.floor((rows - SAMPLE_ROWS) / 2));
  return `${table} WHERE rowid BETWEEN ${first} AND ${first + SAMPLE_ROWS - 1}`;
}

/** Nothing was removed from these tables, so that rows are numbered from 0 without a hole. */
function chunks(rows: number): readonly string[] {
  return Array.from(
    { length: Math.ceil(rows / CHUNK_ROWS) },
    (_, i) => `rowid BETWEEN ${i * CHUNK_ROWS} AND ${(i + 1) * CHUNK_ROWS - 1}`,
  );
}

/** The first row. */
async function numbers(connection: DuckDBConnection, sql: string): Promise<readonly number[]> {
  const rows = (await connection.runAndReadAll(sql)).getRows();
  return (rows[0] ?? []).map(Number);
}
