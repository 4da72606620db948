// A live connection to a node: remote calls, messages, monitors and links, and the duties of a node
// towards its peer (ticks, group leader, unlink acknowledgements).

import { assertNever, Emitter, type Listener } from "@elixirscope/base";
import {
  atom,
  integer,
  list,
  tuple,
  type AtomTerm,
  type PidTerm,
  type ReferenceTerm,
  type Term,
} from "@elixirscope/etf";
import { decodeFrame, encodeFrame, OP, type Address, type Control } from "./control.ts";
import { DistError } from "./dist-error.ts";
import type { FrameSplitter } from "./frame-splitter.ts";
import type { Peer } from "./handshake.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Identifiers } from "./identifiers.ts";
import { answerIo } from "./io-server.ts";
import { RemoteCall, type CallOptions } from "./remote-call.ts";
import type { Transport } from "./transport.ts";

/** A message from the node. `to` tells pids, registered names and aliases of ours apart. */
export interface IncomingMessage {
  readonly to: Address;
  readonly from: PidTerm | null;
  readonly message: Term;
}

export interface Closed {
  readonly code: "requested" | "lost" | "silent" | "bad_frame";
  readonly reason: string;
}

export interface Monitor {
  /** The exit reason; `noproc` when there was no such process, `noconnection` when the node is lost. */
  readonly down: Promise<Term>;
  cancel(): void;
}

export interface Link {
  /** As `down` of a monitor. */
  readonly exit: Promise<Term>;
  unlink(): void;
}

export interface ConnectionLimits {
  /** The node is given up after this long without a byte from it. */
  readonly netTickMs: number;
  /** A longer frame ends the connection. */
  readonly maxFrameBytes: number;
}

const TICK = new Uint8Array(4);
const CLOSE_TIMEOUT_MS = 2_000;

export class Connection {
  readonly node: string;
  readonly localNode: string;
  /** Our process: where answers come to. */
  readonly self: PidTerm;
  /** Resolves when the connection has ended, for whatever reason. Never rejects. */
  readonly closed: Promise<Closed>;

  readonly #transport: Transport;
  readonly #splitter: FrameSplitter;
  readonly #heartbeat: Heartbeat;
  readonly #timer: NodeJS.Timeout;
  readonly #identifiers: Identifiers;
  readonly #groupLeader: PidTerm;
  readonly #calls = new Map<string, RemoteCall>();
  readonly #monitors = new Map<string, (reason: Term) => void>();
  readonly #links = new Map<string, (reason: Term) => void>();
  readonly #messages = new Emitter<{ message: IncomingMessage }>();
  #drainWaiters: (() => void)[] = [];
  #noCallStarting: (() => void) | null = null;
  #ending: Closed | null = null;
  #isClosed = false;
  #resolveClosed: (closed: Closed) => void = () => undefined;

  constructor(transport: Transport, splitter: FrameSplitter, peer: Peer, limits: ConnectionLimits) {
    this.node = peer.node;
    this.localNode = peer.localNode;
    this.#identifiers = new Identifiers(peer.localNode, peer.localCreation);
    this.self = this.#identifiers.pid();
    this.#groupLeader = this.#identifiers.pid();
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#transport = transport;
    this.#splitter = splitter;
    splitter.changePrefix(4, limits.maxFrameBytes);
    this.#heartbeat = new Heartbeat(limits.netTickMs, performance.now());
    this.#timer = setInterval(() => this.#beat(), this.#heartbeat.intervalMs);
    this.#timer.unref();
    transport.listen({
      data: (chunk) => {
        this.#heartbeat.received(performance.now());
        this.#splitter.push(chunk);
        this.#readFrames();
      },
      drain: () => {
        this.#transport.resume();
        this.#releaseDrainWaiters();
      },
      closed: (error) => this.#hasClosed(error),
    });
    // Frames may have come in the same packet as the end of the handshake.
    this.#readFrames();
  }

  /** Calls a function on the node. Rejects with `rpc_failed` when it raises, throws or exits. */
  async call(
    module: string,
    name: string,
    args: readonly Term[] = [],
    options: CallOptions = {},
  ): Promise<Term> {
    this.#requireOpen(`${module}:${name}/${String(args.length)} was not called`);
    if (options.signal?.aborted === true) {
      const text = `the call of ${module}:${name}/${String(args.length)} was aborted before it began`;
      throw new DistError("aborted", text, { cause: options.signal.reason });
    }
    const request = this.#identifiers.reference();
    const target = { node: this.node, module, function: name, args };
    const call = new RemoteCall(this.#identifiers.reference(), target, options, (pid) =>
      this.#write([OP.PAYLOAD_EXIT2, this.self, pid], atom("kill")),
    );
    this.#calls.set(keyOf(request), call);
    const entry = tuple(atom("erpc"), atom("execute_call"), integer(4));
    this.#write(
      [OP.SPAWN_REQUEST, request, this.self, this.#groupLeader, entry, list([atom("monitor")])],
      call.spawnArguments,
    );
    return await call.result;
  }

