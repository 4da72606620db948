// `elixirscope step`: one step forward or back in time, or on to where a condition held.

import {
  formatConditionError,
  parseWatch,
  runTo,
  STEP_UNITS,
  stepBy,
  type Direction,
  type Instant,
  type RunToView,
  type Source,
  type StepUnit,
  type StepView,
} from "@elixirscope/query";
import { type Command, Option } from "commander";
import { UsageError } from "../exit-codes.ts";
import { stepText } from "../format/step-text.ts";
import { parseId, parseInstantNs } from "../format/units.ts";
import { parse } from "../option-parsers.ts";
import { ask, type Asking } from "./ask.ts";
import { instantAt, processAt, withNearest } from "./process-at.ts";

type StepOptions = {
  readonly pid?: string;
  readonly at?: number;
  readonly event?: number;
  readonly by?: StepUnit;
  readonly until?: string;
  readonly back?: true;
  readonly json?: true;
};

const HELP = `
--by: event; line (over calls; of instrumented code); into (also the lines of what is called); out (the end of
the running call, back: its beginning); call; message (sent or received); state.
--until takes the conditions of \`find --when\` and looks in all processes; with --pid in that one.
The answer names its event: go on from there with --event.

Examples:
  elixirscope step shop.escope --pid Shop.Inventory --at 1.5s --by state --back
  elixirscope step shop.escope --event 4711 --by line
  elixirscope step shop.escope --at 3s --back --until 'Shop.Cart.add/3: qty < 0'`;

export function defineStep(elixirscope: Command): void {
  elixirscope
    .command("step")
    .description(
      "the next or previous event, line, call, message or state, or match of a condition",
    )
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option("--pid <process>", "a pid as printed, or a registered name, e.g. Shop.Cart")
    .option(
      "--at <time>",
      "from here, e.g. 1.5s, 1500ms (default: the recording's end)",
      parse(parseInstantNs),
    )
    .option("--event <id>", "from this event, in its process", parse(parseId))
    .addOption(new Option("--by <what>", "how far (default: event)").choices([...STEP_UNITS]))
    .option("--until <condition>", "run to where this held, as `find --when` has it")
    .option("--back", "back in time")
    .option("--json", "print where the step leads as JSON")
    .addHelpText("after", HELP)
    .action(step);
}

async function step(recording: string, options: StepOptions): Promise<void> {
  const { by, until, event, at } = options;
  if (by !== undefined && until !== undefined) {
    throw new UsageError("say one thing: --by STEP or --until CONDITION");
  }
  if (event !== undefined && at !== undefined) {
    throw new UsageError("an event has its time: leave out --at, or --event");
  }
  await ask<StepView | RunToView>(
    recording,
    options.json === true,
    async (source, asking) =>
      until === undefined
        ? await stepOnce(source, options)
        : await runUntil(source, until, options, asking),
    stepText,
  );
}

type Start = { readonly pid: string | null; readonly from: Instant };

async function startOf(source: Source, { pid, at, event }: StepOptions): Promise<Start> {
  if (event !== undefined) return { pid: null, from: { kind: "event", event } };
  if (pid === undefined) {
    throw new UsageError("say where to begin: --pid PROCESS --at TIME, or --event ID");
  }
  const { process, t } = await processAt(source, pid, at);
  return { pid: process.pid, from: { kind: "time", t } };
}

function directionOf({ back }: StepOptions): Direction {
  return back === true ? "previous" : "next";
}

async function stepOnce(source: Source, options: StepOptions): Promise<StepView> {
  if (options.event !== undefined && options.pid !== undefined) {
    throw new UsageError("an event has its process: leave out --pid");
  }
  const start = await startOf(source, options);
  const view = await stepBy(source, {
    ...start,
    by: options.by ?? "event",
    direction: directionOf(options),
  });
  if (view === null) throw new UsageError(`the recording has no event ${options.event}`);
  return view;
}

async function runUntil(
  source: Source,
  until: string,
  options: StepOptions,
  asking: Asking,
): Promise<RunToView> {
  const watch = parseWatch(until, source.manifest.target.otpRelease);
  if (!watch.ok) throw new UsageError(formatConditionError(watch.error));
  const isAnywhere = options.pid === undefined && options.event === undefined;
  const start = isAnywhere
    ? ({ pid: null, from: { kind: "time", t: await instantAt(source, options.at) } } as const)
    : await startOf(source, options);
  const within = options.pid === undefined ? "recording" : "process";
  const answer = await runTo(source, {
    ...start,
    ...asking,
    within,
    watch: watch.value,
    direction: directionOf(options),
  });
  if (!answer.ok) throw new UsageError(withNearest(answer.missing));
  return answer.view;
}
