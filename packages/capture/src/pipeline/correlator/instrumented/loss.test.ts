// Generated call trees with known truth: whatever is lost or comes twice, a call is as it was or `lost`.

import { atom, integer } from "@elixirscope/etf";
import { CAPTURED } from "@elixirscope/trace";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CollectedRows } from "../../../../../../tests/capture-pipeline/collected-rows.ts";
import {
  InstrumentedProcess,
  manifest,
} from "../../../../../../tests/capture-pipeline/instrumented-process.ts";
import { NODE, pid, ProbeStream } from "../../../../../../tests/capture-pipeline/probe-stream.ts";
import { Correlator } from "../correlator.ts";

const SITE = 1;
const OK = atom("ok");
const SITES = manifest("M", [{ site: SITE, kind: "function_clause" }]);

type Step =
  | { readonly kind: "enter" | "return" | "tail" | "line" }
  /** through this many frames, of which the inner ones tell or not */
  | { readonly kind: "raise"; readonly frames: number; readonly isTold: boolean }
  | { readonly kind: "flush"; readonly fate: "heard" | "dropped" | "copied" };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Step>({ kind: "enter" }) },
  { weight: 3, arbitrary: fc.constant<Step>({ kind: "return" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "tail" }) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: "line" }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("raise" as const),
      frames: fc.integer({ min: 1, max: 4 }),
      isTold: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("flush" as const),
      fate: fc.constantFrom(
        "heard" as const,
        "heard" as const,
        "dropped" as const,
        "copied" as const,
      ),
    }),
  },
);

type Call = {
  readonly tEnter: number;
  readonly parent: Call | null;
  readonly depth: number;
  tExit: number;
  outcome: string;
};

type Run = {
  readonly rows: CollectedRows;
  /** by time of entry */
  readonly calls: ReadonlyMap<number, Call>;
  /** by time of the event: the call it happened in */
  readonly within: ReadonlyMap<number, Call>;
  readonly dropped: number;
};

function run(steps: readonly Step[]): Run {
  const rows = new CollectedRows();
  const correlator = new Correlator(rows, { node: NODE });
  correlator.addSites(SITES);
  const stream = new ProbeStream();
  const process = new InstrumentedProcess(pid(1));
  const calls = new Map<number, Call>();
  const within = new Map<number, Call>();
  const open: Call[] = [];
  let dropped = 0;
  /** events below this number were heard or are lost; a copy does not keep its events from being lost */
  let heard = 0;
  let t = 0;

  const end = (outcome: string): void => {
    const call = open.pop();
    if (call === undefined) return;
    call.outcome = outcome;
    call.tExit = t;
    within.set(t, call);
  };
  const enter = (): void => {
    const call: Call = {
      tEnter: t,
      parent: open.at(-1) ?? null,
      depth: open.length,
      tExit: -1,
      outcome: "open",
    };
    calls.set(t, call);
    within.set(t, call);
    open.push(call);
    process.enter(t, SITE, [integer(t)]);
  };
  const raise = (frames: number, isTold: boolean): void => {
    const count = Math.min(frames, open.length);
    const silent: Call[] = [];
    for (let i = count; i > 0; i -= 1) {
      if (!isTold && i > 1) {
        const inner = open.pop();
        if (inner !== undefined) silent.push(inner);
        process.frames.pop();
        continue;
      }
      t += 1;
      end("raised");
      process.raise(t, SITE, atom("error"), OK);
    }
    for (const call of silent) Object.assign(call, { outcome: "raised", tExit: t });
  };
  const flush = (fate: "heard" | "dropped" | "copied"): void => {
    t += 1;
    const { buffered } = process;
    if (fate === "dropped") {
      dropped += buffered.filter(({ number }) => number >= heard).length;
      process.drop();
    } else process.flush(stream, t, fate === "copied");
    heard = Math.max(heard, (buffered.at(-1)?.number ?? -1) + 1);
  };

  for (const one of steps) {
    t += 1;
    if (one.kind === "enter") enter();
    else if (one.kind === "flush") flush(one.fate);
    else if (open.length === 0) continue;
    else if (one.kind === "raise") raise(one.frames, one.isTold);
    else if (one.kind === "return") {
      end("returned");
      process.return(t, SITE, OK);
    } else if (one.kind === "tail") {
      end("tail");
      process.tail(t, SITE);
    } else {
      const call = open.at(-1);
      if (call !== undefined) within.set(t, call);
      process.within(CAPTURED.LINE, t, SITE);
    }
  }
  // the end is always heard, so that every loss shows
  t += 1;
  enter();
  while (open.length > 0) {
    t += 1;
    end("returned");
    process.return(t, SITE, OK);
  }
  flush("heard");
  const records = stream.take();
  correlator.batch(records, 0, records.length);
  correlator.settle();
  correlator.visitOpen(
    (row) => rows.call(row),
    () => undefined,
    1_000_000,
  );
  return { rows, calls, within, dropped };
}

describe("generated call trees", { timeout: 120_000 }, () => {
  it("are told in full when nothing is lost, also when parts come twice", () => {
    const lossless = step.filter((one) => one.kind !== "flush" || one.fate !== "dropped");
    fc.assert(
      fc.property(fc.array(lossless, { maxLength: 120, size: "max" }), (steps) => {
        const { rows, calls } = run(steps);
        expect(rows.gaps).toEqual([]);
        const entries = new Map(rows.calls.map((row) => [row.call, row.tEnter]));
        const told = rows.calls.map((row) => ({
          tEnter: row.tEnter,
          tExit: row.tExit,
          outcome: row.outcome,
          depth: row.depth,
          parent: entries.get(row.parent) ?? null,
        }));
        const truth = [...calls.values()].map(({ parent, ...call }) => ({
          ...call,
          parent: parent?.tEnter ?? null,
        }));
        expect(told.toSorted(byEntry)).toEqual(truth.toSorted(byEntry));
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it("are never told wrong when parts are lost, and the loss is counted exactly", () => {
    // how many frames were open before a hole is reckoned from what ended after it
    const told = step.filter((one) => one.kind !== "raise" || one.isTold);
    fc.assert(
      fc.property(fc.array(told, { maxLength: 120, size: "max" }), (steps) => {
        const { rows, calls, within, dropped } = run(steps);
        expect(rows.gaps.reduce((sum, { count }) => sum + (count ?? 0), 0)).toBe(dropped);
        const entries = new Map(rows.calls.map((row) => [row.call, row.tEnter]));
        for (const row of rows.calls) {
          const truth = calls.get(row.tEnter);
          const isLost = row.outcome === "lost";
          expect([row.outcome, row.tExit]).toEqual(
            isLost ? ["lost", -1] : [truth?.outcome, truth?.tExit],
          );
          expect(row.depth).toBe(truth?.depth);
          const parent = entries.get(row.parent);
          expect([undefined, truth?.parent?.tEnter]).toContain(parent);
        }
        for (const { t, frame } of rows.events) {
          expect([undefined, within.get(t)?.tEnter]).toContain(entries.get(frame));
        }
        expect(new Set(rows.calls.map(({ call }) => call)).size).toBe(rows.calls.length);
        const heardEntries = rows.events.filter(({ kind }) => kind === "call").length;
        expect(rows.calls).toHaveLength(heardEntries);
      }),
      { numRuns: 200, endOnFailure: true },
    );
  });
});

function byEntry(a: { tEnter: number }, b: { tEnter: number }): number {
  return a.tEnter - b.tEnter;
}
