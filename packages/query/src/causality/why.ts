// Why did this happen? Of a crash: what failed, on which message, in which state, where that came from, what
// followed. Of any other event: the line of causes that led to it, and what it caused.

import type { SourceFile } from "../clauses/source-file.ts";
import { kindCode } from "../event-kinds.ts";
import { limitsOf } from "../limits.ts";
import { printTerm, styleOf } from "../print.ts";
import { processRefs } from "../process-refs.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  select,
  sql,
  type Row,
  type Source,
} from "../sql.ts";
import { deathsAfter, restartAfter } from "./aftermath.ts";
import { NEAR } from "./cause-lookups.ts";
import { CauseWindow } from "./cause-window.ts";
import { isAbnormal } from "./crashes.ts";
import { effectsOf } from "./edges.ts";
import { body, eventSteps } from "./event-steps.ts";
import { reasonText } from "./error-text.ts";
import { failureOf, fatalOf, type Fatal } from "./failure.ts";
import { mainCauses } from "./main-cause.ts";
import type {
  CauseEdge,
  CrashView,
  EventStory,
  HandledView,
  StateBefore,
  Story,
  WhyView,
} from "@elixirscope/wire";

const RECEIVE = kindCode("receive");
const HANDLE = kindCode("handle");
/** Steps of a story that are told beside its first one. */
const MAX_TOLD = 40;
const MAX_EFFECTS = 20;

export type WhyOptions = {
  /** the project's code, where the recording does not hold it */
  readonly files?: readonly SourceFile[];
};

/** Null: there is no such event. An exception, a missing clause and an abnormal end are told as a crash. */
export async function why(
  source: Source,
  event: number,
  { files = [] }: WhyOptions = {},
): Promise<WhyView | null> {
  const window = new CauseWindow(source, "line");
  const fatal = await fatalOf(source, event, window);
  if (fatal !== null && (fatal.exit === null || isAbnormal(fatal.exit.reason))) {
    return await crash(source, fatal, files, window);
  }
  return await story(source, event);
}

async function crash(
  source: Source,
  fatal: Fatal,
  files: readonly SourceFile[],
  window: CauseWindow,
): Promise<CrashView> {
  const failure = await failureOf(source, fatal, files);
  const line = await mainCauses(source, failure.event, window);
  const taken = await takenOn(source, line, fatal.pid);
  const event = fatal.exit?.event ?? fatal.exceptions.at(-1) ?? failure.event;
  const t = fatal.exit?.t ?? failure.t;
  const [told, message, state, refs, aftermath, restart] = await Promise.all([
    storyOf(source, failure.event, line),
    taken === null ? null : handledOn(source, taken, line),
    stateBefore(source, fatal.pid, taken ?? failure.event),
    processRefs(source, [fatal.pid]),
    fatal.exit === null ? { deaths: [], more: false } : deathsAfter(source, fatal.exit.event),
    fatal.exit === null ? null : restartAfter(source, fatal.pid, fatal.exit.t),
  ]);
  const from = told.steps[0]?.t ?? t;
  const limits = [
    ...(await limitsOf(source, { pids: null, from, to: t }, [
      "messages",
      "states",
      "lifecycle",
      "values",
    ])),
  ];
  if (fatal.exceptions.length === 0) {
    limits.push(
      "no exception of this process was recorded: what failed is read from the reason it ended with",
    );
  }
  if (failure.locals.length === 0) {
    limits.push(
      "the code that failed was not instrumented: its variables and branches are not here",
    );
  }
  if (fatal.exit === null) limits.push("no end of the process was recorded after this exception");
  if (message !== null && message.sendEvent === null) {
    limits.push(
      "which send this message came from is not known: the story begins where it arrived",
    );
  }
  if (aftermath.more) limits.push("more processes ended or were told than are listed");
  const style = styleOf(source.manifest);
  return {
    kind: "crash",
    event,
    t,
    process: refs.get(fatal.pid) ?? { pid: "?", name: null },
    failure,
    message,
    state,
    story: told,
    reason:
      fatal.exit?.reason === undefined || fatal.exit.reason === null
        ? null
        : reasonText(fatal.exit.reason, style),
    deaths: aftermath.deaths,
    restart,
    limits,
  };
}

