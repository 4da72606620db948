// Rules that need the whole project: servers that wait for each other, messages without a handler,
// servers without a supervisor.

import { Digraph, stronglyConnected } from "@elixirscope/base";
import { splitFunctionKey } from "../../link/function-key.ts";
import type { SendSite } from "../../link/link-facts.ts";
import type { ProjectGraphs } from "../../link/project-graphs.ts";
import type { FunctionKey, ModuleData, SourceRange } from "../../module/module-data.ts";
import type { Finding, FindingSeverity } from "../finding.ts";
import type { Rule } from "../rule.ts";
import { isServer, shortKey, WaitingGraph, type Waiting } from "./waiting.ts";

export type ProjectRule = Rule & {
  readonly check: (project: ProjectView, report: ProjectReport) => void;
};

export type ProjectView = {
  readonly graphs: ProjectGraphs;
  readonly modules: readonly ModuleData[];
  readonly waiting: WaitingGraph;
};

export type ProjectPlace = {
  readonly file: string;
  readonly module: string | null;
  readonly function: FunctionKey | null;
  readonly range: SourceRange;
  readonly nodeId: string | null;
};

export type ProjectReport = (
  at: ProjectPlace,
  evidence: {
    readonly explanation: string;
    readonly confidence: number;
    readonly severity?: FindingSeverity;
  },
) => void;

export function projectView(graphs: ProjectGraphs): ProjectView {
  return { graphs, modules: graphs.modules.modules, waiting: new WaitingGraph(graphs) };
}

export function projectFindingAt(
  rule: Rule,
  at: ProjectPlace,
  evidence: Parameters<ProjectReport>[1],
): Finding {
  const { id, category, severity, title } = rule;
  return { rule: id, category, title, severity, ...at, ...evidence };
}

const callCycle: ProjectRule = {
  id: "call-cycle",
  category: "anti_pattern",
  severity: "error",
  title: "Servers wait for each other",
  about: "GenServer.call from callbacks of one server to another and, by whatever way, back",
  check: ({ graphs, modules, waiting }, report) => {
    const servers = modules.filter(isServer);
    const numbers = new Map(servers.map(({ name }, index) => [name, index]));
    const edges = servers
      .flatMap((module) => waiting.waitingOf(module))
      .filter(({ to }) => numbers.has(to));
    const from = edges.map((edge) => numbers.get(edge.from) ?? 0);
    const to = edges.map((edge) => numbers.get(edge.to) ?? 0);
    const { of: component } = stronglyConnected(new Digraph(servers.length, from, to));
    for (const [index, edge] of edges.entries()) {
      if (component[from[index] ?? 0] !== component[to[index] ?? 0]) continue;
      const isOwn = edge.from === edge.to;
      if (isOwn && edge.way.every((key) => isOf(key, edge.from))) continue;
      report(placeOf(edge.send, graphs), { explanation: cycleText(edge, edges), confidence: 0.85 });
    }
  },
};

function isOf(key: FunctionKey, module: string): boolean {
  return shortKey(key, module) !== key;
}

function cycleText(edge: Waiting, edges: readonly Waiting[]): string {
  const way = edge.way.map((key) => `\`${shortKey(key, edge.from)}\``).join(" → ");
  if (edge.from === edge.to) {
    return `${edge.from} comes from its own callback (${way}) to a call to itself, which it can never answer: after the time-out it crashes. Do the work without the call, or send a message and go on when it arrives.`;
  }
  const back = edges.find((other) => other.from === edge.to);
  const wayBack =
    back === undefined
      ? ""
      : ` ${back.from} in turn waits for ${back.to} in ${back.way.map((key) => `\`${shortKey(key, back.from)}\``).join(" → ")}.`;
  return `${edge.from} waits here for ${edge.to} (${way}), and ${edge.to} may be waiting for ${edge.from} at that moment.${wayBack} Both then stand still until the time-out. Make one of the calls a cast or a message, or move the shared state to one of them.`;
}

const missingHandler: ProjectRule = {
  id: "missing-handler",
  category: "anti_pattern",
  severity: "error",
  title: "A message that its receiver does not know",
  about: "Calls, casts and sends to a server of the project in which no clause takes the message",
  check: ({ graphs, modules }, report) => {
    const byName = new Map(modules.map((module) => [module.name, module]));
    for (const index of graphs.messages.unmatchedSends) {
      const send = graphs.messages.sends[index];
      if (send === undefined || send.through !== null || send.shape === "_") continue;
      const receiver = receiverModule(send, graphs);
      const module = receiver === null ? undefined : byName.get(receiver);
      if (module === undefined || !isServer(module) || bringsHandlers(module, byName)) continue;
      const handler = HANDLERS[send.kind];
      if (handler === undefined) continue;
      report(placeOf(send, graphs), {
        explanation: `\`${send.shape}\` is sent to ${module.name}, whose \`${handler}\` has no clause for it${send.kind === "send" || send.kind === "send_after" ? ": it is logged and lost, or stops the server" : ": the server crashes when it arrives"}. Add the clause, or correct the message.`,
        confidence: 0.85,
        severity: send.kind === "call" || send.kind === "cast" ? "error" : "warning",
      });
    }
  },
};

