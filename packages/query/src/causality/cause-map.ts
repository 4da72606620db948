// The drawing of what led to an event and what followed: the main line back to its root, the nearest effects, and
// around events that somebody opens all their direct causes or effects. What is left out is counted.

import type { CauseEdge, CauseMap, CauseNode, Params } from "@elixirscope/wire";
import { kindOf } from "../event-kinds.ts";
import { limitsOf } from "../limits.ts";
import { styleOf } from "../print.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import { causesOf, effectsOf } from "./edges.ts";
import { eventSteps } from "./event-steps.ts";
import { forward } from "./forward.ts";
import { MAX_STEPS, mainCauses } from "./main-cause.ts";
import { eventExists } from "./walk-limits.ts";

/** Direct causes, or effects, of one opened event that are drawn. */
const MOST_OPENED = 40;

/** Null: there is no such event. */
export async function causeMap(
  source: Source,
  params: Params<"causeMap">,
): Promise<CauseMap | null> {
  const { event } = params;
  if (!(await eventExists(source, event))) return null;
  const [followed, line, into, outOf] = await Promise.all([
    forward(source, event, { limit: params.effects + 1 }),
    mainCauses(source, event),
    causesOf(source, params.causesOf),
    effectsOf(source, params.effectsOf),
  ]);
  if (followed === null) return null;
  const back = line.map((edge) => edge.source);
  const near = back.slice(0, params.causes);
  const root = back.length > near.length ? back.slice(-1) : [];
  const main = new Set([event, ...near, ...root]);
  const shown = new Set([...main, ...followed.events]);
  const after = new Set(followed.events.filter((id) => id !== event));
  for (const opened of openedAmong(shown, params)) {
    for (const id of opened.of === "causes"
      ? before(into, opened.event)
      : next(outOf, opened.event)) {
      if (!shown.has(id) && opened.of === "effects") after.add(id);
      shown.add(id);
    }
  }
  const [edges, outward] = await Promise.all([
    causesOf(source, [...shown]),
    effectsOf(source, [...after, event]),
  ]);
  const nodes = await nodesOf(source, {
    shown: [...shown],
    line,
    main,
    after,
    hiddenCauses: hidden(edges, shown, "target", "source"),
    hiddenEffects: hidden(outward, shown, "source", "target"),
    event,
  });
  const times = nodes.map(({ t }) => t);
  return {
    event,
    nodes,
    edges: edges.filter((edge) => shown.has(edge.source)),
    omitted: back.length - near.length - root.length,
    isLong: line.length >= MAX_STEPS,
    moreEffects: followed.truncated,
    limits: await limitsOf(
      source,
      { pids: null, from: Math.min(...times), to: Math.max(...times) },
      ["messages", "states", "lifecycle"],
    ),
  };
}

type Opened = { readonly of: "causes" | "effects"; readonly event: number };

/** Those that are in the drawing by now; what one of them brings in may be opened itself. */
function* openedAmong(
  shown: ReadonlySet<number>,
  params: Pick<Params<"causeMap">, "causesOf" | "effectsOf">,
): Generator<Opened> {
  let waiting: readonly Opened[] = [
    ...params.causesOf.map((event) => ({ of: "causes", event }) as const),
    ...params.effectsOf.map((event) => ({ of: "effects", event }) as const),
  ];
  for (;;) {
    const ready = waiting.filter(({ event }) => shown.has(event));
    if (ready.length === 0) return;
    waiting = waiting.filter(({ event }) => !shown.has(event));
    yield* ready;
  }
}

function before(edges: readonly CauseEdge[], event: number): readonly number[] {
  const into = edges.filter(({ target }) => target === event);
  return distinct(into.map((edge) => edge.source)).slice(-MOST_OPENED);
}

function next(edges: readonly CauseEdge[], event: number): readonly number[] {
  const outOf = edges.filter((edge) => edge.source === event);
  return distinct(outOf.map(({ target }) => target)).slice(0, MOST_OPENED);
}

function distinct(events: readonly number[]): readonly number[] {
  return [...new Set(events)].toSorted((a, b) => a - b);
}

/** Per event: how many others it is joined with that are not shown. */
function hidden(
  edges: readonly CauseEdge[],
  shown: ReadonlySet<number>,
  here: "source" | "target",
  there: "source" | "target",
): ReadonlyMap<number, number> {
  const others = new Map<number, Set<number>>();
  for (const edge of edges) {
    if (shown.has(edge[there])) continue;
    const known = others.get(edge[here]) ?? new Set();
    others.set(edge[here], known.add(edge[there]));
  }
  return new Map([...others].map(([event, found]) => [event, found.size]));
}

type Drawn = {
  readonly event: number;
  readonly shown: readonly number[];
  readonly line: readonly CauseEdge[];
  readonly main: ReadonlySet<number>;
  readonly after: ReadonlySet<number>;
  readonly hiddenCauses: ReadonlyMap<number, number>;
  readonly hiddenEffects: ReadonlyMap<number, number>;
};

async function nodesOf(source: Source, drawn: Drawn): Promise<readonly CauseNode[]> {
  const because = new Map(drawn.line.map((edge) => [edge.target, edge]));
  const [steps, kinds] = await Promise.all([
    eventSteps(source, drawn.shown, because, styleOf(source.manifest)),
    select(source, sql`SELECT id::DOUBLE, kind FROM raw.events WHERE id IN ${drawn.shown}`),
  ]);
  const kindOfEvent = new Map(kinds.map(([id, kind]) => [asNumber(id), kindOf(asNumber(kind))]));
  return steps
    .map(({ event, t, process, text }): CauseNode => {
      const isEffect = drawn.after.has(event);
      return {
        event,
        t,
        process,
        kind: kindOfEvent.get(event) ?? "none",
        text,
        side: event === drawn.event ? "focus" : isEffect ? "effect" : "cause",
        isMain: drawn.main.has(event),
        causes: drawn.hiddenCauses.get(event) ?? 0,
        effects: isEffect || event === drawn.event ? (drawn.hiddenEffects.get(event) ?? 0) : null,
      };
    })
    .toSorted((a, b) => a.t - b.t || a.event - b.event);
}
