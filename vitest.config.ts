import { defineConfig } from "vitest/config";

// Real nodes, a real browser and benchmark-like floods share two cores: files run one after another
// where they start a target (tests/), side by side where they are pure (packages/).
const shared = {
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
};

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
        },
      },
      {
        ...shared,
        test: {
          name: "system",
          include: ["tests/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
