// The command line: parses, calls one command, turns its failure into one clear line and an exit code.

import { CommanderError } from "commander";
import { failureOf } from "./exit-codes.ts";
import { styled } from "./format/style.ts";
import { visible } from "./format/visible.ts";

try {
  const asked = process.argv[2];
  const commandLine =
    asked === "run"
      ? (await import("./run/define-run.ts")).runProgram()
      : await (await import("./program.ts")).program(asked);
  await commandLine.parseAsync();
} catch (thrown) {
  if (thrown instanceof CommanderError) {
    // it has printed what is to be said: the help or version that was asked for, or what is wrong
    process.exitCode ??= thrown.exitCode === 0 ? 0 : 2;
  } else {
    const json = process.argv.includes("--json");
    const { message, code, exitCode } = failureOf(thrown);
    console.error(
      json
        ? JSON.stringify({ error: { code, message } })
        : `${styled(process.stderr, "red", "error:")} ${message.split("\n").map(visible).join("\n")}`,
    );
    if (process.env["ELIXIRSCOPE_DEBUG"] !== undefined) console.error(thrown);
    process.exitCode = exitCode;
  }
}
