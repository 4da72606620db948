// Events in words, as steps of a story: what a process called, sent, received, became.

import { assertNever } from "@elixirscope/base";
import { decode } from "@elixirscope/etf";
import { eventFacts, eventTitle, type EventFacts } from "../event-facts.ts";
import { initialCallText } from "../names.ts";
import { printArguments, printTerm, type TermStyle } from "../print.ts";
import type { ProcessRef } from "../process-refs.ts";
import { moduleText } from "../names.ts";
import { asText, asTextOrNull, select, sql, type Source } from "../sql.ts";
import { requestIn } from "../otp-message.ts";
import { exceptionText, reasonText } from "./error-text.ts";
import type { CauseEdge, StoryStep } from "@elixirscope/wire";

/** In the order of `events`; those that the recording no longer has are left out. `because` gives the edge that led to each. */
export async function eventSteps(
  source: Source,
  events: readonly number[],
  because: ReadonlyMap<number, CauseEdge>,
  style: TermStyle,
): Promise<readonly StoryStep[]> {
  const facts = await eventFacts(source, events);
  const names = await namesOf(source, [...facts.values()]);
  return events.flatMap((id): readonly StoryStep[] => {
    const event = facts.get(id);
    if (event === undefined) return [];
    const edge = because.get(id);
    return [
      {
        event: id,
        t: event.t,
        process: names.get(event.pid) ?? { pid: event.pid, name: null },
        text: stepText(event, names, style),
        because: edge?.type ?? null,
        confidence: edge?.confidence ?? null,
      },
    ];
  });
}

type Names = ReadonlyMap<string, ProcessRef>;

/** By the printed pid. */
async function namesOf(source: Source, events: readonly EventFacts[]): Promise<Names> {
  const pids = new Set(
    events.flatMap(({ pid, message }) =>
      [pid, message?.from ?? null, message?.to ?? null].filter((one) => one !== null),
    ),
  );
  const rows = await select(
    source,
    sql`SELECT p.text, x.name, x.label, x.initial_call FROM base.pids p LEFT JOIN base.processes x ON x.pid = p.id
      WHERE p.text IN ${[...pids]}`,
  );
  return new Map(
    rows.map((row) => {
      const [name, label, call] = row.slice(1).map(asTextOrNull);
      const known =
        typeof name === "string"
          ? moduleText(name)
          : (label ?? (typeof call === "string" ? initialCallText(call) : null));
      return [asText(row[0]), { pid: asText(row[0]), name: known }];
    }),
  );
}

function stepText(event: EventFacts, names: Names, style: TermStyle): string {
  const { kind, payload, message, call } = event;
  const who = (pid: string | null | undefined, nobody: string): string =>
    pid === null || pid === undefined ? nobody : whoText(names.get(pid) ?? { pid, name: null });
  const value = payload === null ? "(not recorded)" : short(payload, style);
  switch (kind) {
    case "call":
      return `calls ${call === null ? "an unknown function" : callText(call.mfa, payload, style)}`;
    case "return":
      return `returns ${value} from ${call?.mfa ?? "an unknown function"}`;
    case "exception":
      return `raises in ${call?.mfa ?? "an unknown function"}: ${thrownText(payload, style)}`;
    case "send":
      return `sends ${body(payload, style)} to ${who(message?.to, "an unknown process")}`;
    case "receive":
      return `receives ${body(payload, style)} from ${who(message?.from, "a timer, a port or the VM")}`;
    case "handle":
      return `handles ${body(payload, style)}`;
    case "spawn":
      return "spawns a process";
    case "exit":
      return `ends: ${reasonOf(payload, style)}`;
    case "state":
      return `has the state ${value}`;
    case "no_clause":
    case "none":
    case "link":
    case "unlink":
    case "getting_linked":
    case "getting_unlinked":
    case "register":
    case "unregister":
    case "module":
    case "tail":
    case "bind":
    case "branch":
    case "value":
    case "line":
      return eventTitle(event, style);
    default:
      return assertNever(kind);
  }
}

export function whoText({ pid, name }: ProcessRef): string {
  return name === null ? pid : `${name} ${pid}`;
}

/** `Shop.Cart.add("apple", 1)` */
export function callText(mfa: string, payload: Uint8Array | null, style: TermStyle): string {
  if (payload === null) return mfa;
  return `${mfa.replace(/\/\d+$/, "")}(${cut(printArguments(payload, "line", style))})`;
}

/** The request inside the messages of behaviours. */
export function body(payload: Uint8Array | null, style: TermStyle): string {
  if (payload === null) return "a message (not recorded)";
  const term = decode(payload);
  return term.ok ? cut(printTerm(requestIn(term.value), "line", style)) : short(payload, style);
}

export function reasonOf(payload: Uint8Array | null, style: TermStyle): string {
  if (payload === null) return "(reason not recorded)";
  const term = decode(payload);
  return term.ok ? cut(reasonText(term.value, style)) : short(payload, style);
}

export function thrownText(payload: Uint8Array | null, style: TermStyle): string {
  if (payload === null) return "(exception not recorded)";
  const term = decode(payload);
  return term.ok ? cut(exceptionText(term.value, style)) : short(payload, style);
}

function short(payload: Uint8Array, style: TermStyle): string {
  return cut(printTerm(payload, "line", style));
}

function cut(text: string): string {
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
