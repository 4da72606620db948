// The bundle that the command runs: of what `tsc` has built, so that there is one compiler. Each entry loads what it
// needs in a few files instead of some hundred. Packages from elsewhere stay where npm has put them.

import path from "node:path";
import { defineConfig } from "vite";

/** `built`: of a package's `dist`. Threads are started by the name of their file, beside the one that starts them. */
function entry(name: string, built: string): [string, string] {
  return [name, path.resolve(import.meta.dirname, "../..", built)];
}

export default defineConfig({
  ssr: { noExternal: [/^@elixirscope\//] },
  build: {
    ssr: true,
    outDir: "bundle",
    target: "node20",
    rolldownOptions: {
      input: Object.fromEntries([
        entry("main", "apps/cli/dist/main.js"),
        entry("ingest-worker", "packages/capture/dist/pipeline/ingest-worker.js"),
        entry("writer-worker", "packages/capture/dist/pipeline/writer-worker.js"),
        entry("analysis-worker", "packages/codegraph/dist/repository/analysis-worker.js"),
      ]),
      output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js", keepNames: true },
    },
  },
});
