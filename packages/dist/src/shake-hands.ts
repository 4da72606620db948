// Runs the handshake over a transport and hands the stream on to the connection that follows.

import { messageOf } from "@elixirscope/base";
import { DistError } from "./dist-error.ts";
import { FrameSplitter } from "./frame-splitter.ts";
import { Handshake, MAX_HANDSHAKE_BYTES, type HandshakeOptions, type Peer } from "./handshake.ts";
import type { Transport } from "./transport.ts";

export type HandshakeOutcome =
  | { readonly kind: "up"; readonly peer: Peer; readonly splitter: FrameSplitter }
  | { readonly kind: "taken" };

/**
 * `lengthBytes`: the handshake's messages have 2-byte lengths over TCP, 4-byte ones over TLS.
 * Rejects with a DistError, or with the signal's reason. The transport is closed unless "up".
 */
export async function shakeHands(
  transport: Transport,
  options: HandshakeOptions,
  lengthBytes: 2 | 4,
  signal: AbortSignal,
): Promise<HandshakeOutcome> {
  const handshake = new Handshake(options);
  const splitter = new FrameSplitter(lengthBytes, MAX_HANDSHAKE_BYTES);
  return await new Promise<HandshakeOutcome>((resolve, reject) => {
    let settled = false;
    const isSettled = (): boolean => settled;
    const settle = (): void => {
      settled = true;
      signal.removeEventListener("abort", abort);
    };
    const fail = (error: unknown): void => {
      if (settled) return;
      settle();
      transport.destroy();
      reject(error instanceof Error ? error : new Error(messageOf(error)));
    };
    const abort = (): void => fail(signal.reason);
    const send = (message: Uint8Array): void => {
      const framed = Buffer.alloc(lengthBytes + message.length);
      framed.writeUIntBE(message.length, 0, lengthBytes);
      framed.set(message, lengthBytes);
      transport.write(framed);
    };
    const handle = (message: Uint8Array): void => {
      const progress = handshake.receive(message);
      if (!progress.ok) {
        fail(progress.error);
        return;
      }
      if (progress.value.kind === "up") {
        settle();
        transport.pause();
        resolve({ kind: "up", peer: progress.value.peer, splitter });
        return;
      }
      if (progress.value.reply !== null) send(progress.value.reply);
      if (progress.value.kind === "continue") return;
      settle();
      transport.end();
      resolve({ kind: "taken" });
    };
    const read = (chunk: Uint8Array): void => {
      splitter.push(chunk);
      // What follows the last message of the handshake is the connection's.
      while (!isSettled()) {
        const frame = splitter.next();
        if (!frame.ok) fail(notDistribution(options, splitter.peek(2)));
        else if (frame.value === null) return;
        else handle(frame.value);
      }
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort, { once: true });
    transport.listen({
      data: read,
      drain: () => undefined,
      closed: (error) => fail(tlsAlert(options, error) ?? handshake.closed()),
    });
    send(handshake.start());
  });
}

/** With TLS 1.3 a node refuses our certificate only after we believe the connection is up. */
function tlsAlert({ target }: HandshakeOptions, error: Error | null): DistError | null {
  if (error === null || !("code" in error) || !String(error.code).startsWith("ERR_SSL")) {
    return null;
  }
  const text = `${target.full} ended the TLS connection: ${error.message}; check the certificate and key that you give`;
  return new DistError("tls_failed", text, { cause: error });
}

/** A TLS alert begins with 21, 3. */
function notDistribution({ target }: HandshakeOptions, start: Uint8Array): DistError {
  if (start[0] === 21 && start[1] === 3) {
    const text = `${target.full} speaks TLS (\`-proto_dist inet_tls\`); connect with TLS and its certificates`;
    return new DistError("tls_failed", text);
  }
  const text = `what listens as ${target.full} does not speak Erlang distribution; check the name and port`;
  return new DistError("bad_frame", text);
}
