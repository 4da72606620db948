// Sends and receives of a real node against what its processes themselves know of them: 64 processes, unique
// and identical messages, selective receive, links and exits, names, calls, dirty schedulers, another node.
//
// A unique tag in the body says who sent it to whom. Which of several identical messages a receive took is
// told by the times that both processes noted: those are sent with pauses between.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AttachOptions } from "@elixirscope/capture";
import type { RecordingReader } from "@elixirscope/store";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startNode, type BeamNode } from "../support/beam-node.ts";
import { record } from "../support/recorded-node.ts";
import { Workspace } from "../capture-control/target-probe.ts";

const program = resolve(import.meta.dirname, "matching_workload.exs");
let workspace: Workspace;
let node: BeamNode;
let peer: BeamNode;

beforeAll(async () => {
  workspace = new Workspace();
  const code = `Code.require_file(${JSON.stringify(program)}); Logger.configure(level: :none)`;
  [node, peer] = await Promise.all([
    startNode({ program: "elixir", code }),
    startNode({ program: "elixir", code }),
  ]);
});

afterAll(async () => {
  await Promise.all([node.stop(), peer.stop()]);
  workspace[Symbol.dispose]();
});

type Sent = {
  readonly from: string;
  readonly to: string;
  readonly before: number;
  readonly after: number;
};
type Truth = {
  readonly sent: ReadonlyMap<string, Sent>;
  readonly taken: ReadonlyMap<string, { readonly by: string; readonly t: number }>;
};

/** As the processes noted it; times are ns of the node's own clock, from its first note on. */
function readTruth(file: string): Truth {
  const lines = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("|"));
  const start = lines.reduce((min, [, , , , at]) => {
    return at === undefined || BigInt(at) > min ? min : BigInt(at);
  }, 2n ** 63n);
  const time = (text = ""): number => Number(BigInt(text) - start);
  const sent = new Map<string, Sent>();
  const taken = new Map<string, { by: string; t: number }>();
  for (const [what, tag = "", pid = "", other = "", before, after] of lines) {
    if (what === "taken") taken.set(tag, { by: pid, t: time(other) });
    else sent.set(tag, { from: pid, to: other, before: time(before), after: time(after) });
  }
  return { sent, taken };
}

type Row = {
  readonly from: string;
  readonly to: string;
  readonly tSent: number;
  readonly tReceived: number | null;
  readonly match: string;
  readonly kind: string;
  /** null: one of many identical ones */
  readonly tag: string | null;
};

