// What linking gives: the graphs of a whole project. Nodes are indexes, names and places beside them.

import type { Digraph } from "@elixirscope/base";
import type { CallSite, FunctionData, FunctionKey, ModuleData } from "../module/module-data.ts";
import type { HandlerSite, Receiver, SendSite, SpawnSite, SupervisorSite } from "./link-facts.ts";

/**
 * How a call found its function: named by module or defined in the same one, through an import, by
 * dispatch of a protocol to an implementation that may be meant, or not at all.
 */
export type CallBinding = "exact" | "imported" | "protocol" | "unresolved";

/** Functions first that the project defines, then those that it only calls. */
export type CallGraph = {
  readonly keys: readonly FunctionKey[];
  /** the module of each node */
  readonly modules: readonly string[];
  /** of the defined ones; `functions.length` is how many */
  readonly functions: readonly FunctionData[];
  /** one edge for each call site */
  readonly graph: Digraph;
  readonly sites: readonly CallSite[];
  readonly bindings: readonly CallBinding[];
  /** calls whose function is a value, which are in no edge */
  readonly dynamic: number;
  /** the node of a function; also of one that is called with default arguments left out */
  indexOf(key: FunctionKey): number | undefined;
};

/**
 * - `exact`: the receiver is named, and every message of this shape is taken by this clause
 * - `inferred`: so is the clause, but the receiver is a value: the sender's own module was assumed
 * - `possible`: a guard, a pin, a value, the state or an unnamed receiver decides
 */
export type MessageConfidence = "exact" | "inferred" | "possible";

export type MessageEdge = {
  readonly send: number;
  /** -1 for an Agent, which runs what it is sent and has no clauses */
  readonly handler: number;
  /** whose process receives it */
  readonly module: string;
  readonly confidence: MessageConfidence;
  /** what was known of the receiver: named, a topic's subscriber, the own module, or the message's shape alone */
  readonly evidence: "receiver" | "topic" | "own_module" | "shape";
};

export type MessageGraph = {
  readonly sends: readonly SendSite[];
  readonly handlers: readonly HandlerSite[];
  readonly edges: readonly MessageEdge[];
  /** to a module of this project in which no clause takes it */
  readonly unmatchedSends: readonly number[];
  /** to receivers that nothing is known of: a value, or a module outside the project */
  readonly openSends: readonly number[];
  /** no send of this project reaches them; the runtime's own messages (`:DOWN`, `:EXIT`, …) left out */
  readonly unsentHandlers: readonly number[];
  edgesOfSend(send: number): readonly MessageEdge[];
  edgesOfHandler(handler: number): readonly MessageEdge[];
};

export type SupervisedProcess = {
  /** registered name, else module, else the specification's text; unique in the tree */
  readonly id: string;
  readonly module: string | null;
  readonly type: "worker" | "supervisor";
  readonly strategy: string | null;
  /** the module is one of the project's */
  readonly local: boolean;
};

export type SupervisionEdge = {
  readonly parent: number;
  readonly child: number;
  /** position among the static children, in the order in which they start; -1 for dynamic ones */
  readonly order: number;
  readonly restart: string;
  readonly dynamic: boolean;
  readonly conditional: boolean;
  readonly many: boolean;
  readonly line: number;
};

export type SupervisionTree = {
  readonly processes: readonly SupervisedProcess[];
  readonly edges: readonly SupervisionEdge[];
  /** supervisors that no other one starts: an application's, or loose ones */
  readonly roots: readonly number[];
  readonly sites: readonly SupervisorSite[];
  indexOf(idOrModule: string): number | undefined;
};

export type SpawnEdge = {
  /** the function in which the process is started */
  readonly from: FunctionKey;
  /** the module or function that runs in it, null when it is a value */
  readonly to: string | null;
  readonly under: Receiver | null;
  readonly site: SpawnSite;
};

export type SpawnGraph = { readonly edges: readonly SpawnEdge[] };

export type ModuleDependencyKind =
  | "call"
  | "import"
  | "use"
  | "require"
  | "behaviour"
  | "protocol"
  | "macro";

export type ModuleDependency = {
  readonly from: number;
  readonly to: number;
  readonly kind: ModuleDependencyKind;
  readonly count: number;
  /** a change of `to` compiles `from` again */
  readonly compileTime: boolean;
};

/** Modules of the project first, then those it only depends on. */
export type ModuleGraph = {
  readonly names: readonly string[];
  readonly modules: readonly ModuleData[];
  readonly dependencies: readonly ModuleDependency[];
  /** edge `i` is `dependencies[i]` */
  readonly graph: Digraph;
  indexOf(module: string): number | undefined;
};

export type ProjectGraphs = {
  readonly calls: CallGraph;
  readonly messages: MessageGraph;
  readonly supervision: SupervisionTree;
  readonly spawns: SpawnGraph;
  readonly modules: ModuleGraph;
};
