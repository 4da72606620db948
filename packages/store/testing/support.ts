// What the tests of this package share: a manifest, a folder that goes away, rows of every kind.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DEFAULT_BUDGETS, DEFAULT_LIMITS, type Manifest } from "@elixirscope/trace";
import type { RecordingWriter } from "../src/index.ts";

export const MANIFEST: Manifest = {
  format: 1,
  product: "elixirscope test",
  id: "test",
  state: "recording",
  stopped: null,
  target: { node: "shop@127.0.0.1", otpRelease: "25", elixir: "1.14.0", system: "linux" },
  startedAtNs: "1700000000000000000",
  durationNs: 0,
  plan: {
    selectors: ["Shop.*"],
    functions: [],
    processes: "all",
    messages: true,
    lifecycle: true,
    state: true,
    arguments: true,
    sampling: { kind: "always" },
    limits: DEFAULT_LIMITS,
    budgets: DEFAULT_BUDGETS,
  },
  counts: {},
  loss: {},
};

export const STOPPED = { code: "user", message: "stopped by the test" } as const;

export class TemporaryFolder implements Disposable {
  readonly path: string = mkdtempSync(path.join(tmpdir(), "elixirscope-store-"));

  join(...names: string[]): string {
    return path.join(this.path, ...names);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export type EventRow = {
  id: number;
  t?: number;
  pid?: number;
  kind?: number;
  payload?: Uint8Array;
};

export function addEvent(writer: RecordingWriter, row: EventRow): void {
  const table = writer.tables.events;
  const i = table.next();
  const { columns } = table;
  columns.id[i] = row.id;
  columns.t[i] = row.t ?? row.id * 1000;
  columns.pid[i] = row.pid ?? 0;
  columns.kind[i] = row.kind ?? 1;
  if (row.payload !== undefined) columns.payload[i] = writer.payload(row.payload);
}

export function addEvents(writer: RecordingWriter, from: number, to: number): void {
  for (let id = from; id <= to; id++)
    addEvent(writer, { id, payload: Uint8Array.of(131, 97, id % 256) });
}

export async function value(
  recording: Pick<RecordingWriter, "query">,
  sql: string,
): Promise<unknown> {
  const { rows } = await recording.query(sql);
  return rows[0]?.[0];
}
