// Unpacks newer Erlang/OTP and Elixir releases beside the system's own, for tests on several versions.
//
// They come from Debian's newer suites, through the mirror and keyring that this machine's apt is
// configured with, into .cache/otp/<release>: packages are resolved against an empty system, unpacked
// without installing, and run through their own dynamic loader, so no privilege and no chroot is needed.
//
//   node scripts/otp.mjs 27 29     prints the root of each, or why it cannot be provided

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";

const SUITES = { 27: "trixie", 29: "sid" };
const PACKAGES = ["elixir", "erlang-base", "erlang-runtime-tools", "erlang-tools", "erlang-ssl"];
export const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const cache = resolve(import.meta.dirname, "../.cache/otp");

/** The root of an unpacked release: `{ root }`, or `{ reason }` when this machine cannot provide it. */
export function otpRoot(release) {
  const root = join(cache, String(release));
  if (existsSync(join(root, "bin/elixir"))) return { root };
  const suite = SUITES[release];
  if (suite === undefined) return { reason: `no Debian suite is known for OTP ${release}` };
  try {
    unpack(suite, root, release);
    return { root };
  } catch (error) {
    return { reason: `OTP ${release} from Debian ${suite}: ${error.message.split("\n")[0]}` };
  }
}

function unpack(suite, root, release) {
  const uri = debianMirror();
  const work = `${root}.unpacking-${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  for (const dir of ["apt/lists/partial", "apt/cache/archives/partial", "apt/etc"]) {
    mkdirSync(join(work, dir), { recursive: true });
  }
  writeFileSync(join(work, "apt/status"), "");
  writeFileSync(
    join(work, "apt/sources.list"),
    `deb [signed-by=${KEYRING}] ${uri} ${suite} main\n`,
  );
  const options = Object.entries({
    "Dir::State": join(work, "apt"),
    "Dir::State::status": join(work, "apt/status"),
    "Dir::State::lists": join(work, "apt/lists"),
    "Dir::Cache": join(work, "apt/cache"),
    "Dir::Etc": join(work, "apt/etc"),
    "Dir::Etc::sourcelist": join(work, "apt/sources.list"),
    "Dir::Etc::sourceparts": "-",
    "APT::Sandbox::User": "",
    "APT::Install-Recommends": "false",
    "Debug::NoLocking": "true",
    "Acquire::Languages": "none",
  }).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  const apt = (...args) => run("apt-get", ["-qq", ...options, ...args]);
  apt("update");
  apt("install", "--yes", "--download-only", ...PACKAGES);
  const archives = join(work, "apt/cache/archives");
  for (const deb of readdirSync(archives).filter((name) => name.endsWith(".deb"))) {
    run("dpkg-deb", ["-x", join(archives, deb), work]);
  }
  rmSync(join(work, "apt"), { recursive: true });
  rmSync(root, { recursive: true, force: true });
  relocate(work, root);
  renameSync(work, root);
  checkRelease(root, release);
}

/** The Debian archive that apt already trusts on this machine. */
export function debianMirror() {
  const format = "$(ORIGIN)|$(REPO_URI)|$(COMPONENT)";
  const targets = run("apt-get", ["indextargets", "--format", format]).split("\n");
  const archive = targets
    .map((line) => line.split("|"))
    .find(
      ([origin, uri, component]) =>
        origin === "Debian" && component === "main" && !uri.includes("security"),
    );
  if (archive === undefined)
    throw new Error("apt knows no Debian archive (run apt-get update first)");
  if (!existsSync(KEYRING)) throw new Error(`no keyring at ${KEYRING}`);
  return archive[1];
}

/** Makes the unpacked tree runnable at `root`: relative links, own loader, own library path. */
function relocate(work, root) {
  relativeLinks(work, work);
  const erts = readdirSync(join(work, "usr/lib/erlang")).find((name) => name.startsWith("erts-"));
  const libraries = libraryDirs(work)
    .map((dir) => join(root, dir))
    .join(":");
  const binaries = join(work, "usr/lib/erlang", erts, "bin");
  for (const name of readdirSync(binaries)) {
    const path = join(binaries, name);
    if (!isElf(path)) continue;
    renameSync(path, `${path}.real`);
    const real = join(root, "usr/lib/erlang", erts, "bin", `${name}.real`);
    const loader = join(root, "usr/lib64/ld-linux-x86-64.so.2");
    script(path, `exec ${loader} --argv0 "$0" --library-path ${libraries} ${real} "$@"`);
  }
  const erlang = `${root}/usr/lib/erlang`;
  const environment = `export ROOTDIR=${erlang} BINDIR=${erlang}/${erts}/bin EMU=beam PROGNAME=erl`;
  const bin = join(work, "bin");
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin);
  script(join(bin, "erl"), `${environment}\nexec ${erlang}/${erts}/bin/erlexec "$@"`);
  for (const name of ["elixir", "mix", "elixirc", "iex"]) {
    script(
      join(bin, name),
      `export PATH=${root}/bin:$PATH\nexec ${root}/usr/lib/elixir/bin/${name} "$@"`,
    );
  }
}

function script(path, body) {
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

function isElf(path) {
  return (
    lstatSync(path).isFile() && readFileSync(path).subarray(0, 4).toString("latin1") === "\x7fELF"
  );
}

function libraryDirs(work) {
  return [
    "usr/lib/x86_64-linux-gnu",
    "lib/x86_64-linux-gnu",
    "usr/lib/x86_64-linux-gnu/systemd",
    "usr/lib64",
  ].filter((dir) => existsSync(join(work, dir)));
}

/** Absolute links inside the tree would point at the host's files. */
function relativeLinks(top, dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) relativeLinks(top, path);
    if (!entry.isSymbolicLink()) continue;
    const target = readlinkSync(path);
    if (!target.startsWith("/")) continue;
    const depth = path.slice(top.length + 1).split("/").length - 1;
    unlinkSync(path);
    symlinkSync("../".repeat(depth) + target.slice(1), path);
  }
}

function checkRelease(root, release) {
  const expression = "io:put_chars(erlang:system_info(otp_release)), halt().";
  const found = run(join(root, "bin/erl"), ["-noinput", "-eval", expression]).trim();
  if (found === String(release)) return;
  rmSync(root, { recursive: true, force: true });
  throw new Error(`the suite has OTP ${found} now`);
}

function run(command, args) {
  const result = spawnSync(command, args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (result.error) throw result.error;
  if (result.status === 0) return result.stdout;
  throw new Error(
    `${command} ${args.at(-1)}: ${(result.stderr || result.stdout).trim().split("\n").at(-1)}`,
  );
}

if (process.argv[1] === import.meta.filename) {
  for (const release of process.argv.slice(2)) {
    const { root, reason } = otpRoot(release);
    console.log(root ?? `skipped: ${reason}`);
  }
}
