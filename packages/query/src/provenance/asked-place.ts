// The value that a question is about: an event, a variable of it or a path into what it holds.

import { nearestNames } from "@elixirscope/base";
import type { Term } from "@elixirscope/etf";
import { parseTermPath, type TermPath } from "@elixirscope/store";
import { EVENT_KINDS, type EventKind } from "@elixirscope/trace";
import { capturedValues, siteNames } from "../captured-values.ts";
import { functionText } from "../interned.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "../sql.ts";
import { argumentsHolder, frameHolders, frameOf, termOf } from "./frames.ts";
import { placeIn, type Holder, type Moment, type Place } from "./place.ts";
import type { PlaceKind } from "@elixirscope/wire";
import { follow, partsOf, wayText } from "./term-way.ts";

export type Asked =
  | { readonly ok: true; readonly place: Place }
  | { readonly ok: false; readonly message: string; readonly nearest: readonly string[] };

const ROOTS: Readonly<Partial<Record<EventKind, readonly [PlaceKind, string]>>> = {
  return: ["result", "result"],
  exception: ["exception", "exception"],
  exit: ["exception", "reason"],
  send: ["sent", "body"],
  receive: ["received", "body"],
  state: ["state", "state"],
  spawn: ["spawn", "spawn"],
  value: ["binding", "value"],
};

/** `path` as `args[1].qty`, `arg2.qty`, `result{1}`, `body{0}`, `state.items`, or from the value on: `.items[0]`. */
export async function askedPlace(
  source: Source,
  event: number,
  path: string,
  name: string | null,
): Promise<Asked> {
  const [row] = await select(
    source,
    sql`SELECT e.id, e.t, e.pid, e.kind, e.frame, e.site, payload(e.payload), e.flags, s.names, payload(b.value)
      FROM (SELECT * FROM raw.events WHERE id = ${event} LIMIT 1) e LEFT JOIN raw.sites s ON s.site = e.site
        LEFT JOIN (SELECT event, value FROM raw.bindings WHERE event = ${event}) b ON b.event = e.id`,
  );
  if (row === undefined) return no(`the recording has no event ${event}`);
  const kind = EVENT_KINDS[asNumber(row[3])] ?? "none";
  const at = {
    event,
    t: asNumber(row[1]),
    pid: asNumber(row[2]),
    call: asNumberOrNull(row[4]),
    site: asNumberOrNull(row[5]),
    function: null,
  };
  if (name !== null || kind === "bind" || kind === "branch") {
    const captured = capturedValues(
      {
        payload: asBytesOrNull(row[6]),
        count: asNumberOrNull(row[7]) ?? 0,
        further: asBytesOrNull(row[9]),
      },
      siteNames(asTextOrNull(row[8])),
    );
    const call = kind === "call" ? event : at.call;
    return await variable(
      source,
      { ...at, call, root: LIST, name, kind: "binding" },
      captured,
      path,
    );
  }
  if (kind === "call") {
    const frame = await frameOf(source, event);
    const holder = frame === null ? null : argumentsHolder(frame);
    if (holder === null) return no(`the arguments of call ${event} were not recorded`);
    return argument(holder, path);
  }
  const root = termOf(row[6]);
  const as = ROOTS[kind];
  if (root === null || as === undefined) return no(`event ${event} (${kind}) holds no value`);
  const [placeKind, rootName] = as;
  const ended = placeKind === "result" || kind === "exception" ? await endedCall(source, at) : null;
  const holder = { ...at, ...ended, kind: placeKind, root, name: null };
  return within(holder, path, rootName);
}

const LIST: Term = { kind: "list", items: [], tail: null };

async function endedCall(
  source: Source,
  { event, t }: Moment,
): Promise<{ readonly call: number; readonly function: string } | null> {
  const [row] = await select(
    source,
    sql`SELECT call FROM raw.calls WHERE exit_event = ${event} AND t_exit = ${t} LIMIT 1`,
  );
  const frame = row === undefined ? null : await frameOf(source, asNumber(row[0]));
  return frame === null ? null : { call: frame.call, function: functionText(frame) };
}

/** Of the event, else the latest of that name in its call. */
async function variable(
  source: Source,
  at: Holder,
  captured: ReadonlyMap<string, Term>,
  path: string,
): Promise<Asked> {
  const wanted = at.name ?? (captured.size === 1 ? [...captured.keys()][0] : undefined);
  const all = [...captured.keys()];
  if (wanted === undefined) {
    return no(`event ${at.event} has several variables: say which with --name`, all);
  }
  const own = captured.get(wanted);
  if (own !== undefined) return within({ ...at, root: own, name: wanted }, path, wanted);
  const frame = at.call === null ? null : await frameOf(source, at.call);
  const holders =
    frame === null
      ? []
      : (await frameHolders(source, frame, at)).holders.filter(({ kind }) => kind === "binding");
  const found = holders.find(({ name }) => name === wanted);
  if (found !== undefined) return within(found, path, wanted);
  const names = [...new Set([...all, ...holders.flatMap(({ name }) => name ?? [])])];
  const near = nearestNames(wanted, names);
  return no(
    names.length === 0
      ? `no variables were recorded there: the code was not instrumented`
      : `no variable ${wanted} was recorded there`,
    near.length > 0 ? near : names,
  );
}

function argument(holder: Holder, path: string): Asked {
  const numbered = /^arg(\d+)(.*)$/s.exec(path);
  const written = numbered === null ? path : `[${Number(numbered[1]) - 1}]${numbered[2] ?? ""}`;
  const count = partsOf(holder.root).length;
  if (written === "" || written === "args") {
    if (count === 1) return within(holder, "[0]", "args");
    return no(
      `event ${holder.event} is a call with ${count} arguments: say which with --path`,
      Array.from({ length: count }, (_, i) => `args[${i}]`),
    );
  }
  return within(holder, written, "args");
}

function within(holder: Holder, written: string, rootName: string): Asked {
  const text = written.startsWith(rootName) ? written.slice(rootName.length) : written;
  const path = parseTermPath(text);
  if (!path.ok) return no(path.error.message);
  const place = placeIn(holder, path.value);
  if (place !== null) return { ok: true, place };
  const reached = longestPrefix(holder.root, path.value);
  const inside = follow(holder.root, reached);
  const next = inside === undefined ? [] : partsOf(inside).slice(0, 5);
  return no(
    `there is no ${rootName}${wayText(path.value)} in event ${holder.event}`,
    next.map(([step]) => `${rootName}${wayText([...reached, step])}`),
  );
}

function longestPrefix(root: Term, path: TermPath): TermPath {
  for (let length = path.length; length > 0; length--) {
    const prefix = path.slice(0, length);
    if (follow(root, prefix) !== undefined) return prefix;
  }
  return [];
}

function no(message: string, nearest: readonly string[] = []): Asked {
  return { ok: false, message, nearest };
}
