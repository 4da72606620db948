// Control flow and data flow of a file as rows.

import type { CodeBatch } from "@elixirscope/trace";
import type { Cfg } from "../../flow/cfg.ts";
import { closureCfg } from "../../flow/dfg-places.ts";
import type { Dfg } from "../../flow/dfg.ts";
import type { FlowGraphs } from "../packed-facts.ts";
import { functionColumns } from "./function-columns.ts";
import { TableRows } from "./table-rows.ts";

export function flowRows(file: string, { cfgs, dfgs }: FlowGraphs): CodeBatch[] {
  const rows = new FlowRows(file);
  const byFunction = new Map(cfgs.map((cfg) => [cfg.function, cfg]));
  for (const cfg of cfgs) rows.addCfg(cfg);
  for (const dfg of dfgs) rows.addDfg(dfg, byFunction.get(dfg.function) ?? null);
  return rows.batches();
}

/** The graph of the function and those of its closures, depth first: the index is their number. */
export function numberedGraphs(cfg: Cfg): Cfg[] {
  const graphs: Cfg[] = [];
  const stack = [cfg];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    graphs.push(next);
    for (const closure of next.closures.toReversed()) stack.push(closure.cfg);
  }
  return graphs;
}

class FlowRows {
  readonly #file: string;
  readonly #cfgNodes = new TableRows("cfg_nodes");
  readonly #cfgEdges = new TableRows("cfg_edges");
  readonly #dfgNodes = new TableRows("dfg_nodes");
  readonly #dfgEdges = new TableRows("dfg_edges");
  readonly #dfgUses = new TableRows("dfg_uses");

  constructor(file: string) {
    this.#file = file;
  }

  batches(): CodeBatch[] {
    return [this.#cfgNodes, this.#cfgEdges, this.#dfgNodes, this.#dfgEdges, this.#dfgUses].map(
      (rows) => rows.batch(),
    );
  }

  addCfg(cfg: Cfg): void {
    for (const [graph, { function: key, nodes, edges }] of numberedGraphs(cfg).entries()) {
      const place = { file: this.#file, ...functionColumns(key), graph };
      const addNode = this.#cfgNodes.within(place);
      for (const [index, node] of nodes.entries()) {
        addNode({
          node: index,
          kind: node.kind,
          node_id: node.nodeId,
          line: node.line === 0 ? null : node.line,
          column: node.line === 0 ? null : node.column,
          clause: node.clause,
          label: node.label,
        });
      }
      const addEdge = this.#cfgEdges.within(place);
      for (const { from, to, kind, error } of edges) {
        addEdge({ from_node: from, to_node: to, kind, error });
      }
    }
  }

  addDfg(dfg: Dfg, cfg: Cfg | null): void {
    const place = { file: this.#file, ...functionColumns(dfg.function) };
    const graphs = graphNumbers(dfg, cfg);
    const addDefinition = this.#dfgNodes.within(place);
    for (const [index, definition] of dfg.definitions.entries()) {
      addDefinition({
        node: index,
        kind: definition.kind,
        name: definition.name,
        version: definition.version,
        graph: graphs(definition.closure),
        node_id: definition.nodeId,
        line: definition.line === 0 ? null : definition.line,
        column: definition.line === 0 ? null : definition.column,
        cfg_node: definition.cfgNode,
        clause: definition.clause,
      });
    }
    const addFlow = this.#dfgEdges.within(place);
    for (const { from, to, kind, path, index, nodeId } of dfg.flows) {
      addFlow({ from_node: from, to_node: to, kind, path, index, node_id: nodeId });
    }
    const addUse = this.#dfgUses.within(place);
    for (const use of dfg.uses) {
      addUse({
        node: use.definition,
        node_id: use.nodeId,
        line: use.line,
        column: use.column,
        graph: graphs(dfg.definitions[use.definition]?.closure ?? -1),
        cfg_node: use.cfgNode,
      });
    }
  }
}

/** By closure (-1: the function itself) the number of its control-flow graph. */
function graphNumbers(dfg: Dfg, cfg: Cfg | null): (closure: number) => number | null {
  if (cfg === null) return () => null;
  const numbers = new Map(numberedGraphs(cfg).map((graph, number) => [graph, number]));
  const ofClosure = dfg.closures.map((_, closure) => {
    const graph = closureCfg(cfg, dfg, closure);
    return graph === null ? null : (numbers.get(graph) ?? null);
  });
  return (closure) => (closure < 0 ? 0 : (ofClosure[closure] ?? null));
}
