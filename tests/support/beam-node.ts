// Starts real Erlang and Elixir nodes on loopback for tests, and ends them whatever happens: by `stop()`,
// by the exit of this process, and by the kernel (parent-death signal) when this process is killed.

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

export interface NodeOptions {
  /** `shop@127.0.0.1`; without a host it is completed. Default: a name no other test has. */
  name?: string;
  cookie?: string;
  program?: "erl" | "elixir";
  /** False starts with short names (`-sname`); the name's host must then have no dot. */
  longNames?: boolean;
  /** Further arguments of `erl`, before the code (for `elixir`: of `elixir` itself). */
  args?: readonly string[];
  /** Evaluated before the node counts as started; in the program's language. Must return. */
  code?: string;
  /** Root of an unpacked release as `otpReleases` gives it; default the system's. */
  root?: string;
  /** Command put in front, for example `["chroot", dir]` or `["ip", "netns", "exec", "a"]`. */
  launcher?: readonly string[];
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  startTimeoutMs?: number;
}

export interface BeamNode {
  readonly name: string;
  readonly cookie: string;
  /** The operating system's process id of the emulator. */
  readonly pid: number;
  /** Resolves when the emulator is gone, however it ended. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** The last 64 KB that the node printed, standard output and error mixed. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** Kills the emulator and waits until it is gone. May be called twice. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const READY = "beam-node-ready";
const OUTPUT_LIMIT = 65_536;
const living = new Set<number>();
let started = 0;

process.on("exit", () => {
  for (const pid of living) killGroup(pid, "SIGKILL");
});

/** A node name that no other test process on this machine uses. */
export function uniqueNodeName(prefix = "es", host = "127.0.0.1"): string {
  started += 1;
  return `${prefix}_${String(process.pid)}_${String(started)}@${host}`;
}

export async function startNode(options: NodeOptions = {}): Promise<BeamNode> {
  const given = options.name ?? uniqueNodeName();
  const host = options.longNames === false ? "localhost" : "127.0.0.1";
  const name = given.includes("@") ? given : `${given}@${host}`;
  const cookie = options.cookie ?? "es-test-cookie";
  const [command, ...args] = commandLine(name, cookie, options);
  if (command === undefined) throw new Error("bug: no command");
  const child = spawn(command, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    cwd: options.cwd,
    env: { ...process.env, ERL_CRASH_DUMP: "/dev/null", LC_ALL: "C.UTF-8", ...options.env },
  });
  const group = child.pid;
  if (group === undefined) throw new Error(`cannot run ${command}; is it installed?`);
  living.add(group);
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) => {
    child.once("exit", (code, signal) => {
      living.delete(group);
      done({ code, signal });
    });
  });
  let printed = "";
  const stop = async (): Promise<void> => {
    if (living.has(group)) killGroup(group, "SIGKILL");
    await exited;
  };
  try {
    const pid = await untilReady(child, options.startTimeoutMs ?? 60_000, (text) => {
      printed = (printed + text).slice(-OUTPUT_LIMIT);
      return printed;
    });
    return {
      name,
      cookie,
      pid,
      exited,
      output: () => printed,
      signal: (signal) => void process.kill(pid, signal),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function commandLine(name: string, cookie: string, options: NodeOptions): string[] {
  const program = options.program ?? "erl";
  const binary = options.root === undefined ? program : join(options.root, "bin", program);
  const long = options.longNames !== false;
  const extra = options.args ?? [];
  const code = options.code === undefined ? [] : [options.code];
  const launcher = [...parentDeathSignal(), ...(options.launcher ?? [])];
  if (program === "elixir") {
    const scripts = [...code, `IO.puts("${READY} #{System.pid()}.")`].flatMap((e) => ["-e", e]);
    const naming = [long ? "--name" : "--sname", name, "--cookie", cookie];
    return [...launcher, binary, ...naming, ...extra, "--no-halt", ...scripts];
  }
  const ready = `io:format("${READY} ~s.~n", [os:getpid()]).`;
  const scripts = [...code, ready].flatMap((e) => ["-eval", e]);
  const naming = [long ? "-name" : "-sname", name, "-setcookie", cookie];
  return [...launcher, binary, "-noshell", ...naming, ...extra, ...scripts];
}

/** Has the kernel kill the node with the test runner, also when that is killed hard. */
function parentDeathSignal(): string[] {
  return existsSync("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", "KILL"] : [];
}

async function untilReady(
  child: ChildProcess,
  timeoutMs: number,
  collect: (text: string) => string,
): Promise<number> {
  return await new Promise<number>((done, fail) => {
    let printed = "";
    const timer = setTimeout(
      () => fail(new Error(`the node did not start in ${String(timeoutMs)} ms:\n${printed}`)),
      timeoutMs,
    );
    const read = (chunk: Buffer): void => {
      printed = collect(chunk.toString());
      const pid = new RegExp(`${READY} (\\d+)\\.`).exec(printed)?.[1];
      if (pid === undefined) return;
      clearTimeout(timer);
      done(Number(pid));
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", fail);
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      fail(new Error(`the node ended with ${String(code ?? signal)} at start:\n${printed}`));
    });
  });
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Without a root: the one on the path. */
export type OtpRelease = { readonly release: string; readonly root?: string };

/** The system's release first, then those unpacked by `scripts/otp.mjs`; says which are missing. */
export function otpReleases(): OtpRelease[] {
  const releases: OtpRelease[] = [{ release: "system" }];
  for (const release of ["27", "29"]) {
    const root = resolve(import.meta.dirname, "../../.cache/otp", release);
    if (existsSync(join(root, "bin/erl"))) releases.push({ release, root });
    else console.warn(`OTP ${release} is not unpacked; run: node scripts/otp.mjs ${release}`);
  }
  return releases;
}

/** The system's release and the newest, for what takes long; with ES_ALL=1 all of them. */
export function outerReleases(): OtpRelease[] {
  const all = otpReleases();
  return process.env["ES_ALL"] === "1" ? all : all.filter(({ release }) => release !== "27");
}

/** The system's release alone, for what takes a minute for each of them; with ES_ALL=1 all of them. */
export function systemRelease(): OtpRelease[] {
  const all = otpReleases();
  return process.env["ES_ALL"] === "1" ? all : all.slice(0, 1);
}
