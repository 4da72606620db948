// Runs the benchmarks, one after the other, or those whose names are given. Each prints ratios measured
// in its own run beside a baseline; absolute figures depend on the machine.
//
//   npm run bench                     all
//   npm run bench -- store-ingest     one

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";

const here = import.meta.dirname;
const all = readdirSync(here)
  .filter((name) => name.endsWith(".mjs") && name !== basename(import.meta.filename))
  .map((name) => basename(name, ".mjs"));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(", ")}; there are ${all.join(", ")}`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : all) {
  console.log(`\n── ${name}`);
  const { status } = spawnSync(process.execPath, [join(here, `${name}.mjs`)], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
