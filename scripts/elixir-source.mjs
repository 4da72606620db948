// Fetches the source of Elixir 1.14 (Debian bookworm's source package `elixir-lang`), for the parser to
// be compared on, into .cache/elixir-source. Nothing is installed; apt's own mirror and keyring are used.
//
//   node scripts/elixir-source.mjs     prints the root, or why it cannot be provided

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { KEYRING, debianMirror } from "./otp.mjs";

const SUITE = "bookworm";
const PACKAGE = "elixir-lang";
const root = resolve(import.meta.dirname, "../.cache/elixir-source");

/** The root of the unpacked source: `{ root }`, or `{ reason }` when this machine cannot provide it. */
export function elixirSource() {
  if (existsSync(join(root, "lib/elixir"))) return { root };
  try {
    unpack();
    return { root };
  } catch (error) {
    return { reason: `source of ${PACKAGE} from Debian ${SUITE}: ${error.message.split("\n")[0]}` };
  }
}

function unpack() {
  const work = `${root}.unpacking-${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  for (const dir of ["lists/partial", "cache/archives/partial", "etc"]) {
    mkdirSync(join(work, dir), { recursive: true });
  }
  try {
    writeFileSync(join(work, "status"), "");
    writeFileSync(
      join(work, "sources.list"),
      `deb-src [signed-by=${KEYRING}] ${debianMirror()} ${SUITE} main\n`,
    );
    download(work);
    const archive = readdirSync(work).find((name) => /\.orig\.tar\./.test(name));
    if (archive === undefined) throw new Error("the source package has no .orig.tar");
    mkdirSync(join(work, "tree"));
    run(
      "tar",
      ["-xf", join(work, archive), "--strip-components=1", "-C", join(work, "tree")],
      work,
    );
    rmSync(root, { recursive: true, force: true });
    renameSync(join(work, "tree"), root);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function download(work) {
  const options = Object.entries({
    "Dir::State": work,
    "Dir::State::status": join(work, "status"),
    "Dir::State::lists": join(work, "lists"),
    "Dir::Cache": join(work, "cache"),
    "Dir::Etc": join(work, "etc"),
    "Dir::Etc::sourcelist": join(work, "sources.list"),
    "Dir::Etc::sourceparts": "-",
    "APT::Sandbox::User": "",
    "Debug::NoLocking": "true",
    "Acquire::Languages": "none",
  }).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  run("apt-get", ["-qq", ...options, "update"], work);
  run("apt-get", ["-qq", ...options, "source", "--download-only", PACKAGE], work);
}

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (result.error) throw result.error;
  if (result.status === 0) return;
  const words = (result.stderr || result.stdout).trim().split("\n").at(-1);
  throw new Error(`${command} ${args.at(-1)}: ${words}`);
}

if (process.argv[1] === import.meta.filename) {
  const { root: found, reason } = elixirSource();
  console.log(found ?? `skipped: ${reason}`);
}
