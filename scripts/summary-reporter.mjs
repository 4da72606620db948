// Closes a test run with one plain line, `N passed, N failed, N skipped`, for programs that read it.

const COUNTED = ["passed", "failed", "skipped"];

// oxlint-disable-next-line import/no-default-export -- vitest loads reporters so
export default class SummaryReporter {
  onTestRunEnd(modules) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (COUNTED.includes(state)) counts[state] += 1;
      }
      // a file that could not even be loaded has no test to fail
      if (module.errors().length > 0) counts.failed += 1;
    }
    console.log(COUNTED.map((state) => `${counts[state]} ${state}`).join(", "));
  }
}
