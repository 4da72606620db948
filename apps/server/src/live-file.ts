// `live.json` in a recording's folder: how to ask the process that is making it. It holds the token,
// so only its owner may read it; it is gone when the recording ends, and stale after a crash.

import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "@elixirscope/base";
import { QUERY_PATH, RECORDING_PARAM, type QueryResult } from "@elixirscope/wire";
import { ServerError } from "./server-error.ts";

export type LiveFile = {
  readonly pid: number;
  /** `http://127.0.0.1:4000`, without the token */
  readonly url: string;
  readonly token: string;
  /** its name there; null: it is what the server shows without a name */
  readonly recording: string | null;
};

const NAME = "live.json";

export async function writeLive(folder: string, live: LiveFile): Promise<void> {
  const file = path.join(folder, NAME);
  // an old file may have another mode: writing into it would keep that
  await rm(file, { force: true });
  await writeFile(file, `${JSON.stringify(live)}\n`, { mode: 0o600, flag: "wx" });
}

export async function removeLive(folder: string): Promise<void> {
  await rm(path.join(folder, NAME), { force: true });
}

/** Null when nobody is making this recording (any more). */
export async function readLive(folder: string): Promise<LiveFile | null> {
  let text: string;
  try {
    text = await readFile(path.join(folder, NAME), "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw new ServerError("unreachable", `cannot read ${NAME} in ${folder}: ${messageOf(cause)}`, {
      cause,
    });
  }
  const live = parseLive(text);
  return live !== null && isRunning(live.pid) ? live : null;
}

/** Runs SQL on a recording through the process that is making it. */
export async function queryLive(folder: string, sql: string, limit: number): Promise<QueryResult> {
  const live = await readLive(folder);
  if (live === null)
    throw new ServerError("not_live", `${folder} is not being recorded: open it instead`);
  let response: Response;
  let body: unknown;
  try {
    const named = live.recording === null ? "" : `?${queryOf(live.recording)}`;
    response = await fetch(live.url + QUERY_PATH + named, {
      method: "POST",
      headers: { Authorization: `Bearer ${live.token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ sql, limit }),
    });
    body = await response.json();
  } catch (cause) {
    throw new ServerError(
      "unreachable",
      `the process ${live.pid} that is recording ${folder} does not answer: ${messageOf(cause)}`,
      { cause },
    );
  }
  if (!response.ok)
    throw new ServerError("refused", errorMessage(body) ?? `HTTP status ${response.status}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: our own server made it from a QueryResult
  return body as QueryResult;
}

function queryOf(recording: string): string {
  return new URLSearchParams({ [RECORDING_PARAM]: recording }).toString();
}

function parseLive(text: string): LiveFile | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // half written by a process that died: as good as none
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { pid, url, token, recording } = {
    pid: null,
    url: null,
    token: null,
    recording: null,
    ...value,
  };
  if (typeof pid !== "number" || typeof url !== "string" || typeof token !== "string") return null;
  // the token must not travel to wherever a recording from elsewhere says
  return /^http:\/\/(127\.\d+\.\d+\.\d+|\[::1\]|localhost):\d+$/.test(url)
    ? { pid, url, token, recording: typeof recording === "string" ? recording : null }
    : null;
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // another user's process runs all the same
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}

function errorMessage(body: unknown): string | null {
  const error = typeof body === "object" && body !== null && "error" in body ? body.error : null;
  if (typeof error !== "object" || error === null || !("message" in error)) return null;
  return typeof error.message === "string" ? error.message : null;
}
