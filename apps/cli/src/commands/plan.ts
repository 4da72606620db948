// `elixirscope plan`: which functions to instrument, how deeply and why, as a file to read and edit.

import { buildPlan, type Profile, printPlan } from "@elixirscope/instrument";
import { RecordingReader } from "@elixirscope/store";
import type { InstrumentationPlan, Strategy } from "@elixirscope/trace";
import { Interrupt } from "../interrupt.ts";
import { openProject, type ProjectFlags } from "../open-project.ts";
import { recordingFolder } from "../recording-folder.ts";
import { writeResult } from "../write-result.ts";

export type PlanOptions = ProjectFlags & {
  readonly strategy: Strategy;
  readonly budget?: number;
  readonly recording?: string;
  readonly out?: string;
  readonly json?: true;
};

/** Of the running time, when the user does not say. */
const BALANCED_BUDGET = 0.01;

export async function plan(folder: string, options: PlanOptions): Promise<void> {
  using interrupt = new Interrupt();
  const { strategy, recording } = options;
  const profile = recording === undefined ? null : await readProfile(recording, interrupt.signal);
  const repository = await openProject(folder, options, interrupt.signal);
  try {
    const budget = options.budget ?? (strategy === "balanced" ? BALANCED_BUDGET : null);
    const built = buildPlan(repository.analysis, { strategy, budget, profile });
    const text = options.json === true ? JSON.stringify(built, null, 1) : printPlan(built);
    await writeResult(text, options.out);
    console.error(outlineOf(built));
  } finally {
    await repository.close();
  }
}

/** Calls and own times of each function in a recording. */
async function readProfile(name: string, signal: AbortSignal): Promise<Profile> {
  const reader = await RecordingReader.open(await recordingFolder(name));
  try {
    const { rows } = await reader.query(
      `SELECT module || '.' || "function" || '/' || arity AS key, count(*), coalesce(sum(self_ns), 0)
       FROM calls WHERE module IS NOT NULL GROUP BY key`,
      { signal },
    );
    return new Map(
      rows.flatMap(([key, calls, selfNs]) =>
        typeof key === "string" ? [[key, { calls: Number(calls), selfNs: Number(selfNs) }]] : [],
      ),
    );
  } finally {
    await reader.close();
  }
}

function outlineOf({ functions, estimate, sample, budget, strategy }: InstrumentationPlan): string {
  const counted = ["full", "boundaries", "minimal", "off"].map((level) => {
    const count = functions.filter((planned) => planned.level === level).length;
    return `${count} ${level}`;
  });
  const parts = [
    `${strategy}: ${functions.length} functions (${counted.join(", ")})`,
    `about ${percent(estimate.overhead)} more running time${budget === null ? "" : ` of ${percent(budget)}`}`,
    estimate.basis === "model"
      ? "estimated from the code alone"
      : `calls and times of ${estimate.measuredFunctions} functions measured`,
    sample < 1 ? `what begins in ${percent(sample)} of the time` : null,
  ];
  return parts.filter((part) => part !== null).join("; ");
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))}%`;
}
