// One step in time in one process: to the next or previous event, message, call, state or line, or to the
// end (back: the beginning) of the call that is running.

import { assertNever } from "@elixirscope/base";
import type { EventKind } from "@elixirscope/trace";
import type { Direction, StepUnit } from "@elixirscope/wire";
import { kindCode } from "../event-kinds.ts";
import { limitsOf, type Ingredient } from "../limits.ts";
import { timeText } from "../names.ts";
import { recordingRange } from "../recording-range.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import { momentOf } from "../stack/moment.ts";
import { openFrames } from "../stack/open-frames.ts";
import type { Instant } from "../stack/instant.ts";
import { landing, type Landing } from "./landing.ts";
import { lineStep } from "./line-steps.ts";
import {
  beyond,
  nearest,
  nearestEvent,
  nearestFirst,
  type EventAt,
  type Position,
} from "./order.ts";

export type StepByParams = {
  /** as printed; an event brings its own */
  readonly pid: string | null;
  /** a time stands after everything that happened then */
  readonly from: Instant;
  readonly by: StepUnit;
  readonly direction: Direction;
};

export type StepView = {
  readonly pid: string;
  readonly name: string | null;
  readonly from: Position;
  /** null: there is none, `why` says what that means */
  readonly to: Landing | null;
  readonly why: string | null;
  readonly limits: readonly string[];
};

/** Null: there is no such event, or no such process. */
export async function stepBy(source: Source, params: StepByParams): Promise<StepView | null> {
  const moment = await momentOf(source, params.pid, params.from);
  if (moment === null) return null;
  const { index, pid, name, cutoff: from } = moment;
  const found = await target(source, index, from, params);
  const isFound = typeof found !== "string";
  const [to, range] = await Promise.all([
    isFound ? landing(source, found.event) : null,
    recordingRange(source),
  ]);
  const end = isFound ? found.t : params.direction === "next" ? range.t1 : 0;
  const extent = { pids: [index], from: Math.min(from.t, end), to: Math.max(from.t, end) };
  const limits = await limitsOf(source, extent, INGREDIENTS[params.by]);
  return { pid, name, from, to, why: isFound ? null : found, limits };
}

const INGREDIENTS: Readonly<Record<StepUnit, readonly Ingredient[]>> = {
  event: ["messages", "lifecycle"],
  line: ["calls"],
  into: ["calls"],
  out: ["calls"],
  call: ["calls"],
  message: ["messages"],
  state: ["states"],
};

const KINDS: Readonly<Record<"call" | "message", readonly EventKind[]>> = {
  call: ["call"],
  message: ["send", "receive"],
};

/** Text: why there is none. */
async function target(
  source: Source,
  pid: number,
  from: Position,
  { by, direction }: StepByParams,
): Promise<EventAt | string> {
  const own = sql`pid = ${pid}`;
  switch (by) {
    case "event":
      return (await nearestEvent(source, own, from, direction)) ?? none(by, from, direction);
    case "call":
    case "message": {
      const which = sql`${own} AND kind IN ${KINDS[by].map(kindCode)}`;
      return (await nearestEvent(source, which, from, direction)) ?? none(by, from, direction);
    }
    case "state":
      return (await nearestState(source, pid, from, direction)) ?? none(by, from, direction);
    case "out":
      return await endOfCall(source, pid, from, direction);
    case "line":
    case "into": {
      const look = { by: by === "line" ? "over" : "into", direction } as const;
      const found = await lineStep(source, pid, from, look);
      if (found.kind === "found") return found;
      if (found.kind === "no_line") {
        return "no instrumented code of this process had run by then: step by call or event, or record with `run` or `attach --deep`";
      }
      return by === "into"
        ? none("instrumented line", from, direction)
        : `the call has no line ${direction === "next" ? "after" : "before"} this one, and no caller is instrumented: \`into\` and \`event\` go on`;
    }
    default:
      return assertNever(by);
  }
}

function none(what: string, { t }: Position, direction: Direction): string {
  return `no ${what} of this process was recorded ${direction === "next" ? "after" : "before"} ${timeText(t)}`;
}

async function nearestState(
  source: Source,
  pid: number,
  position: Position,
  direction: Direction,
): Promise<EventAt | null> {
  return await nearest(position, direction, async (within) => {
    const [row] = await select(
      source,
      sql`SELECT t, id FROM (SELECT t, event AS id FROM raw.states WHERE pid = ${pid})
        WHERE ${beyond(position, direction)} AND ${within} ORDER BY ${nearestFirst(direction)} LIMIT 1`,
    );
    return row === undefined ? null : { t: asNumber(row[0]), event: asNumber(row[1]) };
  });
}

async function endOfCall(
  source: Source,
  pid: number,
  from: Position,
  direction: Direction,
): Promise<EventAt | string> {
  const { frames } = await openFrames(source, pid, from);
  const isNext = direction === "next";
  // where one stands already is no step
  const frame = frames.findLast(
    ({ call, exitEvent }) => (isNext ? exitEvent : call) !== from.event || from.event === null,
  );
  if (frame === undefined) return `no recorded call was running at ${timeText(from.t)}`;
  const event = isNext ? frame.exitEvent : frame.call;
  if (event === null) return "the call was still running when the recording ended";
  const [row] = await select(source, sql`SELECT t FROM raw.events WHERE id = ${event} LIMIT 1`);
  return row === undefined
    ? "the event is no longer in the recording"
    : { t: asNumber(row[0]), event };
}
