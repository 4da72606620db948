// The listener for the probe: who may talk, what counts as a frame, and how fast it is read.
//
// Nothing a peer sends is trusted. One peer at a time is the probe; what it sends goes to the ring in
// order, and when the ring blocks the socket is not read, so that the probe runs out of credit and
// counts the loss where it happens.

import { timingSafeEqual } from "node:crypto";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { assert, messageOf } from "@elixirscope/base";
import { FRAME, PROBE_PROTOCOL, SESSION_TOKEN_BYTES } from "@elixirscope/trace";
import { u32 } from "./big-endian.ts";
import { FrameSplitter, type Frame } from "./frame-splitter.ts";
import { countEvents, essentialRecords } from "./record-walk.ts";
import { RingBuffer } from "./ring-buffer.ts";
import type { RingWriter } from "./ring-writer.ts";
import { RING, type FromIngest, type IngestOptions } from "./threads.ts";

/** How long a full ring is left alone before it is tried again. */
const RETRY_MS = 1;
/** The most that is waited for what a probe still sends, or for room in the ring. */
const DRAIN_MS = 30_000;
const GRACE_POLL_MS = 20;
const MAX_CONNECTIONS = 8;
/** `u16 protocol` and the token */
const HELLO_BYTES = 2 + SESSION_TOKEN_BYTES;

type Ending = { readonly kind: "bye" | "lost"; readonly reason: string };

export class Ingest {
  readonly #options: IngestOptions;
  readonly #report: (message: FromIngest) => void;
  readonly #server: Server;
  readonly #ring: RingWriter;
  readonly #essentials: RingWriter | null;
  readonly #peers = new Set<Peer>();
  #probe: Peer | null = null;
  #discarding: { reason: string; frames: number; events: number } | null = null;
  #closing = false;

