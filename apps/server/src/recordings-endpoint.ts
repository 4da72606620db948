// Files of recordings over HTTP: PUT brings one in, streamed to the folder and bounded; GET fetches one that was made
// ready, by its ticket.

import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { RECORDINGS_PATH } from "@elixirscope/wire";
import type { Desk } from "./desk.ts";
import { urlOf } from "./listening.ts";
import { fail, send } from "./query-endpoint.ts";
import { wireError } from "./run-request.ts";
import { ServerError } from "./server-error.ts";

/** HTTP status by error code; anything else is 500. */
const STATUS: Readonly<Record<string, number>> = {
  too_large: 413,
  not_a_recording: 415,
  bad_trace: 415,
  corrupt_recording: 422,
  newer_format: 422,
  bad_name: 400,
  exists: 409,
  disk_full: 507,
  no_shelf: 404,
};

/** Whoever asks has shown the token. */
export async function receiveRecording(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  mostBytes: number,
): Promise<void> {
  const name = urlOf(request).searchParams.get("name") ?? "";
  try {
    // refused before a byte of it is read
    if (Number(request.headers["content-length"] ?? 0) > mostBytes) throw tooLarge(mostBytes);
    send(response, 200, await desk.needShelf().receive(name, bounded(request, mostBytes)));
  } catch (thrown) {
    const { code, message } = wireError(thrown);
    // what was not read must not be taken for the next request
    response.setHeader("Connection", "close");
    fail(response, code, message, STATUS[code] ?? 500);
  }
}

async function* bounded(request: IncomingMessage, mostBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > mostBytes) throw tooLarge(mostBytes);
    yield part;
  }
  if (!request.complete) throw new ServerError("unreachable", "the file did not arrive whole");
}

function tooLarge(mostBytes: number): ServerError {
  const most = Math.floor(mostBytes / 1_048_576);
  return new ServerError(
    "too_large",
    `files of more than ${most} MB are not taken here; use \`elixirscope import\``,
  );
}

export async function sendRecording(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = urlOf(request);
  const name = decoded(pathname.slice(RECORDINGS_PATH.length + 1));
  const ticket = searchParams.get("ticket") ?? "";
  const packed = name === null ? null : desk.tickets.take(ticket, name);
  if (packed === null || name === null) {
    return fail(
      response,
      "wrong_token",
      "this link was used or is too old: download it again from the list",
      401,
    );
  }
  try {
    response.writeHead(200, {
      "Content-Type": "application/x-tar",
      "Content-Length": packed.bytes,
      "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      "Cache-Control": "no-store",
    });
    await pipeline(createReadStream(packed.file), response);
  } finally {
    await packed.release();
  }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
