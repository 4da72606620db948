// A live connection to a node: remote calls, messages, monitors and links, and what a node owes its
// peer (a group leader that answers, noproc for unknown processes, unlink acknowledgements).

import { assertNever, Emitter, type Listener } from "@elixirscope/base";
import {
  atom,
  integer,
  tuple,
  type PidTerm,
  type ReferenceTerm,
  type Term,
} from "@elixirscope/etf";
import { Calls } from "./calls.ts";
import { Channel, type Closed, type ConnectionLimits } from "./channel.ts";
import { OP, type Address, type Control, type ControlTuple } from "./control.ts";
import { DistError } from "./dist-error.ts";
import type { FrameSplitter } from "./frame-splitter.ts";
import type { Peer } from "./handshake.ts";
import { Identifiers, pidKey } from "./identifiers.ts";
import { answerIo } from "./io-server.ts";
import type { CallOptions } from "./remote-call.ts";
import type { Transport } from "./transport.ts";
import { Watches, type Link, type Monitor } from "./watches.ts";

/** A message from the node. `to` tells pids, registered names and aliases of ours apart. */
export interface IncomingMessage {
  readonly to: Address;
  readonly from: PidTerm | null;
  readonly message: Term;
}

const CLOSE_TIMEOUT_MS = 2_000;

export class Connection {
  readonly node: string;
  readonly localNode: string;
  /** Our process: where answers come to. */
  readonly self: PidTerm;
  /** Resolves when the connection has ended, for whatever reason. Never rejects. */
  readonly closed: Promise<Closed>;

  readonly #channel: Channel;
  readonly #calls: Calls;
  readonly #watches: Watches;
  readonly #identifiers: Identifiers;
  readonly #groupLeader: PidTerm;
  readonly #messages: Emitter<{ message: IncomingMessage }> = new Emitter();
  #closing: Promise<void> | null = null;

  constructor(transport: Transport, splitter: FrameSplitter, peer: Peer, limits: ConnectionLimits) {
    this.node = peer.node;
    this.localNode = peer.localNode;
    this.#identifiers = new Identifiers(peer.localNode, peer.localCreation);
    this.self = this.#identifiers.pid();
    this.#groupLeader = this.#identifiers.pid();
    this.#channel = new Channel(peer.node, transport, splitter, limits, {
      control: (control) => this.#handle(control),
      ask: () => this.#ask(),
      closed: (why) => {
        this.#calls.lost(why.reason);
        this.#watches.lost();
      },
    });
    this.closed = this.#channel.closed;
    const write = (control: ControlTuple, message?: Term): void => {
      if (!this.#channel.isEnding) this.#channel.write(control, message);
    };
    this.#calls = new Calls(this.self, this.#groupLeader, this.#identifiers, write);
    this.#watches = new Watches(this.self, this.#identifiers, write);
    this.#channel.open();
  }

  /** Calls a function on the node. Rejects with `rpc_failed` when it raises, throws or exits. */
  async call(
    module: string,
    name: string,
    args: readonly Term[] = [],
    options: CallOptions = {},
  ): Promise<Term> {
    const what = `${module}:${name}/${String(args.length)}`;
    this.#requireOpen(`${what} was not called`);
    if (options.signal?.aborted === true) {
      const text = `the call of ${what} was aborted before it began`;
      throw new DistError("aborted", text, { cause: options.signal.reason });
    }
    return await this.#calls.start({ node: this.node, module, function: name, args }, options);
  }

  /**
   * Sends a message to a process, a registered name or an alias. Resolves when the message has left
   * or more may follow it; awaiting that keeps what waits here bounded.
   */
  async send(to: PidTerm | ReferenceTerm | string, message: Term): Promise<void> {
    this.#requireOpen("the message was not sent");
    if (this.#channel.write(sendControl(this.self, to), message)) return;
    await this.#channel.drained();
    this.#channel.requireOpen("the message may not have arrived");
  }

  /** Watches a process, or what is registered under a name. */
  monitor(target: PidTerm | string): Monitor {
    this.#requireOpen("nothing can be monitored");
    return this.#watches.monitor(target);
  }

  /** Links our process to one of the node: it is told `noconnection` when we go without unlinking. */
  link(pid: PidTerm): Link {
    this.#requireOpen("nothing can be linked");
    return this.#watches.link(pid);
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
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    await this.#calls.abandonAll(CLOSE_TIMEOUT_MS);
    const reason = `the connection to ${this.node} was closed here`;
    this.#channel.end({ code: "requested", reason });
    await this.closed;
  }

  #requireOpen(consequence: string): void {
    this.#channel.requireOpen(consequence);
    if (this.#closing === null) return;
    throw new DistError("closed", `${consequence}: the connection to ${this.node} is being closed`);
  }

  // No process can be registered under this name, so every node answers at once: noproc.
  #ask(): void {
    const reference = this.#identifiers.reference();
    this.#channel.write([OP.MONITOR_P, this.self, atom("undefined"), reference]);
  }

  #handle(control: Control): void {
    switch (control.kind) {
      case "spawned":
        this.#calls.spawned(control.request, control.result);
        return;
      case "down":
        if (this.#calls.down(control.reference, control.reason)) return;
        this.#watches.down(control.reference, control.reason);
        return;
      case "send":
        this.#deliver(control);
        return;
      case "exit":
        this.#exited(control.from, control.to, control.reason);
        return;
      case "unlinked":
        this.#watches.unlinked(control.from);
        return;
      case "monitor":
      case "link":
      case "unlink":
      case "spawn":
        this.#answer(control);
        return;
      case "demonitor":
      case "group_leader":
        return;
      default:
        assertNever(control);
    }
  }

  #answer(control: Control & { readonly kind: "monitor" | "link" | "unlink" | "spawn" }): void {
    const noproc = atom("noproc");
    const { from } = control;
    switch (control.kind) {
      case "monitor": {
        const { target, reference } = control;
        if (this.#exists(target)) return;
        this.#channel.reply([OP.PAYLOAD_MONITOR_P_EXIT, target, from, reference], noproc);
        return;
      }
      case "link":
        if (this.#exists(control.to)) return;
        this.#channel.reply([OP.PAYLOAD_EXIT, control.to, from], noproc);
        return;
      case "unlink":
        this.#channel.reply([OP.UNLINK_ID_ACK, control.id, control.to, from]);
        return;
      case "spawn": {
        const noneMade = integer(0);
        this.#channel.reply([OP.SPAWN_REPLY, control.request, from, noneMade, atom("notsup")]);
        return;
      }
      default:
        assertNever(control);
    }
  }

  #deliver({ to, from, message }: IncomingMessage): void {
    const io = answerIo(message);
    if (io === null) this.#messages.emit("message", { to, from, message });
    else this.#channel.reply([OP.SEND_SENDER, this.#groupLeader, io.to], io.reply);
  }

  #exited(from: Term, to: PidTerm, reason: Term): void {
    const pid = from.kind === "pid" ? from : null;
    if (pid !== null && this.#watches.exited(pid, reason)) return;
    this.#messages.emit("message", { to, from: pid, message: tuple(atom("EXIT"), from, reason) });
  }

  #exists(target: Address): boolean {
    if (target.kind !== "pid") return false;
    const key = pidKey(target);
    return key === pidKey(this.self) || key === pidKey(this.#groupLeader);
  }
}

function sendControl(self: PidTerm, to: PidTerm | ReferenceTerm | string): ControlTuple {
  if (typeof to === "string") return [OP.REG_SEND, self, atom(""), atom(to)];
  return [to.kind === "pid" ? OP.SEND_SENDER : OP.ALIAS_SEND, self, to];
}
