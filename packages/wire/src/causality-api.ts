// What caused an event and what it caused: the story of a crash or of any other event, and the drawing of its
// causes and effects. Events are named by their ids; what is not recorded is null or said in `limits`.

import type { Confidence, EventKind } from "@elixirscope/trace";
import type { LocalView } from "./code-api.ts";
import { id } from "./param-shapes.ts";
import { array, integer, object, type Shapes } from "./shape.ts";

/** Who is meant: the process as it is printed, with the name by which people know it. */
export type ProcessRef = {
  readonly pid: string;
  /** registered name, else label, else the function it was spawned with; null: not known */
  readonly name: string | null;
};

/**
 * `call`: done inside that call · `return`: the end of the call · `raise`: an exception that went through its caller ·
 * `message`: sent and received · `reply`: the request that a reply answers · `handle`: a message and what was done for it ·
 * `spawn`, `link`, `monitor`, `exit`, `timer`: as in the VM · `state_write`: the message that a new state came of ·
 * `state_read`: the state that a message found · `ets`: what was last written under a key that was read ·
 * `telemetry`: the start of a span and its stop · `program_order`: what the process received or began with before it went on
 */
export const CAUSE_TYPES = [
  "call",
  "return",
  "raise",
  "message",
  "reply",
  "handle",
  "spawn",
  "link",
  "monitor",
  "exit",
  "timer",
  "state_write",
  "state_read",
  "ets",
  "telemetry",
  "program_order",
] as const;
export type CauseType = (typeof CAUSE_TYPES)[number];

export type Crash = {
  /** the end of the process */
  readonly event: number;
  readonly t: number;
  readonly process: ProcessRef;
  readonly reason: string;
};

export type Crashes = {
  readonly crashes: readonly Crash[];
  /** ends of processes that were looked at; older ones were not when `isAll` is false */
  readonly searched: number;
  readonly isAll: boolean;
};

/** One thing that happened, on the way from a root to the event that is asked about. */
export type StoryStep = {
  readonly event: number;
  readonly t: number;
  readonly process: ProcessRef;
  readonly text: string;
  /** how it followed from the step before it; null: the first one */
  readonly because: CauseType | null;
  readonly confidence: Confidence | null;
};

export type Story = {
  /** oldest first; the last one is the event */
  readonly steps: readonly StoryStep[];
  /** steps between the first and the others that were left out */
  readonly omitted: number;
};

export type FailureView = {
  /** the exception, or the end of the process when no exception was recorded */
  readonly event: number;
  readonly t: number;
  /** as Elixir prints it: `** (MatchError) no match of right hand side value: :error` */
  readonly error: string;
  /** the function that failed; null: not recorded */
  readonly mfa: string | null;
  readonly arguments: string | null;
  readonly file: string | null;
  readonly line: number | null;
  /** the text of the line, when the recording has the source */
  readonly source: string | null;
  readonly locals: readonly LocalView[];
  /** of each clause that did not match: why */
  readonly clauses: readonly string[];
  /** the calls around it, innermost first */
  readonly callers: readonly string[];
};

export type HandledView = {
  /** where the process took or received it */
  readonly event: number;
  readonly t: number;
  readonly text: string;
  readonly from: ProcessRef | null;
  readonly sendEvent: number | null;
  readonly confidence: Confidence | null;
};

export type StateBefore = {
  readonly event: number;
  readonly t: number;
  readonly version: number;
  readonly text: string;
};

export type DeathView = {
  /** the end of the process, or where it was told */
  readonly event: number;
  readonly t: number;
  readonly process: ProcessRef;
  /** `died`: the exit went on over a link; told: it traps exits, or had a monitor */
  readonly fate: "died" | "told over a link" | "told by a monitor";
  readonly reason: string | null;
  readonly confidence: Confidence;
};

export type RestartView = {
  /** the spawn; null: not recorded */
  readonly event: number | null;
  readonly t: number;
  readonly process: ProcessRef;
  readonly by: ProcessRef;
  /** `inferred`: the same parent started the same function, but under no name that both had */
  readonly confidence: Confidence;
};

