// Sites in one file that the project's graphs are linked from: who sends what, who handles what, who
// starts whom. Plain data. A shape is the skeleton of a term: `{:add, _, _}`, `:tick`, `_` (see shape.ts).

import type { NodeId } from "@elixirscope/syntax";
import type { FunctionKey, SourceRange } from "../module/module-data.ts";

type Site = {
  readonly module: string;
  readonly function: FunctionKey;
  readonly clause: number;
  readonly nodeId: NodeId;
  readonly range: SourceRange;
};

/**
 * Who is meant by a message:
 * - `module`, `name`: a name that a process is registered under, an alias (`__MODULE__` too) or an atom
 * - `via`: `{:via, Registry, {Shop.Carts, _}}`, `{:global, :x}`, as a shape
 * - `process`: a process of that module, since this function started it
 * - `self`: the process that runs the function
 * - `topic`: whoever subscribed
 * - `unknown`: a value from elsewhere
 */
export type Receiver =
  | { readonly kind: "module"; readonly module: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "via"; readonly text: string }
  | { readonly kind: "process"; readonly module: string }
  | { readonly kind: "self" }
  | { readonly kind: "topic"; readonly pubsub: string; readonly topic: string }
  | { readonly kind: "unknown"; readonly text: string };

/** Which rules a message follows: they decide which handlers can take it. */
export type Protocol = "gen_server" | "gen_statem" | "gen_event" | "agent" | "plain";

export type SendSite = Site & {
  readonly kind:
    | "call"
    | "cast"
    | "send"
    | "send_after"
    | "reply"
    | "broadcast"
    /** to the handlers of a `:gen_event` manager */
    | "notify"
    /** `{:continue, term}` in what a callback returns */
    | "continue"
    /** `{:next_event, …}` and time-outs in what a `:gen_statem` callback returns */
    | "internal";
  readonly protocol: Protocol;
  readonly receiver: Receiver;
  /** of the message as the handler sees it */
  readonly shape: string;
  /** the shape of the event's type, for `internal` alone */
  readonly eventType: string | null;
  /** the reply's timeout, or the delay, as text: null when it is the default or there is none */
  readonly timeout: string | null;
  /** the function of the same module that does the sending for this one, null when it sends itself */
  readonly through: FunctionKey | null;
};

export type HandlerSite = Site & {
  readonly kind: "call" | "cast" | "info" | "event" | "receive" | "continue";
  readonly protocol: Protocol;
  readonly shape: string;
  /** of a `:gen_statem` handler: the shape of the event's type, `{:call, _}`, `:cast`, `_` */
  readonly eventType: string | null;
  readonly guarded: boolean;
  /** clauses of one group are tried in their order: a function's, or one `receive`'s */
  readonly group: string;
  readonly order: number;
};

export type SpawnSite = Site & {
  readonly kind:
    | "spawn"
    | "spawn_link"
    | "spawn_monitor"
    | "task"
    | "agent"
    | "start_link"
    | "start_child";
  /** the module or function that runs in the new process, when known */
  readonly target: string | null;
  readonly targetKind: "module" | "function" | "closure" | "unknown";
  readonly linked: boolean;
  /** under which supervisor it is started, when the call names one */
  readonly under: Receiver | null;
};

export type ChildSpec = {
  readonly module: string | null;
  readonly id: string | null;
  /** the name that it registers under, when the specification says so */
  readonly name: string | null;
  /** null: the module's own, permanent if it says nothing */
  readonly restart: string | null;
  readonly type: "worker" | "supervisor";
  /** only one of the branches of an `if` or `case` starts it */
  readonly conditional: boolean;
  /** made by a loop: any number of them */
  readonly many: boolean;
  readonly text: string;
  readonly line: number;
};

export type SupervisorSite = Site & {
  /** the module in which the children are listed */
  readonly supervisor: string;
  /** the name that it registers under, when this call gives one */
  readonly name: string | null;
  readonly strategy: string | null;
  /** `DynamicSupervisor` and the like: children come later, by `start_child` */
  readonly dynamic: boolean;
  readonly children: readonly ChildSpec[];
  /** false: some children are made by code that could not be followed */
  readonly complete: boolean;
};

/** A process of `module` registers under `name`, a shape: `Shop.Feed`, `:courier`, `{:via, Registry, {R, _}}`. */
export type RegisteredName = { readonly module: string; readonly name: string };

export type Subscription = {
  readonly module: string;
  readonly function: FunctionKey;
  readonly pubsub: string;
  readonly topic: string;
};

export type LinkFacts = {
  readonly sends: readonly SendSite[];
  readonly handlers: readonly HandlerSite[];
  readonly spawns: readonly SpawnSite[];
  readonly supervisors: readonly SupervisorSite[];
  readonly registered: readonly RegisteredName[];
  readonly subscriptions: readonly Subscription[];
};
