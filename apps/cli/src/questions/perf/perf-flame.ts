// `elixirscope perf flame`: merged stacks, to look at here or to draw with another tool.

import { flame, foldedStacks, speedscope, type Flame, type FlameTime } from "@elixirscope/query";
import { Option, type Command } from "commander";
import { flameText } from "../../format/flame-text.ts";
import { parseCount } from "../../format/units.ts";
import { parse } from "../../option-parsers.ts";
import { ask } from "../ask.ts";
import { rangeOf, withRange, type RangeOptions } from "./range-options.ts";

const FORMATS = ["text", "folded", "json", "speedscope"] as const;
type Format = (typeof FORMATS)[number];

type FlameOptions = RangeOptions & {
  readonly format: Format;
  readonly time: FlameTime;
  readonly limit?: number;
  readonly json?: true;
};

/** What a person reads, and what a tool draws. */
const NODES_SHOWN = 40;
const NODES_WRITTEN = 5_000;

const HELP = `
Examples:
  elixirscope perf flame shop.escope --time running
  elixirscope perf flame shop.escope --format folded | flamegraph.pl > shop.svg
  elixirscope perf flame shop.escope --format speedscope > shop.speedscope.json`;

export function definePerfFlame(perf: Command): void {
  withRange(perf.command("flame"))
    .description("merged stacks with their time: as a tree, folded, JSON, or for speedscope")
    .addOption(
      new Option("--format <format>", "how to print them").choices(FORMATS).default("text"),
    )
    .addOption(
      new Option("--time <which>", "what the widths are")
        .choices(["all", "running", "waiting"])
        .default("all"),
    )
    .option(
      "--limit <n>",
      `stacks at most, the rest as "other" (default: ${NODES_SHOWN} as text, ${NODES_WRITTEN} else)`,
      parse(parseCount),
    )
    .option("--json", "the same as --format json")
    .addHelpText("after", HELP)
    .action(perfFlame);
}

async function perfFlame(recording: string, options: FlameOptions): Promise<void> {
  const format = options.json === true ? "json" : options.format;
  const nodes = options.limit ?? (format === "text" ? NODES_SHOWN : NODES_WRITTEN);
  await ask(
    recording,
    format === "json",
    async (source, asking) =>
      await flame(source, await rangeOf(source, options), { ...asking, time: options.time, nodes }),
    (answer, stream) => written(answer, format, recording, stream),
  );
}

function written(
  answer: Flame,
  format: Format,
  recording: string,
  stream: NodeJS.WriteStream,
): string {
  if (format === "folded") return foldedStacks(answer);
  if (format === "speedscope") return JSON.stringify(speedscope(answer, recording));
  return flameText(answer, stream);
}
