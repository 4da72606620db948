// `elixirscope gen-test`: an ExUnit test out of one recorded call.

import { recordedTest, type NoTest, type RecordedTest } from "@elixirscope/query";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { parseId } from "../format/units.ts";
import { visible } from "../format/visible.ts";
import { Interrupt } from "../interrupt.ts";
import { withRecording } from "../opened-recording.ts";
import { parse } from "../option-parsers.ts";
import { writeResult } from "../write-result.ts";

type GenTestOptions = { readonly call: number; readonly out?: string; readonly json?: true };

const GEN_TEST_HELP = `
The test calls the function with the recorded arguments and asserts the recorded result, or that it raises,
exits or throws what was recorded. Callbacks of servers are called with message and state. It is refused where a
value cannot be written as Elixir source: pids, references, anonymous functions, what the recording cut.
\`find --when Shop.Cart.total/1\` gives calls (its events).

Examples:
  elixirscope gen-test shop.escope --call 4711
  elixirscope gen-test shop.escope --call 4711 --out test/discount_recorded_test.exs`;

export function defineGenTest(elixirscope: Command): void {
  elixirscope
    .command("gen-test")
    .description(
      "write an ExUnit test that repeats a recorded call and asserts its result or crash",
    )
    .argument("<recording>", "a path, or a name that `recordings` lists")
    .requiredOption("--call <id>", "the call: calls.call, the id of its event", parse(parseId))
    .option("--out <file>", "write the test there, e.g. test/recorded_test.exs (default: print it)")
    .option("--json", "print the test, its warnings and limits as JSON")
    .addHelpText("after", GEN_TEST_HELP)
    .action(genTest);
}

async function genTest(recording: string, options: GenTestOptions): Promise<void> {
  using interrupt = new Interrupt();
  let test: RecordedTest | undefined;
  await withRecording(recording, interrupt.signal, async (source) => {
    const answer = await recordedTest(source, options.call);
    if (!answer.ok) throw new UsageError(refusal(answer.error));
    test = answer.value;
  });
  if (test === undefined) return;
  await writeResult(options.json === true ? JSON.stringify(test, null, 1) : test.text, options.out);
  for (const line of [...test.warnings, ...test.limits]) console.error(`note: ${visible(line)}`);
  if (options.out !== undefined) {
    console.error(
      `${options.out}: ${test.mfa} as it ${test.outcome}; run it with mix test ${options.out}`,
    );
  }
}

function refusal({ message, instead }: NoTest): string {
  if (instead === null) return visible(message);
  return visible(`${message}; instead: --call ${instead.call} (${instead.mfa})`);
}
