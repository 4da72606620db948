// An Elixir application's own test suite, run plain or with all of the application instrumented.

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BeamSide } from "./beam-side.ts";
import {
  answerForms,
  element,
  isTagged,
  items,
  atomText,
  text,
  type Answer,
  type Asked,
} from "./campaign.ts";

export type SuiteRun = {
  /** `Module test name: passed`, sorted */
  readonly results: readonly string[];
  /** modules that stayed as they were, and why */
  readonly skipped: readonly { readonly module: string; readonly skip: string }[];
  readonly modules: number;
  readonly events: number;
  readonly seconds: number;
  /** the end of what it printed, for when something is wrong */
  readonly printed: string;
};

const LIMIT_MS = 400_000;

export type SuiteMode = "plain" | "open" | "closed";

/** `source` holds the folders of the applications; the suite runs in a copy of its own. */
export async function runSuite(
  source: string,
  app: string,
  mode: SuiteMode,
  instrument: (asked: Asked) => Answer,
): Promise<SuiteRun> {
  const folder = mkdtempSync(join(tmpdir(), "elixir-suite-"));
  const began = performance.now();
  try {
    cpSync(join(source, "lib", app), join(folder, app), { recursive: true });
    await using beam = await BeamSide.start({
      elixir: "elixir",
      script: join(import.meta.dirname, "beam/suite.exs"),
      arguments: [app, mode],
      cwd: join(folder, app),
      limitMs: LIMIT_MS,
    });
    let skipped: SuiteRun["skipped"] = [];
    let modules = 0;
    for (;;) {
      const term = await beam.hear();
      if (isTagged(term, "forms")) {
        modules = items(element(term, 1)).length;
        skipped = answerForms(beam, term, instrument);
      }
      if (!isTagged(term, "results")) continue;
      const told = element(term, 1);
      const results = items(element(told, 0)).map(
        (each) =>
          `${atomText(element(each, 0))} ${atomText(element(each, 1))}: ${text(element(each, 2))}`,
      );
      const seconds = (performance.now() - began) / 1000;
      const events = Number(text(element(told, 1)));
      return { results, skipped, modules, events, seconds, printed: beam.printed };
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
