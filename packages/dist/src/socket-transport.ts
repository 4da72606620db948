// Transports over TCP and TLS sockets, with the reasons why one cannot be opened in words.

import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { messageOf } from "@elixirscope/base";
import { DistError } from "./dist-error.ts";
import type { Transport, TransportListener } from "./transport.ts";

/** As for `node:tls`: PEM text of authorities, own certificate and key. */
export interface TlsOptions {
  readonly ca?: string | Uint8Array;
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
  /** False accepts any certificate. Default true. */
  readonly rejectUnauthorized?: boolean;
  /** The name that the certificate must carry when it is not the host's. */
  readonly servername?: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Opens a TCP connection; `signal` gives up with its reason. */
export async function openTcp(address: Address, signal: AbortSignal): Promise<Transport> {
  const socket = connectTcp({ ...address, family: 4, noDelay: true });
  await opened(socket, "connect", signal);
  return new SocketTransport(socket);
}

export async function openTls(
  address: Address,
  tls: TlsOptions,
  signal: AbortSignal,
): Promise<Transport> {
  const tcp = connectTcp({ ...address, family: 4, noDelay: true });
  await opened(tcp, "connect", signal);
  const options: ConnectionOptions = { host: address.host, ...tlsOptions(tls), socket: tcp };
  try {
    const socket = connectTls(options);
    await opened(socket, "secureConnect", signal);
    return new SocketTransport(socket);
  } catch (error) {
    tcp.destroy();
    if (signal.aborted) throw error;
    const text = `TLS with ${address.host}:${String(address.port)} failed: ${messageOf(error)}; check the certificates, and that the node runs \`-proto_dist inet_tls\``;
    throw new DistError("tls_failed", text, { cause: error });
  }
}

function tlsOptions(tls: TlsOptions): ConnectionOptions {
  return {
    rejectUnauthorized: tls.rejectUnauthorized ?? true,
    ...(tls.ca === undefined ? {} : { ca: pem(tls.ca) }),
    ...(tls.cert === undefined ? {} : { cert: pem(tls.cert) }),
    ...(tls.key === undefined ? {} : { key: pem(tls.key) }),
    ...(tls.servername === undefined ? {} : { servername: tls.servername }),
  };
}

/** node:tls wants Buffers. */
function pem(text: string | Uint8Array): string | Buffer {
  return typeof text === "string" ? text : Buffer.from(text);
}

async function opened(
  socket: Socket,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const give = (error: unknown): void => {
      socket.destroy();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const abort = (): void => give(signal.reason);
    const end = (): void => give(new Error("the connection was closed"));
    const settle = (): void => {
      signal.removeEventListener("abort", abort);
      socket.off("close", end);
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort, { once: true });
    // Stays on: a socket without this listener throws what comes later.
    socket.on("error", (error) => {
      settle();
      give(error);
    });
    socket.once("close", () => {
      settle();
      end();
    });
    socket.once(event, () => {
      settle();
      resolve();
    });
  });
}

class SocketTransport implements Transport {
  readonly #socket: Socket;
  #listener: TransportListener | null = null;
  #error: Error | null = null;
  #closed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Uint8Array) => this.#listener?.data(chunk));
    socket.on("drain", () => this.#listener?.drain());
    socket.on("error", (error) => {
      this.#error = error;
    });
    socket.on("close", () => {
      this.#closed = true;
      this.#listener?.closed(this.#error);
    });
    socket.pause();
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    if (this.#closed) listener.closed(this.#error);
    else this.#socket.resume();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed || !this.#socket.writable) return true;
    return this.#socket.write(bytes);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
