// The line from the VMs of the command to us: loopback, frames of `u32 length, u32 request, one term`.
// A VM shows the token first, in a `hello` with facts about itself. Request 0 wants no answer.

import { timingSafeEqual } from "node:crypto";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { messageOf } from "@elixirscope/base";
import { atom, decode, encode, type Term } from "@elixirscope/etf";
import {
  atomOf,
  bytesOf,
  entryOf,
  itemsOf,
  optional,
  textOf,
} from "../control/target/read-term.ts";

export type VmFacts = {
  readonly node: string;
  readonly otpRelease: string;
  readonly elixir: string | null;
  readonly system: string;
  readonly osPid: number;
};

export type VmRequest = { readonly name: string; readonly args: readonly Term[] };

/** One Erlang VM that the command started. */
export type Vm = {
  readonly facts: VmFacts;
  /** Without a request's number; only `record` is answered so. */
  readonly tell: (message: Term) => void;
  readonly close: () => void;
};

export type VmListener = {
  readonly onHello: (vm: Vm) => void;
  /** The answer, or null for a request that wants none. */
  readonly onRequest: (vm: Vm, request: VmRequest) => Promise<Term | null>;
  readonly onGone: (vm: Vm) => void;
  /** Something that we do not understand; the VM goes on without us. */
  readonly onFault: (message: string) => void;
};

const FRAME_MAX = 256 * 1024 * 1024;

export class ControlServer {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, port: number, sockets: Set<Socket>) {
    this.#server = server;
    this.port = port;
    this.#sockets = sockets;
  }

  static async listen(host: string, token: string, listener: VmListener): Promise<ControlServer> {
    const sockets = new Set<Socket>();
    const server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      serve(socket, token, listener);
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, host, resolve);
    });
    return new ControlServer(server, portOf(server.address()), sockets);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

function serve(socket: Socket, token: string, listener: VmListener): void {
  let vm: Vm | null = null;
  let queue = Promise.resolve();
  const fail = (message: string): void => {
    listener.onFault(message);
    socket.destroy();
  };
  const answerAfter = async (
    earlier: Promise<void>,
    to: Vm,
    id: number,
    request: VmRequest,
  ): Promise<void> => {
    await earlier;
    try {
      const answer = await listener.onRequest(to, request);
      if (id !== 0) send(socket, id, answer ?? atom("none"));
    } catch (thrown) {
      fail(`${request.name}: ${messageOf(thrown)}`);
    }
  };
  const frames = new Frames((id, bytes) => {
    const decoded = decode(bytes);
    if (!decoded.ok) return fail(`a VM sent a broken term: ${decoded.error.message}`);
    try {
      const { name, args } = requestOf(decoded.value);
      if (vm === null) {
        if (name !== "hello" || !isToken(args[0], token)) return fail("a VM without our token");
        vm = newVm(socket, factsOf(args[1]));
        return listener.onHello(vm);
      }
      const known = vm;
      // one after the other: an answer may have to wait for the recording
      queue = answerAfter(queue, known, id, { name, args });
    } catch (thrown) {
      fail(messageOf(thrown));
    }
  });
  socket.on("data", (chunk) => {
    if (!frames.push(chunk)) fail("a VM sent an impossible length");
  });
  // what breaks also closes
  socket.on("error", () => undefined);
  socket.on("close", () => {
    if (vm !== null) void queue.then(() => vm !== null && listener.onGone(vm));
  });
}

function newVm(socket: Socket, facts: VmFacts): Vm {
  return { facts, tell: (message) => send(socket, 0, message), close: () => socket.destroy() };
}

function send(socket: Socket, id: number, message: Term): void {
  const bytes = encode(message);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(bytes.length + 4, 0);
  header.writeUInt32BE(id, 4);
  socket.cork();
  socket.write(header);
  socket.write(bytes);
  socket.uncork();
}

/** Puts frames together; chunks are joined once a frame is complete. */
class Frames {
  readonly #onFrame: (id: number, bytes: Uint8Array) => void;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(onFrame: (id: number, bytes: Uint8Array) => void) {
    this.#onFrame = onFrame;
  }

  /** False: what comes is not ours. */
  push(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    while (this.#length >= 4) {
      const [first] = this.#chunks;
      if (first === undefined || first.length < 4) this.#join();
      const size = this.#chunks[0]?.readUInt32BE(0) ?? 0;
      if (size < 4 || size > FRAME_MAX) return false;
      if (this.#length < size + 4) return true;
      const all = this.#join();
      this.#chunks = [all.subarray(size + 4)];
      this.#length -= size + 4;
      this.#onFrame(all.readUInt32BE(4), all.subarray(8, size + 4));
    }
    return true;
  }

  #join(): Buffer {
    const [first] = this.#chunks;
    const all =
      this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}

function requestOf(term: Term): VmRequest {
  if (term.kind === "atom") return { name: term.name, args: [] };
  const [name, ...args] = itemsOf(term);
  return { name: atomOf(name), args };
}

function isToken(term: Term | undefined, token: string): boolean {
  const shown = Buffer.from(bytesOf(term));
  const wanted = Buffer.from(token);
  return shown.length === wanted.length && timingSafeEqual(shown, wanted);
}

function factsOf(term: Term | undefined): VmFacts {
  const facts = term ?? { kind: "map", entries: [] };
  return {
    node: atomOf(entryOf(facts, "node")),
    otpRelease: textOf(entryOf(facts, "otp")),
    elixir: optional(entryOf(facts, "elixir"), textOf),
    system: textOf(entryOf(facts, "system")),
    osPid: Number(textOf(entryOf(facts, "os_pid"))),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("bug: no TCP port");
  return address.port;
}