/** The latest event of this process on the line with which it took a message. */
async function takenOn(
  source: Source,
  line: readonly CauseEdge[],
  pid: number,
): Promise<number | null> {
  const sources = line.slice(0, MAX_TOLD * 5).map((edge) => edge.source);
  const [row] = await select(
    source,
    sql`SELECT max(id)::DOUBLE FROM raw.events WHERE id IN ${sources} AND pid = ${pid} AND kind IN ${[RECEIVE, HANDLE]}`,
  );
  return asNumberOrNull(row?.[0]);
}

async function handledOn(
  source: Source,
  taken: number,
  line: readonly CauseEdge[],
): Promise<HandledView> {
  const received =
    line.find(({ type, target }) => type === "handle" && target === taken)?.source ?? taken;
  const edge = line.find(({ type, target }) => type === "message" && target === received) ?? null;
  const [row] = await select(
    source,
    sql`SELECT e.t, payload(e.payload), m.from_pid FROM (SELECT id, t, payload FROM raw.events WHERE id = ${taken}) e
      LEFT JOIN (SELECT from_pid FROM raw.messages WHERE receive_event = ${received}) m ON true LIMIT 1`,
  );
  const from = asNumberOrNull(row?.[2]);
  const refs = from === null ? null : await processRefs(source, [from]);
  return {
    event: taken,
    t: asNumber(row?.[0] ?? 0),
    text: body(asBytesOrNull(row?.[1]), styleOf(source.manifest)),
    from: from === null ? null : (refs?.get(from) ?? null),
    sendEvent: edge?.source ?? null,
    confidence: edge?.confidence ?? null,
  };
}

async function stateBefore(
  source: Source,
  pid: number,
  event: number,
): Promise<StateBefore | null> {
  const latest = async (from: number, to: number): Promise<readonly Row[]> =>
    await select(
      source,
      sql`SELECT event::DOUBLE, t, version, payload(state) FROM (
      SELECT * FROM raw.states WHERE pid = ${pid} AND event BETWEEN ${from} AND ${to} ORDER BY event DESC LIMIT 1)`,
    );
  const near = Math.max(0, event - NEAR);
  const row = (await latest(near, event - 1))[0] ?? (await latest(0, near - 1))[0];
  const payload = asBytesOrNull(row?.[3]);
  if (row === undefined || payload === null) return null;
  return {
    event: asNumber(row[0]),
    t: asNumber(row[1]),
    version: asNumber(row[2]),
    text: printTerm(payload, "line", styleOf(source.manifest)),
  };
}

async function story(source: Source, event: number): Promise<EventStory | null> {
  const [row] = await select(
    source,
    sql`SELECT t, coalesce(pid, 0) FROM raw.events WHERE id = ${event} LIMIT 1`,
  );
  if (row === undefined) return null;
  const [t, pid] = [asNumber(row[0]), asNumber(row[1])];
  const [line, caused, refs] = await Promise.all([
    mainCauses(source, event),
    effectsOf(source, [event]),
    processRefs(source, [pid]),
  ]);
  const told = await storyOf(source, event, line);
  const shown = caused.slice(0, MAX_EFFECTS);
  const because = new Map(shown.map((edge) => [edge.target, edge]));
  const effects = await eventSteps(source, [...because.keys()], because, styleOf(source.manifest));
  const from = told.steps[0]?.t ?? t;
  const limits = [
    ...(await limitsOf(source, { pids: null, from, to: t }, ["messages", "states", "lifecycle"])),
  ];
  if (caused.length > shown.length) {
    limits.push(`it caused ${caused.length} events directly, of which ${shown.length} are listed`);
  }
  return {
    kind: "event",
    event,
    t,
    process: refs.get(pid) ?? { pid: "?", name: null },
    story: told,
    effects,
    limits,
  };
}

/** Of a long line its root and its last steps. */
async function storyOf(source: Source, event: number, line: readonly CauseEdge[]): Promise<Story> {
  const because = new Map(line.map((edge) => [edge.target, edge]));
  const back = [event, ...line.map((edge) => edge.source)];
  const near = back.slice(0, MAX_TOLD);
  const root = back.length > MAX_TOLD ? back.slice(-1) : [];
  const steps = await eventSteps(
    source,
    [...root, ...near.toReversed()],
    because,
    styleOf(source.manifest),
  );
  return { steps, omitted: back.length - near.length - root.length };
}
