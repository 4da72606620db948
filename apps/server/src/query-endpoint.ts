// `POST /api/query`: SQL for programs, on a recording that is being made (its files belong to the writer).

import type { IncomingMessage, ServerResponse } from "node:http";
import { query } from "@elixirscope/query";
import { parseParams, serializeJson } from "@elixirscope/wire";
import { wireError } from "./run-request.ts";
import type { Source } from "@elixirscope/query";

const MAX_BODY_BYTES = 256 * 1024;

/** HTTP status by error code; anything else is 500. */
const STATUS: Readonly<Record<string, number>> = {
  sql_error: 400,
  sql_forbidden: 403,
  timeout: 504,
  closed: 410,
  bad_params: 400,
  too_large: 413,
};

export async function answerQuery(
  source: Source,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body === null)
    return fail(response, "too_large", `the body must be at most ${MAX_BODY_BYTES} bytes`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return fail(response, "bad_params", 'the body must be JSON: {"sql": …, "limit": …}');
  }
  const params = parseParams("query", parsed);
  if (!params.ok) return fail(response, "bad_params", params.error);
  try {
    send(response, 200, await query(source, params.value));
  } catch (thrown) {
    const { code, message } = wireError(thrown);
    fail(response, code, message);
  }
}

export function fail(
  response: ServerResponse,
  code: string,
  message: string,
  status?: number,
): void {
  send(response, status ?? STATUS[code] ?? 500, { error: { code, message } });
}

export function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(`${serializeJson(value)}\n`);
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}
