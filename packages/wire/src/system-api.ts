// The constellation: processes of a stretch of time, what supervises them, and the messages between them.
//
// Whatever the number of processes, the answer fits on a screen: families (processes of one supervisor
// that started alike) become one node with a count when there are too many, and open when asked for.

import type { MessageKind } from "@elixirscope/trace";
import type { GapView, TimeRange } from "./protocol.ts";
import { range } from "./param-shapes.ts";
import { array, integer, object, oneOf, optional, text, time, type Shapes } from "./shape.ts";

export const SYSTEM_LIMITS = {
  nodes: 2_000,
  open: 10,
  /** of an opened family; the rest stays in its node */
  members: 300,
  edges: 2_000,
  messages: 200,
  idLength: 1_000,
} as const;

/** What is known of one process. */
export type SystemProcess = {
  readonly pid: string;
  readonly name: string | null;
  readonly initialCall: string | null;
  readonly parent: string | null;
  readonly behaviour: string | null;
  readonly application: string | null;
  /** null: before the recording, or not recorded */
  readonly tSpawned: number | null;
  /** by the end of the stretch; null: alive then, as far as is known */
  readonly tExited: number | null;
  readonly exitReason: string | null;
  /** it ended by something else than `normal` or `shutdown` */
  readonly crashed: boolean;
};

export type SystemNode = {
  /** the pid, or the id of a family as `open` takes it */
  readonly id: string;
  readonly label: string;
  /** id of the innermost hull around it */
  readonly hull: string;
  /** id of the node of the process that started it, where that is here */
  readonly parent: string | null;
  /** null: a family, or processes that the recording does not describe */
  readonly process: SystemProcess | null;
  readonly count: number;
  /** of `count`, by the end of the stretch */
  readonly dead: number;
  /** of `dead` */
  readonly crashed: number;
  /** of `count`, within the stretch */
  readonly spawned: number;
  /** messages within the stretch */
  readonly received: number;
  readonly sent: number;
  /** messages that waited; null: not asked for, or messages to it were not recorded */
  readonly mailbox: number | null;
  /** reductions a second around the stretch; null: not asked for, or not recorded */
  readonly reductions: number | null;
};

export type SystemHull = {
  readonly id: string;
  readonly kind: "supervisor" | "application" | "node" | "unknown";
  readonly label: string;
  readonly parent: string | null;
  /** of a supervisor */
  readonly pid: string | null;
};

export type SystemEdge = {
  readonly from: string;
  readonly to: string;
  readonly messages: number;
  /** bytes of a message as it was recorded, on average of the `of` that were looked at; null: of none */
  readonly size: { readonly mean: number; readonly of: number } | null;
};

export type SystemView = TimeRange & {
  readonly nodes: readonly SystemNode[];
  readonly hulls: readonly SystemHull[];
  /** the busiest first */
  readonly edges: readonly SystemEdge[];
  /** families that are drawn apart because they were asked for */
  readonly open: readonly { readonly id: string; readonly label: string }[];
  readonly processes: number;
  readonly dead: number;
  /** of `processes`: how many are behind `groups` nodes */
  readonly grouped: number;
  readonly groups: number;
  readonly messages: number;
  /** messages of pairs beyond the busiest ones, which have no edge */
  readonly undrawn: number;
  /** stretches in which something is missing, the first ones */
  readonly gaps: readonly GapView[];
  readonly limits: readonly string[];
};

/** A message between two nodes. */
export type SystemMessage = {
  readonly from: string | null;
  readonly to: string | null;
  readonly t: number;
  readonly event: number | null;
  readonly kind: MessageKind;
  readonly body: string;
  /** null: its payload was not recorded */
  readonly bytes: number | null;
};

export type SystemApi = {
  system: {
    params: TimeRange & {
      /** nodes at most, when nothing is open */
      readonly limit: number;
      /** families to draw apart */
      readonly open?: readonly string[];
      /** is drawn apart in any case */
      readonly pid?: string;
      /** count what waited in mailboxes at this instant */
      readonly mailboxAt?: number;
      /** add up reductions */
      readonly reductions?: "on";
    };
    reply: SystemView;
  };
  /** the first messages between two nodes, both ways */
  systemMessages: {
    params: TimeRange & {
      readonly a: string;
      readonly b: string;
      readonly limit: number;
    };
    reply: { readonly total: number; readonly messages: readonly SystemMessage[] };
  };
};

const id = text(SYSTEM_LIMITS.idLength);

export const SYSTEM_SHAPES: Shapes<SystemApi> = {
  system: object<SystemApi["system"]["params"]>({
    ...range,
    limit: integer(10, SYSTEM_LIMITS.nodes),
    open: optional(array(id, SYSTEM_LIMITS.open)),
    pid: optional(id),
    mailboxAt: optional(time),
    reductions: optional(oneOf(["on"])),
  }),
  systemMessages: object<SystemApi["systemMessages"]["params"]>({
    ...range,
    a: id,
    b: id,
    limit: integer(1, SYSTEM_LIMITS.messages),
  }),
};
