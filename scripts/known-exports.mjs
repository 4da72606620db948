// Writes packages/codegraph/src/module/known-exports.data.ts: what Elixir's own public modules export,
// asked of each release that is here (1.14 on PATH, newer ones in .cache/otp). Run it after a new release.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const cache = join(root, ".cache/otp");
const elixirs = ["elixir"];
if (existsSync(cache)) {
  for (const otp of readdirSync(cache).toSorted()) elixirs.push(join(cache, otp, "bin/elixir"));
}

/** module → functions and macros → name/arity → first release that has it */
const modules = new Map();
const releases = [];
for (const elixir of elixirs) {
  const version = execFileSync(elixir, ["--short-version"], { encoding: "utf8" }).trim();
  const release = version.split(".").slice(0, 2).join(".");
  releases.push(release);
  const out = execFileSync(elixir, [join(root, "scripts/known-exports.exs")], { encoding: "utf8" });
  for (const line of out.trim().split("\n")) {
    const [name, functions, macros] = line.split("\t");
    if (!modules.has(name)) modules.set(name, { functions: new Map(), macros: new Map() });
    const known = modules.get(name);
    add(known.functions, functions, release);
    add(known.macros, macros, release);
  }
}

function add(known, text, release) {
  for (const entry of (text ?? "").split(" ").filter((part) => part !== "")) {
    const slash = entry.lastIndexOf("/");
    for (const arity of entry.slice(slash + 1).split(",")) {
      const key = `${entry.slice(0, slash)}/${arity}`;
      if (!known.has(key)) known.set(key, release);
    }
  }
}

/** `map/2 dbg/0,1,2` with the release after an `@` where it is not the oldest */
function exportsText(known) {
  const names = new Map();
  for (const [key, release] of [...known].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const slash = key.lastIndexOf("/");
    const name = key.slice(0, slash);
    const arity = key.slice(slash + 1) + (release === releases[0] ? "" : `@${release}`);
    if (names.has(name)) names.get(name).push(arity);
    else names.set(name, [arity]);
  }
  return [...names].map(([name, arities]) => `${name}/${arities.join(",")}`).join(" ");
}

const lines = [
  `// Written by scripts/known-exports.mjs from Elixir ${releases.join(", ")}; not by hand.`,
  "// An arity that the oldest of them does not have carries the first that does: `dbg/0@1.18`.",
  "",
  "/** Module, functions, macros. */",
  "export const ELIXIR_EXPORTS: readonly (readonly [string, string, string])[] = [",
];
for (const [name, { functions, macros }] of [...modules].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  lines.push("  [");
  for (const part of [name, exportsText(functions), exportsText(macros)])
    lines.push(`    ${JSON.stringify(part)},`);
  lines.push("  ],");
}
lines.push("];", "");
const target = join(root, "packages/codegraph/src/module/known-exports.data.ts");
writeFileSync(target, lines.join("\n"));
console.log(`${modules.size} modules of Elixir ${releases.join(", ")}: ${target}`);
