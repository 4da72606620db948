// Where in a recording one is, as the URL's hash: any moment can be linked and restored.
//
// A hash is user input: what cannot be read is left out, never an error.

import {
  momentParams,
  rangeText,
  RECORDING_PARAM,
  VIEWS,
  type TimeRange,
  type ViewName,
} from "@elixirscope/wire";

export const TABS = ["state", "calls", "messages", "event", "code"] as const;
export type Tab = (typeof TABS)[number];

export type Cursor = { readonly t: number; readonly event: number | null };

/** As requests name it. */
export function askedAt({ t, event }: Cursor): { readonly t: number; readonly event?: number } {
  return event === null ? { t } : { t, event };
}

export type Place = {
  /** which recording of the folder; null: the one that the server began with */
  readonly rec: string | null;
  readonly cursor: Cursor | null;
  readonly pid: string | null;
  readonly view: TimeRange | null;
  readonly selection: TimeRange | null;
  readonly tab: Tab;
  readonly main: ViewName;
  readonly filter: string;
  /** what single views keep in the address, by its name there, such as `query.sql` */
  readonly params: ReadonlyMap<string, string>;
};

export const START: Place = {
  rec: null,
  cursor: null,
  pid: null,
  view: null,
  selection: null,
  tab: "state",
  main: "timeline",
  filter: "",
  params: new Map(),
};

/** Names of what views keep in the address have a dot, so that they never meet those of the page. */
const PARAM_NAME = /^[a-z]+\.[a-z0-9]+$/;

export function placeToHash(place: Place): string {
  const params = momentParams(place);
  if (place.rec !== null) params.set(RECORDING_PARAM, place.rec);
  if (place.view !== null) params.set("v", rangeText(place.view));
  if (place.tab !== START.tab) params.set("tab", place.tab);
  if (place.filter !== "") params.set("f", place.filter);
  for (const [name, value] of place.params) if (value !== "") params.set(name, value);
  const text = params.toString();
  return text === "" ? "" : `#${text}`;
}

export function placeFromHash(hash: string): Place {
  const params = new URLSearchParams(hash.replace(/^#/, ""));
  const t = number(params.get("t"));
  const tab = TABS.find((name) => name === params.get("tab"));
  // links from when the query was a tab
  const named = params.get("tab") === "query" ? "query" : params.get("view");
  return {
    rec: nonEmpty(params.get(RECORDING_PARAM)),
    cursor: t === null ? null : { t, event: number(params.get("e")) },
    pid: nonEmpty(params.get("p")),
    view: range(params.get("v")),
    selection: range(params.get("s")),
    tab: tab ?? START.tab,
    main: VIEWS.find((name) => name === named) ?? START.main,
    filter: params.get("f") ?? "",
    params: new Map([...params].filter(([name]) => PARAM_NAME.test(name))),
  };
}

/** An event as it is in the address; null: it is none. */
export function eventIn(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function range(text: string | null): TimeRange | null {
  const [from, to] = (text ?? "").split("~");
  const t0 = number(from ?? null);
  const t1 = number(to ?? null);
  return t0 === null || t1 === null || t1 <= t0 ? null : { t0, t1 };
}

function number(text: string | null): number | null {
  if (text === null || !/^-?\d{1,16}$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

function nonEmpty(text: string | null): string | null {
  return text === null || text === "" ? null : text;
}