  constructor(options: IngestOptions, report: (message: FromIngest) => void) {
    this.#options = options;
    this.#report = report;
    this.#ring = RingBuffer.from(options.ring).writer();
    this.#essentials =
      options.essentials === null ? null : RingBuffer.from(options.essentials).writer();
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  listen(): void {
    this.#server.once("error", (cause) =>
      this.#report({ kind: "failed", message: messageOf(cause) }),
    );
    this.#server.listen(this.#options.port, this.#options.host, () => {
      const address = this.#server.address();
      assert(isAddress(address), "a TCP server has an address");
      this.#report({ kind: "listening", host: address.address, port: address.port });
    });
  }

  discard(reason: string): void {
    this.#discarding ??= { reason, frames: 0, events: 0 };
    this.#probe?.pump();
  }

  close(graceMs: number, writeEnd: boolean): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#server.close();
    for (const peer of this.#peers) if (peer !== this.#probe) peer.end("the session is over");
    const finish = (): void => {
      if (writeEnd) this.#writeEnd();
      else this.#report({ kind: "closed" });
    };
    const probe = this.#probe;
    if (probe === null) {
      finish();
      return;
    }
    // what the socket still holds is worth more than a quick end
    const closing = performance.now();
    const timer = setInterval(() => {
      const waited = performance.now() - closing;
      const silent = Math.min(waited, probe.silentMs());
      const isOver = waited > DRAIN_MS || (silent > graceMs && !probe.isHeldUp);
      if (isOver) probe.end("no goodbye in time");
    }, GRACE_POLL_MS);
    probe.onEnd = () => {
      clearInterval(timer);
      finish();
    };
  }

  #accept(socket: Socket): void {
    const peer = new Peer(socket, this.#options.helloTimeoutMs, {
      frame: (frame) => this.#frame(peer, frame),
      ended: (ending) => this.#ended(peer, ending),
    });
    this.#peers.add(peer);
  }

  /** False: not now, show it again. */
  #frame(peer: Peer, frame: Frame): boolean {
    if (frame.type === FRAME.HELLO) return this.#hello(peer, frame);
    if (peer !== this.#probe) {
      peer.end("it did not begin with HELLO");
      return true;
    }
    if (frame.type === FRAME.BATCH) return this.#batch(peer, frame);
    if (frame.type === FRAME.BYE) return this.#bye(peer, frame);
    peer.end(`a frame of unknown type ${String(frame.type)}`);
    return true;
  }

  #hello(peer: Peer, frame: Frame): boolean {
    const { bytes, start, end } = frame;
    const protocol = ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0);
    if (peer === this.#probe) peer.end("a second HELLO");
    else if (end - start < HELLO_BYTES) peer.end("a HELLO without token");
    else if (
      !timingSafeEqual(bytes.subarray(start + 2, start + HELLO_BYTES), this.#options.token)
    ) {
      peer.end("the session token is wrong");
    } else if (protocol !== PROBE_PROTOCOL) {
      peer.end(`it speaks protocol ${String(protocol)}, not ${String(PROBE_PROTOCOL)}`);
    } else if (this.#probe !== null || this.#closing) peer.end("the session has its probe already");
    else {
      this.#probe = peer;
      peer.welcome();
      const facts = bytes.slice(start + HELLO_BYTES, end);
      this.#report({ kind: "hello", protocol, facts });
    }
    return true;
  }

  #batch(peer: Peer, frame: Frame): boolean {
    const { bytes, start, end } = frame;
    if (end - start < 4) {
      peer.end("a batch without sequence number");
      return true;
    }
    const missing = (u32(bytes, start) - peer.sequence) >>> 0;
    if (missing > 0x7fff_ffff) {
      peer.end("a batch came twice");
      return true;
    }
    const events = countEvents(bytes, start + 4, end);
    if (!events.ok) {
      peer.end(`a malformed batch (${events.error.code} at ${String(events.error.offset)})`);
      return true;
    }
    if (missing > 0) {
      if (!this.#control(RING.missing, u32Bytes(missing))) return false;
      peer.sequence += missing;
    }
    if (this.#discarding !== null) {
      this.#discarding.frames += 1;
      this.#discarding.events += events.value;
    } else if (!this.#offer(peer, frame, events.value)) return false;
    peer.sequence += 1;
    return true;
  }

  #offer(peer: Peer, frame: Frame, events: number): boolean {
    const { bytes, start, end } = frame;
    if (this.#essentials !== null && peer.keptSequence !== peer.sequence) {
      const essential = essentialRecords(bytes, start + 4, end);
      if (essential !== null) {
        const number = this.#ring.nextNumber >>> 0;
        if (!this.#essentials.offer(number, 0, essential, 0, essential.length)) return false;
        peer.keptSequence = peer.sequence;
      }
    }
    return this.#ring.offer(RING.batch, events, bytes, start + 4, end);
  }

  #bye(peer: Peer, frame: Frame): boolean {
    if (!this.#control(RING.bye, new Uint8Array(0))) return false;
    this.#report({ kind: "bye", term: frame.bytes.slice(frame.start, frame.end) });
    peer.goodbye();
    return true;
  }

  #ended(peer: Peer, ending: Ending): void {
    this.#peers.delete(peer);
    if (peer !== this.#probe) {
      this.#report({ kind: "refused", from: peer.from, reason: ending.reason });
      return;
    }
    this.#probe = null;
    if (ending.kind === "lost") {
      this.#report({ kind: "lost", reason: ending.reason });
      this.#eventually(RING.lost, Buffer.from(ending.reason), () => peer.onEnd());
    } else peer.onEnd();
  }

  #writeEnd(): void {
    const end = (): void =>
      this.#eventually(RING.end, new Uint8Array(0), () => this.#report({ kind: "closed" }));
    if (this.#discarding === null) end();
    else {
      const { frames, events, reason } = this.#discarding;
      const counts = Buffer.alloc(16);
      counts.writeDoubleBE(events, 0);
      counts.writeDoubleBE(frames, 8);
      this.#eventually(RING.discarded, Buffer.concat([counts, Buffer.from(reason)]), end);
    }
  }

  /** What the reader must hear must not be dropped: it waits for room in every strategy. */
  #control(kind: number, bytes: Uint8Array): boolean {
    return this.#ring.offerKept(kind, bytes);
  }

  #eventually(kind: number, bytes: Uint8Array, then: () => void): void {
    if (this.#control(kind, bytes)) then();
    else setTimeout(() => this.#eventually(kind, bytes, then), RETRY_MS);
  }
}

type PeerEvents = {
  readonly frame: (frame: Frame) => boolean;
  readonly ended: (ending: Ending) => void;
};

/** One connection. */
class Peer {
  readonly from: string;
  /** the next batch's number */
  sequence = 0;
  keptSequence = -1;
  onEnd: () => void = () => undefined;
  readonly #socket: Socket;
  readonly #events: PeerEvents;
  readonly #frames = new FrameSplitter();
  readonly #helloTimer: NodeJS.Timeout;
  #retry: NodeJS.Timeout | null = null;
  #ending: Ending | null = null;
  #heardAt = performance.now();
  /** the socket ended; what was read of it is still to be looked at */
  #over: string | null = null;

  constructor(socket: Socket, helloTimeoutMs: number, events: PeerEvents) {
    this.#socket = socket;
    this.#events = events;
    this.from = `${socket.remoteAddress ?? "?"}:${String(socket.remotePort ?? 0)}`;
    socket.setNoDelay(true);
    this.#helloTimer = setTimeout(() => this.end("no HELLO in time"), helloTimeoutMs);
    socket.on("data", (chunk) => {
      this.#heardAt = performance.now();
      this.#frames.push(chunk);
      this.pump();
    });
    socket.on("end", () => this.#socketOver("the connection was closed"));
    socket.on("close", () => this.#socketOver("the connection was closed"));
    socket.on("error", (cause) => this.#socketOver(messageOf(cause)));
  }

  /** Since bytes came or a frame was taken. */
  silentMs(): number {
    return performance.now() - this.#heardAt;
  }

  /** A frame waits for room in the ring. */
  get isHeldUp(): boolean {
    return this.#retry !== null;
  }

  welcome(): void {
    clearTimeout(this.#helloTimer);
  }

  goodbye(): void {
    this.#finish({ kind: "bye", reason: "" });
  }

  end(reason: string): void {
    this.#finish({ kind: "lost", reason });
  }

  /** Hands on every whole frame, until the ring is full. */
  pump(): void {
    if (this.#retry !== null) {
      clearTimeout(this.#retry);
      this.#retry = null;
    }
    while (this.#ending === null) {
      const frame = this.#frames.peek();
      if (frame === "too_long") {
        this.end("a frame of impossible length");
        return;
      }
      if (frame === null) break;
      if (!this.#events.frame(frame)) {
        this.#socket.pause();
        this.#retry = setTimeout(() => this.pump(), RETRY_MS);
        return;
      }
      this.#frames.take(frame);
      this.#heardAt = performance.now();
    }
    if (this.#ending !== null) return;
    if (this.#over !== null) this.end(this.#over);
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  #socketOver(reason: string): void {
    if (this.#ending !== null || this.#over !== null) return;
    this.#over = this.#frames.pending > 0 ? `${reason} within a frame` : reason;
    this.pump();
  }

  #finish(ending: Ending): void {
    if (this.#ending !== null) return;
    this.#ending = ending;
    clearTimeout(this.#helloTimer);
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#socket.destroy();
    this.#events.ended(ending);
  }
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}

function u32Bytes(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
