// Runs programs on a real BEAM with probes in them and tells what happened, in order.
//
// One emulator serves thousands of programs over a loopback socket (frames with a 4-byte length).

import { spawn, type ChildProcess } from "node:child_process";
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A value: a hash that is equal for equal values, the tokens in it, where in it each is. */
export type Seen = readonly [hash: number, tokens: readonly number[], paths: readonly string[]];

export type Event =
  | readonly ["enter", "def", name: string, arity: number, args: readonly Seen[]]
  | readonly ["enter", "fn", name: "", line: number, args: readonly Seen[]]
  | readonly ["leave", Seen]
  | readonly ["fail", "error" | "throw" | "exit"]
  | readonly ["call", line: number, args: readonly Seen[]]
  | readonly ["returned", line: number, Seen]
  | readonly ["clause", line: number]
  | readonly ["tried", line: number, matches: 0 | 1]
  | readonly ["match", line: number]
  | readonly ["matched", line: number]
  | readonly ["bind", name: string, line: number, Seen];

export type Observed = {
  /** lines on which exactly one call or operator is written */
  readonly calls: readonly (readonly [line: number, name: string, arity: number])[];
  /** lines on which exactly one closure begins, one `=` is, one clause with patterns has its head */
  readonly fns: readonly number[];
  readonly matches: readonly number[];
  readonly clauses: readonly number[];
  /** those of the clauses whose pattern is told apart from their guard */
  readonly tried: readonly number[];
  /** those that the compiler kept: private ones that nobody calls are dropped */
  readonly functions: readonly (readonly [name: string, arity: number])[];
  /** a name, the line where it is read, the line where that binding of it was made */
  readonly reads: readonly (readonly [name: string, line: number, bound: number])[];
  /** null: too long to keep; `died`: killed, with the reason */
  readonly runs: readonly (readonly Event[] | readonly ["died", string] | null)[];
};

/** `refused`: the compiler of Elixir fails on the program; `error`: the observer failed. */
export type Failed = { readonly refused: string } | { readonly error: string };

/** `f({:ok, 1})` written out, or arguments drawn from a seed. */
export type Run =
  | { readonly call: string }
  | { readonly name: string; readonly arity: number; readonly seed: number };

export class Observer implements AsyncDisposable {
  /** of Elixir: `1.14` */
  readonly version: string;
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  readonly #waiting: ((answer: Buffer) => void)[] = [];
  #input: Buffer = Buffer.alloc(0);

  private constructor(child: ChildProcess, socket: Socket, version: string) {
    this.version = version;
    this.#child = child;
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#input = Buffer.concat([this.#input, chunk]);
      this.#deliver();
    });
    socket.on("error", () => child.kill("SIGKILL"));
  }

  /** `elixir` is a program's path. */
  static async start(elixir = "elixir"): Promise<Observer> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const script = join(import.meta.dirname, "beam", "observer.exs");
    let said = "";
    const child = spawn(elixir, [script, String(port)], {
      env: { ...process.env, LC_ALL: "C.UTF-8", ERL_AFLAGS: "+S 1:1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const hear = (chunk: Buffer): void => void (said = (said + chunk.toString()).slice(-4000));
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const socket = await new Promise<Socket>((done, fail) => {
      server.once("connection", done);
      child.once("error", fail);
      child.once("exit", () => fail(new Error(`the observer ended:\n${said}`)));
    });
    server.close();
    const version = await hello(socket);
    const observer = new Observer(child, socket, version);
    child.once("exit", () => {
      for (const waiting of observer.#waiting.splice(0)) {
        waiting(Buffer.from(JSON.stringify({ error: `the observer ended:\n${said}` })));
      }
    });
    return observer;
  }

  /** Compiles a module and runs functions of it. */
  async observe(source: string, runs: readonly Run[]): Promise<Observed | Failed> {
    const lines = runs.map((run) =>
      "call" in run ? `= ${run.call}` : `${run.name} ${String(run.arity)} ${String(run.seed)}`,
    );
    const request = Buffer.from([String(runs.length), ...lines, source].join("\n"));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(request.length);
    const answer = new Promise<Buffer>((done) => this.#waiting.push(done));
    this.#socket.write(Buffer.concat([length, request]));
    return JSON.parse((await answer).toString()) as Observed | Failed;
  }

  #deliver(): void {
    while (this.#input.length >= 4) {
      const end = 4 + this.#input.readUInt32BE(0);
      if (this.#input.length < end) return;
      this.#waiting.shift()?.(this.#input.subarray(4, end));
      this.#input = this.#input.subarray(end);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((done) => this.#child.once("exit", done));
    this.#socket.end();
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 2000);
    await ended;
    clearTimeout(late);
  }
}

/** The first frame: the version, as `"1.14.0"`. */
async function hello(socket: Socket): Promise<string> {
  const frame = await new Promise<Buffer>((done) => socket.once("data", done));
  return /\d+\.\d+/.exec(frame.subarray(4).toString())?.[0] ?? "";
}
