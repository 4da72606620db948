// Messages as erlang:trace/3 documents them, and those of a real trace with bytes changed: whatever comes out of a
// damaged trace must be records that the correlator can take.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { atom, encode, integer, tuple, type Term } from "@elixirscope/etf";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CollectedRows } from "../../../../tests/capture-pipeline/collected-rows.ts";
import { NODE, pid } from "../../../../tests/capture-pipeline/probe-stream.ts";
import { Correlator } from "../pipeline/correlator/correlator.ts";
import { countEvents } from "../pipeline/record-walk.ts";
import { RecordBytes } from "./record-bytes.ts";
import { tracePieces } from "./trace-file.ts";
import { readTraceMessage } from "./trace-message.ts";
import { TraceRecords } from "./trace-records.ts";
import type { TraceSurvey } from "./trace-survey.ts";

const FIXTURE = resolve(import.meta.dirname, "../../../../fixtures/ttb/ttb@127.0.0.1-doubling");

const SURVEY: TraceSurvey = {
  messages: 1,
  counts: new Map(),
  returning: new Set(),
  node: NODE,
  clock: "wall",
  firstNs: 0n,
  hasArguments: true,
  fault: null,
};

function bytesOf(...items: readonly Term[]): Buffer {
  return Buffer.from(encode(tuple(...items)));
}

describe("a trace message", () => {
  it("has its tag, what follows it, and no time without a flag for it", () => {
    const message = readTraceMessage(
      bytesOf(atom("trace"), pid(1), atom("send"), atom("a"), pid(2)),
    );
    expect(message).toMatchObject({ tag: "send", time: null });
    expect(message?.rest).toHaveLength(2);
  });

  it("has each kind of time in ns", () => {
    const wall = tuple(integer(1_795), integer(670_452), integer(382_824));
    const times = [wall, integer(-5_000_000_000_000n), tuple(integer(77), integer(3))];
    const read = times.map((time) =>
      readTraceMessage(bytesOf(atom("trace_ts"), pid(1), atom("exit"), atom("normal"), time)),
    );
    expect(read.map((message) => message?.time)).toEqual([
      { clock: "wall", ns: 1_795_670_452_382_824_000n },
      { clock: "monotonic", ns: -5_000_000_000_000n },
      { clock: "monotonic", ns: 77n },
    ]);
    expect(read.every((message) => message?.rest.length === 1)).toBe(true);
  });

  it("is nothing else", () => {
    expect(readTraceMessage(Buffer.from(encode(atom("trace"))))).toBeNull();
    expect(readTraceMessage(bytesOf(atom("other"), pid(1), atom("send")))).toBeNull();
    expect(readTraceMessage(Buffer.from([131, 104, 200]))).toBeNull();
    expect(readTraceMessage(Buffer.alloc(0))).toBeNull();
  });
});

it("becomes sound records, whatever bytes of it are damaged", async () => {
  const messages: Buffer[] = [];
  for await (const { records } of tracePieces(FIXTURE)) {
    for (const record of records) if (record.kind === "message") messages.push(record.bytes);
  }
  expect(messages.length).toBeGreaterThan(20);
  const change = fc.tuple(fc.nat(), fc.nat(255));
  const damage = fc.tuple(fc.nat(messages.length - 1), fc.array(change, { maxLength: 4 }));
  const correlator = new Correlator(new CollectedRows(), { node: NODE });
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 20 }), (damages) => {
      const bytes = new RecordBytes();
      const records = new TraceRecords(bytes, SURVEY);
      for (const [index, changes] of damages) {
        const damaged = Buffer.from(messages[index] ?? []);
        for (const [at, value] of changes) damaged[at % damaged.length] = value;
        const message = readTraceMessage(damaged);
        if (message !== null) records.add(message);
      }
      records.settle();
      const taken = bytes.take();
      expect(countEvents(taken, 0, taken.length).ok).toBe(true);
      correlator.batch(taken, 0, taken.length);
      correlator.settle();
    }),
    { numRuns: 500 },
  );
});

it("is read the same when there is a trace with every byte of it, and up to where it is cut", async () => {
  const whole = readFileSync(FIXTURE);
  let last = 0;
  for await (const { records, fault, done } of tracePieces(FIXTURE)) {
    expect(fault).toBeNull();
    last = done;
    for (const record of records) expect(whole[record.offset]).toBe(0);
  }
  expect(last).toBe(whole.length);
});