  /**
   * Sends a message to a process, a registered name or an alias. Resolves when the message has left
   * or may be followed by more; awaiting it keeps what waits here bounded.
   */
  async send(to: PidTerm | ReferenceTerm | string, message: Term): Promise<void> {
    this.#requireOpen("the message was not sent");
    const fits = this.#write(sendControl(this.self, to), message);
    if (fits) return;
    await new Promise<void>((resolve) => {
      this.#drainWaiters.push(resolve);
    });
    this.#requireOpen("the message may not have arrived");
  }

  /** Watches a process, or what is registered under a name. */
  monitor(target: PidTerm | string): Monitor {
    this.#requireOpen("nothing can be monitored");
    const process = typeof target === "string" ? atom(target) : target;
    const reference = this.#identifiers.reference();
    const key = keyOf(reference);
    const down = new Promise<Term>((resolve) => {
      this.#monitors.set(key, resolve);
    });
    this.#write([OP.MONITOR_P, this.self, process, reference]);
    const cancel = (): void => {
      if (!this.#monitors.delete(key) || this.#ending !== null) return;
      this.#write([OP.DEMONITOR_P, this.self, process, reference]);
    };
    return { down, cancel };
  }

  /** Links our process to one of the node: it is told `noconnection` when we go without unlinking. */
  link(pid: PidTerm): Link {
    this.#requireOpen("nothing can be linked");
    const key = pidKey(pid);
    const earlier = this.#links.get(key);
    const exit = new Promise<Term>((resolve) => {
      this.#links.set(key, (reason) => {
        earlier?.(reason);
        resolve(reason);
      });
    });
    this.#write([OP.LINK, this.self, pid]);
    const unlink = (): void => {
      if (!this.#links.delete(key) || this.#ending !== null) return;
      const { ids } = this.#identifiers.reference();
      this.#write([OP.UNLINK_ID, integer(ids[0] ?? 1), this.self, pid]);
    };
    return { exit, unlink };
  }

  /**
   * Messages to us, and exit signals of processes that are not linked as `{'EXIT', Pid, Reason}`.
   * What comes while nobody listens is dropped, as for a process that does not exist.
   */
  onMessage(listener: Listener<IncomingMessage>): Disposable {
    return this.#messages.on("message", listener);
  }

  /** Kills the processes of calls still running, sends what was written, and disconnects. */
  async close(): Promise<void> {
    if (!this.#isClosed && this.#ending === null) {
      const reason = `the connection to ${this.node} was closed here`;
      for (const call of this.#calls.values()) call.abandon("closed", "was given up by close()");
      await this.#noCallIsStarting();
      this.#end({ code: "requested", reason });
    }
    await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  // A process that the node has not yet named to us cannot be killed: its name is waited for.
  async #noCallIsStarting(): Promise<void> {
    if (!this.#isACallStarting()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
      this.#noCallStarting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #isACallStarting(): boolean {
    for (const call of this.#calls.values()) if (call.isStarting) return true;
    return false;
  }

  #end(why: Closed): void {
    this.#ending ??= why;
    clearInterval(this.#timer);
    this.#transport.end();
    setTimeout(() => this.#transport.destroy(), CLOSE_TIMEOUT_MS).unref();
  }

  #abort(why: Closed): void {
    this.#ending ??= why;
    this.#transport.destroy();
  }

  #hasClosed(error: Error | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    const cause = error === null ? "the node closed it or ended" : error.message;
    const lost: Closed = {
      code: "lost",
      reason: `the connection to ${this.node} was lost (${cause})`,
    };
    const why = (this.#ending ??= lost);
    for (const call of this.#calls.values()) call.lost(why.reason);
    this.#calls.clear();
    const noConnection = atom("noconnection");
    for (const down of this.#monitors.values()) down(noConnection);
    this.#monitors.clear();
    for (const exit of this.#links.values()) exit(noConnection);
    this.#links.clear();
    this.#releaseDrainWaiters();
    this.#noCallStarting?.();
    this.#resolveClosed(why);
  }

  #requireOpen(consequence: string): void {
    if (this.#ending === null) return;
    throw new DistError("closed", `${consequence}: ${this.#ending.reason}; connect again`);
  }

  #releaseDrainWaiters(): void {
    const waiters = this.#drainWaiters;
    this.#drainWaiters = [];
    for (const resume of waiters) resume();
  }

  #beat(): void {
    const now = performance.now();
    switch (this.#heartbeat.beat(now)) {
      case "none":
        return;
      case "tick":
        this.#writeBytes(TICK);
        return;
      case "ask":
        // No process can have this name, so every node answers at once: noproc.
        this.#write([OP.MONITOR_P, this.self, atom("undefined"), this.#identifiers.reference()]);
        return;
      case "dead":
        this.#abort({
          code: "silent",
          reason: `${this.node} was silent for longer than net_ticktime; it hangs or the network is cut`,
        });
    }
  }

  #readFrames(): void {
    while (this.#ending?.code !== "bad_frame") {
      const frame = this.#splitter.next();
      if (!frame.ok) {
        const { length, limit } = frame.error;
        this.#badFrame(`a frame of ${String(length)} bytes (at most ${String(limit)} are taken)`);
        return;
      }
      if (frame.value === null) return;
      if (frame.value.length === 0) this.#reply(TICK);
      else this.#readFrame(frame.value);
    }
  }

  #readFrame(frame: Uint8Array): void {
    const control = decodeFrame(frame);
    if (control.ok) this.#handle(control.value);
    else this.#badFrame(control.error);
  }

