// Where a DuckDB instance may put what does not fit into its memory: a folder of its own, made when needed.

import { tmpdir } from "node:os";
import path from "node:path";

let folders = 0;

export function spillFolder(): string {
  return path.join(tmpdir(), `elixirscope-spill-${process.pid}-${Date.now()}-${folders++}`);
}
