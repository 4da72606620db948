// Compiles probe/src with the Erlang compiler of this machine into probe/prebuilt.
//
// The files are committed: a target never needs a compiler. They are built on the oldest supported
// release (25) and load on every later one. `manifest.json` carries the hash of the sources, so
// that a test finds prebuilt files that are older than what they are built from.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const sourceDir = join(here, "src");
const prebuiltDir = join(here, "prebuilt");

const sha256 = (...parts) =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");
const sources = readdirSync(sourceDir, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.[eh]rl$/u.test(name))
  .toSorted();
/** Only `elixirscope run` puts them into a target; a node that is attached to never sees them. */
const runOnly = ["boot", "build", "link", "project", "run", "tests"].map(
  (name) => `elixir_scope_${name}`,
);
const modules = sources
  .filter((name) => /^[^/]+\.erl$/u.test(name))
  .map((name) => name.slice(0, -4));
const CAPTURE = "elixir_scope_capture";

// Somebody may be reading the files: each is replaced in one step, the manifest last.
mkdirSync(prebuiltDir, { recursive: true });
const buildDir = mkdtempSync(join(here, "build-"));
process.on("exit", () => rmSync(buildDir, { recursive: true, force: true }));
const compile = (outDir, files) =>
  execFileSync(
    "erlc",
    ["+deterministic", "-Wall", "-Werror", "-I", buildDir, "-o", outDir, ...files],
    { cwd: sourceDir, stdio: "inherit" },
  );

// Both builds of the module that instrumented code calls are literals of the module that changes them.
const closedDir = join(buildDir, "closed");
mkdirSync(closedDir);
compile(closedDir, [`closed/${CAPTURE}.erl`]);
compile(buildDir, [`${CAPTURE}.erl`]);
const literal = (dir) => `<<${[...readFileSync(join(dir, `${CAPTURE}.beam`))].join()}>>`;
writeFileSync(
  join(buildDir, "elixir_scope_gate.hrl"),
  `-define(OPEN_BEAM, ${literal(buildDir)}).\n-define(CLOSED_BEAM, ${literal(closedDir)}).\n`,
);
compile(
  buildDir,
  modules.map((name) => `${name}.erl`),
);
const otp = execFileSync(
  "erl",
  ["-noshell", "-eval", "io:put_chars(erlang:system_info(otp_release)), halt()."],
  { encoding: "utf8" },
);

const entryOf = (name) => ({
  name,
  file: `${name}.beam`,
  sha256: sha256(readFileSync(join(buildDir, `${name}.beam`))),
});
const manifest = {
  otp,
  sources: sha256(
    ...sources.flatMap((name) => [name, "\0", readFileSync(join(sourceDir, name)), "\0"]),
  ),
  modules: modules.filter((name) => !runOnly.includes(name)).map(entryOf),
  run: runOnly.map(entryOf),
};
writeFileSync(join(buildDir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
const built = [...modules.map((name) => `${name}.beam`), "manifest.json"];
for (const file of built) renameSync(join(buildDir, file), join(prebuiltDir, file));
for (const file of readdirSync(prebuiltDir)) {
  if (!built.includes(file)) rmSync(join(prebuiltDir, file));
}
process.stdout.write(`probe: ${modules.length} modules built on OTP ${otp}\n`);
