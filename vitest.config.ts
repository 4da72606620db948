import { defineConfig } from "vitest/config";

// Real nodes, a real browser and benchmark-like floods share two cores: what watches a target's clock or
// memory (system) runs one file after another, the rest side by side: first what is pure (unit), then
// what wants answers of a BEAM or a command, however long they take (answers).
const shared = {
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
};

/**
 * Real nodes, commands and browsers on a machine that is busy with all of them: what fails once is asked again, and
 * the report names it as retried. What is pure is not.
 */
const RETRIES = 1;

const answers = [
  "tests/{etf,syntax,codegraph,store-code,query,instrument,run,web,server,dist}/**/*.test.ts",
  "tests/capture-control/{beam-code,doctor,match-language,session}.test.ts",
  "tests/capture-pipeline/{instrumented,pipeline,real-node,ring-threads}.test.ts",
  "tests/probe/{calls,capture,capture-code,prebuilt,repeated-trips}.test.ts",
  "tests/e2e/{bad-input,breaks,bundle,code,inside,questions,shop,targets}*.test.ts",
];

export default defineConfig({
  ...shared,
  test: {
    reporters: ["default", "./scripts/summary-reporter.mjs"],
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts"],
          testTimeout: 20_000,
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...shared,
        test: {
          name: "answers",
          include: answers,
          globalSetup: "tests/support/compile-shop-once.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // one more than there are cores: a third of the time these wait for nodes and browsers
          maxWorkers: 3,
          retry: RETRIES,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...shared,
        test: {
          name: "system",
          include: ["tests/**/*.test.ts"],
          exclude: answers,
          fileParallelism: false,
          retry: RETRIES,
          sequence: { groupOrder: 2 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