const HANDLERS: Readonly<Partial<Record<SendSite["kind"], string>>> = {
  call: "handle_call/3",
  cast: "handle_cast/2",
  send: "handle_info/2",
  send_after: "handle_info/2",
};

function receiverModule(send: SendSite, graphs: ProjectGraphs): string | null {
  const { receiver } = send;
  if (receiver.kind === "module" || receiver.kind === "process") return receiver.module;
  if (receiver.kind === "self") return send.module;
  if (receiver.kind !== "name") return null;
  return graphs.modules.indexOf(receiver.name) === undefined ? null : receiver.name;
}

/** A `use` of one of the project's modules may define clauses of its own. */
function bringsHandlers(module: ModuleData, byName: ReadonlyMap<string, ModuleData>): boolean {
  return module.uses.some((use) => byName.has(use.module));
}

const unsupervisedServer: ProjectRule = {
  id: "unsupervised-server",
  category: "anti_pattern",
  severity: "warning",
  title: "A server that no supervisor starts",
  about: "Servers of the project that some function starts, and no supervision tree holds",
  check: ({ graphs, modules }, report) => {
    const { supervision } = graphs;
    if (supervision.processes.length === 0) return;
    const servers = new Map(modules.filter(isServer).map((module) => [module.name, module]));
    for (const { site, server } of [...startCalls(modules, servers), ...startSites(graphs)]) {
      const module = servers.get(server);
      if (module === undefined || site.module === module.name || isStarter(site.function)) continue;
      const place = placeOf(site, graphs);
      if (supervision.indexOf(module.name) !== undefined || place.file.endsWith(".exs")) continue;
      report(place, {
        explanation: `${module.name} is started here and stands in no supervision tree: when it crashes it takes this process along or is gone, and nothing starts it again. Make it a child of a supervisor, or start it with \`DynamicSupervisor.start_child/2\`.`,
        confidence: 0.75,
      });
    }
  },
};

type Start = { readonly site: Site; readonly server: string };

/** Calls of the servers' own `start_link`. */
function startCalls(
  modules: readonly ModuleData[],
  servers: ReadonlyMap<string, ModuleData>,
): Start[] {
  return modules.flatMap(({ name: module, functions }) =>
    functions.flatMap((fn) =>
      fn.calls.flatMap(({ target, kind, range, nodeId }) => {
        const isStart = target !== null && kind === "call" && target.includes(".start_link/");
        const called = isStart ? splitFunctionKey(target) : null;
        if (called === null || !servers.has(called.module)) return [];
        return [{ site: { module, function: fn.key, range, nodeId }, server: called.module }];
      }),
    ),
  );
}

/** `GenServer.start_link(Server, …)` */
function startSites({ spawns }: ProjectGraphs): Start[] {
  return spawns.edges.flatMap(({ site }) => {
    const isStart = site.kind === "start_link" && site.linked && site.under === null;
    return isStart && site.target !== null ? [{ site, server: site.target }] : [];
  });
}

/** `start_link` and `init` of another process keep what they start linked to themselves. */
function isStarter(key: FunctionKey): boolean {
  return /\.(start_link|init|start|child_spec)\/\d+$/.test(key);
}

const startOrder: ProjectRule = {
  id: "start-order",
  category: "anti_pattern",
  severity: "error",
  title: "A server is called before it is started",
  about: "init/1 that waits for a server which the same supervisor starts later",
  check: ({ graphs, modules, waiting }, report) => {
    const { supervision } = graphs;
    for (const module of modules.filter(isServer)) {
      const child = supervision.indexOf(module.name);
      if (child === undefined) continue;
      for (const wait of waiting.waitingOf(module, /^init$/)) {
        const other = supervision.indexOf(wait.to);
        if (other === undefined) continue;
        for (const edge of supervision.edges) {
          const later = supervision.edges.find(
            (one) => one.parent === edge.parent && one.child === other,
          );
          if (
            edge.child !== child ||
            later === undefined ||
            edge.order < 0 ||
            later.order <= edge.order
          )
            continue;
          report(placeOf(wait.send, graphs), {
            explanation: `\`init/1\` of ${module.name} waits here for ${wait.to}, which ${supervision.processes[edge.parent]?.id ?? "its supervisor"} starts only afterwards: the start fails with \`:noproc\`. Put ${wait.to} before ${module.name} in the list of children, or wait in \`handle_continue/2\`.`,
            confidence: 0.9,
          });
        }
      }
    }
  },
};

export const PROJECT_RULES: readonly ProjectRule[] = [
  callCycle,
  missingHandler,
  unsupervisedServer,
  startOrder,
];

type Site = Pick<SendSite, "module" | "function" | "range" | "nodeId">;

function placeOf(site: Site, graphs: ProjectGraphs): ProjectPlace {
  const module = graphs.modules.modules[graphs.modules.indexOf(site.module) ?? -1];
  const { function: fn, range, nodeId } = site;
  return { file: module?.file ?? "", module: site.module, function: fn, range, nodeId };
}
