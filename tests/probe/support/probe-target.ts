// A real node with the probe loaded into it, and a listener that takes what the probe sends.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type Connection } from "@elixirscope/dist";
import { atom, binary, charlist, inspect, type Term } from "@elixirscope/etf";
import { startNode, type BeamNode } from "../../support/beam-node.ts";
import { FrameReader } from "./frames.ts";

const PREBUILT = resolve(import.meta.dirname, "../../../probe/prebuilt");
const FIXTURES = resolve(import.meta.dirname, "../fixtures");
const ELIXIR = "/usr/lib/elixir/lib/elixir/ebin";

export type ProbeModule = { readonly name: string; readonly file: string; readonly sha256: string };
export type ProbeManifest = {
  readonly otp: string;
  readonly sources: string;
  readonly modules: readonly ProbeModule[];
  /** only for `elixirscope run` */
  readonly run: readonly ProbeModule[];
};

export function probeManifest(): ProbeManifest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test that reads it checks it
  return JSON.parse(readFileSync(join(PREBUILT, "manifest.json"), "utf8")) as ProbeManifest;
}

const REPLACED = ["es_plain", "es_closures"];
let compiled: string | null = null;

function fixtures(): string {
  if (compiled === null) {
    compiled = mkdtempSync(join(tmpdir(), "es-probe-"));
    const files = [
      "es_target",
      "es_statem",
      "es_event",
      "es_flood",
      "es_captured",
      ...REPLACED,
    ].map((n) => `${n}.erl`);
    execFileSync("erlc", ["+debug_info", "-o", compiled, ...files], { cwd: FIXTURES });
    mkdirSync(join(compiled, "instrumented"));
    execFileSync(
      "erlc",
      ["-Dinstrumented", "-o", join(compiled, "instrumented"), ...REPLACED.map((n) => `${n}.erl`)],
      {
        cwd: FIXTURES,
      },
    );
  }
  return compiled;
}

/** `es_plain` or `es_closures` as the transformer would have changed it; a file that the node can read. */
export function instrumentedBeam(module: string): string {
  return join(fixtures(), "instrumented", `${module}.beam`);
}

export type TargetOptions = { readonly root?: string | undefined; readonly schedulers?: number };

export class ProbeTarget {
  readonly node: BeamNode;
  connection: Connection;
  stream: FrameReader = new FrameReader();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  failure: unknown = null;
  /** New streams are not read. */
  stalled = false;

  private constructor(node: BeamNode, connection: Connection, server: Server) {
    this.node = node;
    this.connection = connection;
    this.#server = server;
    server.on("connection", (socket) => {
      const stream = new FrameReader();
      stream.counting = this.stream.counting;
      this.stream = stream;
      this.#sockets.add(socket);
      if (this.stalled) socket.pause();
      socket.on("error", () => undefined);
      socket.on("data", (chunk: Buffer) => {
        try {
          stream.push(chunk);
        } catch (error) {
          this.failure ??= error;
        }
      });
    });
  }

  static async start(options: TargetOptions = {}): Promise<ProbeTarget> {
    const node = await startNode({
      ...(options.root === undefined ? {} : { root: options.root }),
      args: [
        "+S",
        String(options.schedulers ?? 2),
        "-pa",
        fixtures(),
        `${options.root ?? ""}${ELIXIR}`,
      ],
    });
    const connection = await connect({ target: node.name, cookie: node.cookie });
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return new ProbeTarget(node, connection, server);
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return address.port;
  }

  /** As the collector does it: softly, and only when that is possible. */
  async load(): Promise<void> {
    for (const { name, file } of probeManifest().modules) {
      const gone = await this.connection.call("code", "soft_purge", [atom(name)]);
      if (inspect(gone) !== "true") throw new Error(`${name} is still in use`);
      const beam = binary(readFileSync(join(PREBUILT, file)));
      await this.connection.call("code", "load_binary", [atom(name), charlist(file), beam]);
    }
  }

  /** The value of Erlang expressions on the node, as Elixir prints it. */
  async eval(code: string): Promise<string> {
    return inspect(await this.evalTerm(code), { limit: 5000, charlists: "lists" });
  }

  async evalTerm(code: string): Promise<Term> {
    return await this.connection.call("es_target", "eval", [binary(code)], { timeoutMs: 90_000 });
  }

  /** Starts a session; `config` is Erlang text that overrides the defaults, a map body. */
  async record(config = ""): Promise<string> {
    await this.load();
    return await this.start(config);
  }

