// `elixirscope query`: SQL on a recording, through its owner while it is being made, or on a project's code.

import { queryLive, readLive } from "@elixirscope/server";
import { RecordingReader } from "@elixirscope/store";
import type { QueryResult } from "@elixirscope/wire";
import { formatTable, rowObjects } from "../format/table.ts";
import { Interrupt } from "../interrupt.ts";
import { isProject, openProject } from "../open-project.ts";
import { projectTables } from "../project-tables.ts";
import { recordingFolder } from "../recording-folder.ts";

export type QueryOptions = { readonly json?: true; readonly limit: number };

export async function query(name: string, sql: string, options: QueryOptions): Promise<void> {
  const result = isProject(name)
    ? await runOnProject(name, sql, options.limit)
    : await run(await recordingFolder(name), sql, options.limit);
  if (options.json === true) {
    console.log(JSON.stringify(rowObjects(result), null, 1));
  } else {
    console.log(formatTable(result));
  }
  if (result.truncated) console.error(`… more than ${options.limit} rows; raise --limit`);
}

async function run(folder: string, sql: string, limit: number): Promise<QueryResult> {
  if ((await readLive(folder)) !== null) {
    return await queryLive(folder, sql, limit);
  }
  using interrupt = new Interrupt();
  const recording = await RecordingReader.open(folder);
  try {
    return await recording.query(sql, { limit, signal: interrupt.signal });
  } finally {
    await recording.close();
  }
}

async function runOnProject(folder: string, sql: string, limit: number): Promise<QueryResult> {
  using interrupt = new Interrupt();
  const { signal } = interrupt;
  const repository = await openProject(folder, { cache: true }, signal);
  try {
    await using tables = await projectTables(repository, signal);
    return await tables.reader.query(sql, { limit, signal });
  } finally {
    await repository.close();
  }
}
