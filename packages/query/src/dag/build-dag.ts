// A graph of a recording, made on demand for a range.

import { assertNever } from "@elixirscope/base";
import { limitsOf, type Ingredient } from "../limits.ts";
import { processRefs } from "../process-refs.ts";
import type { Source } from "../sql.ts";
import type { DagBuilder } from "./builder.ts";
import { causalityAround, CausalityBuilder } from "./causality.ts";
import { cone, inside, type Cone } from "./cone.ts";
import { cyclesOf } from "./cycles.ts";
import { eventNode, type Dag, type DagEdge, type DagKind, type DagParams } from "./dag.ts";
import { DataFlowBuilder } from "./data-flow.ts";
import { CallsBuilder } from "./execution-calls.ts";
import { FunctionsBuilder } from "./execution-functions.ts";
import { SitesBuilder } from "./execution-sites.ts";
import { InteractionBuilder, processNode } from "./interaction.ts";
import { PerformanceBuilder } from "./performance.ts";
import {
  DagScopeError,
  idsIn,
  insideOfCall,
  scopeOf,
  versionsAround,
  type Focus,
  type IdRange,
  type Scope,
} from "./scope.ts";
import { StateBuilder } from "./state-versions.ts";
import { TemporalBuilder } from "./temporal.ts";

const MAX_NODES = 20_000;
const MOST_TEXT = `no graph has more than ${MAX_NODES} nodes`;

/** Events read on each side for each node of the answer. */
const REACH = { temporal: 20, dataflow: 10 } as const;
const NO_IDS: IdRange = { after: 0, upTo: 0 };

const INGREDIENTS: Readonly<Record<DagKind, readonly Ingredient[]>> = {
  temporal: ["calls", "messages", "lifecycle"],
  interaction: ["messages", "lifecycle"],
  state: ["states", "messages"],
  execution: ["calls"],
  dataflow: ["calls", "messages", "states", "values"],
  performance: ["calls", "messages"],
  causality: ["calls", "messages", "lifecycle"],
};

/** How a graph comes about: from a builder that takes ranges, or at once from around an event. */
export type DagPlan = {
  readonly scope: Scope;
  readonly builder: DagBuilder | null;
  readonly ids: IdRange;
  /** the node that everything else is connected to */
  readonly focus: string | null;
  readonly notes: readonly string[];
};

export async function dag(source: Source, params: DagParams): Promise<Dag> {
  const plan = await planOf(source, params);
  await plan.builder?.take(plan.ids);
  return await finished(source, params, plan);
}

export async function planOf(source: Source, params: DagParams): Promise<DagPlan> {
  const limit = Math.min(params.limit, MAX_NODES);
  const scope = await scopeOf(source, { ...params, limit });
  if (scope.focus !== null) return await planAround(source, params, scope, scope.focus);
  const ids = await idsIn(source, scope);
  return { scope, builder: builderOf(source, params, scope), ids, focus: null, notes: [] };
}

function builderOf(source: Source, { kind, detail }: DagParams, scope: Scope): DagBuilder {
  switch (kind) {
    case "temporal":
      return new TemporalBuilder(source, scope);
    case "interaction":
      return new InteractionBuilder(source, scope);
    case "state":
      return new StateBuilder(source, scope);
    case "execution":
      if (detail === "call") return new CallsBuilder(source, scope);
      if (detail === "site") return new SitesBuilder(source, scope);
      return new FunctionsBuilder(source, scope);
    case "dataflow":
      return new DataFlowBuilder(source, scope);
    case "performance":
      return new PerformanceBuilder(source, scope);
    case "causality":
      return new CausalityBuilder(source, scope);
    default:
      return assertNever(kind);
  }
}

/** Of graphs whose nodes are events as much is read around the event as is likely to hold what is near. */
async function planAround(
  source: Source,
  params: DagParams,
  scope: Scope,
  focus: Focus,
): Promise<DagPlan> {
  const node = eventNode(focus.event);
  const isWhole = params.from === undefined && params.to === undefined;
  switch (params.kind) {
    case "causality":
      return { scope, builder: null, ids: NO_IDS, focus: node, notes: [] };
    case "temporal":
    case "dataflow": {
      const reach = Math.min(MAX_NODES / 2, scope.limit * REACH[params.kind]);
      const wide = { ...scope, limit: MAX_NODES + 1 };
      const ids = isWhole
        ? { after: Math.max(0, focus.event - reach - 1), upTo: focus.event + reach }
        : await idsIn(source, scope);
      const notes = isWhole ? [`looked at the ${reach} events before and after ${node}`] : [];
      return { scope: wide, builder: builderOf(source, params, wide), ids, focus: node, notes };
    }
    case "interaction": {
      const { pid } = (await processRefs(source, [focus.pid])).get(focus.pid) ?? { pid: "" };
      const wide = { ...scope, limit: MAX_NODES };
      const ids = await idsIn(source, scope);
      const builder = builderOf(source, params, wide);
      return { scope: wide, builder, ids, focus: processNode(pid), notes: [] };
    }
    case "state": {
      const around = await versionsAround(source, scope, focus);
      return { ...around, builder: builderOf(source, params, around.scope), notes: [] };
    }
    case "execution":
    case "performance": {
      if (focus.call === null) {
        throw new DagScopeError(`event ${focus.event} is in no recorded call`);
      }
      const within = await insideOfCall(source, scope, focus.call);
      const detail = params.detail ?? "call";
      return {
        scope: within,
        builder: builderOf(source, { ...params, detail }, within),
        ids: await idsIn(source, within),
        focus: params.kind === "execution" && detail === "call" ? eventNode(focus.call) : null,
        notes: [],
      };
    }
    default:
      return assertNever(params.kind);
  }
}

/** `until`: the recording goes no further yet. */
export async function finished(
  source: Source,
  params: DagParams,
  plan: DagPlan,
  until: number = plan.scope.to,
): Promise<Dag> {
  const { scope, builder, focus } = plan;
  const limit = Math.min(params.limit, MAX_NODES);
  let picked: Cone | null = null;
  const pick = (edges: readonly DagEdge[], at: string): Cone =>
    (picked ??= cone(edges, at, { depth: scope.depth, limit }));
  const graph =
    builder === null
      ? await causalityAround(source, scope.focus?.event ?? 0, { limit })
      : await builder.view(focus === null ? undefined : (edges) => pick(edges, focus));
  const shown = focus === null ? graph : inside(graph, pick(graph.edges, focus));
  const times = shown.nodes.flatMap(({ t }) => (t === null ? [] : [t]));
  const range =
    focus === null || times.length === 0
      ? { from: scope.from, to: Math.min(scope.to, until) }
      : {
          from: times.reduce((a, b) => Math.min(a, b)),
          to: times.reduce((a, b) => Math.max(a, b)),
        };
  const limits = await limitsOf(source, { pids: scope.pids, ...range }, INGREDIENTS[params.kind]);
  return {
    kind: params.kind,
    range,
    focus,
    nodes: shown.nodes,
    edges: shown.edges,
    cycles: cyclesOf(shown),
    more: shown.more,
    limits: [
      ...limits,
      ...plan.notes,
      ...graph.notes,
      ...(params.limit > limit ? [MOST_TEXT] : []),
    ],
  };
}
