// Generated traffic of instrumented processes with known truth: messages are matched exactly, and every
// event is in its process's order and in the right call, though reports and the VM's records come late.

import { atom, integer, tuple, type Term } from "@elixirscope/etf";
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

const ENTER = 1;
const SEND = 2;
const SITES = manifest("M", [
  { site: ENTER, kind: "function_clause" },
  { site: SEND, kind: "send" },
]);
const PROCESSES = 3;
const FLUSH_EVENTS = 64;
/** the keeper sees to it that nothing is kept back for longer */
const FLUSH_NS = 100_000_000;

type Move = {
  readonly kind: "enter" | "return" | "send" | "receive";
  readonly who: number;
  readonly other: number;
};
type Heard = { readonly at: number; readonly write: (stream: ProbeStream) => void };
type Happened = { readonly who: number; readonly kind: string; readonly call: number | null };

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.constantFrom("enter", "return", "send", "send", "receive", "receive"),
  who: fc.nat(PROCESSES - 1),
  other: fc.nat(PROCESSES - 1),
});

describe("traffic of instrumented processes", { timeout: 120_000 }, () => {
  it("is matched exactly and in order, whatever comes late", () => {
    fc.assert(
      fc.property(
        fc.array(move, { minLength: 20, maxLength: 150, size: "max" }),
        fc.array(fc.nat(100_000), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(2_000, 50_000, 3_000_000),
        (moves, jitter, stepNs) => {
          const { heard, happened, received } = traffic(moves, jitter, stepNs);
          const rows = correlate(heard);
          const matches = rows.messages.filter(({ tReceived }) => tReceived >= 0);
          expect(matches.map(({ match, tSent, tReceived }) => [match, tSent, tReceived])).toEqual(
            received.map(([tSent, tReceived]) => ["exact", tSent, tReceived]),
          );
          const entries = new Map(rows.calls.map(({ call, tEnter }) => [call, tEnter]));
          const told = rows.events.toSorted((a, b) => a.t - b.t);
          expect(
            told.map(({ t, pid: who, kind, frame }) => [t, who, kind, entries.get(frame) ?? null]),
          ).toEqual(
            [...happened].map(([t, { who, kind, call }]) => [
              t,
              `<0.${String(who + 1)}.0>`,
              kind,
              call,
            ]),
          );
          for (let who = 1; who <= PROCESSES; who += 1) {
            const ids = told
              .filter((one) => one.pid === `<0.${String(who)}.0>`)
              .map(({ id }) => id);
            expect(ids).toEqual(ids.toSorted((a, b) => a - b));
          }
          const sites = told
            .filter(({ kind }) => kind === "send")
            .map(({ site, frame }) => [site, frame > 0]);
          expect(sites.every(([site, isInside]) => (site === SEND) === isInside)).toBe(true);
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  });
});

/** What happens, by time, and in which order it is heard. */
function traffic(
  moves: readonly Move[],
  jitter: readonly number[],
  stepNs: number,
): {
  heard: readonly Heard[];
  happened: ReadonlyMap<number, Happened>;
  received: readonly (readonly [number, number])[];
} {
  const processes = Array.from(
    { length: PROCESSES },
    (_, who) => new InstrumentedProcess(pid(who + 1)),
  );
  const open: number[][] = processes.map(() => []);
  const flushedAt = processes.map(() => 0);
  const heardAt = processes.map(() => 0);
  const queues = new Map<string, { t: number; message: Term }[]>();
  const happened = new Map<number, Happened>();
  const received: (readonly [number, number])[] = [];
  const heard: Heard[] = [];

  const flush = (who: number, t: number): void => {
    const process = processes[who];
    if (process === undefined) return;
    const { buffered } = process;
    const depth = process.frames.length;
    process.drop();
    flushedAt[who] = t;
    heard.push({ at: t, write: (s) => process.report(s, t, buffered, depth) });
  };
  /** records of the VM come late, each process's in order */
  const traced = (who: number, t: number, write: (s: ProbeStream) => void): void => {
    const at = Math.max(heardAt[who] ?? 0, t + (jitter[heard.length % jitter.length] ?? 0));
    heardAt[who] = at;
    heard.push({ at, write });
  };

  moves.forEach(({ kind, who, other }, i) => {
    const t = 1_000_000 + i * stepNs;
    const process = processes[who];
    const frames = open[who];
    if (process === undefined || frames === undefined) return;
    const queue = queues.get(`${String(other)} ${String(who)}`);
    if (kind === "enter") {
      frames.push(t);
      happened.set(t, { who, kind: "call", call: t });
      process.enter(t, ENTER, [integer(i)]);
    } else if (kind === "return" && frames.length > 0) {
      happened.set(t, { who, kind: "return", call: frames.pop() ?? null });
      process.return(t, ENTER, atom("ok"));
    } else if (kind === "send") {
      const message = i % 3 === 0 ? atom("tick") : tuple(atom("n"), integer(i));
      const key = `${String(who)} ${String(other)}`;
      queues.set(key, [...(queues.get(key) ?? []), { t, message }]);
      if (frames.length > 0) process.within(CAPTURED.SEND, t - 100, SEND);
      happened.set(t, { who, kind: "send", call: frames.at(-1) ?? null });
      traced(who, t, (s) => s.send(t, pid(who + 1), pid(other + 1), message));
    } else if (kind === "receive" && queue !== undefined) {
      const sent = queue.shift();
      if (sent !== undefined) {
        received.push([sent.t, t]);
        happened.set(t, { who, kind: "receive", call: frames.at(-1) ?? null });
        traced(who, t, (s) => s.receive(t, pid(who + 1), pid(other + 1), sent.message));
      }
    }
    for (const [each, one] of processes.entries()) {
      const isDue = t - (flushedAt[each] ?? 0) >= FLUSH_NS || one.buffered.length >= FLUSH_EVENTS;
      const isOver = each === who && one.frames.length === 0;
      if (one.buffered.length > 0 && (isDue || isOver)) flush(each, t + 10);
    }
  });
  const end = 2_000_000 + moves.length * stepNs;
  for (const who of processes.keys()) flush(who, end);
  return { heard: heard.toSorted((a, b) => a.at - b.at), happened, received };
}

function correlate(heard: readonly Heard[]): CollectedRows {
  const rows = new CollectedRows();
  const correlator = new Correlator(rows, { node: NODE });
  correlator.addSites(SITES);
  const stream = new ProbeStream();
  for (let who = 1; who <= PROCESSES; who += 1) stream.facts(1, pid(who), {});
  for (const { write } of heard) write(stream);
  const records = stream.take();
  correlator.batch(records, 0, records.length);
  correlator.settle();
  correlator.visitOpen(
    (row) => rows.call(row),
    () => undefined,
    1_000_000,
  );
  rows.messages.sort((a, b) => a.tReceived - b.tReceived);
  return rows;
}
