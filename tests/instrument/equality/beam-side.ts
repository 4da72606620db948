// The node that runs programs plain and instrumented: one emulator, Erlang terms over a loopback socket.
//
// It sends forms and gets them back instrumented; what the two versions did is compared over there, with
// Erlang's own equality.

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { resolve } from "node:path";
import { decode, encode, type Term } from "@elixirscope/etf";

const PREBUILT = resolve(import.meta.dirname, "../../../probe/prebuilt");

/** The kernel ends the node with the tests, also when these are killed. */
function parentDeathSignal(): readonly string[] {
  return existsSync("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", "KILL"] : [];
}

export class BeamSide implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  readonly #printed: () => string;
  readonly #frames: Buffer[] = [];
  #hear: (() => void) | null = null;
  #input: Buffer = Buffer.alloc(0);
  #said = "";

  private constructor(child: ChildProcess, socket: Socket, said: () => string) {
    this.#child = child;
    this.#socket = socket;
    this.#printed = said;
    socket.on("data", (chunk: Buffer) => {
      this.#input = Buffer.concat([this.#input, chunk]);
      this.#deliver();
    });
    child.once("close", () => {
      this.#said = `the node ended:\n${said()}`;
      this.#hear?.();
    });
    socket.on("error", () => child.kill("SIGKILL"));
  }

  /** `arguments_` come after the port; a script connects to it at once. */
  static async start(options: {
    readonly elixir: string;
    readonly script: string;
    readonly arguments: readonly string[];
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    /** it is killed then, and whoever waits for it is told what it printed */
    readonly limitMs?: number;
  }): Promise<BeamSide> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    let said = "";
    const [command, ...before] = [...parentDeathSignal(), options.elixir];
    const child = spawn(
      command,
      [...before, "-pa", PREBUILT, options.script, String(port), ...options.arguments],
      {
        cwd: options.cwd,
        env: { ...process.env, LC_ALL: "C.UTF-8", ERL_CRASH_DUMP: "/dev/null", ...options.env },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    if (options.limitMs !== undefined) {
      const late = setTimeout(() => child.kill("SIGKILL"), options.limitMs);
      child.once("close", () => clearTimeout(late));
    }
    const hear = (chunk: Buffer): void => void (said = (said + chunk.toString()).slice(-20_000));
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const socket = await new Promise<Socket>((done, fail) => {
      server.once("connection", done);
      child.once("error", fail);
      child.once("exit", () => fail(new Error(`the node ended:\n${said}`)));
    });
    server.close();
    return new BeamSide(child, socket, () => said);
  }

  /** The last 20 KB that the node printed. */
  get printed(): string {
    return this.#printed();
  }

  tell(term: Term): void {
    const bytes = encode(term);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    this.#socket.write(Buffer.concat([length, bytes]));
  }

  /** The next term; rejects with what the node printed when it has ended. */
  async hear(): Promise<Term> {
    while (this.#frames.length === 0) {
      if (this.#said !== "") throw new Error(this.#said);
      await new Promise<void>((done) => {
        this.#hear = done;
      });
    }
    const term = decode(this.#frames.shift() ?? Buffer.alloc(0));
    if (!term.ok) throw new Error(`not a term: ${term.error.code}`);
    return term.value;
  }

  #deliver(): void {
    while (this.#input.length >= 4) {
      const end = 4 + this.#input.readUInt32BE(0);
      if (this.#input.length < end) return;
      this.#frames.push(this.#input.subarray(4, end));
      this.#input = this.#input.subarray(end);
      this.#hear?.();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((done) => this.#child.once("exit", done));
    this.#socket.end();
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(late);
  }
}
