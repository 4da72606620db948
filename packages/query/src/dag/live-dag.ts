// A graph of a recording that is being written: each step takes what came since the last one and tells what
// that changed. A face that applies the changes one after the other has the whole graph.

import { recordingRange } from "../recording-range.ts";
import { asNumberOrNull, select, sql, type Source } from "../sql.ts";
import { finished, planOf, type DagPlan } from "./build-dag.ts";
import type { Dag, DagEdge, DagNode, DagParams } from "./dag.ts";

export type DagChange = Omit<Dag, "nodes" | "edges"> & {
  /** new ones, and those that are not as they were */
  readonly nodes: readonly DagNode[];
  readonly edges: readonly DagEdge[];
  /** ids of what is not there any more */
  readonly removedNodes: readonly string[];
  readonly removedEdges: readonly string[];
};

export class LiveDag {
  readonly #source: Source;
  readonly #params: DagParams;
  #plan: DagPlan | null = null;
  #upTo = 0;
  #nodes: ReadonlyMap<string, string> = new Map();
  #edges: ReadonlyMap<string, string> = new Map();

  /** An `event` is what a graph is around of, not a stream: it is not for here. */
  constructor(source: Source, params: Omit<DagParams, "event" | "depth">) {
    this.#source = source;
    this.#params = params;
  }

  /** `upTo`: no further than this event. */
  async next(upTo?: number): Promise<DagChange> {
    const plan = (this.#plan ??= await planOf(this.#source, {
      ...this.#params,
      to: this.#params.to ?? Number.MAX_SAFE_INTEGER,
    }));
    const latest = upTo ?? (await latestEvent(this.#source));
    if (latest > this.#upTo) {
      await plan.builder?.take({ after: Math.max(this.#upTo, plan.ids.after), upTo: latest });
      this.#upTo = latest;
    }
    const { t1 } = await recordingRange(this.#source);
    return this.#changed(await finished(this.#source, this.#params, plan, t1));
  }

  #changed({ nodes, edges, ...rest }: Dag): DagChange {
    const [nodesNow, edgesNow] = [textsOf(nodes), textsOf(edges)];
    const change = {
      ...rest,
      nodes: nodes.filter(({ id }) => this.#nodes.get(id) !== nodesNow.get(id)),
      edges: edges.filter(({ id }) => this.#edges.get(id) !== edgesNow.get(id)),
      removedNodes: [...this.#nodes.keys()].filter((id) => !nodesNow.has(id)),
      removedEdges: [...this.#edges.keys()].filter((id) => !edgesNow.has(id)),
    };
    this.#nodes = nodesNow;
    this.#edges = edgesNow;
    return change;
  }
}

function textsOf(items: readonly { readonly id: string }[]): ReadonlyMap<string, string> {
  return new Map(items.map((item) => [item.id, JSON.stringify(item)]));
}

async function latestEvent(source: Source): Promise<number> {
  const [row] = await select(source, sql`SELECT max(id) FROM raw.events`);
  return asNumberOrNull(row?.[0]) ?? 0;
}
