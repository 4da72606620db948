// `elixirscope causes`: everything that led to an event, or with --forward everything that followed from it.

import { causeSteps, type CauseSteps } from "@elixirscope/query";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { causesText } from "../format/causes-text.ts";
import { parseCount, parseId } from "../format/units.ts";
import { parse } from "../option-parsers.ts";
import { ask } from "./ask.ts";

type CausesOptions = {
  readonly event?: number;
  readonly forward?: true;
  readonly limit: number;
  readonly json?: true;
};

/** Events that are walked beside those that are printed. */
const MAX_WALKED = 10_000;

const HELP = `
Each line names the events that the one on it follows from, and how: call, return, raise, message, reply, handle
(what was done for a message), spawn, link, monitor, exit, timer, state_write, state_read, ets, telemetry, and
program_order (the process went on after it had received that). ~ is known by order only, ? is a guess.

Examples:
  elixirscope causes shop.escope --event 5011
  elixirscope causes shop.escope --event 5011 --forward --limit 50
  elixirscope causes shop.escope --event 5011 --json`;

export function defineCauses(elixirscope: Command): void {
  elixirscope
    .command("causes")
    .description("everything that led to an event, across processes, or that followed from it")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option("--event <id>", "of this event", parse(parseId))
    .option("--forward", "what followed from it")
    .option("--limit <n>", "events listed at most, the nearest ones", parse(parseCount), 100)
    .option("--json", "print events and edges as JSON")
    .addHelpText("after", HELP)
    .action(causes);
}

async function causes(recording: string, options: CausesOptions): Promise<void> {
  const { event, forward, limit, json } = options;
  if (event === undefined) {
    throw new UsageError("say of which event: --event ID (`why`, `find` and `step` name events)");
  }
  const direction = forward === true ? "effects" : "causes";
  const walked = direction === "causes" ? Math.max(MAX_WALKED, limit) : Math.max(1_000, limit);
  await ask(
    recording,
    json === true,
    async (source, { signal }): Promise<CauseSteps> => {
      const steps = await causeSteps(source, event, direction, {
        told: limit,
        limit: walked,
        signal,
      });
      if (steps === null) throw new UsageError(`the recording has no event ${event}`);
      return steps;
    },
    causesText,
  );
}
