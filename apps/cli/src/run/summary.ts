// What `run` says when the command has ended: what was recorded, where, and what was not and why.

import path from "node:path";
import type { CommandEnd, RunResult, SkippedModule } from "@elixirscope/capture/run";
import type { PlanChoice } from "@elixirscope/instrument";
import { formatCount } from "../format/units.ts";

export type EndedRun = {
  readonly out: string;
  readonly command: readonly string[];
  readonly end: CommandEnd;
  readonly result: RunResult;
  readonly choice: PlanChoice;
  /** known before it ran */
  readonly warnings: readonly string[];
};

const SKIPPED_SHOWN = 5;

export async function summaryLines(ended: EndedRun): Promise<readonly string[]> {
  const warnings = await warningsOf(ended);
  return [recordedLine(ended), ...warnings].map((line) => `elixirscope: ${line}`);
}

export async function summaryJson(ended: EndedRun): Promise<string> {
  const { out, end, result } = ended;
  return JSON.stringify({
    type: "run",
    out: result.recording === null ? null : out,
    exitCode: end.code,
    signal: end.signal,
    modules: [...result.modules.keys()],
    modulesFromCache: result.modulesFromCache,
    skipped: result.skipped,
    warnings: await warningsOf(ended),
    manifest: result.recording,
  });
}

function recordedLine({ out, command, result }: EndedRun): string {
  const { recording, modules, vms, seen } = result;
  if (recording === null) {
    if (vms === 0) return `${command[0] ?? ""} started no Elixir, so nothing was recorded`;
    return seen.size === 0
      ? "there was no code of a project, so nothing was recorded"
      : "nothing was recorded";
  }
  const { counts, loss } = recording;
  const lost = Object.values(loss).reduce((sum, count) => sum + count, 0);
  const parts = [
    counted(counts["calls"] ?? 0, "call"),
    counted(counts["bindings"] ?? 0, "binding"),
    `${counted(modules.size, "module")} instrumented`,
    ...(lost > 0 ? [`${counted(lost, "event")} lost (see the table gaps)`] : []),
  ];
  return `recorded ${parts.join(", ")}: elixirscope open ${path.relative(process.cwd(), out)}`;
}

function counted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
}

async function warningsOf(ended: EndedRun): Promise<readonly string[]> {
  const { result, warnings } = ended;
  return [
    ...(await unusedPatterns(ended)),
    ...warnings,
    ...skippedLines(result.skipped),
    ...result.faults.map((fault) => `something went wrong here, not in the command: ${fault}`),
  ];
}

async function unusedPatterns({ result, choice }: EndedRun): Promise<readonly string[]> {
  const { modules, seen, vms } = result;
  if (vms === 0 || choice.only.length === 0) return [];
  const { unknownNameText, unknownPatterns } = await import("@elixirscope/instrument");
  const known = [...seen].map((module) => {
    const sites = modules.get(module)?.sites ?? [];
    const names = sites.map(({ function: name, arity }) => `${name}/${String(arity)}`);
    return { module, functions: [...new Set(names)] };
  });
  return unknownPatterns(choice.only, known).map(unknownNameText);
}

/** Modules with the same reason in one line. */
function skippedLines(skipped: readonly SkippedModule[]): readonly string[] {
  const byMessage = new Map<string, string[]>();
  for (const { module, code, message } of skipped) {
    if (code === "nothing_to_do") continue;
    byMessage.set(message, [...(byMessage.get(message) ?? []), module]);
  }
  return [...byMessage].map(([message, modules]) => {
    const more = modules.length - SKIPPED_SHOWN;
    const shown = modules.toSorted().slice(0, SKIPPED_SHOWN).join(", ");
    return `not recorded: ${shown}${more > 0 ? ` and ${String(more)} more` : ""} (${message})`;
  });
}
