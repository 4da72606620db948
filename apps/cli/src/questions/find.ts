// `elixirscope find`: breakpoints and watchpoints over a recording. A condition, a value's way, or a place
// in the code: one of them at a time.

import {
  find as findHits,
  findAtPlaces,
  findValue,
  formatConditionError,
  parseTerm,
  parseWatch,
  parseWhere,
  placesOfNode,
  placesOfPattern,
  type CodePlaces,
  type ConditionError,
  type FindOptions as SearchOptions,
  type NoSubject,
  type Source,
} from "@elixirscope/query";
import type { Result } from "@elixirscope/base";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { hitSummary, hitText, placeText, sightingText, valueSummary } from "../format/hit-text.ts";
import { Progress } from "../format/progress.ts";
import { parseCount, parseInstantNs } from "../format/units.ts";
import { Interrupt } from "../interrupt.ts";
import { withRecording } from "../opened-recording.ts";
import { parse } from "../option-parsers.ts";
import { withNearest } from "./process-at.ts";

type FindOptions = {
  readonly when?: string;
  readonly value?: string;
  readonly reaches?: string;
  readonly pattern?: string;
  readonly node?: string;
  readonly limit: number;
  readonly from?: number;
  readonly to?: number;
  readonly first?: true;
  readonly last?: true;
  readonly json?: true;
};

const FIND_HELP = `
WHERE is a function (Shop.Cart.add/3, Shop.Cart.add, Shop.Cart.* and below), a line (lib/cart.ex:42) or
the states of a process (state of Shop.Cart; a registered name, a module or <0.1.2>).
CONDITION is Elixir over the variables there, arg1, arg2, …, result (when the function returns), state and
its fields: comparisons, and/or/not, in, arithmetic, a.b, a[:b], is_* and other guards, match?(pattern, x).

Examples:
  elixirscope find shop.escope --when 'Shop.Cart.add/3: qty < 0'
  elixirscope find shop.escope --when 'Shop.Cart.total/1: result > 100 and length(items) == 1' --last
  elixirscope find shop.escope --when 'lib/shop/cart.ex:42: match?({:error, _}, reply)' --from 2s
  elixirscope find shop.escope --when 'state of Shop.Cart: items == []' --first
  elixirscope find shop.escope --value '"sku-17"' --reaches Shop.Cart.add/3
  elixirscope find shop.escope --pattern 'GenServer.call(_, {:reserve, _, _})'`;

export function defineFind(elixirscope: Command): void {
  elixirscope
    .command("find")
    .description(
      "find where in time a condition held, a value was seen or code ran: breakpoints over a recording",
    )
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .option("--when <condition>", "WHERE: CONDITION, as below")
    .option(
      "--value <term>",
      "where this value was seen, whole or as a part, e.g. '{:error, :sold_out}'",
    )
    .option("--reaches <where>", "of a value: only in this function or on this line")
    .option("--pattern <code>", "when code that looks like this ran, e.g. 'Repo.insert(_)'")
    .option("--node <id>", "when this AST node ran (ast_nodes.node_id)")
    .option("--from <time>", "not before this, e.g. 1.5s", parse(parseInstantNs))
    .option("--to <time>", "not after this", parse(parseInstantNs))
    .option("--limit <n>", "hits at most", parse(parseCount), 100)
    .option("--first", "only the first hit")
    .option("--last", "only the last hit")
    .option("--json", "print hits and counters as JSON")
    .addHelpText("after", FIND_HELP)
    .action(find);
}

/** What an answer looks like: as it is for programs, as lines for people. */
type Shown = {
  readonly json: unknown;
  readonly lines: readonly string[];
  readonly summary: readonly string[];
};

async function find(name: string, options: FindOptions): Promise<void> {
  const search = searchOf(options);
  using interrupt = new Interrupt();
  await withRecording(name, interrupt.signal, async (source) => {
    using progress = new Progress();
    const shown = await search(source, {
      limit: options.first === true || options.last === true ? 1 : options.limit,
      last: options.last === true,
      signal: interrupt.signal,
      ...(options.from === undefined ? {} : { from: options.from }),
      ...(options.to === undefined ? {} : { to: options.to }),
      progress: progress.late("searching"),
    });
    progress.clear();
    if (options.json === true) {
      console.log(JSON.stringify(shown.json, null, 1));
      return;
    }
    for (const line of shown.lines) console.log(line);
    for (const line of shown.summary) console.error(line);
  });
}

type Search = (source: Source, options: SearchOptions) => Promise<Shown>;

function searchOf(options: FindOptions): Search {
  const { when, value, reaches, pattern, node } = options;
  const asked = [when, value, pattern, node].filter((one) => one !== undefined);
  if (asked.length !== 1) {
    throw new UsageError(
      "say one thing to find: --when 'Shop.Cart.add/3: qty < 0', --value TERM, --pattern CODE or --node ID",
    );
  }
  if (reaches !== undefined && value === undefined) {
    throw new UsageError("--reaches is about a value: add --value TERM");
  }
  if (when !== undefined) return async (source, search) => await whenHits(source, when, search);
  if (value !== undefined) {
    return async (source, search) => await sightings(source, value, reaches, search);
  }
  if (pattern !== undefined) {
    return async (source, search) => {
      const places = await placesOfPattern(source, pattern);
      if (!places.ok) throw new UsageError(places.error);
      return await atPlaces(source, places.value, search);
    };
  }
  return async (source, search) => {
    const places = await placesOfNode(source, node ?? "");
    if (places.places.length === 0) {
      throw new UsageError(
        `no instrumented code has the node ${node}; \`elixirscope query\` lists them: select node_id from sites`,
      );
    }
    return await atPlaces(source, places, search);
  };
}

async function whenHits(source: Source, when: string, search: SearchOptions): Promise<Shown> {
  const watch = parsed(parseWatch(when, source.manifest.target.otpRelease));
  const answer = await findHits(source, watch, search);
  if (!answer.ok) throw missing(answer.missing);
  const { result } = answer;
  const lines = result.hits.map((hit) => hitText(hit, process.stdout));
  return { json: result, lines, summary: hitSummary(result) };
}

async function sightings(
  source: Source,
  value: string,
  reaches: string | undefined,
  search: SearchOptions,
): Promise<Shown> {
  const term = parsed(parseTerm(value));
  const where = reaches === undefined ? null : parsed(parseWhere(reaches));
  if (where?.kind === "state") {
    throw new UsageError("--reaches takes a function or a line: Shop.Cart.add/3 or lib/cart.ex:42");
  }
  const answer = await findValue(source, term, where, search);
  if (!answer.ok) throw missing(answer.missing);
  const { result } = answer;
  const lines = result.sightings.map((sighting) => sightingText(sighting, process.stdout));
  return { json: result, lines, summary: valueSummary(result, process.stderr) };
}

async function atPlaces(source: Source, places: CodePlaces, search: SearchOptions): Promise<Shown> {
  const result = await findAtPlaces(source, places, search);
  return {
    json: { places: places.places, ...result },
    lines: [
      ...places.places.map((place) => placeText(place, process.stdout)),
      ...result.hits.map((hit) => hitText(hit, process.stdout)),
    ],
    summary: hitSummary(result),
  };
}

function parsed<T>(result: Result<T, ConditionError>): T {
  if (!result.ok) throw new UsageError(formatConditionError(result.error));
  return result.value;
}

function missing(subject: NoSubject): UsageError {
  return new UsageError(withNearest(subject));
}
