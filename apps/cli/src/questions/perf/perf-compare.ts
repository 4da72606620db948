// `elixirscope perf compare`: two recordings, or two stretches of one, held against each other.

import { err, ok, type Result } from "@elixirscope/base";
import { compare, recordingRange, type Comparison, type Source } from "@elixirscope/query";
import type { TimeRange } from "@elixirscope/wire";
import type { Command } from "commander";
import { UsageError } from "../../exit-codes.ts";
import { compareText } from "../../format/compare-text.ts";
import { parseCount, parseInstantNs } from "../../format/units.ts";
import { withRecording } from "../../opened-recording.ts";
import { parse } from "../../option-parsers.ts";
import { ask, type Asking } from "../ask.ts";
import { rangeOf, withRange, type RangeOptions } from "./range-options.ts";

type CompareOptions = RangeOptions & {
  readonly with?: string;
  readonly against?: TimeRange;
  readonly limit: number;
  readonly json?: true;
};

const HELP = `
The first side is the recording, or its part from --from to --to; the second another recording (--with), another
part (--against), or a part of the other recording. What counts is time per second, so they may differ in length.

Examples:
  elixirscope perf compare shop.escope --to 5s --against 5s..10s
  elixirscope perf compare before.escope --with after.escope`;

export function definePerfCompare(perf: Command): void {
  withRange(perf.command("compare"))
    .description("two recordings or ranges: what takes more time, and which values go with it")
    .option("--with <recording>", "the other recording")
    .option("--against <range>", "the other range, e.g. 5s..8s", parse(parseRange))
    .option("--limit <n>", "functions and processes at most", parse(parseCount), 10)
    .option("--json", "print it as JSON")
    .addHelpText("after", HELP)
    .action(perfCompare);
}

async function perfCompare(recording: string, options: CompareOptions): Promise<void> {
  if (options.with === undefined && options.against === undefined) {
    throw new UsageError("say with what: --with RECORDING, or --against 5s..8s of this one");
  }
  await ask(
    recording,
    options.json === true,
    async (source, asking) => await held(source, options, asking),
    compareText,
  );
}

async function held(source: Source, options: CompareOptions, asking: Asking): Promise<Comparison> {
  const { signal } = asking;
  const before = { source, range: await rangeOf(source, options) };
  const against = async (other: Source): Promise<Comparison> =>
    await compare(
      before,
      { source: other, range: await otherRange(other, options.against) },
      { ...asking, limit: options.limit },
    );
  if (options.with === undefined) return await against(source);
  const found: Comparison[] = [];
  await withRecording(options.with, signal, async (other) => {
    found.push(await against(other));
  });
  const [comparison] = found;
  if (comparison === undefined) throw new UsageError(`${options.with} could not be compared`);
  return comparison;
}

async function otherRange(source: Source, range: TimeRange | undefined): Promise<TimeRange> {
  return range === undefined
    ? await recordingRange(source)
    : await rangeOf(source, { from: range.t0, to: range.t1 });
}

function parseRange(text: string): Result<TimeRange, string> {
  const [from, to, ...more] = text.split("..").map(parseInstantNs);
  if (from === undefined || to === undefined || more.length > 0 || !from.ok || !to.ok) {
    return err(`"${text}" is not a range like 5s..8s`);
  }
  return ok({ t0: from.value, t1: to.value });
}
