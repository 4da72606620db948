// `elixirscope races`: what only timing put in order.

import { races as racesOf } from "@elixirscope/query";
import type { Command } from "commander";
import { raceText } from "../format/race-text.ts";
import { parseCount, parseInstantNs } from "../format/units.ts";
import { parse } from "../option-parsers.ts";
import { ask } from "./ask.ts";

type RacesOptions = {
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly json?: true;
};

const RACES_HELP = `
Lost updates: a process reads something of a server (or an ETS key), somebody else writes it, and then the
process writes what it made of the old value. Besides those that happened you see those that only timing
prevented: nothing (no message, spawn, exit or lock) puts the two in order. Of ETS keys you also see writes and
reads that nothing orders, where calls of :ets were traced: attach NODE 'app:shop' ':ets.lookup/2' ':ets.insert/2'

Examples:
  elixirscope races shop.escope
  elixirscope races shop.escope --from 2s --to 4s --json`;

export function defineRaces(elixirscope: Command): void {
  elixirscope
    .command("races")
    .description("lost updates and other accesses that only timing put in order")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option("--from <time>", "not before this, e.g. 1.5s", parse(parseInstantNs))
    .option("--to <time>", "not after this", parse(parseInstantNs))
    .option("--limit <n>", "races at most", parse(parseCount), 20)
    .option("--json", "print races and examples as JSON")
    .addHelpText("after", RACES_HELP)
    .action(races);
}

async function races(recording: string, options: RacesOptions): Promise<void> {
  const { json, ...asked } = options;
  await ask(
    recording,
    json === true,
    async (source, asking) => await racesOf(source, { ...asked, ...asking }),
    raceText,
  );
}
