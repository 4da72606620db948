// `elixirscope dag`: one of the seven graphs of a recording, for programs (JSON) or to draw (DOT, Mermaid).

import {
  DAG_DETAILS,
  DAG_KINDS,
  dag as dagOf,
  dagDrawing,
  dagNotes,
  DagScopeError,
  type Dag,
  type DagDetail,
  type DagKind,
  type DagParams,
  type Source,
} from "@elixirscope/query";
import { Option, type Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { parseCount, parseId, parseInstantNs } from "../format/units.ts";
import { parse } from "../option-parsers.ts";
import { ask } from "./ask.ts";
import { instantAt, processAt } from "./process-at.ts";

type DagOptions = {
  readonly kind: DagKind;
  readonly event?: number;
  readonly from?: number;
  readonly to?: number;
  readonly pid?: readonly string[];
  readonly depth?: number;
  readonly limit: number;
  readonly detail?: DagDetail;
  readonly format: "json" | "dot" | "mermaid";
};

const DAG_HELP = `
Kinds:
  temporal     what happened before what: program order, messages, spawns, signals; reduced
  interaction  processes, and how many messages, spawns, links and signals went from one to another
  state        versions of states with what changed, and the messages they came of
  execution    which code ran which: functions, places of instrumented code, or each call (--detail)
  dataflow     values from where they were to where they went
  performance  call stacks with how often, how long, and how long of that waiting
  causality    what caused what

Nodes that are events have the same id in every kind. interaction and execution of functions and
places add events up, and so can have cycles: the answer lists them. All others are acyclic.

Examples:
  elixirscope dag shop.escope --kind causality --event 1234 --format mermaid
  elixirscope dag shop.escope --kind state --pid Shop.Inventory --from 1s --to 2s --format dot
  elixirscope dag shop.escope --kind interaction --limit 30 --format dot | dot -Tsvg > shop.svg
  elixirscope dag shop.escope --kind execution --event 1234 --depth 3`;

export function defineDag(elixirscope: Command): void {
  elixirscope
    .command("dag")
    .description(
      "a graph of what happened: order, causes, processes, states, calls, values or time",
    )
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .addOption(new Option("--kind <kind>", "which graph").choices(DAG_KINDS).makeOptionMandatory())
    .option("--event <id>", "what leads to this event, and what it leads to", parse(parseId))
    .option("--from <time>", "not before this, e.g. 1.5s", parse(parseInstantNs))
    .option("--to <time>", "not after this", parse(parseInstantNs))
    .option("--pid <process...>", "only these: pids as printed, or registered names")
    .option("--depth <n>", "edges away from --event at most", parse(parseCount))
    .option("--limit <n>", "nodes at most", parse(parseCount), 200)
    .addOption(
      new Option(
        "--detail <detail>",
        "of execution (default: function; of an event: call)",
      ).choices(DAG_DETAILS),
    )
    .addOption(
      new Option("--format <format>", "how").choices(["json", "dot", "mermaid"]).default("mermaid"),
    )
    .addHelpText("after", DAG_HELP)
    .action(dag);
}

async function dag(recording: string, options: DagOptions): Promise<void> {
  const { format } = options;
  // no other question needs it
  const { renderDrawing } = await import("@elixirscope/codegraph");
  await ask(
    recording,
    format === "json",
    (source) => look(source, options),
    (answer) => {
      for (const note of dagNotes(answer)) console.error(note);
      return renderDrawing(dagDrawing(answer), format).trimEnd();
    },
  );
}

async function look(source: Source, options: DagOptions): Promise<Dag> {
  const { kind, event, from, to, pid, depth, limit, detail } = options;
  if (depth !== undefined && event === undefined) {
    throw new UsageError("--depth is counted from an event: add --event ID");
  }
  if (detail !== undefined && kind !== "execution") {
    throw new UsageError("--detail is about code that ran: it goes with --kind execution");
  }
  if (from !== undefined) await instantAt(source, from);
  const pids: string[] = [];
  for (const one of pid ?? []) pids.push((await processAt(source, one, to)).process.pid);
  const params: DagParams = {
    kind,
    limit,
    ...(event === undefined ? {} : { event }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(pids.length === 0 ? {} : { pids }),
    ...(depth === undefined ? {} : { depth }),
    ...(detail === undefined ? {} : { detail }),
  };
  try {
    return await dagOf(source, params);
  } catch (error) {
    if (error instanceof DagScopeError) throw new UsageError(error.message);
    throw error;
  }
}
