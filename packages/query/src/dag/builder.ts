// How each kind of graph is made: it takes ranges of events one after the other and can be looked at in
// between. In whatever ranges the same events come, the graph is the same (tests/query/dag.test.ts).

import type { Graph } from "./dag.ts";
import type { IdRange } from "./scope.ts";

export interface DagBuilder {
  take(ids: IdRange): Promise<void>;
  view(): Promise<Graph>;
}
