// What can be typed: commands, their options and help. What they do is in `commands/`.

import { Command, Option } from "commander";
import { STRATEGIES } from "@elixirscope/trace";
import { VIEWS } from "@elixirscope/wire";
import { GRAPH_FORMATS, GRAPH_KINDS } from "./commands/graph-kinds.ts";
import {
  parseBytes,
  parseCount,
  parseDurationMs,
  parseId,
  parseInstantNs,
  parseMost,
  parseRangeNs,
  parseShare,
} from "./format/units.ts";
import { late } from "./late.ts";
import { parse, parsePort } from "./option-parsers.ts";
import { defineRun } from "./run/define-run.ts";
import { ON_HIT } from "./on-hit.ts";
import { parseSampling } from "./sampling.ts";
import { version } from "./version.ts";

const EXAMPLES = `
Examples:
  elixirscope attach shop@127.0.0.1 --cookie demo
  elixirscope attach shop@127.0.0.1 'Shop.Cart.*' 'Shop.Inventory.reserve(_, n) when n > 3' --for 10s
  elixirscope run -- mix test
  elixirscope query shop.escope "select module, function, count(*) n from calls group by all order by n desc"
  elixirscope open shop.escope
  elixirscope open shop.escope --at 1.5s --pid Shop.Inventory --view state
  elixirscope analyze .
  elixirscope graph . --function Shop.Cart.add/3 --kind cfg --format svg --out add.svg
  elixirscope query . "select module, function, value from metrics where name = 'cyclomatic' order by value desc"`;

