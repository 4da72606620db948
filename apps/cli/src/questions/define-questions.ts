// The commands that ask a recording something. Each is a file of this folder: its options, its help, its answer.

import type { Command } from "commander";
import { defineCauses } from "./causes.ts";
import { defineClauses } from "./clauses.ts";
import { defineDag } from "./dag.ts";
import { defineDeadlocks } from "./deadlocks.ts";
import { defineExport } from "./export.ts";
import { defineFind } from "./find.ts";
import { defineImport } from "./import.ts";
import { defineMailbox } from "./mailbox.ts";
import { definePerf } from "./perf/define-perf.ts";
import { defineGenTest } from "./gen-test.ts";
import { definePrint } from "./print.ts";
import { definePs } from "./ps.ts";
import { defineRaces } from "./races.ts";
import { defineOrigin } from "./origin.ts";
import { defineQuestionsCommand } from "./questions.ts";
import { defineStack } from "./stack.ts";
import { defineState } from "./state.ts";
import { defineStep } from "./step.ts";
import { defineWhy } from "./why.ts";

export function defineQuestions(elixirscope: Command): void {
  defineStack(elixirscope);
  defineState(elixirscope);
  definePs(elixirscope);
  defineMailbox(elixirscope);
  defineStep(elixirscope);
  defineFind(elixirscope);
  definePrint(elixirscope);
  defineGenTest(elixirscope);
  defineQuestionsCommand(elixirscope);
  defineClauses(elixirscope);
  defineWhy(elixirscope);
  defineCauses(elixirscope);
  defineOrigin(elixirscope);
  definePerf(elixirscope);
  defineDag(elixirscope);
  defineDeadlocks(elixirscope);
  defineRaces(elixirscope);
  defineExport(elixirscope);
  defineImport(elixirscope);
}
