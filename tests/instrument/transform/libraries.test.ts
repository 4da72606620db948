// Every module of Elixir, stdlib and kernel compiles after the transform, on each release.
//
// All modules at all levels are minutes of compiling: a run takes every n-th module, at levels that
// alternate. `ES_ALL=1` takes all of them at each level.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode, encode, type Term } from "@elixirscope/etf";
import { instrumentForms, type FunctionLevel } from "@elixirscope/instrument";
import { afterEach, describe, expect, it } from "vitest";
import { systemRelease } from "../../support/beam-node.ts";
import { FormsNode } from "../support/forms-node.ts";

const CAPTURES = ["arguments", "result", "exception", "bindings", "branches", "messages"] as const;
const LEVELS: readonly FunctionLevel[] = [
  { level: "full", captures: CAPTURES, detail: "expressions" },
  { level: "full", captures: CAPTURES, detail: "bindings" },
  { level: "boundaries", captures: CAPTURES, detail: "bindings" },
  { level: "minimal", captures: CAPTURES, detail: "bindings" },
];
const ALL = process.env["ES_ALL"] === "1";
const TIMEOUT_MS = ALL ? 3_600_000 : 300_000;

/** Alone as long to compile as fifty others. */
const HUGE = /^(elixir_parser|erl_parse|unicode_util|.*Unicode.*|.*Tokenizer.*)$/;

let node: FormsNode | null = null;

afterEach(async () => {
  await node?.stop();
  node = null;
});

describe.each(systemRelease())("on release $release", ({ release, root }) => {
  it("compiles what it made of the libraries", { timeout: TIMEOUT_MS }, async () => {
    const started = await FormsNode.start({ root });
    node = started;
    const modules = (await started.dump()).filter((name) => ALL || !HUGE.test(name));
    expect(modules.length).toBeGreaterThan(500);
    const step = ALL ? 1 : release === "system" ? 32 : 80;
    for (const [index, level] of LEVELS.entries()) {
      const chosen = modules.filter((_, at) => ALL || at % (step * LEVELS.length) === index * step);
      const folder = join(started.folder, `level-${String(index)}`);
      const refused = transformAll(started.folder, chosen, folder, level);
      expect(
        refused.filter((each) => !/: (protocol|nothing_to_do|on_load|nif)$/.test(each)),
      ).toEqual([]);
      const { count, failed } = await started.compileAll(folder);
      expect(failed).toBe("[]");
      expect(count).toBe(chosen.length - refused.length);
      const detail = level.level === "full" ? `/${level.detail}` : "";
      console.log(
        `${release}: ${String(count)} of ${String(modules.length)} modules at ${level.level}${detail}, ` +
          `${String(refused.length)} refused`,
      );
    }
  });
});

/** Writes the transformed forms into the folder; gives what was refused and why. */
function transformAll(
  from: string,
  modules: readonly string[],
  to: string,
  level: FunctionLevel,
): string[] {
  mkdirSync(to);
  return modules.flatMap((module) => {
    const forms: Term | null = readForms(join(from, `${module}.etf`));
    const options = { plan: { levelOf: () => level }, firstSite: 1, md5: "", vsn: null };
    const result = forms === null ? null : instrumentForms(forms, options);
    if (result === null) return [`${module}: not decoded`];
    if (!result.ok) return [`${module}: ${result.error.code}`];
    writeFileSync(join(to, `${module}.etf`), encode(result.value.forms));
    return [];
  });
}

function readForms(file: string): Term | null {
  const decoded = decode(readFileSync(file));
  return decoded.ok ? decoded.value : null;
}
