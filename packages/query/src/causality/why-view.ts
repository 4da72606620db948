// The answers of `why`: a crash with what led to it and what followed, or the story of any other event.

import type { Confidence } from "@elixirscope/trace";
import type { ProcessRef } from "../process-refs.ts";
import type { LocalView } from "../stack/stack-view.ts";
import type { CauseType } from "./cause-types.ts";

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