async function rowsOf(recording: RecordingReader): Promise<readonly Row[]> {
  const { rows } = await recording.query(
    `SELECT from_pid, to_pid, t_sent, t_received, match, kind, regexp_extract(term(body), ':(?:uniq|urgent), (\\d+),', 1),
        contains(term(body), '{:dup,') FROM messages
      WHERE t_sent IS NOT NULL AND (contains(term(body), ':uniq,') OR contains(term(body), ':urgent,') OR contains(term(body), '{:dup,'))
      ORDER BY send_event`,
    { limit: 1_000_000 },
  );
  return rows.map((row) => ({
    from: textOf(row[0]),
    to: textOf(row[1]),
    tSent: Number(row[2]),
    tReceived: row[3] === null ? null : Number(row[3]),
    match: textOf(row[4]),
    kind: textOf(row[5]),
    tag: row[7] === true ? null : textOf(row[6]),
  }));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

async function recorded(
  plan: Partial<AttachOptions>,
  steps: number,
): Promise<{ readonly recording: RecordingReader; readonly truth: Truth }> {
  const file = join(workspace.dir, `truth-${steps}.txt`);
  const run = `Node.connect(:"${peer.name}"); :ok = Workload.run(64, ${steps}, :"${peer.name}", ${JSON.stringify(file)}); Process.sleep(300)`;
  const recording = await record(
    node,
    { selectors: ["Workload.Server.*"], processes: ["all"], state: false, ...plan },
    run,
  );
  return { recording, truth: readTruth(file) };
}

/** What to add to a time of the recording: each noted send happened between its two notes. */
function clockOffset(
  rows: readonly Row[],
  { sent }: Truth,
): { readonly from: number; readonly to: number } {
  let [from, to] = [-Infinity, Infinity];
  for (const { tag, tSent, kind } of rows) {
    const noted = tag === null || kind === "call" || kind === "reply" ? undefined : sent.get(tag);
    if (noted === undefined) continue;
    from = Math.max(from, noted.before - tSent);
    to = Math.min(to, noted.after - tSent);
  }
  return { from, to };
}

type Verdict = { right: number; wrong: number; untold: number };

/** Counts, for each degree of certainty, the pairs that the processes confirm. */
function judge(rows: readonly Row[], truth: Truth): Record<string, Verdict> {
  const verdicts: Record<string, Verdict> = {};
  const { from, to } = clockOffset(rows, truth);
  const offset = (from + to) / 2;
  for (const row of rows) {
    if (row.tReceived === null || row.match === "none") continue;
    const verdict = (verdicts[row.match] ??= { right: 0, wrong: 0, untold: 0 });
    const told = row.tag === null ? isSameDuplicate(row, truth, offset) : isTagged(row, truth);
    if (told === null) verdict.untold += 1;
    else if (told) verdict.right += 1;
    else verdict.wrong += 1;
  }
  return verdicts;
}

/** Null: nobody took it, so its receiver cannot say. */
function isTagged({ tag, from, to }: Row, { sent, taken }: Truth): boolean | null {
  const [noted, took] = [sent.get(tag ?? ""), taken.get(tag ?? "")];
  if (noted !== undefined && (noted.from !== from || noted.to !== to)) return false;
  return took === undefined ? null : took.by === to;
}

/** Which of the identical messages was sent then, and which arrived then? Sent with pauses, so one each. */
function isSameDuplicate(
  { from, to, tSent, tReceived }: Row,
  truth: Truth,
  offset: number,
): boolean | null {
  const near = 20_000;
  const [sentAt, receivedAt] = [tSent + offset, (tReceived ?? 0) + offset];
  const [sent, arrived]: number[][] = [[], []];
  for (let n = 0; ; n++) {
    const noted = truth.sent.get(`${from}-${to}-${n}`);
    if (noted === undefined) break;
    if (noted.before - near <= sentAt && sentAt <= noted.after + near) sent?.push(n);
    const took = truth.taken.get(`${from}-${to}-${n}`);
    const until = took === undefined ? Infinity : took.t + near;
    if (noted.before - near <= receivedAt && receivedAt <= until) arrived?.push(n);
  }
  if (sent?.length !== 1 || arrived === undefined || arrived.length === 0) return null;
  return arrived.includes(sent[0] ?? -1) ? (arrived.length === 1 ? true : null) : false;
}

function report(name: string, verdicts: Readonly<Record<string, Verdict>>): void {
  for (const [match, { right, wrong, untold }] of Object.entries(verdicts)) {
    const precision = right + wrong === 0 ? 1 : right / (right + wrong);
    console.log(
      `${name}: ${match}: ${right} right, ${wrong} wrong, ${untold} that nobody can tell; precision ${(100 * precision).toFixed(3)} %`,
    );
  }
}

it("pairs every message of a complete recording, exactly and rightly", async () => {
  const { recording, truth } = await recorded({}, 100);
  const gaps = await recording.query("SELECT reason FROM gaps");
  expect(gaps.rows).toEqual([]);
  const rows = await rowsOf(recording);
  const { from, to } = clockOffset(rows, truth);
  expect(from, "one clock for all").toBeLessThanOrEqual(to);
  const verdicts = judge(rows, truth);
  report("complete", verdicts);
  expect(verdicts["exact"]?.right).toBeGreaterThan(3_000);
  expect(verdicts["exact"]?.wrong).toBe(0);

  // what was taken from a process of this node is paired, but for sends that were heard too late
  const paired = new Set(rows.flatMap(({ tag, match }) => (match === "exact" ? (tag ?? []) : [])));
  const local = [...truth.taken.keys()].filter((tag) => /^\d/.test(tag));
  const missing = local.filter((tag) => !paired.has(tag));
  console.log(
    `complete: ${missing.length} of ${local.length} that were taken are not paired exactly`,
  );
  expect(missing.length).toBeLessThan(local.length / 100);
  const duplicates = [...truth.taken.keys()].filter((tag) => tag.startsWith("<")).length;
  const pairedDuplicates = rows.filter(({ tag, match }) => tag === null && match === "exact");
  expect(pairedDuplicates.length).toBeGreaterThan(0.9 * duplicates);

  // of the other node only this end is known, and said to be: nothing is paired with anything else
  const { rows: foreign } = await recording.query(
    `SELECT count(*) FILTER (t_sent IS NULL), count(*) FILTER (match <> 'none') FROM messages
      WHERE regexp_matches(term(body), ':uniq, -\\d+,')`,
  );
  expect(Number(foreign[0]?.[0])).toBeGreaterThan(50);
  expect(Number(foreign[0]?.[1])).toBe(0);
});

it.each([
  ["of the session", { eventsPerSecond: 2_000 }, 400, 0],
  // a process that is over its own budget is silent for a second, and goes on in the midst of the work
  ["of processes", { eventsPerSecondPerProcess: 60 }, 600, 10],
] as const)(
  "calls no pair exact that is wrong where events are missing: %s",
  async (name, budgets, steps, ordered) => {
    const { recording, truth } = await recorded({ budgets }, steps);
    const { rows: gaps } = await recording.query("SELECT sum(count) FROM gaps");
    expect(Number(gaps[0]?.[0])).toBeGreaterThan(0);
    const verdicts = judge(await rowsOf(recording), truth);
    report(`with losses ${name}`, verdicts);
    expect(verdicts["exact"]?.right).toBeGreaterThan(50);
    expect(verdicts["exact"]?.wrong).toBe(0);
    expect(verdicts["ordered"]?.right ?? 0).toBeGreaterThanOrEqual(ordered);
  },
);
