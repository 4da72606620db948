// Small facts of Node's HTTP server: its port, why it cannot listen, a request's address, a refused upgrade.

import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { assert } from "@elixirscope/base";
import { ServerError } from "./server-error.ts";

export function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Only what follows the host says anything; the host is checked by itself. */
export function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? "/", "http://localhost");
}

export function portOf(server: Server): number {
  const address = server.address();
  assert(address !== null && typeof address !== "string", "a TCP server has an address");
  return address.port;
}

export function listenError(cause: NodeJS.ErrnoException, host: string, port: number): ServerError {
  if (cause.code === "EADDRINUSE") {
    const text = `port ${port} on ${host} is taken: choose another, or none to get a free one`;
    return new ServerError("port_in_use", text, { cause });
  }
  return new ServerError("cannot_listen", `cannot listen on ${host}:${port}: ${cause.message}`, {
    cause,
  });
}
