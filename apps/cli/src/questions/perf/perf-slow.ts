// `elixirscope perf slow` and `perf latency`: one function, what sets its slow calls apart, and how long
// its calls took over time.

import {
  latency,
  parseWhere,
  formatConditionError,
  slowCalls,
  type Latency,
  type NoSubject,
  type SlowCalls,
  type Source,
} from "@elixirscope/query";
import type { Command } from "commander";
import { UsageError } from "../../exit-codes.ts";
import { latencyText, slowText } from "../../format/slow-text.ts";
import { parseCount, parseInstantNs } from "../../format/units.ts";
import { parse } from "../../option-parsers.ts";
import { ask } from "../ask.ts";
import { withNearest } from "../process-at.ts";
import { rangeOf, withRange, type RangeOptions } from "./range-options.ts";

type FunctionOptions = RangeOptions & { readonly function?: string; readonly json?: true };
type SlowOptions = FunctionOptions & { readonly over?: number };
type LatencyOptions = FunctionOptions & { readonly buckets: number };

const SLOW_HELP = `
Arguments, their sizes, process, pid, node, caller, clause and outcome are tried: a value is told when it is more
frequent among the slow calls than chance makes it (likelihood ratio, p < 0.01 after correction for the number of values).

Examples:
  elixirscope perf slow shop.escope --function Shop.Pricing.total/2
  elixirscope perf slow shop.escope --function Shop.Inventory.level --over 2ms`;

export function definePerfSlow(perf: Command): void {
  functionCommand(perf, "slow")
    .description(
      "what sets the slow calls of a function apart: arguments, process, node, caller, …",
    )
    .option(
      "--over <duration>",
      "slow is what took at least so long, e.g. 2ms (default: the slowest tenth)",
      parse(parseInstantNs),
    )
    .addHelpText("after", SLOW_HELP)
    .action(async (recording: string, options: SlowOptions) => {
      await ask(recording, options.json === true, (source) => slow(source, options), slowText);
    });
  functionCommand(perf, "latency")
    .description("percentiles of a function's durations over time")
    .option("--buckets <n>", "equal parts of the time", parse(parseCount), 20)
    .addHelpText(
      "after",
      "\nExample:\n  elixirscope perf latency shop.escope --function Shop.visit/2 --buckets 10",
    )
    .action(async (recording: string, options: LatencyOptions) => {
      await ask(
        recording,
        options.json === true,
        (source) => overTime(source, options),
        latencyText,
      );
    });
}

function functionCommand(perf: Command, name: string): Command {
  return withRange(perf.command(name))
    .option("--function <where>", "e.g. Shop.Cart.add/3, Shop.Cart.add or Shop.Cart.*")
    .option("--json", "print it as JSON");
}

async function slow(source: Source, options: SlowOptions): Promise<SlowCalls> {
  const range = await rangeOf(source, options);
  const answer = await slowCalls(source, range, whereOf(options), options.over ?? null);
  if (!answer.ok) throw missing(answer.missing);
  return answer.result;
}

async function overTime(source: Source, options: LatencyOptions): Promise<Latency> {
  const range = await rangeOf(source, options);
  const answer = await latency(source, range, whereOf(options), options.buckets);
  if (!answer.ok) throw missing(answer.missing);
  return answer.result;
}

function whereOf({ function: text }: FunctionOptions): Parameters<typeof latency>[2] {
  if (text === undefined) throw new UsageError("say which function: --function Shop.Cart.add/3");
  const where = parseWhere(text);
  if (!where.ok) throw new UsageError(formatConditionError(where.error));
  if (where.value.kind !== "function") {
    throw new UsageError(
      "--function takes a function: Shop.Cart.add/3, Shop.Cart.add or Shop.Cart.*",
    );
  }
  return where.value;
}

function missing(none: NoSubject): UsageError {
  return new UsageError(withNearest(none));
}
