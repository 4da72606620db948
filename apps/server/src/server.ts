// The server of the cinema: the page, its WebSocket, and SQL over HTTP, on loopback behind a token.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { messageOf } from "@elixirscope/base";
import {
  CLOSE,
  HEALTH_PATH,
  pageUrl,
  QUERY_PATH,
  RECORDING_PARAM,
  RECORDINGS_PATH,
  SOCKET_PATH,
  TOKEN_PARAM,
} from "@elixirscope/wire";
import { WebSocketServer, type WebSocket } from "ws";
import { accessProblem, checkListenHost, isLoopback } from "./access.ts";
import { PageConnection } from "./connection.ts";
import { Desk } from "./desk.ts";
import { listenError, portOf, refuse, urlOf } from "./listening.ts";
import { removeLive, writeLive } from "./live-file.ts";
import { answerQuery, fail, send } from "./query-endpoint.ts";
import { receiveRecording, sendRecording } from "./recordings-endpoint.ts";
import { wireError } from "./run-request.ts";
import { isLive, recordingOf, type ServedSource } from "./served.ts";
import { ServerError } from "./server-error.ts";
import type { RecordingShelf, SessionStarter } from "./shelf.ts";
import { securityHeaders, serveFile } from "./static-files.ts";
import { bearerToken, isToken, newToken } from "./token.ts";

export type ServerOptions = {
  /** null: a page shows only what it asks for by name */
  readonly source: ServedSource | null;
  /** the folder of recordings that pages may list, open and change */
  readonly shelf?: RecordingShelf;
  /** begins recordings that pages ask for */
  readonly starter?: SessionStarter;
  /** of one file that is brought in */
  readonly mostUploadBytes?: number;
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

const MAX_MESSAGE_BYTES = 256 * 1024;
const MAX_CONNECTIONS = 32;
const CLOSE_GRACE_MS = 500;
const MOST_UPLOAD_BYTES = 16 * 1024 * 1024 * 1024;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const {
    source,
    webRoot,
    host = "127.0.0.1",
    port = 0,
    token = newToken(),
    allowRemote = false,
    mostUploadBytes = MOST_UPLOAD_BYTES,
  } = options;
  checkListenHost(host, allowRemote);
  const desk = new Desk(options.shelf ?? null, options.starter ?? null);
  const remote = !isLoopback(host);
  const server = new CinemaServer(desk, { source, webRoot, host, token, remote, mostUploadBytes });
  await server.listen(port);
  return server;
}

type Settings = {
  readonly source: ServedSource | null;
  readonly webRoot: string;
  readonly host: string;
  readonly token: string;
  readonly remote: boolean;
  readonly mostUploadBytes: number;
};

class CinemaServer implements RunningServer {
  readonly token: string;
  readonly #settings: Settings;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  readonly #pages = new Set<PageConnection>();
  readonly #desk: Desk;
  #port = 0;
  #liveFolder: string | null = null;
  #closing: Promise<void> | null = null;

  constructor(desk: Desk, settings: Settings) {
    this.#desk = desk;
    this.#settings = settings;
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
    this.#desk.address = { url: this.origin, token: this.token };
    if (this.#settings.source !== null) await this.show(this.#settings.source);
  }

  async show(source: ServedSource): Promise<void> {
    this.#desk.show(source);
    if (!isLive(source)) return await this.#removeLive();
    const folder = recordingOf(source).path;
    const live = { pid: process.pid, url: this.origin, token: this.token, recording: null };
    await writeLive(folder, live);
    this.#liveFolder = folder;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
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
    await this.#desk.close();
  }

  async #removeLive(): Promise<void> {
    const folder = this.#liveFolder;
    this.#liveFolder = null;
    if (folder !== null) await removeLive(folder);
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
    const { pathname } = urlOf(request);
    if (pathname === QUERY_PATH) return await this.#query(request, response);
    if (pathname === RECORDINGS_PATH) return await this.#receive(request, response);
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return fail(response, "bad_method", "only GET is answered here", 405);
    }
    if (pathname === HEALTH_PATH)
      return send(response, 200, { ok: true, live: this.#liveFolder !== null });
    if (pathname.startsWith(`${RECORDINGS_PATH}/`))
      return await sendRecording(this.#desk, request, response);
    await serveFile(webRoot, request, pathname, response);
  }

  async #query(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#admits(request, response, "POST", "SQL is asked by POST")) return;
    const name = urlOf(request).searchParams.get(RECORDING_PARAM);
    const source = await this.#sourceOf(name).catch((thrown: unknown) => {
      const { code, message } = wireError(thrown);
      fail(response, code, message, 404);
      return null;
    });
    if (source !== null) await answerQuery(recordingOf(source), request, response);
    this.#desk.left(name);
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#admits(request, response, "PUT", "files are brought by PUT")) return;
    await receiveRecording(this.#desk, request, response, this.#settings.mostUploadBytes);
  }

  /** Answers itself when the method or the token is wrong. */
  #admits(
    request: IncomingMessage,
    response: ServerResponse,
    method: string,
    advice: string,
  ): boolean {
    if (request.method !== method) {
      response.setHeader("Allow", method);
      fail(response, "bad_method", advice, 405);
      return false;
    }
    if (isToken(bearerToken(request.headers.authorization), this.token)) return true;
    response.setHeader("WWW-Authenticate", "Bearer");
    response.setHeader("Connection", "close");
    fail(response, "wrong_token", "the token is missing or wrong", 401);
    return false;
  }

  async #sourceOf(name: string | null): Promise<ServedSource> {
    const showing = this.#desk.find(name);
    if (showing !== null) return await showing.source();
    throw new ServerError("no_recording", "choose a recording");
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { host, remote } = this.#settings;
    const url = urlOf(request);
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
      this.#admit(page, url.searchParams.get(RECORDING_PARAM));
    });
  }

  #admit(page: WebSocket, name: string | null): void {
    const source = async (): Promise<ServedSource> => await this.#sourceOf(name);
    const connection = new PageConnection(page, { desk: this.#desk, name, source });
    const showing = this.#desk.find(name);
    this.#pages.add(connection);
    showing?.pages.add(connection);
    page.on("close", () => {
      this.#pages.delete(connection);
      showing?.pages.delete(connection);
      this.#desk.left(name);
    });
  }
}
