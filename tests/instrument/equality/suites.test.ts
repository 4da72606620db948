// Elixir's own test suites of eex, logger and ex_unit, with all modules of the application instrumented at
// full trace: each test ends as it does without (ExUnit itself included).
//
// ELIXIRSCOPE_SUITES=eex,logger restricts; also the expressions' values are recorded in eex and logger.

import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { instrumenter, planOf, type Levels } from "./instrumenting.ts";
import { runSuite } from "./suites.ts";

type Suite = {
  readonly app: string;
  readonly levels: Levels;
  readonly tests: number;
  /** results that may differ, and why: the test's own race, or what docs/decisions/0009 says cannot be equal */
  readonly known: readonly RegExp[];
};

const SUITES: readonly Suite[] = [
  { app: "eex", levels: "expressions", tests: 108, known: [] },
  {
    app: "logger",
    levels: "expressions",
    tests: 141,
    // Logger runs in the process that crashes, so its buffer is in the dictionary that the report shows
    known: [/^Elixir\.Logger\.TranslatorTest test translates :proc_lib\+Task crashes on debug: /],
  },
  {
    app: "ex_unit",
    levels: "full",
    tests: 500,
    // two modules race to the one failure that is allowed: which of them fails is open
    known: [/^Elixir\.ExUnitTest\.TestMaxFailuresAsync\d test error: failed: /],
  },
];

const wanted = process.env["ELIXIRSCOPE_SUITES"]?.split(",") ?? SUITES.map(({ app }) => app);
const TIMEOUT_MS = 900_000;
const script = resolve(import.meta.dirname, "../../../scripts/elixir-source.mjs");
/** the root of the source, or `skipped:` and why */
const root = execFileSync(process.execPath, [script], { encoding: "utf8" }).trim();
const isMissing = root.startsWith("skipped:");

describe.skipIf(isMissing)(`suites of Elixir 1.14 ${isMissing ? root : ""}`, () => {
  it.each(SUITES.filter(({ app }) => wanted.includes(app)))(
    "of $app ends the same",
    { timeout: TIMEOUT_MS },
    async ({ app, levels, tests, known }) => {
      const instrument = instrumenter(planOf(levels, 1));
      const plain = await runSuite(root, app, "plain", instrument);
      const open = await runSuite(root, app, "open", instrument);
      console.log(
        `${app}: ${String(plain.results.length)} tests, ${plain.seconds.toFixed(1)} s plain, ` +
          `${open.seconds.toFixed(1)} s with ${String(open.modules)} modules instrumented, ` +
          `${String(open.events)} events; not instrumented: ${JSON.stringify(open.skipped)}`,
      );
      expect(plain.results.length).toBeGreaterThanOrEqual(tests);
      expect(open.events).toBeGreaterThan(10_000);
      const isKnown = (result: string): boolean => known.some((each) => each.test(result));
      const less = plain.results.filter((each) => !open.results.includes(each) && !isKnown(each));
      const more = open.results.filter((each) => !plain.results.includes(each) && !isKnown(each));
      expect({ less, more, printed: less.length + more.length > 0 ? open.printed : "" }).toEqual({
        less: [],
        more: [],
        printed: "",
      });
      expect(open.results.length).toBe(plain.results.length);
    },
  );
});
