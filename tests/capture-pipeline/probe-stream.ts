// Writes the probe's byte format, for tests: every record kind with terms as the probe would encode
// them. Time is given in ns; indexes are handed out as the probe does, on first use.

import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { atom, encode, integer, list, map, tuple, type Term } from "@elixirscope/etf";
import { FRAME, GAP_REASON, PROBE_PROTOCOL, RECORD, type GapReason } from "@elixirscope/trace";

export const NODE = "shop@127.0.0.1";

export function pid(id: number, node: string = NODE): Term {
  return { kind: "pid", node, id, serial: 0, creation: 1 };
}

export function reference(n: number): Term {
  return { kind: "reference", node: NODE, creation: 1, ids: [n, 2, 3] };
}

export function call(request: Term, from: Term, tag: Term): Term {
  return tuple(atom("$gen_call"), tuple(from, tag), request);
}

export function aliasTag(ref: Term): Term {
  return list([atom("alias")], ref);
}

export class ProbeStream {
  #records: Buffer[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #functions = new Map<string, number>();

  record(
    kind: number,
    t: number,
    pidIndex: number,
    ref: number,
    payload: Uint8Array,
    flags = 0,
  ): this {
    const header = Buffer.alloc(22);
    header.writeUInt8(kind, 0);
    header.writeUInt8(flags, 1);
    header.writeBigUInt64BE(BigInt(t), 2);
    header.writeUInt32BE(pidIndex, 10);
    header.writeUInt32BE(ref, 14);
    header.writeUInt32BE(payload.length, 18);
    this.#records.push(Buffer.concat([header, payload]));
    return this;
  }

  /** The index of a pid, name or alias; defined when it is new. */
  index(term: Term | null): number {
    if (term === null) return 0;
    const bytes = encode(term);
    const key = Buffer.from(bytes).toString("latin1");
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    const index = this.#indexes.size + 1;
    this.#indexes.set(key, index);
    this.record(RECORD.DEF_PID, 0, index, 0, bytes);
    return index;
  }

  fn(module: string, name: string, arity: number): number {
    const key = `${module}.${name}/${String(arity)}`;
    const known = this.#functions.get(key);
    if (known !== undefined) return known;
    const index = this.#functions.size + 1;
    this.#functions.set(key, index);
    this.record(
      RECORD.DEF_MFA,
      0,
      0,
      index,
      encode(tuple(atom(module), atom(name), integer(arity))),
    );
    return index;
  }

  call(
    t: number,
    who: Term,
    mfa: readonly [string, string, number],
    args: Term = list([]),
    flags = 0,
  ): this {
    const who1 = this.index(who);
    return this.record(RECORD.CALL, t, who1, this.fn(...mfa), encode(args), flags);
  }

  return(
    t: number,
    who: Term,
    mfa: readonly [string, string, number],
    result: Term = atom("ok"),
  ): this {
    return this.record(RECORD.RETURN, t, this.index(who), this.fn(...mfa), encode(result));
  }

  exception(t: number, who: Term, mfa: readonly [string, string, number], reason: Term): this {
    const term = tuple(atom("error"), reason);
    return this.record(RECORD.EXCEPTION, t, this.index(who), this.fn(...mfa), encode(term));
  }

  send(t: number, from: Term, to: Term, message: Term, flags = 0): this {
    const sender = this.index(from);
    return this.record(RECORD.SEND, t, sender, this.index(to), encode(message), flags);
  }

  receive(t: number, who: Term, from: Term | null, message: Term, flags = 0): this {
    const receiver = this.index(who);
    return this.record(RECORD.RECEIVE, t, receiver, this.index(from), encode(message), flags);
  }

  handle(t: number, who: Term, message: Term): this {
    return this.record(RECORD.HANDLE, t, this.index(who), 0, encode(message));
  }

  state(t: number, who: Term, phase: number, state: Term): this {
    return this.record(RECORD.STATE, t, this.index(who), phase, encode(state));
  }

  spawn(t: number, parent: Term, child: Term): this {
    const from = this.index(parent);
    const mfa = tuple(atom("erlang"), atom("apply"), list([]));
    return this.record(RECORD.SPAWN, t, from, this.index(child), encode(mfa));
  }

  exit(t: number, who: Term, reason: Term): this {
    return this.record(RECORD.EXIT, t, this.index(who), 0, encode(reason));
  }

  between(kind: number, t: number, who: Term, other: Term): this {
    const first = this.index(who);
    return this.record(kind, t, first, this.index(other), new Uint8Array(0));
  }

  named(kind: number, t: number, who: Term, name: string): this {
    return this.record(kind, t, this.index(who), 0, encode(atom(name)));
  }

  facts(
    t: number,
    who: Term,
    facts: Readonly<Record<string, Term>>,
    parent: Term | null = null,
  ): this {
    const entries = Object.entries(facts).map(([key, value]) => [atom(key), value] as const);
    const index = this.index(who);
    return this.record(RECORD.PROCESS, t, index, this.index(parent), encode(map(entries)));
  }

  gap(tFrom: number, t: number, who: Term | null, reason: GapReason, count: number): this {
    const facts = map([
      [atom("t_from"), integer(tFrom)],
      [atom("count"), integer(count)],
    ]);
    return this.record(RECORD.GAP, t, this.index(who), GAP_REASON[reason], encode(facts));
  }

  /** The records so far, which are then forgotten; the indexes stay. */
  take(): Buffer {
    const bytes = Buffer.concat(this.#records);
    this.#records = [];
    return bytes;
  }
}

export function frame(type: number, body: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(body.length + 1, 0);
  header.writeUInt8(type, 4);
  return Buffer.concat([header, body]);
}

export function hello(token: Uint8Array, protocol: number = PROBE_PROTOCOL): Buffer {
  const version = Buffer.alloc(2);
  version.writeUInt16BE(protocol);
  const facts = encode(map([[atom("otp"), atom("25")]]));
  return frame(FRAME.HELLO, Buffer.concat([version, token, facts]));
}

export function batch(sequence: number, records: Uint8Array): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(sequence);
  return frame(FRAME.BATCH, Buffer.concat([number, records]));
}

export function bye(): Buffer {
  return frame(FRAME.BYE, encode(tuple(atom("normal"), map([]))));
}

/** A probe's socket: awaits its turn when the collector does not read. */
export class ProbeSocket {
  readonly socket: Socket;
  sequence = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    // an end forced by the collector shows as `close`
    socket.on("error", () => undefined);
  }

  static async connect(port: number, host = "127.0.0.1"): Promise<ProbeSocket> {
    const socket = connect(port, host);
    await once(socket, "connect");
    return new ProbeSocket(socket);
  }

  /** Resolves when the socket takes more, or never will. */
  async write(bytes: Uint8Array): Promise<void> {
    const { socket } = this;
    if (socket.destroyed || socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        socket.off("drain", done);
        socket.off("close", done);
        resolve();
      };
      socket.on("drain", done);
      socket.on("close", done);
    });
  }

  async batch(records: Uint8Array): Promise<void> {
    await this.write(batch(this.sequence++, records));
  }

  async end(): Promise<void> {
    await this.write(bye());
    this.socket.end();
  }

  closed(): Promise<unknown> {
    return this.socket.closed ? Promise.resolve() : once(this.socket, "close");
  }
}
