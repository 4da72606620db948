// One function as the cost model sees it: what a call of it does itself, whom it calls how often, and
// how many bindings and branches an instrumented call would report.

import type { CallSite, Cfg, FunctionData } from "@elixirscope/codegraph";
import { blockFrequencies, LOOP } from "./block-frequency.ts";
import { CALL_NS, externalCallNs, NODE_NS } from "./costs.ts";

export type FunctionModel = {
  readonly data: FunctionData;
  /** of one call, without the project's own functions that it calls */
  readonly ownNs: number;
  /** it may wait for a message, a reply, a time or the world: its measured time is no work of a processor */
  readonly waits: boolean;
  /** bindings and branches that one call runs */
  readonly steps: number;
  /** functions of the project that it calls: how often for one call */
  readonly calls: ReadonlyMap<string, number>;
  /** functions that handle what it sends, in other processes: how often for one call */
  readonly messages: ReadonlyMap<string, number>;
};

/** A place in a function that sends a message, and the functions that may handle it. */
export type Sending = { readonly nodeId: string; readonly handlers: readonly string[] };

const LOOPING = /^(Enum|Stream|Map|:lists|:maps|Task\.async_stream|Enumerable)\b/;
const WAITING =
  /^(GenServer\.(call|stop|start)|Agent\.|Task\.|Process\.sleep|Supervisor\.|DynamicSupervisor\.|System\.cmd|HTTPoison\.|Req\.|Tesla\.|IO\.|File\.|Ecto\.|.*\bRepo\.|:(timer\.sleep|gen_\w+\.(call|start|stop)|httpc\.|gen_tcp\.))/;
const STEPS: ReadonlySet<string> = new Set(["pattern", "branch", "dispatch", "generator"]);

/** `isProject` tells functions of the project from all others. */
export function functionModel(
  data: FunctionData,
  cfg: Cfg | null,
  sendings: readonly Sending[],
  isProject: (key: string) => boolean,
): FunctionModel {
  const visits = new Map<string, number>();
  let ownNs = CALL_NS;
  let steps = 0;
  let waits = false;
  if (cfg !== null) {
    for (const [graph, scale] of graphsWithScale(cfg, data.calls)) {
      const frequencies = blockFrequencies(graph);
      graph.nodes.forEach((node, index) => {
        const times = scale * (frequencies[index] ?? 0);
        ownNs += times * NODE_NS;
        if (STEPS.has(node.kind)) steps += times;
        if (node.kind === "suspend") waits = true;
        if (node.nodeId !== null) {
          visits.set(node.nodeId, Math.max(visits.get(node.nodeId) ?? 0, times));
        }
      });
    }
  }
  const calls = new Map<string, number>();
  for (const site of data.calls) {
    if (site.kind === "macro" || site.target === null) continue;
    const times = visits.get(site.nodeId) ?? 1;
    if (isProject(site.target)) calls.set(site.target, (calls.get(site.target) ?? 0) + times);
    else ownNs += times * externalCallNs(site.target);
    if (WAITING.test(site.target)) waits = true;
  }
  const messages = new Map<string, number>();
  for (const { nodeId, handlers } of sendings) {
    const times = (visits.get(nodeId) ?? 1) / handlers.length;
    for (const key of handlers) messages.set(key, (messages.get(key) ?? 0) + times);
  }
  return { data, ownNs, waits, steps, calls, messages };
}

/** The function's graph and those of its closures, each with how often it runs for one call. */
function graphsWithScale(root: Cfg, sites: readonly CallSite[]): [Cfg, number][] {
  const loops = sites.filter((site) => site.target !== null && LOOPING.test(site.target));
  const found: [Cfg, number][] = [];
  const open: [Cfg, number][] = [[root, 1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    found.push(next);
    const [cfg, scale] = next;
    if (cfg.closures.length === 0) continue;
    const frequencies = blockFrequencies(cfg);
    for (const closure of cfg.closures) {
      const made = cfg.nodes[closure.at];
      const inLoop =
        made !== undefined &&
        loops.some(({ range }) => range.start <= made.start && made.end <= range.end);
      open.push([closure.cfg, scale * (frequencies[closure.at] ?? 0) * (inLoop ? LOOP : 1)]);
    }
  }
  return found;
}
