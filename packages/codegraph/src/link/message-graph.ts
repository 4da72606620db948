// Which clauses can take which messages: receivers are looked up, then shapes are compared in the order
// in which the receiving process tries its clauses.

import type { ModuleData } from "../module/module-data.ts";
import type { HandlerSite, SendSite } from "./link-facts.ts";
import type { MessageConfidence, MessageEdge, MessageGraph } from "./project-graphs.ts";
import type { LinkedFile, ProjectIndex } from "./project-index.ts";
import { Receivers } from "./receivers.ts";
import { HandlerTable } from "./handler-table.ts";
import { isRuntimeMessage } from "./runtime-messages.ts";

/** An unnamed receiver whose message this many modules could take says nothing. */
const shapeBound = 8;

export function linkMessages(files: readonly LinkedFile[], index: ProjectIndex): MessageGraph {
  const linking = new MessageLinking(files, index);
  return linking.graph();
}

type Candidates = {
  readonly modules: readonly string[];
  readonly evidence: MessageEdge["evidence"];
};

class MessageLinking {
  readonly #sends: readonly SendSite[];
  readonly #handlers: readonly HandlerSite[];
  readonly #index: ProjectIndex;
  readonly #receivers: Receivers;
  readonly #table: HandlerTable;
  readonly #agents: ReadonlySet<string>;
  readonly #edges: MessageEdge[] = [];
  readonly #unmatched: number[] = [];
  readonly #open: number[] = [];

