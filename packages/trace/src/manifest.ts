// `recording.json`: what a recording is of, how it ended and what it lacks. Format 1.

import type { CapturePlan } from "./plan.ts";

export const RECORDING_FORMAT = 1;

export type RecordingState = "recording" | "closed" | "interrupted";

/** What ended it; `breakpoint`: a condition held that was to stop it. */
export type StopReason = {
  readonly code:
    | "user"
    | "duration"
    | "budget"
    | "breakpoint"
    | "target_down"
    | "disk_full"
    | "error";
  readonly message: string;
};

export type Manifest = {
  readonly format: number;
  readonly product: string;
  readonly id: string;
  readonly state: RecordingState;
  readonly stopped: StopReason | null;
  readonly target: {
    readonly node: string;
    readonly otpRelease: string;
    readonly elixir: string | null;
    readonly system: string;
  };
  /** wall clock at t = 0, ns since 1970, decimal digits (beyond 2^53) */
  readonly startedAtNs: string;
  readonly durationNs: number;
  readonly plan: CapturePlan;
  readonly counts: Readonly<Record<string, number>>;
  /** events known to be missing, by gap reason */
  readonly loss: Readonly<Record<string, number>>;
  /** of a recording that was made from a trace: its files, and what it cannot tell */
  readonly imported?: { readonly from: readonly string[]; readonly notes: readonly string[] };
};
