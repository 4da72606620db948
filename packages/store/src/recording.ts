// What can be asked of a recording, whether it is being written or was opened from disk.

import type { Manifest } from "@elixirscope/trace";
import type { QueryOptions, QueryResult } from "./sql.ts";

export interface Recording {
  readonly path: string;
  readonly manifest: Manifest;
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
  /** The terms behind payload references, null where there is none any more; only where that needs no SQL. */
  payloads?(refs: readonly number[]): readonly (Uint8Array | null)[];
}
