import { expect, it } from "vitest";
import type { AnalysisPool } from "./analysis-pool.ts";
import { analyzeFile } from "./analyze-file.ts";
import { FactsUpdater } from "./facts-updater.ts";
import { packFacts } from "./packed-facts.ts";
import type { Project } from "./project/project-file.ts";
import { RepositoryFacts } from "./repository-facts.ts";

const bytes = new TextEncoder().encode("defmodule A do\nend\n");

/** Reports the files of these names and fails when there are others. */
function poolFor(names: ReadonlySet<string>): Pick<AnalysisPool, "analyse"> {
  return {
    async analyse(files, report) {
      for (const { path } of files) {
        if (!names.has(path)) throw new Error(`no ${path}`);
        const facts = packFacts(analyzeFile(path, bytes));
        report(path, { kind: "facts", facts });
      }
    },
  };
}

function projectOf(stamps: Readonly<Record<string, string>>): Project {
  const files = Object.entries(stamps).map(
    ([path, stamp]) =>
      ({
        path,
        absolute: `/${path}`,
        role: "compiled",
        application: null,
        bytes: 1,
        stamp,
      }) as const,
  );
  return { root: "/", kind: "folder", applications: [], files, leftOut: {}, problems: [] };
}

it("completes with the next update what failed half way", async () => {
  using facts = new RepositoryFacts(1_000_000);
  const names = new Set(["a.ex"]);
  const updater = new FactsUpdater(poolFor(names), facts);
  const project = projectOf({ "a.ex": "1", "b.ex": "1" });
  await expect(updater.update(project, {})).rejects.toThrow("no b.ex");
  names.add("b.ex");
  await updater.update(project, {});
  expect(updater.takeChanges()).toEqual({ added: ["a.ex", "b.ex"], changed: [], removed: [] });
  expect(updater.hasChanges).toBe(false);
});

it("tells of a file that came and went between two looks nothing, of one that came back a change", async () => {
  using facts = new RepositoryFacts(1_000_000);
  const updater = new FactsUpdater(poolFor(new Set(["a.ex", "b.ex"])), facts);
  await updater.update(projectOf({ "a.ex": "1" }), {});
  updater.takeChanges();
  await updater.update(projectOf({ "a.ex": "1", "b.ex": "1" }), {});
  await updater.update(projectOf({}), {});
  await updater.update(projectOf({ "a.ex": "2" }), {});
  expect(updater.takeChanges()).toEqual({ added: [], changed: ["a.ex"], removed: [] });
});