  constructor(files: readonly LinkedFile[], index: ProjectIndex) {
    this.#index = index;
    this.#sends = files.flatMap(({ links }) => links.sends);
    this.#handlers = files.flatMap(({ links }) => links.handlers);
    this.#receivers = new Receivers(files, index);
    this.#table = new HandlerTable(this.#handlers);
    this.#agents = new Set(
      files.flatMap(({ links }) =>
        links.spawns.filter(({ kind }) => kind === "agent").map(({ module }) => module),
      ),
    );
  }

  graph(): MessageGraph {
    this.#sends.forEach((send, i) => this.#link(send, i));
    const bySend = grouped(this.#edges, this.#sends.length, (edge) => edge.send);
    const byHandler = grouped(this.#edges, this.#handlers.length, (edge) => edge.handler);
    const unsentHandlers = this.#handlers.flatMap((handler, i) =>
      (byHandler[i] ?? []).length === 0 && !isRuntimeMessage(handler) ? [i] : [],
    );
    return {
      sends: this.#sends,
      handlers: this.#handlers,
      edges: this.#edges,
      unmatchedSends: this.#unmatched,
      openSends: this.#open,
      unsentHandlers,
      edgesOfSend: (send) => bySend[send] ?? [],
      edgesOfHandler: (handler) => byHandler[handler] ?? [],
    };
  }

  #link(send: SendSite, i: number): void {
    if (send.kind === "reply") return;
    if (send.protocol === "agent") {
      this.#linkAgent(send, i);
      return;
    }
    const named = this.#named(send);
    if (named === null) {
      this.#linkUnnamed(send, i);
      return;
    }
    let found = false;
    for (const module of named.modules) found = this.#take(send, i, module, named) || found;
    if (found) return;
    const isLocal = named.modules.some((module) => this.#isReadable(module));
    if (isLocal) this.#unmatched.push(i);
    else this.#open.push(i);
  }

  /** What the receiver itself says; null when it says nothing. */
  #named(send: SendSite): Candidates | null {
    const { receiver } = send;
    if (receiver.kind === "self") {
      // a function that other modules call runs in their processes
      const own = send.shape !== "_" && this.#table.has(send.module, send);
      return own ? { modules: [send.module], evidence: this.#runsInOwnProcess(send) } : null;
    }
    const modules = this.#receivers.modulesOf(receiver);
    // the name of an event manager is not that of the modules whose handlers it runs
    if (modules === null || send.kind === "notify") return null;
    return { modules, evidence: receiver.kind === "topic" ? "topic" : "receiver" };
  }

  #runsInOwnProcess(send: SendSite): "receiver" | "own_module" {
    if (send.kind === "continue" || send.kind === "internal") return "receiver";
    const index = this.#index.functionIndex(send.function);
    const data = index === undefined ? undefined : this.#index.functions[index];
    const isCallback = data !== undefined && (data.callbackOf !== null || data.impl);
    return isCallback ? "receiver" : "own_module";
  }

  /** The sender's own module, unless only others have a clause for just this message. */
  #linkUnnamed(send: SendSite, i: number): void {
    const modules = send.shape === "_" ? [] : this.#table.modulesTaking(send);
    const others: Candidates = { modules, evidence: "shape" };
    const own: Candidates = { modules: [send.module], evidence: "own_module" };
    const isOthers =
      modules.length > 0 && modules.length <= shapeBound && !modules.includes(send.module);
    if (isOthers) for (const module of modules) this.#take(send, i, module, others);
    else if (send.shape === "_" || !this.#take(send, i, send.module, own)) this.#open.push(i);
  }

  /** Links to the clauses of one module; false when none takes it. */
  #take(send: SendSite, i: number, module: string, { modules, evidence }: Candidates): boolean {
    const taken = this.#table.taking(module, send);
    const ambiguous =
      (modules.length > 1 && evidence !== "topic") ||
      new Set(taken.map(({ handler }) => this.#handlers[handler]?.group)).size > 1;
    for (const { handler, certain } of taken) {
      const confidence = confidenceOf(evidence, certain && !ambiguous);
      this.#edges.push({ send: i, handler, module, confidence, evidence });
    }
    return taken.length > 0;
  }

  /** An Agent has no clauses: the edge leads to the module whose process it is. */
  #linkAgent(send: SendSite, i: number): void {
    const named = this.#receivers.modulesOf(send.receiver);
    const own = named === null && this.#agents.has(send.module) ? [send.module] : [];
    const modules = (named ?? own).filter((module) => this.#index.module(module) !== undefined);
    const evidence = named === null ? "own_module" : "receiver";
    for (const module of modules) {
      const confidence = confidenceOf(evidence, modules.length === 1);
      this.#edges.push({ send: i, handler: -1, module, confidence, evidence });
    }
    if (modules.length === 0) this.#open.push(i);
  }

  /** A module of the project whose clauses are all in its text: no `use` of unknown modules may add some. */
  #isReadable(module: string): boolean {
    const data = this.#index.module(module);
    return data !== undefined && !bringsHandlers(data, this.#index);
  }
}

const plainUses: ReadonlySet<string> = new Set([
  "GenServer",
  "GenStage",
  "Supervisor",
  "Agent",
  "Task",
]);

const handlerNames: ReadonlySet<string> = new Set([
  "handle_call/3",
  "handle_cast/2",
  "handle_info/2",
]);

function bringsHandlers(module: ModuleData, index: ProjectIndex): boolean {
  return module.uses.some(({ module: used }) => {
    if (plainUses.has(used)) return false;
    const owner = index.module(used);
    return (
      owner === undefined ||
      owner.injections.some(({ defines }) => defines.some((name) => handlerNames.has(name)))
    );
  });
}

function confidenceOf(evidence: MessageEdge["evidence"], certain: boolean): MessageConfidence {
  if (!certain || evidence === "shape") return "possible";
  return evidence === "own_module" ? "inferred" : "exact";
}

function grouped(
  edges: readonly MessageEdge[],
  size: number,
  keyOf: (edge: MessageEdge) => number,
): readonly (readonly MessageEdge[])[] {
  const groups: MessageEdge[][] = Array.from({ length: size }, () => []);
  for (const edge of edges) groups[keyOf(edge)]?.push(edge);
  return groups;
}
