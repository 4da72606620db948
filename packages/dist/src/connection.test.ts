// A connection over a transport in memory: what a real node would only do in bad hours.

import { assert } from "@elixirscope/base";
import { atom, binary, decodeAt, equal, integer, tuple, type Term } from "@elixirscope/etf";
import {
  array,
  assert as check,
  nat,
  oneof,
  property,
  tuple as tuples,
  uint8Array,
} from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Connection } from "./connection.ts";
import { decodeFrame, encodeFrame, OP, type ControlTuple } from "./control.ts";
import { FrameSplitter } from "./frame-splitter.ts";
import { Identifiers } from "./identifiers.ts";
import type { Transport, TransportListener } from "./transport.ts";

class MemoryTransport implements Transport {
  readonly written: Uint8Array[] = [];
  fits = true;
  paused = false;
  state: "open" | "ended" | "destroyed" = "open";
  #listener: TransportListener | null = null;

  listen(listener: TransportListener): void {
    this.#listener = listener;
  }
  write(bytes: Uint8Array): boolean {
    this.written.push(bytes);
    return this.fits;
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  end(): void {
    this.state = "ended";
    this.#listener?.closed(null);
  }
  destroy(): void {
    this.state = "destroyed";
    this.#listener?.closed(null);
  }
  receive(...chunks: Uint8Array[]): void {
    for (const chunk of chunks) this.#listener?.data(chunk);
  }
  drain(): void {
    this.fits = true;
    this.#listener?.drain();
  }
  close(error: Error | null): void {
    this.#listener?.closed(error);
  }

  /** The control tuples written since the last time; ticks are null. */
  take(): (readonly Term[] | null)[] {
    const splitter = new FrameSplitter(4, 1e9);
    splitter.push(Buffer.concat(this.written.splice(0)));
    const controls: (readonly Term[] | null)[] = [];
    for (;;) {
      const frame = splitter.next();
      assert(frame.ok, "our own frames are good");
      if (frame.value === null) return controls;
      const term = frame.value.length === 0 ? null : decodeAt(frame.value, 2);
      if (term === null) controls.push(null);
      else if (term.ok && term.value.term.kind === "tuple") controls.push(term.value.term.items);
    }
  }
}

const theirs = new Identifiers("shop@127.0.0.1", 5);
const TICK = new Uint8Array(4);
let transport: MemoryTransport;
let connection: Connection;

function open(): void {
  transport = new MemoryTransport();
  const peer = {
    node: "shop@127.0.0.1",
    creation: 5,
    flags: 0n,
    localNode: "elixirscope1@127.0.0.1",
    localCreation: 77,
  };
  const limits = { netTickMs: 60_000, maxFrameBytes: 1_000_000 };
  connection = new Connection(transport, new FrameSplitter(2, 100), peer, limits);
}

beforeEach(() => {
  vi.useFakeTimers();
  open();
});

afterEach(() => {
  vi.useRealTimers();
});

function receive(control: ControlTuple, message?: Term): void {
  transport.receive(...encodeFrame(control, message));
}

function throws(attempt: () => void): boolean {
  try {
    attempt();
    return false;
  } catch {
    return true;
  }
}

function ioReply(result: Term): Term {
  return tuple(atom("io_reply"), integer(1), result);
}

describe("a connection", () => {
  it("answers ticks at once", () => {
    transport.receive(TICK, TICK);
    expect(transport.take()).toEqual([null, null]);
  });

  it("ticks by itself, asks a silent node, and gives it up", async () => {
    vi.advanceTimersByTime(15_000);
    expect(transport.take()).toEqual([null]);
    vi.advanceTimersByTime(15_000);
    expect(transport.take()).toMatchObject([
      [integer(OP.MONITOR_P), connection.self, atom("undefined"), {}],
    ]);
    vi.advanceTimersByTime(30_000);
    expect(transport.state).toBe("destroyed");
    expect(await connection.closed).toMatchObject({ code: "silent" });
  });

  it("keeps a node that answers when it is asked", () => {
    for (let i = 0; i < 100; i++) {
      vi.advanceTimersByTime(15_000);
      for (const control of transport.take()) {
        if (control?.[3] === undefined) continue;
        receive(
          [OP.PAYLOAD_MONITOR_P_EXIT, atom("undefined"), connection.self, control[3]],
          atom("noproc"),
        );
      }
    }
    expect(transport.state).toBe("open");
  });

  it("ends on garbage, and everything pending with it", async () => {
    const call = connection.call("lists", "seq", []);
    const monitor = connection.monitor("kernel");
    transport.receive(Uint8Array.of(0, 0, 0, 3, 112, 131, 255));
    expect(transport.state).toBe("destroyed");
    expect(await connection.closed).toMatchObject({ code: "bad_frame" });
    await expect(call).rejects.toMatchObject({ code: "closed" });
    expect(await monitor.down).toEqual(atom("noconnection"));
    expect(() => connection.monitor("kernel")).toThrow(/connect again/u);
    await expect(connection.call("a", "b")).rejects.toMatchObject({ code: "closed" });
  });

  it("ends on a length over the limit before the bytes come", async () => {
    transport.receive(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    expect(await connection.closed).toMatchObject({
      code: "bad_frame",
      reason: expect.stringContaining("4294967295 bytes"),
    });
  });

  it("reads no more from a node that does not take its answers", () => {
    transport.fits = false;
    transport.receive(TICK);
    expect(transport.paused).toBe(true);
    transport.drain();
    expect(transport.paused).toBe(false);
  });

  it("makes the sender of much wait until it has left", async () => {
    transport.fits = false;
    let sent = false;
    const sending = connection.send("sink", binary(new Uint8Array(1000))).then(() => {
      sent = true;
      return sent;
    });
    await Promise.resolve();
    expect(sent).toBe(false);
    transport.drain();
    expect(await sending).toBe(true);
  });

  it("tells a waiting sender that the connection went", async () => {
    transport.fits = false;
    const sending = connection.send("sink", atom("x"));
    transport.close(new Error("ECONNRESET"));
    await expect(sending).rejects.toThrow(/ECONNRESET/u);
  });

  it("answers what a node asks of processes that we do not have", () => {
    const [them, nobody] = [theirs.pid(), new Identifiers("elixirscope1@127.0.0.1", 3).pid()];
    const reference = theirs.reference();
    receive([OP.MONITOR_P, them, nobody, reference]);
    receive([OP.MONITOR_P, them, atom("net_kernel"), reference]);
    receive([OP.LINK, them, nobody]);
    receive([OP.UNLINK_ID, integer(9), them, connection.self]);
    receive([OP.SPAWN_REQUEST, reference, them, them, tuple(), tuple()], tuple());
    expect(transport.take()).toMatchObject([
      [integer(OP.PAYLOAD_MONITOR_P_EXIT), nobody, them, reference],
      [integer(OP.PAYLOAD_MONITOR_P_EXIT), atom("net_kernel"), them, reference],
      [integer(OP.PAYLOAD_EXIT), nobody, them],
      [integer(OP.UNLINK_ID_ACK), integer(9), connection.self, them],
      [integer(OP.SPAWN_REPLY), reference, them, integer(0), atom("notsup")],
    ]);
    receive([OP.MONITOR_P, them, connection.self, reference]);
    receive([OP.LINK, them, connection.self]);
    expect(transport.take()).toEqual([]);
  });

  it("drops an exit signal that crosses an unlink, and delivers others as messages", () => {
    const messages: Term[] = [];
    connection.onMessage(({ message }) => messages.push(message));
    const them = theirs.pid();
    connection.link(them).unlink();
    receive([OP.PAYLOAD_EXIT, them, connection.self], atom("late"));
    receive([OP.UNLINK_ID_ACK, integer(1), them, connection.self]);
    receive([OP.PAYLOAD_EXIT2, them, connection.self], atom("please"));
    expect(messages).toEqual([tuple(atom("EXIT"), them, atom("please"))]);
  });

  it("kills the process of a call given up before the node named it", async () => {
    const abort = new AbortController();
    const call = connection.call("timer", "sleep", [integer(1)], { signal: abort.signal });
    const request = transport.take()[0]?.[1];
    assert(request !== undefined, "a spawn request");
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: "aborted" });
    expect(transport.take()).toEqual([]);
    const pid = theirs.pid();
    receive([OP.SPAWN_REPLY, request, connection.self, integer(2), pid]);
    expect(transport.take()).toMatchObject([[integer(OP.PAYLOAD_EXIT2), connection.self, pid]]);
  });

  it("closes after killing what still runs", async () => {
    const call = connection.call("timer", "sleep", [integer(1)]);
    const request = transport.take()[0]?.[1];
    assert(request !== undefined, "a spawn request");
    const closing = connection.close();
    await expect(call).rejects.toMatchObject({ code: "closed" });
    await expect(connection.call("a", "b")).rejects.toMatchObject({ code: "closed" });
    expect(transport.state).toBe("open");
    receive([OP.SPAWN_REPLY, request, connection.self, integer(2), theirs.pid()]);
    await closing;
    expect(transport.state).toBe("ended");
    expect(await connection.closed).toMatchObject({ code: "requested" });
  });

  it("reports a spawn that the node refused", async () => {
    const call = connection.call("a", "b");
    const request = transport.take()[0]?.[1];
    assert(request !== undefined, "a spawn request");
    receive([OP.SPAWN_REPLY, request, connection.self, integer(0), atom("system_limit")]);
    await expect(call).rejects.toMatchObject({
      code: "rpc_failed",
      rpc: { class: "error", reason: atom("system_limit") },
    });
  });

  it("answers input and output requests without blocking the caller", () => {
    const them = theirs.pid();
    const leader = connection.self;
    for (const request of [
      tuple(atom("put_chars"), atom("unicode"), binary("hi")),
      tuple(atom("get_line"), atom("unicode"), binary("> ")),
      atom("getopts"),
    ]) {
      receive([OP.SEND_SENDER, them, leader], tuple(atom("io_request"), them, integer(1), request));
    }
    const replies: Term[] = [];
    const splitter = new FrameSplitter(4, 1e6);
    splitter.push(Buffer.concat(transport.written));
    for (let i = 0; i < 3; i++) {
      const frame = splitter.next();
      assert(frame.ok && frame.value !== null, "a reply");
      const control = decodeFrame(frame.value);
      assert(control.ok && control.value.kind === "send", "a message");
      replies.push(control.value.message);
    }
    const wanted = [atom("ok"), atom("eof"), tuple(atom("error"), atom("enotsup"))].map(ioReply);
    expect(replies.every((term, i) => equal(term, wanted[i] ?? atom("")))).toBe(true);
  });

  it("survives whatever a hostile node sends", () => {
    const them = theirs.pid();
    const real = [
      encodeFrame([OP.SEND_SENDER, them, connection.self], tuple(atom("io_request"), them)),
      encodeFrame([OP.PAYLOAD_MONITOR_P_EXIT, them, connection.self, theirs.reference()], them),
      encodeFrame([OP.UNLINK_ID, integer(9), them, connection.self]),
    ].map((pieces) => Buffer.concat(pieces));
    const damaged = tuples(nat(2), nat(200), nat(255)).map(([which, at, byte]) => {
      const frame = Uint8Array.from(real[which] ?? []);
      // after the length, so that the frame is read at once
      frame[4 + (at % (frame.length - 4))] = byte;
      return frame;
    });
    check(
      property(array(oneof(damaged, uint8Array()), { maxLength: 20 }), (chunks) => {
        open();
        transport.receive(...chunks);
        // What is not taken as a frame ends the connection; nothing else does.
        const usable = !throws(() => connection.monitor("alive"));
        expect([transport.state, usable]).toEqual(usable ? ["open", true] : ["destroyed", false]);
      }),
    );
  });
});
