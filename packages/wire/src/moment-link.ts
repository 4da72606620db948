// A link to a moment of a recording: what stands in the page's address, for all who make such links.

import type { TimeRange } from "./protocol.ts";

/** What fills the middle of the page; with `timeline` the lanes have it for themselves. */
export const VIEWS = [
  "timeline",
  "system",
  "process",
  "code",
  "state",
  "performance",
  "causality",
  "insights",
  "query",
  "recordings",
] as const;
export type ViewName = (typeof VIEWS)[number];

export type LinkedMoment = {
  readonly cursor?: { readonly t: number; readonly event: number | null } | null;
  readonly pid?: string | null;
  readonly selection?: TimeRange | null;
  readonly main?: ViewName;
};

/** As the address has it: `t` time, `e` event, `p` process, `s` selected range, `view`. */
export function momentParams(moment: LinkedMoment): URLSearchParams {
  const { cursor = null, pid = null, selection = null, main = "timeline" } = moment;
  const params = new URLSearchParams();
  if (cursor !== null) params.set("t", String(Math.round(cursor.t)));
  if (cursor !== null && cursor.event !== null) params.set("e", String(cursor.event));
  if (pid !== null) params.set("p", pid);
  if (selection !== null) params.set("s", rangeText(selection));
  if (main !== "timeline") params.set("view", main);
  return params;
}

export function rangeText({ t0, t1 }: TimeRange): string {
  return `${Math.round(t0)}~${Math.round(t1)}`;
}

/** The address of the page, which already has its token, at a moment. */
export function urlAt(pageAddress: string, moment: LinkedMoment): string {
  const rest = momentParams(moment).toString();
  return rest === "" ? pageAddress : `${pageAddress}&${rest}`;
}
