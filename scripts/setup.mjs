// Installs what is missing on this machine, so that `npm start` and `npm test` work from a fresh clone.
//
// Runs before node_modules exists: only Node's own modules here. System packages are installed with
// apt when it is there and we may (root); otherwise the exact command is printed and we stop.
//
//   node scripts/setup.mjs            what `npm start` needs: Elixir, a browser if possible
//   node scripts/setup.mjs --test     also what only the tests need

import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { elixirSource } from "./elixir-source.mjs";
import { otpRoot } from "./otp.mjs";

const root = resolve(import.meta.dirname, "..");
const testing = process.argv.includes("--test");

checkNode();
installNodeModules();
installSystemPackages();
if (testing) unpackForTests();

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`ElixirScope needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
}

function installNodeModules() {
  const installed = join(root, "node_modules/.package-lock.json");
  const lock = join(root, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log("setup: installing node modules (npm ci)");
  run("npm", ["ci", "--no-audit", "--no-fund"], "npm ci failed; its output above says why.");
}

function installSystemPackages() {
  const wanted = [
    { command: "elixir", packages: ["elixir"], needed: true },
    { command: "erl", packages: ["erlang-base"], needed: true },
    {
      file: "/usr/lib/erlang/lib",
      glob: "runtime_tools",
      packages: ["erlang-runtime-tools", "erlang-tools", "erlang-ssl"],
      needed: testing,
    },
    { command: "openssl", packages: ["openssl"], needed: testing },
    { command: "chromium", packages: ["chromium"], needed: testing, useful: true },
  ].filter((item) => (item.needed || item.useful) && !present(item));
  if (wanted.length === 0) return;

  const packages = wanted.flatMap((item) => item.packages);
  const line = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  const mustHave = wanted.some((item) => item.needed);
  if (!onPath("apt-get") || process.getuid?.() !== 0) {
    const sudo = onPath("apt-get")
      ? `sudo sh -c '${line}'`
      : `your package manager: ${packages.join(", ")}`;
    const text = `setup: missing ${packages.join(", ")}. Install with\n  ${sudo}`;
    if (mustHave) fail(text);
    console.log(`${text}\n(going on without)`);
    return;
  }
  console.log(`setup: ${line}`);
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const ok =
    quiet("apt-get", ["-qq", "update"], environment) &&
    quiet("apt-get", ["-qq", "install", "-y", "--no-install-recommends", ...packages], environment);
  if (!ok && mustHave) fail(`setup: could not install; run it by hand:\n  ${line}`);
}

/** Newer OTP releases and Elixir's source; tests that need them are skipped, with this reason, where a machine cannot provide them. */
function unpackForTests() {
  for (const { reason } of [otpRoot(27), otpRoot(29), elixirSource()]) {
    if (reason !== undefined) console.log(`setup: going on without ${reason}`);
  }
}

function present({ command, file, glob }) {
  if (command !== undefined) return onPath(command);
  const name = spawnSync("sh", ["-c", `ls -d ${file}/${glob}-*`], { stdio: "ignore" });
  return name.status === 0;
}

function onPath(command) {
  return (process.env.PATH ?? "").split(delimiter).some((dir) => existsSync(join(dir, command)));
}

function run(command, args, problem) {
  if (spawnSync(command, args, { cwd: root, stdio: "inherit" }).status !== 0) fail(problem);
}

/** Package managers talk much: their output is shown only when they fail. */
function quiet(command, args, env) {
  const result = spawnSync(command, args, { cwd: root, env, encoding: "utf8" });
  if (result.status !== 0) console.error(result.stdout, result.stderr);
  return result.status === 0;
}

function fail(text) {
  console.error(text);
  process.exit(1);
}
