// Control messages over a transport: framing, ticks, back-pressure, and one end with one reason.

import type { Term } from "@elixirscope/etf";
import { decodeFrame, encodeFrame, type Control, type ControlTuple } from "./control.ts";
import { DistError } from "./dist-error.ts";
import type { FrameSplitter } from "./frame-splitter.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { Transport } from "./transport.ts";

export interface Closed {
  readonly code: "requested" | "lost" | "silent" | "bad_frame";
  readonly reason: string;
}

export interface ConnectionLimits {
  /** The node is given up after this long without a byte from it. */
  readonly netTickMs: number;
  /** A longer frame ends the connection. */
  readonly maxFrameBytes: number;
}

export interface ChannelListener {
  control(control: Control): void;
  /** The node is silent: send something that it must answer. */
  ask(): void;
  /** Called once, last. */
  closed(why: Closed): void;
}

const TICK = new Uint8Array(4);
const END_TIMEOUT_MS = 2_000;

export class Channel {
  /** Resolves after the listener heard of it. Never rejects. */
  readonly closed: Promise<Closed>;
  readonly #node: string;
  readonly #transport: Transport;
  readonly #splitter: FrameSplitter;
  readonly #listener: ChannelListener;
  readonly #heartbeat: Heartbeat;
  readonly #timer: NodeJS.Timeout;
  #drainWaiters: (() => void)[] = [];
  #ending: Closed | null = null;
  #isClosed = false;
  #resolveClosed: (why: Closed) => void = () => undefined;

  constructor(
    node: string,
    transport: Transport,
    splitter: FrameSplitter,
    limits: ConnectionLimits,
    listener: ChannelListener,
  ) {
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#node = node;
    this.#transport = transport;
    this.#splitter = splitter;
    this.#listener = listener;
    splitter.changePrefix(4, limits.maxFrameBytes);
    this.#heartbeat = new Heartbeat(limits.netTickMs, performance.now());
    this.#timer = setInterval(() => this.#beat(), this.#heartbeat.intervalMs);
    this.#timer.unref();
  }

  /** Begins to read; frames that came with the end of the handshake are handled before it returns. */
  open(): void {
    this.#transport.listen({
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
    this.#readFrames();
  }

  get isEnding(): boolean {
    return this.#ending !== null;
  }

  /** Throws once the channel is ending; `consequence` says what that means for the caller. */
  requireOpen(consequence: string): void {
    if (this.#ending === null) return;
    throw new DistError("closed", `${consequence}: ${this.#ending.reason}; connect again`);
  }

  /** False: what is written waits here; see `drained`. */
  write(control: ControlTuple, message?: Term): boolean {
    let fits = true;
    for (const piece of encodeFrame(control, message)) fits = this.#writeBytes(piece);
    return fits;
  }

  /**
   * Writes what the node asked for. One that asks but does not read would fill our memory with
   * answers: it is not read meanwhile.
   */
  reply(control: ControlTuple, message?: Term): void {
    if (!this.write(control, message)) this.#transport.pause();
  }

  /** Resolves when what waits has left, or never will. */
  async drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#drainWaiters.push(resolve);
    });
  }

  /** Sends what was written, then disconnects. */
  end(why: Closed): void {
    this.#ending ??= why;
    this.#transport.end();
    setTimeout(() => this.#transport.destroy(), END_TIMEOUT_MS).unref();
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
      reason: `the connection to ${this.#node} was lost (${cause})`,
    };
    const why = (this.#ending ??= lost);
    this.#releaseDrainWaiters();
    this.#listener.closed(why);
    this.#resolveClosed(why);
  }

  #releaseDrainWaiters(): void {
    const waiters = this.#drainWaiters;
    this.#drainWaiters = [];
    for (const resume of waiters) resume();
  }

  #beat(): void {
    const action = this.#heartbeat.beat(performance.now());
    if (action === "tick") this.#writeBytes(TICK);
    if (action === "ask") this.#listener.ask();
    if (action !== "dead") return;
    const reason = `${this.#node} was silent for longer than net_ticktime; it hangs or the network is cut`;
    this.#abort({ code: "silent", reason });
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
      if (frame.value.length > 0) this.#readFrame(frame.value);
      else if (!this.#writeBytes(TICK)) this.#transport.pause();
    }
  }

  #readFrame(frame: Uint8Array): void {
    const control = decodeFrame(frame);
    if (control.ok) this.#listener.control(control.value);
    else this.#badFrame(control.error);
  }

  #badFrame(what: string): void {
    this.#abort({ code: "bad_frame", reason: `${this.#node} sent ${what}` });
  }

  #writeBytes(bytes: Uint8Array): boolean {
    this.#heartbeat.sent(performance.now());
    return this.#transport.write(bytes);
  }
}
