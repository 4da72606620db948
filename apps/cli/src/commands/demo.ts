// `elixirscope demo`: starts the example shop as a node of its own, records it and shows it.

import { spawn, type ChildProcess } from "node:child_process";
import { CodedError } from "@elixirscope/base";
import { above } from "@elixirscope/base/above";
import { connect, DistError, epmdNames } from "@elixirscope/dist";
import { atom } from "@elixirscope/etf";
import { Interrupt } from "../interrupt.ts";
import { record, type ServerFlags } from "./attach.ts";

export type DemoOptions = ServerFlags & {
  readonly for?: number;
  readonly out?: string;
  readonly ui: boolean;
  readonly json?: true;
};

class DemoError extends CodedError<"demo_failed"> {}

const HOST = "127.0.0.1";
const COOKIE = "demo";
const START_MS = 90_000;
const POLL_MS = 200;

export async function demo(options: DemoOptions): Promise<void> {
  using interrupt = new Interrupt();
  const name = `${await freeName("shop")}@${HOST}`;
  const shop = startShop(name);
  try {
    if (options.json !== true) console.log(`target      ${name}, the example shop (starting)`);
    await runs(name, shop, interrupt.signal);
    const everything = { messages: true, state: true, args: true, lifecycle: true } as const;
    const settings = { ...options, ...everything, cookie: COOKIE, overflow: "block" } as const;
    await record(name, [], settings, interrupt);
  } finally {
    await end(shop.process);
  }
}

type Shop = { readonly process: ChildProcess; output(): string };

function startShop(name: string): Shop {
  const folder = above(import.meta.dirname, "examples/shop");
  if (folder === null) {
    throw new DemoError("demo_failed", "there is no examples/shop; run this from a checkout");
  }
  // only this machine may reach the node: its port and, when it starts one, its EPMD
  const loopback = "-kernel inet_dist_use_interface {127,0,0,1}";
  const args = [
    "--name",
    name,
    "--cookie",
    COOKIE,
    "--erl",
    loopback,
    "-S",
    "mix",
    "run",
    "--no-halt",
  ];
  const child = spawn("elixir", args, {
    cwd: folder,
    env: { ...process.env, ERL_EPMD_ADDRESS: HOST, MIX_ENV: "prod" },
    // a group of its own: Ctrl-C in the terminal is ours to handle first
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  child.on("error", (error) => keep(Buffer.from(error.message)));
  process.once("exit", () => kill(child, "SIGKILL"));
  return { process: child, output: () => output };
}

/** `shop`, or `shop2`, … when somebody has it already. */
async function freeName(wanted: string): Promise<string> {
  const taken = await epmdNames(HOST).then(
    (names) => new Set(names.map(({ name }) => name)),
    // no EPMD yet: the shop will start one, and no name is taken
    () => new Set<string>(),
  );
  if (!taken.has(wanted)) return wanted;
  for (let n = 2; ; n += 1) if (!taken.has(`${wanted}${n}`)) return `${wanted}${n}`;
}

/** Until the shop's supervisor runs; the first start compiles. */
async function runs(name: string, shop: Shop, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    if (shop.process.exitCode !== null || shop.process.pid === undefined) break;
    if (await hasSupervisor(name, signal)) return;
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
  throw new DemoError("demo_failed", `the example shop did not start:\n${shop.output().trim()}`);
}

/** Every failure to connect means: not yet. */
async function hasSupervisor(target: string, signal: AbortSignal): Promise<boolean> {
  try {
    await using connection = await connect({ target, cookie: COOKIE, signal });
    const pid = await connection.call("erlang", "whereis", [atom("Elixir.Shop.Supervisor")]);
    return pid.kind === "pid";
  } catch (thrown) {
    if (thrown instanceof DistError) return false;
    throw thrown;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  kill(child, "SIGTERM");
  const timer = setTimeout(() => kill(child, "SIGKILL"), 3_000);
  await gone;
  clearTimeout(timer);
}

/** The whole group: `elixir` is a shell script that may have the emulator as its child. */
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ESRCH")) throw cause;
  }
}
