// Running on, or back, to the next place in time at which a condition holds. It looks at windows that grow,
// the nearest first, so that a match nearby is found at once in a long recording.

import type { Direction } from "@elixirscope/wire";
import { hitOf, withPids, type Hit } from "../find/hit.ts";
import { nearestFound } from "../find/nearest-found.ts";
import type { SearchOptions } from "../find/search-steps.ts";
import type { NoSubject } from "../find/subject.ts";
import type { Watch } from "../find/where.ts";
import { limitsOf } from "../limits.ts";
import { timeText } from "../names.ts";
import { styleOf } from "../print.ts";
import type { Source } from "../sql.ts";
import { momentOf } from "../stack/moment.ts";
import type { Instant } from "../stack/instant.ts";
import { landing } from "./landing.ts";
import type { StepView } from "./step-by.ts";

export type RunToParams = {
  /** as printed; null with a time: start there, in whatever process */
  readonly pid: string | null;
  readonly from: Instant;
  readonly direction: Direction;
  readonly watch: Watch;
  /** only matches in the process of `pid` or the event count */
  readonly within: "process" | "recording";
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
};

export type RunToView = Omit<StepView, "pid" | "name"> & {
  /** the match, with the values that the condition was asked of */
  readonly hit: Hit | null;
};

export type RunToAnswer =
  | { readonly ok: true; readonly view: RunToView }
  | { readonly ok: false; readonly missing: NoSubject };

export async function runTo(source: Source, params: RunToParams): Promise<RunToAnswer> {
  const { watch, direction, within } = params;
  const moment =
    params.pid === null && params.from.kind === "time"
      ? { index: null, cutoff: { t: params.from.t, event: null } }
      : await momentOf(source, params.pid, params.from);
  if (moment === null) {
    return { ok: false, missing: { message: "no such event or process", nearest: [] } };
  }
  const { index, cutoff: from } = moment;
  const nearest = await nearestFound(source, watch, {
    from,
    direction,
    pid: within === "process" ? index : null,
    ...reporting(params),
  });
  if (!nearest.ok) return nearest;
  const { found, subject, end, unknown } = nearest;
  const notes = unknown
    ? ["where values were cut or not recorded the condition may have held, too"]
    : [];
  const limits = [...(await limitsBetween(source, from.t, found?.step.t ?? end)), ...notes];
  if (found !== null && subject !== null) {
    const [hit] = await withPids(source, [hitOf(found, subject, styleOf(source.manifest))]);
    const to = await landing(source, found.step.id);
    return { ok: true, view: { from, to, hit: hit ?? null, why: null, limits } };
  }
  const side = direction === "next" ? "after" : "before";
  const why = `${watch.text} held nowhere ${side} ${timeText(from.t)}, as far as was recorded`;
  return { ok: true, view: { from, to: null, hit: null, why, limits } };
}

function reporting({ signal, progress }: RunToParams): Pick<SearchOptions, "signal" | "progress"> {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(progress === undefined ? {} : { progress }),
  };
}

async function limitsBetween(
  source: Source,
  one: number,
  other: number,
): Promise<readonly string[]> {
  const extent = { pids: null, from: Math.min(one, other), to: Math.max(one, other) };
  return await limitsOf(source, extent, []);
}
