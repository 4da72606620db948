// The analyses of a recording, run one after the other so that the rest of the page keeps being answered. What they
// found stays while the page is open; of a live recording nothing runs again by itself.

import { messageOf } from "@elixirscope/base";
import { ANALYSES, type AnalysisName, type Findings } from "@elixirscope/wire";
import { effect, signal, type Signal } from "@preact/signals";
import type { Cinema } from "../../model/cinema.ts";
import { RequestError } from "../../model/connection.ts";

/** Cards per group. */
const LIMIT = 20;

export type Run =
  | { readonly kind: "waiting" }
  /** `since` is on the clock of `performance.now()` */
  | { readonly kind: "running"; readonly since: number }
  | {
      readonly kind: "done";
      readonly found: Findings;
      readonly tookMs: number;
      /** events that the recording had by then */
      readonly events: number;
    }
  | { readonly kind: "failed"; readonly message: string };

export type Analyses = {
  readonly runs: Readonly<Record<AnalysisName, Signal<Run>>>;
  readonly run: (names: readonly AnalysisName[]) => void;
};

const KEPT = new WeakMap<Cinema, { readonly id: string; readonly analyses: Analyses }>();

/** The same ones for the same recording. */
export function analysesOf(cinema: Cinema): Analyses {
  const id = cinema.info.peek()?.manifest.id ?? "";
  const kept = KEPT.get(cinema);
  if (kept?.id === id) return kept.analyses;
  const analyses = begin(cinema);
  KEPT.set(cinema, { id, analyses });
  return analyses;
}

function begin(cinema: Cinema): Analyses {
  const runs = {
    crashFindings: waiting(),
    raceFindings: waiting(),
    deadlockFindings: waiting(),
    queueFindings: waiting(),
    slowFindings: waiting(),
    clauseFindings: waiting(),
    lossFindings: waiting(),
  };
  const queue: AnalysisName[] = [...ANALYSES];
  let isRunning = false;
  const next = async (): Promise<void> => {
    if (isRunning || cinema.connection.state.peek().kind !== "open") return;
    const name = queue.shift();
    if (name === undefined) return;
    isRunning = true;
    const isLost = await runOne(cinema, name, runs[name]);
    if (isLost) queue.unshift(name);
    isRunning = false;
    void next();
  };
  // what a lost connection broke off is asked again once there is one
  effect(() => {
    if (cinema.connection.state.value.kind === "open") void next();
  });
  return {
    runs,
    run: (names) => {
      for (const name of names) {
        if (queue.includes(name) || runs[name].peek().kind === "running") continue;
        runs[name].value = { kind: "waiting" };
        queue.push(name);
      }
      void next();
    },
  };
}

function waiting(): Signal<Run> {
  return signal<Run>({ kind: "waiting" });
}

/** Whether it was broken off by the connection. */
async function runOne(cinema: Cinema, name: AnalysisName, run: Signal<Run>): Promise<boolean> {
  const since = performance.now();
  const events = cinema.status.peek()?.events ?? 0;
  run.value = { kind: "running", since };
  try {
    const found = await cinema.connection.request(name, { limit: LIMIT });
    run.value = { kind: "done", found, tookMs: performance.now() - since, events };
    return false;
  } catch (thrown) {
    const isLost = thrown instanceof RequestError && thrown.code === "disconnected";
    run.value = isLost ? { kind: "waiting" } : { kind: "failed", message: messageOf(thrown) };
    return isLost;
  }
}
