// The commands that ask a recording something. Each is a file of this folder: its options, its help, its answer.

import type { Command } from "commander";
import { defineClauses } from "./clauses.ts";
import { defineDeadlocks } from "./deadlocks.ts";
import { defineFind } from "./find.ts";
import { definePerf } from "./perf/define-perf.ts";
import { definePrint } from "./print.ts";
import { defineStack } from "./stack.ts";

export function defineQuestions(elixirscope: Command): void {
  defineStack(elixirscope);
  defineFind(elixirscope);
  definePrint(elixirscope);
  defineClauses(elixirscope);
  definePerf(elixirscope);
  defineDeadlocks(elixirscope);
}
