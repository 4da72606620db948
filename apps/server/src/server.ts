// The server of the cinema: the page, its WebSocket, and SQL over HTTP, on loopback behind a token.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { messageOf } from "@elixirscope/base";
import {
  CLOSE,
  HEALTH_PATH,
  pageUrl,
  QUERY_PATH,
  SOCKET_PATH,
  TOKEN_PARAM,
} from "@elixirscope/wire";
import { WebSocketServer } from "ws";
import { accessProblem, checkListenHost, isLoopback } from "./access.ts";
import { PageConnection } from "./connection.ts";
import { listenError, portOf, refuse } from "./listening.ts";
import { removeLive, writeLive } from "./live-file.ts";
import { answerQuery, fail, send } from "./query-endpoint.ts";
import { isLive, recordingOf, statusOf, type ServedSource } from "./served.ts";
import { securityHeaders, serveFile } from "./static-files.ts";
import { bearerToken, isToken, newToken } from "./token.ts";

export type ServerOptions = {
  readonly source: ServedSource;
  /** folder with the built page */
  readonly webRoot: string;
  readonly host?: string;
  /** 0: any free one */
  readonly port?: number;
  readonly token?: string;
  /** listen where other machines can reach it */
  readonly allowRemote?: boolean;
};

export type RunningServer = {
  /** for a person to open; holds the token */
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  readonly token: string;
  /** shows another recording from now on: the closed one after a live one ended */
  show(source: ServedSource): Promise<void>;
  close(): Promise<void>;
};

const STATUS_INTERVAL_MS = 500;
const MAX_MESSAGE_BYTES = 256 * 1024;
const MAX_CONNECTIONS = 32;
const CLOSE_GRACE_MS = 500;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const {
    source,
    webRoot,
    host = "127.0.0.1",
    port = 0,
    token = newToken(),
    allowRemote = false,
  } = options;
  checkListenHost(host, allowRemote);
  const server = new CinemaServer({ source, webRoot, host, token, remote: !isLoopback(host) });
  await server.listen(port);
  return server;
}

type Settings = {
  readonly source: ServedSource;
  readonly webRoot: string;
  readonly host: string;
  readonly token: string;
  readonly remote: boolean;
};

class CinemaServer implements RunningServer {
  readonly token: string;
  readonly #settings: Settings;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  readonly #pages = new Set<PageConnection>();
  #source: ServedSource;
  #port = 0;
  #timer: NodeJS.Timeout | null = null;
  #listener: Disposable | null = null;
  #liveFolder: string | null = null;
  #closing: Promise<void> | null = null;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#source = settings.source;
    this.token = settings.token;
    this.#http = createServer((request, response) => void this.#handle(request, response));
    this.#http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  get port(): number {
    return this.#port;
  }

  get origin(): string {
    const { host } = this.#settings;
    return `http://${host.includes(":") ? `[${host}]` : host}:${this.port}`;
  }

  get url(): string {
    return pageUrl(this.origin, this.token);
  }

  async listen(port: number): Promise<void> {
    const { host } = this.#settings;
    await new Promise<void>((resolve, reject) => {
      this.#http.once("error", (cause) => reject(listenError(cause, host, port)));
      this.#http.listen(port, host, resolve);
    });
    this.#port = portOf(this.#http);
    await this.show(this.#settings.source);
  }

  async show(source: ServedSource): Promise<void> {
    this.#forget();
    this.#source = source;
    if (isLive(source)) {
      this.#listener = source.onStatus(() => this.#pushStatus());
      this.#timer = setInterval(() => this.#pushStatus(), STATUS_INTERVAL_MS);
      const folder = recordingOf(source).path;
      await writeLive(folder, { pid: process.pid, url: this.origin, token: this.token });
      this.#liveFolder = folder;
    } else {
      await this.#removeLive();
      this.#pushStatus();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#forget();
    await this.#removeLive();
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    for (const page of this.#pages) page.close();
    const timer = setTimeout(() => {
      for (const page of this.#pages) page.terminate();
      this.#http.closeAllConnections();
    }, CLOSE_GRACE_MS);
    this.#http.closeIdleConnections();
    await closed;
    clearTimeout(timer);
    this.#sockets.close();
  }

  #forget(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#listener?.[Symbol.dispose]();
    this.#listener = null;
  }

  async #removeLive(): Promise<void> {
    const folder = this.#liveFolder;
    this.#liveFolder = null;
    if (folder !== null) await removeLive(folder);
  }

  #pushStatus(): void {
    if (this.#pages.size === 0) return;
    const status = statusOf(this.#source);
    for (const page of this.#pages) page.pushStatus(status);
    if (status.state !== "recording") this.#forget();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch (thrown) {
      if (response.headersSent) response.destroy();
      else fail(response, "internal", messageOf(thrown), 500);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host, remote, webRoot } = this.#settings;
    const problem = accessProblem(request.headers, { host, remote });
    if (problem !== null) return fail(response, "forbidden", problem, 403);
    const headers = securityHeaders(request.headers.host ?? "");
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === QUERY_PATH) return await this.#query(request, response);
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return fail(response, "bad_method", "only GET is answered here", 405);
    }
    if (pathname === HEALTH_PATH)
      return send(response, 200, { ok: true, live: isLive(this.#source) });
    await serveFile(webRoot, request, pathname, response);
  }

  async #query(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST") {
      response.setHeader("Allow", "POST");
      return fail(response, "bad_method", "SQL is asked by POST", 405);
    }
    if (!isToken(bearerToken(request.headers.authorization), this.token)) {
      response.setHeader("WWW-Authenticate", "Bearer");
      return fail(response, "wrong_token", "the token is missing or wrong", 401);
    }
    await answerQuery(recordingOf(this.#source), request, response);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { host, remote } = this.#settings;
    const url = new URL(request.url ?? "/", "http://localhost");
    socket.on("error", () => socket.destroy());
    if (accessProblem(request.headers, { host, remote }) !== null)
      return refuse(socket, "403 Forbidden");
    if (url.pathname !== SOCKET_PATH) return refuse(socket, "404 Not Found");
    if (this.#closing !== null || this.#pages.size >= MAX_CONNECTIONS) {
      return refuse(socket, "503 Service Unavailable");
    }
    const given = url.searchParams.get(TOKEN_PARAM) ?? bearerToken(request.headers.authorization);
    const admitted = isToken(given, this.token);
    this.#sockets.handleUpgrade(request, socket, head, (page) => {
      if (!admitted) {
        page.on("error", () => undefined);
        page.close(CLOSE.WRONG_TOKEN, "the token is missing or wrong");
        return;
      }
      const connection = new PageConnection(page, () => this.#source);
      this.#pages.add(connection);
      page.on("close", () => this.#pages.delete(connection));
    });
  }
}
