// `run` as it can be typed. Apart from the other commands, so that the user's command begins before what
// those need is loaded.

import { STRATEGIES } from "@elixirscope/trace";
import { Command, Option } from "commander";
import { run } from "../commands/run.ts";

const EXAMPLES = `
The command's output, exit code and build are what they are without elixirscope.

Examples:
  elixirscope run -- mix test
  elixirscope run --only 'Shop.Cart' 'Shop.CartTest' -- mix test test/cart_test.exs:12
  elixirscope run --strategy balanced -- mix phx.server
  elixirscope query recordings/mix-….escope "select name, outcome from tests"`;

/** The whole command line for somebody who typed `elixirscope run …`. */
export function runProgram(): Command {
  const elixirscope = new Command("elixirscope")
    .exitOverride()
    .showHelpAfterError("(--help shows what is possible)");
  defineRun(elixirscope);
  return elixirscope;
}

export function defineRun(elixirscope: Command): void {
  elixirscope
    .command("run")
    .description("run a command, as `mix test`, and record every value of the project's code")
    .usage("[options] -- <command...>")
    .argument("[command...]", "e.g. mix test test/cart_test.exs:12, iex -S mix, elixir script.exs")
    .option("--plan <file>", "record what this plan says (elixirscope plan writes one)")
    .addOption(
      new Option(
        "--strategy <how>",
        "everything, what explains most for 1% more running time, or errors and states (default: full)",
      ).choices(STRATEGIES),
    )
    .option(
      "--only <pattern...>",
      "only these modules or functions, e.g. 'MyApp.*' or 'not MyApp.Repo'; dependencies, too",
    )
    .option(
      "--out <file>",
      "where the recording goes (default: recordings/<command>-<time>.escope)",
    )
    .option("--messages", "record messages and the life of processes, whatever the plan says")
    .option("--no-messages", "record none (default: recorded, but not within a plan's budget)")
    .option(
      "--break <condition...>",
      "watch for a condition while it runs, e.g. 'Shop.Cart.add/3: qty < 0' (see elixirscope find --help)",
    )
    .addOption(
      new Option("--on-hit <what>", "mark the place, or stop recording; the command goes on")
        .choices(["mark", "stop"])
        .default("mark"),
    )
    .option("--no-cache", "instrument everything again instead of taking what an earlier run made")
    .option("--quiet", "say nothing when the command has ended")
    .option("--json", "say it as one line of JSON, on stderr")
    .allowUnknownOption()
    .addHelpText("after", EXAMPLES)
    .action(run);
}
