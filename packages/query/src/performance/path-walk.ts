// The critical path, walked backwards from the end of a request: a process runs since what made it go on;
// before that lay the message's way and its time in the mailbox; before that its sender ran, and so on
// until the request's begin. Every step takes the cursor back, and its pieces end where the ones after
// begin, so the pieces sum to the whole whatever is missing.

import { assertNever } from "@elixirscope/base";
import type { PieceKind } from "@elixirscope/wire";
import type { Activity, Cause } from "./path-activity.ts";

export type Piece = {
  readonly kind: PieceKind;
  readonly pid: number;
  readonly from: number;
  readonly to: number;
  /** the event at its begin or end that shows it; null at the begin of a process */
  readonly event: number | null;
};

export type Cursor = { readonly pid: number; readonly t: number; readonly id: number };

export type Request = {
  readonly pid: number;
  readonly from: number;
  readonly to: number;
  readonly event: number;
  readonly endEvent: number | null;
};

/** What happened in a process up to the cursor. */
export type Activities = (cursor: Cursor) => Promise<Activity>;

const MOST_STEPS = 10_000;

/** In the order of time; empty for a request that took no time. */
export async function walk(request: Request, activities: Activities): Promise<readonly Piece[]> {
  const path = new Path(request);
  for (let step = 0; path.cursor.t > request.from; step++) {
    if (step >= MOST_STEPS) {
      path.back("unknown", path.cursor.pid, request.from, null);
      break;
    }
    const activity = await activities(path.cursor);
    const isRequester = path.cursor.pid === request.pid;
    const cause = causeOf(activity, path.cursor, isRequester);
    if (cause !== null) stepBack(path, cause);
    else if (isRequester) path.back("run", request.pid, request.from, request.event);
    else began(path, activity);
  }
  return path.pieces.toReversed();
}

/** Nothing made the process go on to where it is but its own begin, if that is known. */
function began(path: Path, { spawned }: Activity): void {
  const { pid, t, id } = path.cursor;
  if (spawned === null || spawned.t <= path.from || spawned.t > t) {
    path.lost();
    return;
  }
  path.back("run", pid, spawned.t, null);
  path.goOn({ pid: spawned.parent, t: spawned.t, id });
}

function stepBack(path: Path, cause: Cause): void {
  const { pid } = path.cursor;
  const { message, id } = cause;
  const sender = message?.from ?? null;
  const before = cause.before ?? path.from;
  path.back("run", pid, cause.t, id);
  if (message === null || sender === null) {
    if (cause.kind === "receive") {
      path.back("wait", pid, before, id);
      path.goOn({ pid, t: before, id });
      return;
    }
    path.back("queue", pid, message?.tReceived ?? cause.t, id);
    path.lost();
    return;
  }
  const { call, exit, tSent, sendEvent } = message;
  const isAwaited = cause.kind === "receive" && isWaitedFor(cause);
  if (call !== null) {
    path.ifLost({ kind: "serve", cursor: { pid: call.pid, t: call.t, id: call.sendEvent } });
  } else if (isAwaited) path.ifLost({ kind: "unknown", cursor: { pid, t: before, id } });
  if (tSent !== null && sendEvent !== null) {
    const busyUntil = cause.kind === "handle" ? (cause.busyUntil ?? 0) : isAwaited ? 0 : before;
    if (busyUntil > tSent) path.back("deliver", pid, busyUntil, id);
    path.back(busyUntil > tSent ? "queue" : "deliver", pid, tSent, id);
    path.goOn({ pid: sender, t: tSent, id: sendEvent });
  } else if (exit !== null) {
    path.back("deliver", pid, exit.t, id);
    path.goOn({ pid: sender, t: exit.t, id: exit.event });
  } else if (isAwaited && call === null) {
    path.back("wait", pid, before, id);
    path.goOn({ pid, t: before, id });
  } else {
    path.cursor = { ...path.cursor, pid: sender };
    path.lost();
  }
}

/** Where to go on when what is being followed leads nowhere: before the wait that led to it. */
type Fallback = { readonly kind: "serve" | "unknown"; readonly cursor: Cursor };

class Path {
  readonly from: number;
  /** the latest first */
  readonly pieces: Piece[] = [];
  cursor: Cursor;
  readonly #fallbacks: Fallback[] = [];

  constructor({ pid, from, to, endEvent }: Request) {
    this.from = from;
    this.cursor = { pid, t: to, id: endEvent ?? Number.MAX_SAFE_INTEGER };
  }

  /** Back to `to`, never forward and never before the request. */
  back(kind: PieceKind, pid: number, to: number, event: number | null): void {
    const { t } = this.cursor;
    const from = Math.min(t, Math.max(to, this.from));
    if (from < t) this.pieces.push({ kind, pid, from, to: t, event });
    this.cursor = { ...this.cursor, t: from };
  }

  goOn({ pid, t, id }: Cursor): void {
    this.cursor = { pid, t: Math.min(this.cursor.t, Math.max(t, this.from)), id };
  }

  ifLost(fallback: Fallback): void {
    this.#fallbacks.push(fallback);
  }

  /** What came before is not known, at most since the wait that led here. */
  lost(): void {
    const { pid, t } = this.cursor;
    let last = this.#fallbacks.pop();
    while (last !== undefined && last.cursor.t >= t) last = this.#fallbacks.pop();
    if (last === undefined) {
      this.back("unknown", pid, this.from, null);
      return;
    }
    this.back(last.kind, pid, last.cursor.t, last.cursor.id);
    this.goOn(last.cursor);
  }
}

/**
 * What made the process go on to where it is. In the requester, and inside of a callback, only a receive
 * that was waited for; a process that reports no handling works for what it received last.
 */
function causeOf(
  { causes, isBehaviour }: Activity,
  { id }: Cursor,
  isRequester: boolean,
): Cause | null {
  const anyReceive = !isRequester && !isBehaviour;
  for (let i = lastBefore(causes, id); i >= 0; i--) {
    const cause = causes[i];
    if (cause === undefined) break;
    switch (cause.kind) {
      case "handle":
        if (!isRequester) return cause;
        break;
      case "receive":
        if (anyReceive || isWaitedFor(cause)) return cause;
        break;
      default:
        return assertNever(cause.kind);
    }
  }
  return null;
}

/** The index of the last cause below `id`, by halves. */
function lastBefore(causes: readonly Cause[], id: number): number {
  let [low, high] = [0, causes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((causes[middle]?.id ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** It was not in the mailbox when the process did its last thing before. */
function isWaitedFor({ message, before, t }: Cause): boolean {
  const sent = message?.tSent ?? null;
  return (sent === null || before === null || sent > before) && (before === null || t > before);
}
