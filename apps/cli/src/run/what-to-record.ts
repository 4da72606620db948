// From the options of `run` to the level of each function: a plan file, a plan made for the current folder,
// or everything of the project's own code, restricted by --only.

import { readFile } from "node:fs/promises";
import { messageOf } from "@elixirscope/base";
import { Repository, splitFunctionKey } from "@elixirscope/codegraph";
import {
  buildPlan,
  type KnownModule,
  type OnlyPattern,
  parseOnly,
  readPlan,
  unknownNames,
  unknownNameText,
} from "@elixirscope/instrument";
import type { InstrumentationPlan } from "@elixirscope/trace";
import { UsageError } from "../exit-codes.ts";
import { everything, type WhatOptions, type WhatToRecord } from "./what.ts";

/** Of the running time, for `balanced`. */
const BALANCED_BUDGET = 0.01;

export async function whatToRecord(options: WhatOptions, folder: string): Promise<WhatToRecord> {
  const { plan: file, strategy = "full", only: patterns = [] } = options;
  const only = patterns.map(parsed);
  if (file !== undefined) {
    if (options.strategy !== undefined) {
      throw new UsageError("a plan says itself how deeply: leave out --plan or --strategy");
    }
    const plan = await planIn(file);
    const warnings = await unknownIn(plan, folder);
    return { choice: { plan, others: "off", detail: null, only }, warnings };
  }
  if (strategy === "full") return everything(only);
  const plan = await withProject(folder, ({ analysis }) =>
    buildPlan(analysis, {
      strategy,
      budget: strategy === "balanced" ? BALANCED_BUDGET : null,
      profile: null,
    }),
  );
  return { choice: { plan, others: "off", detail: null, only }, warnings: [] };
}

function parsed(text: string): OnlyPattern {
  const pattern = parseOnly(text);
  if (!pattern.ok) throw new UsageError(`--only ${pattern.error.message}`);
  return pattern.value;
}

async function planIn(file: string): Promise<InstrumentationPlan> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new UsageError(`cannot read the plan ${file}: ${messageOf(cause)}`);
  }
  const plan = readPlan(text, file);
  if (plan.ok) return plan.value;
  throw new UsageError(
    plan.error
      .map(({ line, column, message }) => `${file}:${String(line)}:${String(column)}: ${message}`)
      .join("\n"),
  );
}

async function unknownIn(plan: InstrumentationPlan, folder: string): Promise<readonly string[]> {
  const modules = await withProject(folder, knownModules);
  return unknownNames(plan, modules).map(unknownNameText);
}

function knownModules({ analysis }: Repository): readonly KnownModule[] {
  const functions = new Map<string, string[]>();
  for (const file of analysis.files) {
    for (const { name } of file.modules) functions.set(name, functions.get(name) ?? []);
    for (const metrics of file.metrics) {
      const { module, name, arity } = splitFunctionKey(metrics.function);
      functions.get(module)?.push(`${name}/${String(arity)}`);
    }
  }
  return [...functions].map(([module, names]) => ({ module, functions: names }));
}

/** Nothing is written into the project. */
async function withProject<T>(folder: string, use: (repository: Repository) => T): Promise<T> {
  const repository = await Repository.open(folder, { cache: "none" });
  try {
    return use(repository);
  } finally {
    await repository.close();
  }
}
