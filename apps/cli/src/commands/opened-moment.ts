// Where `open` opens the page: what was typed, checked against the recording, as a part of the link.

import { event, findProcess, type Source } from "@elixirscope/query";
import { type LinkedMoment, type TimeRange, type ViewName } from "@elixirscope/wire";
import { UsageError } from "../exit-codes.ts";
import { instantAt, withNearest } from "../questions/process-at.ts";

export type MomentOptions = {
  readonly at?: number;
  readonly pid?: string;
  readonly event?: number;
  readonly view?: ViewName;
  readonly select?: TimeRange;
};

export function isMoment({ at, pid, event: id, view, select }: MomentOptions): boolean {
  return [at, pid, id, view, select].some((option) => option !== undefined);
}

/** Where the page is to be; nothing of it for the page as it opens by itself. */
export async function momentOf(
  source: Source,
  { at, pid, event: id, view, select }: MomentOptions,
): Promise<LinkedMoment> {
  const rest: LinkedMoment = {
    ...(view === undefined ? {} : { main: view }),
    ...(select === undefined ? {} : { selection: await checkedRange(source, select) }),
  };
  if (id !== undefined) {
    if (at !== undefined || pid !== undefined) {
      throw new UsageError("an event has its time and process: leave out --at and --pid");
    }
    const found = await event(source, id);
    if (found === null) throw new UsageError(`the recording has no event ${id}`);
    return { ...rest, cursor: { t: found.t, event: found.id }, pid: found.pid };
  }
  const t = at === undefined ? null : await instantAt(source, at);
  const cursor = t === null ? null : { t, event: null };
  if (pid === undefined) return { ...rest, cursor };
  const process = await findProcess(source, pid, t);
  if (!process.ok) throw new UsageError(withNearest(process));
  return { ...rest, cursor, pid: process.process.pid };
}

async function checkedRange(source: Source, range: TimeRange): Promise<TimeRange> {
  await instantAt(source, range.t0);
  return range;
}
