// Budgets, sampling and payload limits as people give them: completed with defaults, absurd ones refused.

import {
  DEFAULT_BUDGETS,
  DEFAULT_LIMITS,
  type Budgets,
  type PayloadLimits,
  type Sampling,
} from "@elixirscope/trace";
import { CaptureError } from "../capture-error.ts";

type Range = { readonly name: string; readonly min: number; readonly max: number };

const MEBIBYTE = 1024 * 1024;
const BUDGETS: Readonly<Record<Exclude<keyof Budgets, "durationMs">, Range>> = {
  eventsPerSecond: { name: "events per second", min: 1, max: 10_000_000 },
  eventsPerSecondPerProcess: {
    name: "events per second and process",
    min: 1,
    max: 10_000_000,
  },
  targetMemoryBytes: {
    name: "bytes of memory in the target",
    min: MEBIBYTE,
    max: 64 * 1024 * MEBIBYTE,
  },
  inFlightBytes: { name: "bytes in flight", min: 64 * 1024, max: 1024 * MEBIBYTE },
  recordingBytes: { name: "bytes of the recording", min: MEBIBYTE, max: 2 ** 50 },
};
const DURATION: Range = { name: "ms of recording", min: 1, max: 100 * 24 * 3_600_000 };
const LIMITS: Readonly<Record<keyof PayloadLimits, Range>> = {
  nodes: { name: "nodes of a payload", min: 1, max: 1_000_000 },
  depth: { name: "levels of a payload", min: 1, max: 1_000 },
  binaryBytes: { name: "bytes of a binary", min: 0, max: 16 * MEBIBYTE },
};

export function completeBudgets(given: Partial<Budgets> = {}): Budgets {
  const budgets = { ...DEFAULT_BUDGETS, ...given };
  check(budgets.eventsPerSecond, BUDGETS.eventsPerSecond);
  check(budgets.eventsPerSecondPerProcess, BUDGETS.eventsPerSecondPerProcess);
  check(budgets.targetMemoryBytes, BUDGETS.targetMemoryBytes);
  check(budgets.inFlightBytes, BUDGETS.inFlightBytes);
  check(budgets.recordingBytes, BUDGETS.recordingBytes);
  if (budgets.durationMs !== null) check(budgets.durationMs, DURATION);
  if (budgets.inFlightBytes > budgets.targetMemoryBytes) {
    throw new CaptureError(
      "bad_budget",
      `${budgets.inFlightBytes} bytes in flight do not fit into ${budgets.targetMemoryBytes} bytes of memory in the target; lower the first or raise the second`,
    );
  }
  return budgets;
}

/** What a session has used up already; a budget below that would be its end, which is what `stop` is for. */
export type Used = { readonly elapsedMs: number; readonly recordingBytes: number };

/** The budgets of a running session with some of them changed. */
export function changedBudgets(now: Budgets, given: Partial<Budgets>, used: Used): Budgets {
  const budgets = completeBudgets({ ...now, ...given });
  const { durationMs, recordingBytes } = budgets;
  if (durationMs !== null && durationMs <= used.elapsedMs) {
    throw new CaptureError(
      "bad_budget",
      `${durationMs / 1000} s are over already: the session runs for ${Math.ceil(used.elapsedMs / 1000)} s; give a longer time, or stop it`,
    );
  }
  if (recordingBytes <= used.recordingBytes) {
    throw new CaptureError(
      "bad_budget",
      `the recording has ${used.recordingBytes} bytes already, more than ${recordingBytes}; give a higher limit, or stop it`,
    );
  }
  return budgets;
}

export function completeLimits(given: Partial<PayloadLimits> = {}): PayloadLimits {
  const limits = { ...DEFAULT_LIMITS, ...given };
  check(limits.nodes, LIMITS.nodes);
  check(limits.depth, LIMITS.depth);
  check(limits.binaryBytes, LIMITS.binaryBytes);
  return limits;
}

export function checkSampling(sampling: Sampling): Sampling {
  if (sampling.kind === "rate") {
    check(sampling.chainsPerSecond, { name: "call chains per second", min: 1, max: 10_000_000 });
  }
  if (sampling.kind === "chains" && !(sampling.probability > 0 && sampling.probability <= 1)) {
    throw new CaptureError(
      "bad_budget",
      `a probability of ${sampling.probability} is not possible; give one above 0 and up to 1`,
    );
  }
  if (sampling.kind === "windows" && !(sampling.share > 0 && sampling.share <= 1)) {
    throw new CaptureError(
      "bad_budget",
      `windows of ${sampling.share} of the time are not possible; give a share above 0 and up to 1`,
    );
  }
  return sampling;
}

function check(value: number, { name, min, max }: Range): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new CaptureError(
    "bad_budget",
    `${value} ${name} is not possible; give a whole number from ${min} to ${max}`,
  );
}