  async start(config = ""): Promise<string> {
    return await this.eval(
      `elixir_scope_probe:start(maps:merge(${this.defaults()}, #{${config}})).`,
    );
  }

  defaults(): string {
    return `#{collector => '${this.connection.localNode}', host => {127,0,0,1}, port => ${String(this.port)},
      token => <<7:128>>, functions => [], processes => [], messages => false, lifecycle => false,
      state => false, arguments => true, sampling => always,
      limits => #{nodes => 400, depth => 8, binary_bytes => 256},
      budgets => #{events_per_second => 200000, events_per_second_per_process => 50000,
        target_memory_bytes => 64 * 1024 * 1024, in_flight_bytes => 4 * 1024 * 1024, duration_ms => infinity}}`;
  }

  async stop(): Promise<string> {
    return await this.eval("elixir_scope_probe:stop().");
  }

  /** Ends the session; what it leaves behind, or sent against the format, fails the test. */
  async finish(): Promise<void> {
    if (this.stream.bye === null) await this.stop();
    if (this.failure !== null) throw this.failure;
    await this.untilClean(2000);
  }

  async untilClean(ms: number): Promise<void> {
    const end = Date.now() + ms;
    for (;;) {
      // A process may end while it is looked at: that look says nothing.
      const left = await this.leftovers().catch((error: unknown) => String(error));
      if (left === "[]") return;
      if (Date.now() > end) throw new Error(`left behind on the target: ${left}`);
    }
  }

  /** The collector disappears as when it is killed: its connections just end. Answers a new one. */
  async loseCollector(): Promise<void> {
    const lost = this.connection;
    this.connection = await connect({ target: this.node.name, cookie: this.node.cookie });
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    await lost.close();
  }

  /** Stops reading, as a collector that is stopped. */
  pause(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  unpause(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  dropSockets(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  /** Waits for something that must come. */
  async until(what: string, done: () => boolean | Promise<boolean>, ms = 5000): Promise<void> {
    const end = Date.now() + ms;
    while (!(await done())) {
      if (this.failure !== null) throw this.failure;
      if (Date.now() > end) throw new Error(`${what} did not happen in ${String(ms)} ms`);
      await sleep(10);
    }
  }

  /** What a session may have left behind on the node; "[]" when it left nothing. */
  async leftovers(): Promise<string> {
    return await this.eval(`
      Probe = fun(A) -> lists:prefix("elixir_scope", atom_to_list(A)) end,
      Flags = fun(P) -> case erlang:trace_info(P, flags) of {flags, []} -> []; undefined -> []; F -> [{P, F}] end end,
      Session = case erlang:function_exported(trace, session_info, 1) of
        true -> case trace:session_info(all) of undefined -> []; L -> [S || S <- L, element(1, S) =:= elixir_scope] end;
        false -> [] end,
      [{module, M} || {M, _} <- code:all_loaded(), Probe(M)]
      ++ [{old, M} || M <- [elixir_scope_probe, elixir_scope_tracer, elixir_scope_state], erlang:check_old_code(M)]
      ++ [{name, N} || N <- registered(), Probe(N)]
      ++ [{flags, F} || P <- processes(), F <- Flags(P)]
      ++ [{pattern, M} || M <- [es_target, es_flood], {F, A} <- M:module_info(exports),
            erlang:trace_info({M, F, A}, traced) =/= {traced, false}]
      ++ [{new, F} || {flags, F} <- [erlang:trace_info(new, flags)], F =/= []]
      ++ [{session, S} || S <- Session]
      ++ [{send, X} || {match_spec, X} <- [erlang:trace_info(send, match_spec)], X =/= true, X =/= []]
      ++ [{persistent, K} || {K, _} <- persistent_term:get(), is_atom(K), Probe(K)]
      ++ [{word, W} || W <- [erlang:system_info(trace_control_word)], W =/= 0]
      ++ [{process, P} || P <- processes(), {_, {M, _, _}} <- [process_info(P, initial_call)], Probe(M)]
      ++ [{handler, P} || P <- processes(), P =/= self(), element(2, process_info(P, initial_call)) =:= {proc_lib, init_p, 5},
            lists:member(element(1, element(2, process_info(P, current_function))), [gen_server, gen_statem, gen_event]),
            string:find(io_lib:format("~p", [sys:get_status(P)]), "elixir_scope") =/= nomatch].`);
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((done) => this.#server.close(() => done()));
    await this.connection.close();
    await this.node.stop();
  }
}
