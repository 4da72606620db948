// One page over one WebSocket: requests in, replies and statuses out.

import {
  CLOSE,
  parseRequest,
  serializeServerMessage,
  type ServerMessage,
  type Status,
} from "@elixirscope/wire";
import type { RawData, WebSocket } from "ws";
import type { Asking } from "./methods.ts";
import { RequestQueue, type Outcome } from "./requests.ts";
import { runRequest } from "./run-request.ts";

/** A page that reads more slowly than this misses statuses; each carries all there is to know. */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;

export class PageConnection {
  readonly #socket: WebSocket;
  readonly #requests: RequestQueue;

  constructor(socket: WebSocket, asking: Asking) {
    this.#socket = socket;
    this.#requests = new RequestQueue(
      (request, signal) => runRequest(asking, request, signal),
      (id, outcome) => this.#answer(id, outcome),
    );
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("close", () => this.#requests[Symbol.dispose]());
    // `ws` closes the socket itself after an error (too large, not UTF-8); there is nobody else to tell
    socket.on("error", () => undefined);
  }

  pushStatus(status: Status): void {
    if (this.#socket.bufferedAmount < MAX_UNSENT_BYTES) this.#send({ kind: "status", status });
  }

  close(): void {
    this.#socket.close(CLOSE.GOING_AWAY, "the server ends");
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (isBinary) {
      const error = { code: "bad_message", message: "messages must be text" };
      this.#send({ kind: "error", id: null, error });
      return;
    }
    const request = parseRequest(textOf(data));
    if (request.ok) this.#requests.add(request.value);
    else this.#send({ kind: "error", ...request.error });
  }

  #answer(id: number, outcome: Outcome): void {
    this.#send({ ...outcome, id });
  }

  #send(message: ServerMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(serializeServerMessage(message));
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString("utf8");
  return data instanceof ArrayBuffer ? Buffer.from(data).toString("utf8") : data.toString("utf8");
}
