// One shape for the seven graphs of a recording. A node that stands for an event has the same id in every
// kind (`e` and the event's id; a call, message and state have that of the event that opened them), so that
// graphs of different kinds, and of different ranges, join.

import type { Confidence } from "@elixirscope/trace";

/**
 * - `temporal`: what happened before what, reduced   - `interaction`: processes and what went between them
 * - `state`: versions of states and what made them   - `execution`: which code ran which code
 * - `dataflow`: values from where they were to where they went   - `performance`: where time went
 * - `causality`: what caused what
 */
export const DAG_KINDS = [
  "temporal",
  "interaction",
  "state",
  "execution",
  "dataflow",
  "performance",
  "causality",
] as const;
export type DagKind = (typeof DAG_KINDS)[number];

/** Of `execution`: functions, places in instrumented code, or each call by itself. */
export const DAG_DETAILS = ["function", "site", "call"] as const;
export type DagDetail = (typeof DAG_DETAILS)[number];

export type DagParams = {
  readonly kind: DagKind;
  /** ns since the recording's start, both inclusive; the whole recording, or what is around `event` */
  readonly from?: number;
  readonly to?: number;
  /** as printed */
  readonly pids?: readonly string[];
  /** only what leads to and from this event */
  readonly event?: number;
  /** edges away from `event` at most */
  readonly depth?: number;
  /** nodes at most */
  readonly limit: number;
  readonly detail?: DagDetail;
};

/** How much a node or edge stands for. Times are ns; first and last are ids of events. */
export type DagWeight = {
  readonly count: number;
  readonly totalNs?: number;
  readonly selfNs?: number;
  /** part of `selfNs`: between a request and its reply */
  readonly waitingNs?: number;
  readonly raised?: number;
  /** calls that had not ended */
  readonly open?: number;
  readonly first?: number;
  readonly last?: number;
};

export type DagNode = {
  readonly id: string;
  /** an event to go to: the one that the node is, or the first that it stands for */
  readonly event: number | null;
  readonly t: number | null;
  readonly pid: string | null;
  readonly label: string;
  /** a kind of event, or `process`, `function`, `site`, `state` */
  readonly type: string;
  readonly weight?: DagWeight;
};

export type DagEdge = {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly confidence: Confidence;
  readonly label?: string;
  readonly weight?: DagWeight;
};

export type Graph = {
  readonly nodes: readonly DagNode[];
  readonly edges: readonly DagEdge[];
  /** nodes of the range that are not in the graph */
  readonly more: number;
  readonly notes: readonly string[];
};

export type Dag = {
  readonly kind: DagKind;
  readonly range: { readonly from: number; readonly to: number };
  /** the node of the event that was asked for */
  readonly focus: string | null;
  readonly nodes: readonly DagNode[];
  readonly edges: readonly DagEdge[];
  /**
   * Nodes that reach one another, in graphs that add many events up (processes that answer each other,
   * functions that recurse). Drawn together to one node each, the graph is acyclic; empty: it is so as it is.
   */
  readonly cycles: readonly (readonly string[])[];
  /** nodes that were left out by `limit` */
  readonly more: number;
  readonly limits: readonly string[];
};

export function eventNode(event: number): string {
  return `e${event}`;
}

export function edgeId(type: string, source: string, target: string): string {
  return `${type}:${source}>${target}`;
}
