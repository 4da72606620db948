// The commands that ask a recording something. Each is a file of this folder: its options, its help, its answer.

import type { Command } from "commander";
import { defineFind } from "./find.ts";
import { defineStack } from "./stack.ts";

export function defineQuestions(elixirscope: Command): void {
  defineStack(elixirscope);
  defineFind(elixirscope);
}
