// Data flow of the code joined with what was recorded: of the places that the code says the value can come from,
// the nearest that holds it.

import { ClauseTest } from "../clauses/clause-test.ts";
import type { Frame } from "./frames.ts";
import type { FlowSource, FlowStep, FlowTarget, FunctionFlow } from "./data-flow.ts";
import { isBefore, placeIn, type Holder, type Place } from "./place.ts";
import type { TermPath } from "@elixirscope/store";
import { follow, isSame, wayText, waysTo } from "./term-way.ts";
import type { Term } from "@elixirscope/etf";

export type FlowFind = {
  /** null: the code makes it */
  readonly place: Place | null;
  /** the way is known step by step, and the value is the same at both ends */
  readonly isExact: boolean;
  readonly candidates: number;
  /** of what is made here: its definition */
  readonly made: number | null;
};

const MAX_STEPS = 500;

/** `holders` newest first. Null: the code does not say. */
export function flowSearch(
  flow: FunctionFlow,
  target: FlowTarget,
  { path, value }: { readonly path: TermPath; readonly value: Term },
  frame: Frame,
  holders: readonly Holder[],
): FlowFind | null {
  const clause = clauseOf(flow, frame);
  const queue = [...flow.startsOf(target, path, clause)];
  if (queue.length === 0) return null;
  const seen = new Set<string>();
  const found: { readonly place: Place; readonly ways: number; readonly isExact: boolean }[] = [];
  const made: FlowStep[] = [];
  for (const step of queue) {
    const key = `${step.definition} ${step.path === null ? "?" : wayText(step.path)}`;
    if (seen.has(key) || seen.size > MAX_STEPS) continue;
    seen.add(key);
    if (!flow.canGive(step, value)) continue;
    const hit = hitOf(step, holders, value);
    if (hit !== null) {
      found.push(hit);
      continue;
    }
    if (flow.isMaking(step)) made.push(step);
    queue.push(...flow.before(step, clause));
  }
  const [first] = found.toSorted(
    (a, b) => Number(b.isExact) - Number(a.isExact) || (isBefore(a.place, b.place) ? 1 : -1),
  );
  if (first !== undefined) {
    const candidates = first.isExact ? 1 : Math.max(first.ways, found.length);
    return { place: first.place, isExact: first.isExact, candidates, made: null };
  }
  const [expression] = made;
  if (expression === undefined) return null;
  // what is given to an expression is behind it, and made itself: the first is the nearest
  const others = made.filter((step) => step.path !== null);
  return {
    place: null,
    isExact: others.length <= 1,
    candidates: Math.max(1, others.length),
    made: expression.definition,
  };
}

/** As it was recorded, else the only one that takes the arguments. */
function clauseOf({ code }: FunctionFlow, { siteKind, siteClause, args }: Frame): number | null {
  if (siteKind === "function_clause") return siteClause;
  if (args?.kind !== "list") return null;
  const { fn, module } = code;
  for (const [i, { patterns, guard }] of fn.clauses.entries()) {
    const test = new ClauseTest({ patterns, guard, module }, { signedZero: false, root: () => "" });
    const { holds } = test.test(args.items);
    if (holds !== false) return holds === true ? i : null;
  }
  return null;
}

function hitOf(
  { source, path }: FlowStep,
  holders: readonly Holder[],
  value: Term,
): { readonly place: Place; readonly ways: number; readonly isExact: boolean } | null {
  if (source === null) return null;
  let nearest: Place | null = null;
  let count = 0;
  for (const holder of holders) {
    const base = baseIn(source, holder);
    const root = base === null ? undefined : follow(holder.root, base);
    if (base === null || root === undefined) continue;
    const ways = path === null ? waysTo(value, root) : isAt(root, path, value) ? [path] : [];
    const [way] = ways;
    if (way === undefined) continue;
    count += ways.length;
    nearest ??= placeIn(holder, [...base, ...way]);
    // a name means what it was bound to last; of calls to one function each may have given it
    if (source.kind === "variable") break;
  }
  return nearest === null
    ? null
    : { place: nearest, ways: count, isExact: path !== null && count === 1 };
}

function isAt(root: Term, path: TermPath, value: Term): boolean {
  const found = follow(root, path);
  return found !== undefined && isSame(found, value);
}

/** The nearest recorded place that the source stands for as a whole. */
export function heldBy(source: FlowSource, holders: readonly Holder[]): Place | null {
  for (const holder of holders) {
    const base = baseIn(source, holder);
    const place = base === null ? null : placeIn(holder, base);
    if (place !== null) return place;
  }
  return null;
}

/** Where in a recorded value the source's begins; null: it is not what was recorded there. */
function baseIn(source: FlowSource, holder: Holder): TermPath | null {
  switch (source.kind) {
    case "parameter":
      return holder.kind === "argument" ? [{ kind: "index", index: source.index }] : null;
    case "variable":
      return holder.kind === "binding" && holder.name === source.name ? [] : null;
    case "call":
      if (holder.kind === "result") return holder.function === source.function ? [] : null;
      // the call itself was not recorded, but the answer that it waited for was
      return holder.kind === "received" && source.function.startsWith("GenServer.call/")
        ? [{ kind: "element", index: 1 }]
        : null;
    case "message":
      return holder.kind === "received" ? [] : null;
    default:
      return source satisfies never;
  }
}
