// One WebSocket to the server that sent the page: requests by id, pushes, reconnecting with back-off.
//
// `epoch` counts successful connections; whoever shows data asks again when it grows.

import { CodedError } from "@elixirscope/base";
import {
  ANALYSES,
  CLOSE,
  parseServerMessage,
  unpackReply,
  type Method,
  type Params,
  type Reply,
  type Status,
} from "@elixirscope/wire";
import { signal, type Signal } from "@preact/signals";

export type ConnectionState =
  | { readonly kind: "connecting" }
  | { readonly kind: "open" }
  /** `retryAt` is on the clock of `performance.now()` */
  | { readonly kind: "waiting"; readonly retryAt: number; readonly attempts: number }
  /** nothing that waiting could mend */
  | { readonly kind: "refused" };

export type RequestErrorCode = "disconnected" | "timeout" | "refused" | "server";

export class RequestError extends CodedError<RequestErrorCode> {
  /** the server's own code */
  readonly serverCode: string | null;

  constructor(code: RequestErrorCode, message: string, serverCode: string | null = null) {
    super(code, message);
    this.serverCode = serverCode;
  }
}

type Pending = {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: RequestError) => void;
  readonly timer: ReturnType<typeof setTimeout>;
};

const FIRST_RETRY_MS = 400;
const LONGEST_RETRY_MS = 8_000;
const REPLY_MS = 30_000;
const QUERY_MS = 300_000;
const PACK_MS = 1_200_000;
/** What takes longer than a look at a recording. */
const LONG_MS: Partial<Record<Method, number>> = {
  query: QUERY_MS,
  packRecording: PACK_MS,
  cleanUp: QUERY_MS,
  attachNode: 150_000,
  checkNode: 60_000,
  planChange: 60_000,
  changeSession: 120_000,
  neverChosen: QUERY_MS,
  ask: QUERY_MS,
  flame: QUERY_MS,
  flameFile: QUERY_MS,
  flameChart: QUERY_MS,
  times: QUERY_MS,
  compare: QUERY_MS,
  queues: QUERY_MS,
  bottlenecks: QUERY_MS,
  ...Object.fromEntries(ANALYSES.map((name) => [name, QUERY_MS])),
};

export type Begun<M extends Method> = {
  readonly reply: Promise<Reply<M>>;
  readonly cancel: () => void;
};

export class Connection {
  readonly state: Signal<ConnectionState> = signal<ConnectionState>({ kind: "connecting" });
  readonly epoch: Signal<number> = signal(0);
  readonly #url: string;
  readonly #onStatus: (status: Status) => void;
  readonly #pending = new Map<number, Pending>();
  #socket: WebSocket | null = null;
  #nextId = 1;
  #attempts = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, onStatus: (status: Status) => void) {
    this.#url = url;
    this.#onStatus = onStatus;
    this.#connect();
  }

  async request<M extends Method>(method: M, params: Params<M>): Promise<Reply<M>> {
    return await this.begin(method, params).reply;
  }

  /** A request that can be given up: its reply is then an error, and the server stops working on it. */
  begin<M extends Method>(method: M, params: Params<M>): Begun<M> {
    const socket = this.#socket;
    if (socket === null || socket.readyState !== WebSocket.OPEN) {
      const lost = new RequestError("disconnected", "not connected to ElixirScope");
      return { reply: Promise.reject(lost), cancel: () => undefined };
    }
    const id = this.#nextId;
    this.#nextId += 1;
    const cancel = (): void => {
      if (this.#pending.has(id)) void this.request("cancel", { id }).catch(() => undefined);
    };
    const reply = new Promise<Reply<M>>((resolve, reject) => {
      const timer = setTimeout(
        () => this.#settle(id)?.reject(new RequestError("timeout", "the server did not answer")),
        LONG_MS[method] ?? REPLY_MS,
      );
      this.#pending.set(id, {
        resolve: (result) => resolve(unpackReply(method, result)),
        reject,
        timer,
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
    return { reply, cancel };
  }

  /** Connects now instead of waiting for the next attempt. */
  retryNow(): void {
    if (this.state.value.kind !== "waiting") return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  #connect(): void {
    this.state.value = { kind: "connecting" };
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#attempts = 0;
      this.state.value = { kind: "open" };
      this.epoch.value += 1;
    });
    socket.addEventListener("message", (event: MessageEvent<unknown>) => {
      const { data } = event;
      if (typeof data === "string" || data instanceof ArrayBuffer) this.#receive(data);
    });
    // an `error` is always followed by `close`, which says more
    socket.addEventListener("close", (event) => this.#closed(event.code));
  }

  #receive(sent: string | ArrayBuffer): void {
    const parsed = parseServerMessage(sent);
    if (!parsed.ok) {
      this.#socket?.close();
      return;
    }
    const message = parsed.value;
    switch (message.kind) {
      case "status":
        this.#onStatus(message.status);
        return;
      case "reply":
        this.#settle(message.id)?.resolve(message.result);
        return;
      case "error":
        if (message.id !== null) {
          const { code, message: text } = message.error;
          this.#settle(message.id)?.reject(new RequestError("server", text, code));
        }
        return;
    }
  }

  /** What waits under `id`, no longer waiting; undefined for an answer nobody wants any more. */
  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending !== undefined) {
      clearTimeout(pending.timer);
      this.#pending.delete(id);
    }
    return pending;
  }

  #closed(code: number): void {
    this.#socket = null;
    for (const id of this.#pending.keys()) {
      this.#settle(id)?.reject(new RequestError("disconnected", "the connection was lost"));
    }
    if (code === CLOSE.WRONG_TOKEN) {
      this.state.value = { kind: "refused" };
      return;
    }
    const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    this.state.value = {
      kind: "waiting",
      retryAt: performance.now() + delay,
      attempts: this.#attempts,
    };
    this.#retry = setTimeout(() => this.#connect(), delay);
  }
}
