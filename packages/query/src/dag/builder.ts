// How each kind of graph is made: it takes ranges of events one after the other and can be looked at in
// between. In whatever ranges the same events come, the graph is the same (tests/query/dag.test.ts).

import type { Cone } from "./cone.ts";
import type { DagEdge, Graph } from "./dag.ts";
import type { IdRange } from "./scope.ts";

/** Which nodes of a graph with these edges are wanted: naming and printing nodes costs more than finding them. */
export type Pick = (edges: readonly DagEdge[]) => Cone;

export interface DagBuilder {
  take(ids: IdRange): Promise<void>;
  /** What is not wanted may be there all the same. */
  view(pick?: Pick): Promise<Graph>;
}