export type CrashView = {
  readonly kind: "crash";
  /** the end of the process; the exception where no end was recorded */
  readonly event: number;
  readonly t: number;
  readonly process: ProcessRef;
  readonly failure: FailureView;
  readonly message: HandledView | null;
  readonly state: StateBefore | null;
  /** how it came to the failure */
  readonly story: Story;
  /** null: the end of the process was not recorded */
  readonly reason: string | null;
  readonly deaths: readonly DeathView[];
  readonly restart: RestartView | null;
  readonly limits: readonly string[];
};

export type EventStory = {
  readonly kind: "event";
  readonly event: number;
  readonly t: number;
  readonly process: ProcessRef;
  readonly story: Story;
  /** what it caused itself, at most 20 */
  readonly effects: readonly StoryStep[];
  readonly limits: readonly string[];
};

export type WhyView = CrashView | EventStory;

/** What a process that crashed did and was, beside the crash itself. */
export type CrashContext = {
  /** the last messages that it received or took, oldest first */
  readonly messages: readonly StoryStep[];
  /** the last states that it had, oldest first */
  readonly states: readonly StateBefore[];
  /** who was started in its place, who in the place of that one, and so on */
  readonly restarts: readonly (RestartView & {
    /** null: it was alive when last seen */
    readonly ended: { readonly t: number; readonly reason: string } | null;
  })[];
  /** the chain of restarts is longer */
  readonly more: boolean;
};

/** An event in a drawing of causes and effects. */
export type CauseNode = {
  readonly event: number;
  readonly t: number;
  readonly process: ProcessRef;
  readonly kind: EventKind;
  readonly text: string;
  readonly side: "cause" | "focus" | "effect";
  /** it is on the line that a person would tell first */
  readonly isMain: boolean;
  /** direct causes that are not in the drawing */
  readonly causes: number;
  /** direct effects that are not in the drawing; null: not counted */
  readonly effects: number | null;
};

/** `source` causes `target`; both are event ids. */
export type CauseEdge = {
  readonly source: number;
  readonly target: number;
  readonly type: CauseType;
  readonly confidence: Confidence;
};

export type CauseMap = {
  readonly event: number;
  /** in the order of time */
  readonly nodes: readonly CauseNode[];
  /** between those, by target, then source */
  readonly edges: readonly CauseEdge[];
  /** steps of the main line between its root, which is the first of `nodes`, and the others */
  readonly omitted: number;
  /** the main line goes on before what is called its root here */
  readonly isLong: boolean;
  /** there are more effects, of effects too */
  readonly moreEffects: boolean;
  readonly limits: readonly string[];
};

export type CausalityApi = {
  /** processes that ended for another reason than being done, newest first */
  crashes: { params: { readonly limit: number }; reply: Crashes };
  /** null: there is no such event */
  why: { params: { readonly event: number }; reply: WhyView | null };
  /** `event`: a crash, as `crashes` or `why` name it */
  crashContext: { params: { readonly event: number }; reply: CrashContext | null };
  /** null: there is no such event */
  causeMap: {
    params: {
      readonly event: number;
      /** steps of the main line back from the event */
      readonly causes: number;
      readonly effects: number;
      /** events of which all direct causes, and all direct effects, are to be drawn */
      readonly causesOf: readonly number[];
      readonly effectsOf: readonly number[];
    };
    reply: CauseMap | null;
  };
};

/** The most that a drawing may hold of each. */
export const CAUSE_LIMITS = { causes: 400, effects: 400, open: 40, crashes: 200 } as const;

export const CAUSALITY_SHAPES: Shapes<CausalityApi> = {
  crashes: object<CausalityApi["crashes"]["params"]>({ limit: integer(1, CAUSE_LIMITS.crashes) }),
  why: object<CausalityApi["why"]["params"]>({ event: id }),
  crashContext: object<CausalityApi["crashContext"]["params"]>({ event: id }),
  causeMap: object<CausalityApi["causeMap"]["params"]>({
    event: id,
    causes: integer(0, CAUSE_LIMITS.causes),
    effects: integer(0, CAUSE_LIMITS.effects),
    causesOf: array(id, CAUSE_LIMITS.open),
    effectsOf: array(id, CAUSE_LIMITS.open),
  }),
};
