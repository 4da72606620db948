// Sites in one file that the project's graphs are linked from: who sends what, who handles what, who
// starts whom. Plain data. A shape is the skeleton of a term: `{:add, _, _}`, `:tick`, `_`.

import type { NodeId } from "@elixirscope/syntax";
import type { FunctionKey, SourceRange } from "../module/module-data.ts";

type Site = {
  readonly function: FunctionKey;
  readonly clause: number;
  readonly nodeId: NodeId;
  readonly range: SourceRange;
};

/** Who is meant: a module's registered process, a name, the own process, or a value. */
export type Receiver =
  | { readonly kind: "module"; readonly module: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "self" }
  | { readonly kind: "via"; readonly text: string }
  | { readonly kind: "unknown"; readonly text: string };

export type SendSite = Site & {
  readonly kind: "call" | "cast" | "send" | "send_after" | "reply" | "broadcast";
  readonly receiver: Receiver;
  /** of the message as the handler sees it */
  readonly shape: string;
  /** the reply's timeout as text: null when it is the default */
  readonly timeout: string | null;
};

export type HandlerSite = Site & {
  readonly kind: "call" | "cast" | "info" | "event" | "receive" | "continue";
  readonly module: string;
  readonly shape: string;
  readonly guarded: boolean;
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
  readonly linked: boolean;
};

export type SupervisorSite = Site & {
  readonly supervisor: string;
  readonly strategy: string | null;
  readonly children: readonly {
    readonly module: string | null;
    readonly id: string | null;
    readonly restart: string | null;
    readonly type: "worker" | "supervisor";
    readonly text: string;
    readonly line: number;
  }[];
};

export type LinkFacts = {
  readonly sends: readonly SendSite[];
  readonly handlers: readonly HandlerSite[];
  readonly spawns: readonly SpawnSite[];
  readonly supervisors: readonly SupervisorSite[];
  /** `Module` → names it registers under */
  readonly registered: readonly { readonly module: string; readonly name: string }[];
};
