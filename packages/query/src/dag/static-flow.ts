// What the code says about where values come from: for a place in a function, the variables and results of
// calls that its value is made of. From the tables of the analysed project, for few functions at a time.
//
// The data-flow graph has nodes for definitions (arguments, patterns), for values of expressions and for
// joins. The way back from a node ends at the first definitions and at results of calls that were recorded.

import { asNumber, asText, asTextOrNull, select, sql, type Source, type Sql } from "../sql.ts";

/** `Shop.Cart.add/3`, as in the code's tables. */
export type FunctionKey = string;

export type Origin =
  /** a variable that was bound at this node, or null: an argument as a whole */
  | {
      readonly kind: "variable";
      readonly name: string | null;
      readonly nodeId: string;
      readonly sure: boolean;
    }
  | { readonly kind: "result"; readonly callee: FunctionKey; readonly sure: boolean };

type FlowNode = {
  readonly node: number;
  readonly kind: string;
  readonly name: string | null;
  readonly nodeId: string;
};

type Flow = {
  readonly nodes: Map<number, FlowNode>;
  /** by target; control dependence is no flow */
  readonly into: Map<number, number[]>;
  readonly calls: Map<string, FunctionKey>;
};

const DEFINITIONS: ReadonlySet<string> = new Set(["pattern", "message", "capture"]);

export class StaticFlow {
  readonly #functions: ReadonlyMap<FunctionKey, Flow>;

  private constructor(functions: ReadonlyMap<FunctionKey, Flow>) {
    this.#functions = functions;
  }

  static async of(source: Source, functions: readonly FunctionKey[]): Promise<StaticFlow> {
    const flows = new Map<FunctionKey, Flow>();
    const flowOf = (key: FunctionKey): Flow => {
      const flow = flows.get(key) ?? { nodes: new Map(), into: new Map(), calls: new Map() };
      flows.set(key, flow);
      return flow;
    };
    if (functions.length === 0) return new StaticFlow(flows);
    const key = sql`module || '.' || "function" || '/' || arity`;
    const isAsked = sql`${key} IN ${functions}`;
    const read = async (query: Sql): Promise<readonly (readonly unknown[])[]> =>
      await select(source, query);
    const [nodes, edges, calls] = await Promise.all([
      read(
        sql`SELECT ${key}, node, kind, name, node_id FROM dfg_nodes WHERE ${isAsked} AND node_id IS NOT NULL`,
      ),
      read(
        sql`SELECT ${key}, from_node, to_node FROM dfg_edges WHERE ${isAsked} AND kind <> 'condition'`,
      ),
      read(sql`SELECT ${key}, node_id, callee_module || '.' || callee_function || '/' || callee_arity
        FROM call_edges WHERE ${isAsked} AND node_id IS NOT NULL AND callee_module IS NOT NULL`),
    ]);
    for (const row of nodes) {
      const node = asNumber(row[1]);
      const name = asTextOrNull(row[3]);
      flowOf(asText(row[0])).nodes.set(node, {
        node,
        kind: asText(row[2]),
        name: name === "" ? null : name,
        nodeId: asText(row[4]),
      });
    }
    for (const row of edges) {
      const { into } = flowOf(asText(row[0]));
      const to = asNumber(row[2]);
      into.set(to, [...(into.get(to) ?? []), asNumber(row[1])]);
    }
    for (const row of calls) {
      const callee = asTextOrNull(row[2]);
      if (callee !== null) flowOf(asText(row[0])).calls.set(asText(row[1]), callee);
    }
    return new StaticFlow(flows);
  }

  get isEmpty(): boolean {
    return this.#functions.size === 0;
  }

  /** Of the variables that a place binds. */
  ofBinding(
    fun: FunctionKey,
    place: string,
    names: ReadonlySet<string>,
    isRecorded: Recorded,
  ): readonly Origin[] {
    return this.#back(
      fun,
      isRecorded,
      ({ kind, name, nodeId }) =>
        DEFINITIONS.has(kind) && name !== null && names.has(name) && isAt(nodeId, place),
    );
  }

  /** Of the arguments that `fun` hands to `callee`; the more places there are, the less sure. */
  ofArguments(fun: FunctionKey, callee: FunctionKey, isRecorded: Recorded): readonly Origin[] {
    const flow = this.#functions.get(fun);
    if (flow === undefined) return [];
    const places = [...flow.calls].filter(([, to]) => to === callee).map(([nodeId]) => nodeId);
    const origins = this.#back(fun, isRecorded, ({ nodeId }) => places.includes(nodeId));
    return places.length === 1 ? origins : origins.map((origin) => ({ ...origin, sure: false }));
  }

  /** Of the value of the expression at a place. */
  ofValue(fun: FunctionKey, place: string, isRecorded: Recorded): readonly Origin[] {
    return this.#back(
      fun,
      isRecorded,
      ({ kind, nodeId }) => !DEFINITIONS.has(kind) && kind !== "argument" && nodeId === place,
    );
  }

  #back(
    fun: FunctionKey,
    isRecorded: Recorded,
    starts: (node: FlowNode) => boolean,
  ): readonly Origin[] {
    const flow = this.#functions.get(fun);
    if (flow === undefined) return [];
    const found = new Map<string, Origin>();
    const begun = [...flow.nodes.values()].filter(starts);
    const seen = new Set(begun.map(({ node }) => node));
    const pending = begun.map((at) => ({ at, sure: at.kind !== "phi", isStart: true }));
    for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
      const { at, sure, isStart } = step;
      const origin = isStart ? null : originOf(at, flow, sure, isRecorded);
      if (origin !== null) {
        found.set(
          `${origin.kind} ${origin.kind === "variable" ? at.nodeId : origin.callee}`,
          origin,
        );
        continue;
      }
      for (const from of flow.into.get(at.node) ?? []) {
        const next = flow.nodes.get(from);
        if (next === undefined || seen.has(from)) continue;
        seen.add(from);
        // of the branches that a join joins, one ran
        pending.push({ at: next, sure: sure && next.kind !== "phi", isStart: false });
      }
    }
    return [...found.values()];
  }
}

/** Whether the frame has a recorded call of this function, so that its result is an event. */
export type Recorded = (callee: FunctionKey) => boolean;

function originOf(
  { kind, name, nodeId }: FlowNode,
  { calls }: Flow,
  sure: boolean,
  isRecorded: Recorded,
): Origin | null {
  if (DEFINITIONS.has(kind) && name !== null) return { kind: "variable", name, nodeId, sure };
  if (kind === "argument") return { kind: "variable", name: null, nodeId, sure };
  const callee = calls.get(nodeId);
  return callee !== undefined && isRecorded(callee) ? { kind: "result", callee, sure } : null;
}

/** A node is at a place that it is or that it is inside of: `F@h:do.case` is inside of `F@h`. */
export function isAt(nodeId: string, place: string): boolean {
  if (!nodeId.startsWith(place)) return false;
  const next = nodeId[place.length];
  return next === undefined || next === ":" || next === ".";
}