  #badFrame(what: string): void {
    this.#abort({ code: "bad_frame", reason: `${this.node} sent ${what}` });
  }

  #handle(control: Control): void {
    switch (control.kind) {
      case "spawned":
        this.#spawned(control.request, control.result);
        return;
      case "down":
        this.#down(control.reference, control.reason);
        return;
      case "send":
        this.#deliver(control);
        return;
      case "exit":
        this.#exited(control.from, control.to, control.reason);
        return;
      case "monitor":
        if (this.#exists(control.target)) return;
        this.#replyControl(
          [OP.PAYLOAD_MONITOR_P_EXIT, control.target, control.from, control.reference],
          atom("noproc"),
        );
        return;
      case "link":
        if (this.#exists(control.to)) return;
        this.#replyControl([OP.PAYLOAD_EXIT, control.to, control.from], atom("noproc"));
        return;
      case "unlink":
        this.#replyControl([OP.UNLINK_ID_ACK, control.id, control.to, control.from]);
        return;
      case "spawn":
        // flags 0: neither link nor monitor was made
        this.#replyControl([
          OP.SPAWN_REPLY,
          control.request,
          control.from,
          integer(0),
          atom("notsup"),
        ]);
        return;
      case "unlinked":
      case "demonitor":
      case "group_leader":
        return;
      default:
        assertNever(control);
    }
  }

  #spawned(request: ReferenceTerm, result: Term): void {
    const key = keyOf(request);
    const call = this.#calls.get(key);
    if (call === undefined) return;
    if (!call.spawned(result)) this.#calls.delete(key);
    if (!this.#isACallStarting()) this.#noCallStarting?.();
  }

  #down(reference: ReferenceTerm, reason: Term): void {
    const key = keyOf(reference);
    const call = this.#calls.get(key);
    this.#calls.delete(key);
    call?.down(reason);
    const down = this.#monitors.get(key);
    this.#monitors.delete(key);
    down?.(reason);
  }

  #deliver({ to, from, message }: IncomingMessage): void {
    const io = answerIo(message);
    if (io !== null) this.#replyControl([OP.SEND_SENDER, this.#groupLeader, io.to], io.reply);
    else this.#messages.emit("message", { to, from, message });
  }

  #exited(from: Term, to: PidTerm, reason: Term): void {
    const key = from.kind === "pid" ? pidKey(from) : "";
    const exit = this.#links.get(key);
    this.#links.delete(key);
    if (exit !== undefined) {
      exit(reason);
      return;
    }
    const message = tuple(atom("EXIT"), from, reason);
    this.#messages.emit("message", { to, from: from.kind === "pid" ? from : null, message });
  }

  #exists(target: Address): boolean {
    if (target.kind !== "pid") return false;
    const key = pidKey(target);
    return key === pidKey(this.self) || key === pidKey(this.#groupLeader);
  }

  #write(control: readonly [number, ...Term[]], message?: Term): boolean {
    let fits = true;
    for (const piece of encodeFrame(control, message)) fits = this.#writeBytes(piece);
    return fits;
  }

  #writeBytes(bytes: Uint8Array): boolean {
    this.#heartbeat.sent(performance.now());
    return this.#transport.write(bytes);
  }

  #replyControl(control: readonly [number, ...Term[]], message?: Term): void {
    if (!this.#write(control, message)) this.#transport.pause();
  }

  // A peer that asks but does not read would fill our memory with answers: it is not read meanwhile.
  #reply(bytes: Uint8Array): void {
    if (!this.#writeBytes(bytes)) this.#transport.pause();
  }
}

function sendControl(
  self: PidTerm,
  to: PidTerm | ReferenceTerm | string,
): readonly [number, ...Term[]] {
  if (typeof to === "string") return [OP.REG_SEND, self, UNUSED, atom(to)];
  return [to.kind === "pid" ? OP.SEND_SENDER : OP.ALIAS_SEND, self, to];
}

const UNUSED: AtomTerm = atom("");

function keyOf(reference: ReferenceTerm): string {
  return `${String(reference.creation)}.${reference.ids.join(".")}`;
}

function pidKey(pid: PidTerm): string {
  return `${pid.node} ${String(pid.creation)}.${String(pid.id)}.${String(pid.serial)}`;
}
