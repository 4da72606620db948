// Findings: each trouble of the told recording is one, and what was not recorded is not said to be absent.

import { answer } from "@elixirscope/query";
import { RecordingReader } from "@elixirscope/store";
import { ANALYSES, type AnalysisName, type Findings } from "@elixirscope/wire";
import { afterAll, beforeAll, expect, it } from "vitest";
import { testManifest } from "../support/story.ts";
import {
  COURIERS,
  LOST,
  makeTroubleRecording,
  STOCK,
  type Trouble,
} from "../web/trouble-recording.ts";
import { recordingFolder, tell } from "./told.ts";

let recording: RecordingReader;
let trouble: Trouble;

beforeAll(async () => {
  const folder = recordingFolder("trouble");
  trouble = await makeTroubleRecording(folder);
  recording = await RecordingReader.open(folder);
});

afterAll(async () => await recording.close());

async function found(method: AnalysisName, source = recording): Promise<Findings> {
  return await answer(source, { method, params: { limit: 20 } });
}

it("tells alike crashes as one, with what failed and what was started in place of it", async () => {
  const { findings, unknown, looked } = await found("crashFindings");
  expect(unknown).toBeNull();
  expect(looked).toBe("3 ends of processes");
  expect(findings.map(({ severity, statement }) => [severity, statement])).toEqual([
    [
      "critical",
      "Shop.Courier crashed 2 times: ** (FunctionClauseError) no function clause matching in Shop.Courier.carry/1",
    ],
  ]);
  const [finding] = findings;
  expect(finding?.recommendation).toBe(
    'No clause of Shop.Courier.carry/1 takes %{customer: "customer-1", items: 40001}: add one that does, or keep order 7 from sending it.',
  );
  expect(finding?.evidence.map(({ target }) => target)).toContainEqual({
    kind: "causes",
    event: trouble.crashes[0],
  });
  expect(finding?.evidence.map(({ text }) => text)).toContain(
    `Shop.Supervisor started ${COURIERS[2]} in its place`,
  );
});

it("tells the update that was lost, with the accesses in their order", async () => {
  const { findings } = await found("raceFindings");
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ severity: "critical" });
  expect(findings[0]?.statement).toContain(
    "from Shop.Stock and writes back in another step: an update was lost 1 time,",
  );
  expect(findings[0]?.evidence.map(({ target }) => target)).toContainEqual({
    kind: "event",
    event: trouble.write,
  });
});

it("tells who waits for whom, which mailbox piles up, and which argument makes a function slow", async () => {
  const [deadlocks, queues, slow] = await Promise.all([
    found("deadlockFindings"),
    found("queueFindings"),
    found("slowFindings"),
  ]);
  expect(deadlocks.findings[0]?.statement).toBe(
    "Deadlock: Bank.A waits for Bank.B, Bank.B waits for Bank.A, from 0.601000 s until the recording's end",
  );
  expect(queues.findings.map(({ statement }) => statement)).toEqual([
    "The mailbox of Shop.Notifier piles up: up to 8 messages lay in it at once, and one waited 150.0 ms",
  ]);
  const statements = slow.findings.map(({ statement }) => statement);
  expect(statements.join("\n")).toMatch(
    /^Shop\.Pricing\.loyalty_score\/1 is slow when arg1 >= \d+:/m,
  );
});

it("tells the clause that a more general one shadows, and what was lost", async () => {
  const clauses = await found("clauseFindings");
  expect(clauses.findings[0]).toMatchObject({
    severity: "warning",
    statement:
      "Clause 3 of Shop.Pricing.discount/2 never runs: 1 recorded call would have matched it, but clause 2 took them first",
    recommendation: "It is more special than clause 2: put it before.",
  });
  const { findings } = await found("lossFindings");
  expect(findings.map(({ statement }) => statement)).toEqual([
    `${LOST.count} events are not in the recording: dropped`,
  ]);
  expect(findings[0]?.evidence[0]?.target).toEqual({
    kind: "range",
    t0: LOST.t0,
    t1: LOST.t1,
    pid: null,
  });
});

it("says that nothing was found only where it could have been", async () => {
  const { plan } = testManifest();
  const blind = await tell(() => undefined, {
    plan: { ...plan, messages: false, state: false, lifecycle: false, arguments: false },
  });
  const unknown: AnalysisName[] = [];
  for (const name of ANALYSES) {
    const view = await found(name, blind);
    if (view.unknown !== null && view.findings.length === 0) unknown.push(name);
  }
  expect(unknown).toEqual(ANALYSES.filter((name) => name !== "lossFindings"));
  expect((await found("lossFindings", blind)).findings.map(({ statement }) => statement)).toContain(
    "The recording was made without messages",
  );
  const calm = await tell((story) => {
    story.state(STOCK, 1, { apple: 1 });
    story.exit(STOCK, 2, ":normal");
  });
  expect(await found("crashFindings", calm)).toMatchObject({ findings: [], unknown: null });
  expect(await found("lossFindings", calm)).toMatchObject({ findings: [], unknown: null });
});