/** `asked`: the command that was typed. The questions are defined only where it is none of the others. */
export async function program(asked: string | undefined): Promise<Command> {
  const elixirscope = new Command("elixirscope")
    .description(
      "DevTools for the BEAM: records a running Elixir system and lets you move through it in time.",
    )
    .version(version)
    .exitOverride()
    .showHelpAfterError("(--help shows what is possible)")
    .addHelpText("after", EXAMPLES);

  withServer(
    withTarget(elixirscope.command("attach"))
      .description("record a live, unmodified node")
      .argument("<node>", "its name, e.g. shop@127.0.0.1")
      .argument(
        "[selectors...]",
        "functions, e.g. Shop.* or Shop.Cart.add/3 (default: the node's own applications)",
      ),
  )
    .option("--for <duration>", "stop after this time, e.g. 10s", parse(parseDurationMs))
    .option("--out <file>", "where the recording goes (default: recordings/<name>-<time>.escope)")
    .option(
      "--no-ui",
      "do not open the page; `elixirscope query` and `open` still reach the recording",
    )
    .option("--json", "print machine-readable lines instead of text")
    .option("--plan", "print what would be recorded and what it would cost, and end")
    .option(
      "--process <who...>",
      "only these processes: registered names, <0.1.2> pids or applications",
    )
    .option(
      "--deep <selectors...>",
      "record what happens inside of these modules or functions, by changing their code in place",
    )
    .option("--no-messages", "record no messages")
    .option("--no-state", "record no states of OTP behaviours")
    .option("--no-args", "record calls without arguments")
    .option("--no-lifecycle", "record no spawns, exits, links and names")
    .option(
      "--sample <how>",
      "always, rate:N (chains a second per process), chains:P (share of chains) or windows:P (share of the time, in short windows)",
      parse(parseSampling),
    )
    .addOption(
      new Option("--overflow <what>", "when the collector cannot keep up")
        .choices(["block", "drop_oldest", "drop_newest"])
        .default("block"),
    )
    .option("--ring <size>", "staging memory between socket and store", parse(parseBytes))
    .option("--max-rate <n>", "events a second in all", parse(parseCount))
    .option("--max-process-rate <n>", "events a second of one process", parse(parseCount))
    .option(
      "--max-memory <size>",
      "memory that the probe may hold in the target",
      parse(parseBytes),
    )
    .option("--max-size <size>", "of the recording", parse(parseBytes))
    .option("--keep-for <duration>", "let go of what is older than this", parse(parseDurationMs))
    .option("--keep-size <size>", "let go of the oldest beyond this size", parse(parseBytes))
    .option(
      "--break <condition...>",
      "when this holds, e.g. 'Shop.Cart.add/3: arg3 < 0' (see `find --help`); never stops the target",
    )
    .addOption(
      new Option(
        "--on-hit <what>",
        "end the recording, mark the place, or record the function deeper",
      )
        .choices(ON_HIT)
        .default("mark"),
    )
    .action(late(async () => (await import("./commands/attach.ts")).attach));

  defineRun(elixirscope);

  withServer(elixirscope.command("open"))
    .description("show a recording in the browser, or the list of all")
    .argument("[recording]", "a path, or a name that `recordings` lists (default: the list)")
    .option("--at <time>", "with the cursor there, e.g. 1.5s, 1500ms", parse(parseInstantNs))
    .option("--pid <process>", "with this process, a pid as printed or a registered name")
    .option("--event <id>", "at this event, with its process", parse(parseId))
    .addOption(new Option("--view <name>", "in this view").choices([...VIEWS]))
    .option("--select <range>", "with this range selected, e.g. 1s..1.5s", parse(parseRangeNs))
    .option("--no-browser", "print the address only")
    .option("--json", "print the address as JSON")
    .action(late(async () => (await import("./commands/open.ts")).open));

  elixirscope
    .command("query")
    .description(
      "run SQL (DuckDB's) on a recording, also while it is being made, or on a project's code",
    )
    .argument("<recording>", "a path, a name that `recordings` lists, or the folder of a project")
    .argument("<sql>", 'e.g. "select * from calls limit 10"; "show tables" lists the tables')
    .option("--json", "print an array of row objects")
    .option("--limit <rows>", "print at most this many", parse(parseCount), 10_000)
    .action(late(async () => (await import("./commands/query.ts")).query));

  const recordings = elixirscope
    .command("recordings")
    .description("list recordings")
    .argument("[folder]", "where they are (default: ./recordings or ELIXIRSCOPE_RECORDINGS)")
    .option("--json", "print an array of objects")
    .action(late(async () => (await import("./commands/recordings.ts")).recordings));
  recordings
    .command("pin")
    .description("keep a recording: nothing deletes it until it is unpinned")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .action(late(async () => (await import("./commands/pin.ts")).pin));
  recordings
    .command("unpin")
    .description("let a pinned recording be deleted again")
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .action(late(async () => (await import("./commands/pin.ts")).unpin));

  withProject(elixirscope.command("analyze"))
    .description("report on a project: size, hot spots, processes, messages, findings")
    .option("--json", "print the whole summary as JSON")
    .option(
      "--out <file>",
      "write the code's tables to FILE.escope (a new one, or a recording to join them with)",
    )
    .option("--findings <n>", "show at most this many with their code", parse(parseMost), 20)
    .option(
      "--patterns <file...>",
      "also look for the patterns in these files (always in .elixirscope/patterns.exs)",
    )
    .addOption(
      new Option(
        "--fail-on <severity>",
        "exit with 1 when there is a finding this bad or worse",
      ).choices(["info", "warning", "error"]),
    )
    .action(late(async () => (await import("./commands/analyze.ts")).analyze));

  withProject(elixirscope.command("graph"))
    .description("draw a graph of a project or of one function")
    .option("--function <key>", "e.g. Shop.Cart.add/3; cfg, dfg and cpg need it")
    .addOption(new Option("--kind <kind>", "which graph").choices(GRAPH_KINDS).default("calls"))
    .addOption(new Option("--format <format>", "how").choices(GRAPH_FORMATS).default("mermaid"))
    .option("--out <file>", "write it there instead of printing it")
    .action(late(async () => (await import("./commands/graph.ts")).graph));

  withProject(elixirscope.command("watch"))
    .description("analyze a project and again whatever changes in it, until Ctrl-C")
    .option("--json", "print one JSON object a line")
    .action(late(async () => (await import("./commands/watch.ts")).watch));

  withProject(elixirscope.command("plan"))
    .description("write a plan for instrumentation: which functions, how deeply, why, at what cost")
    .addOption(
      new Option(
        "--strategy <how>",
        "everything, what explains most within the budget, or errors and states",
      )
        .choices(STRATEGIES)
        .default("balanced"),
    )
    .option(
      "--budget <share>",
      "of the running time that may be added, e.g. 0.5% (default: 1% for balanced, else none)",
      parse(parseShare),
    )
    .option(
      "--recording <recording>",
      "take calls and times from this recording instead of a model",
    )
    .option("--out <file>", "write the plan there instead of printing it")
    .option("--json", "print the plan as JSON")
    .action(late(async () => (await import("./commands/plan.ts")).plan));

  withServer(elixirscope.command("demo"))
    .description("start the example shop, record it and show it")
    .option("--for <duration>", "stop after this time", parse(parseDurationMs))
    .option("--out <file>", "where the recording goes")
    .option("--no-ui", "do not open the page")
    .option("--json", "print machine-readable lines instead of text")
    .action(late(async () => (await import("./commands/demo.ts")).demo));

  withTarget(elixirscope.command("doctor"))
    .description("check whether a node can be recorded, and say what to do if not")
    .argument("<node>", "its name, e.g. shop@127.0.0.1")
    .option("--json", "print an array of checks")
    .action(late(async () => (await import("./commands/doctor.ts")).doctor));

  const isVersion = asked === "--version" || asked === "-V";
  if (!isVersion && !elixirscope.commands.some((command) => command.name() === asked)) {
    (await import("./questions/define-questions.ts")).defineQuestions(elixirscope);
  }
  return elixirscope;
}

function withProject(command: Command): Command {
  return command
    .argument("<dir>", "the folder of a Mix project, of an umbrella or of any Elixir files")
    .option("--deps", "also its dependencies")
    .option("--tests", "also its tests")
    .option("--no-cache", "analyze every file again instead of reading what was saved");
}

function withTarget(command: Command): Command {
  return command
    .option(
      "--cookie <cookie>",
      "the node's cookie (default: ELIXIRSCOPE_COOKIE, then ~/.erlang.cookie)",
    )
    .option("--cookie-file <file>", "read the cookie from this file")
    .option("--tls", "connect over TLS distribution (inet_tls_dist)")
    .option("--tls-ca <file>", "trust this certificate authority")
    .option("--tls-cert <file>", "our certificate")
    .option("--tls-key <file>", "our private key");
}

function withServer(command: Command): Command {
  return command
    .option("--port <port>", "of the page (default: any free one)", parsePort, 0)
    .option(
      "--host <address>",
      "listen here; anything but loopback also needs --allow-remote",
      "127.0.0.1",
    )
    .option("--allow-remote", "let other machines reach the page (they still need the token)");
}
