// `elixirscope print`: what an expression would have printed, had it stood in the code while it was recorded.

import {
  formatConditionError,
  prints as printsOf,
  type NoPrints,
  type PrintsView,
  type Source,
} from "@elixirscope/query";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { printsText } from "../format/prints-text.ts";
import { parseCount, parseInstantNs } from "../format/units.ts";
import { parse } from "../option-parsers.ts";
import { ask, type Asking } from "./ask.ts";
import { withNearest } from "./process-at.ts";

type PrintOptions = {
  readonly at: string;
  readonly expr: readonly string[];
  readonly limit: number;
  readonly from?: number;
  readonly to?: number;
  readonly last?: true;
  readonly json?: true;
};

const PRINT_HELP = `
WHERE is a function (Shop.Cart.add/3: as it is called, or as it returns when an expression has result),
a line (lib/cart.ex:42) or the states of a process (state of Shop.Cart).
CODE is Elixir over the variables there, arg1, arg2, …, result, state and its fields: what \`find --when\`
takes, with any value as its result, and text with #{values} in it.

Examples:
  elixirscope print shop.escope --at 'lib/shop/cart.ex:42' --expr 'item.quantity * item.price'
  elixirscope print shop.escope --at Shop.Inventory.reserve/2 --expr '"#{quantity} x #{sku}"' --expr result
  elixirscope print shop.escope --at 'state of Shop.Courier' --expr delivered --last --limit 5`;

export function definePrint(elixirscope: Command): void {
  elixirscope
    .command("print")
    .description("print what an expression came to at a place, over the whole recording")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .requiredOption("--at <where>", "a function, a line or the states of a process")
    .requiredOption("--expr <code>", "what to print; may be given several times", collected)
    .option("--from <time>", "not before this, e.g. 1.5s", parse(parseInstantNs))
    .option("--to <time>", "not after this", parse(parseInstantNs))
    .option("--limit <n>", "prints at most", parse(parseCount), 100)
    .option("--last", "the last ones, not the first")
    .option("--json", "print times, events and values as JSON")
    .addHelpText("after", PRINT_HELP)
    .action(print);
}

function collected(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

async function print(recording: string, options: PrintOptions): Promise<void> {
  await ask(
    recording,
    options.json === true,
    (source, asking) => look(source, options, asking),
    printsText,
  );
}

async function look(source: Source, options: PrintOptions, asking: Asking): Promise<PrintsView> {
  const { at, expr: expressions, limit, from, to } = options;
  const answer = await printsOf(source, {
    at,
    expressions,
    limit,
    last: options.last === true,
    ...asking,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
  if (!answer.ok) throw new UsageError(refusal(answer.error));
  return answer.value;
}

function refusal(error: NoPrints): string {
  return error.kind === "missing" ? withNearest(error) : formatConditionError(error);
}
