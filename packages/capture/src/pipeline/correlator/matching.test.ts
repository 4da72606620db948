// Generated traffic with known truth: a match that claims to be exact is always right, whatever is
// missing, and nothing stays unmatched when nothing is missing.

import { atom, binary, integer, tuple, type Term } from "@elixirscope/etf";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CollectedRows } from "../../../../../tests/capture-pipeline/collected-rows.ts";
import {
  call,
  NODE,
  pid,
  ProbeStream,
  reference,
} from "../../../../../tests/capture-pipeline/probe-stream.ts";
import { Correlator } from "./correlator.ts";

const PROCESSES = 3;
const JITTER_NS = 100_000;

type Happening = {
  readonly t: number;
  readonly who: number;
  readonly write: (stream: ProbeStream) => void;
};

type Traffic = {
  readonly happenings: readonly Happening[];
  /** time of each receive by time of its send */
  readonly truth: ReadonlyMap<number, number>;
};

type Move = {
  readonly from: number;
  readonly to: number;
  readonly body: number;
  readonly receive: boolean;
};

const move: fc.Arbitrary<Move> = fc.record({
  from: fc.nat(PROCESSES - 1),
  to: fc.nat(PROCESSES - 1),
  body: fc.nat(9),
  receive: fc.boolean(),
});

/** Sends and receives in order of time; each pair of processes is a queue, as on the BEAM. */
function traffic(moves: readonly Move[], stepNs: number): Traffic {
  const queues = new Map<string, { t: number; message: Term }[]>();
  const happenings: Happening[] = [];
  const truth = new Map<number, number>();
  let unique = 0;
  moves.forEach(({ from, to, body, receive }, i) => {
    const t = 1_000 + i * stepNs;
    const queue = queues.get(`${String(from)} ${String(to)}`) ?? [];
    queues.set(`${String(from)} ${String(to)}`, queue);
    if (receive) {
      const first = queue.shift();
      if (first === undefined) return;
      truth.set(first.t, t);
      const { message } = first;
      happenings.push({
        t,
        who: to,
        write: (s) => s.receive(t, pid(to + 1), pid(from + 1), message),
      });
      return;
    }
    const message = bodyOf(body, from, ++unique);
    queue.push({ t, message });
    happenings.push({ t, who: from, write: (s) => s.send(t, pid(from + 1), pid(to + 1), message) });
  });
  return { happenings, truth };
}

/** Some bodies repeat, some are like no other, some are requests. */
function bodyOf(choice: number, from: number, unique: number): Term {
  if (choice < 4) return atom("tick");
  if (choice < 6) return binary(`tock ${String(choice)}`);
  if (choice < 8) return tuple(atom("n"), integer(unique));
  return call(atom("x"), pid(from + 1), reference(unique));
}

/** The order in which they are heard: each process in order, between processes up to 100 us off. */
function heard(happenings: readonly Happening[], jitter: readonly number[]): Happening[] {
  const last = new Map<number, number>();
  return happenings
    .map((one, i) => {
      const late = one.t + (jitter[i % Math.max(1, jitter.length)] ?? 0);
      const at = Math.max(late, last.get(one.who) ?? 0);
      last.set(one.who, at);
      return { one, at, i };
    })
    .toSorted((a, b) => a.at - b.at || a.i - b.i)
    .map(({ one }) => one);
}

function correlate(write: (stream: ProbeStream) => void): CollectedRows {
  const rows = new CollectedRows();
  const correlator = new Correlator(rows, { node: NODE });
  const stream = new ProbeStream();
  // all take part from the beginning, as the probe says of what it traces
  for (let i = 1; i <= PROCESSES; i++) stream.facts(1, pid(i), {});
  write(stream);
  const records = stream.take();
  correlator.batch(records, 0, records.length);
  correlator.settle();
  correlator.visitOpen(
    () => undefined,
    (row) => rows.message(row),
    1_000_000,
  );
  return rows;
}

const moves = fc.array(move, { maxLength: 150, size: "max" });
const jitter = fc.array(fc.nat(JITTER_NS), { minLength: 1, maxLength: 40 });
const stepNs = fc.constantFrom(500, 5_000, 50_000, 1_000_000);

describe("matching of generated traffic", { timeout: 60_000 }, () => {
  it("is exact and complete when nothing is missing", () => {
    fc.assert(
      fc.property(moves, jitter, stepNs, (all, late, step) => {
        const { happenings, truth } = traffic(all, step);
        const rows = correlate((s) => {
          for (const one of heard(happenings, late)) one.write(s);
        });
        const received = rows.messages.filter(({ tReceived }) => tReceived >= 0);
        expect(received).toHaveLength(truth.size);
        for (const { tSent, tReceived, match } of received) {
          expect([match, tReceived]).toEqual(["exact", truth.get(tSent)]);
        }
        expect(rows.messages).toHaveLength(happenings.length - truth.size);
      }),
      { numRuns: 150, endOnFailure: true },
    );
  });

  it("never claims a wrong match when parts are missing, and every end appears once", () => {
    const hole = fc.record({
      at: fc.nat(140),
      length: fc.integer({ min: 1, max: 25 }),
      who: fc.option(fc.nat(PROCESSES - 1)),
    });
    fc.assert(
      fc.property(
        moves,
        jitter,
        stepNs,
        fc.array(hole, { minLength: 1, maxLength: 3 }),
        (all, late, step, holes) => {
          const { happenings, truth } = traffic(all, step);
          const order = heard(happenings, late);
          const gone = new Set<Happening>();
          const gapBefore = new Map<
            Happening | null,
            { who: number | null; from: number; to: number; count: number }[]
          >();
          for (const { at, length, who } of holes) {
            const rest = order.slice(at).filter((one) => who === null || one.who === who);
            const missing = rest.slice(0, length);
            for (const one of missing) gone.add(one);
            const [first] = missing;
            const last = missing.at(-1);
            if (first === undefined || last === undefined) continue;
            // what is missing is told before anything that was kept after it
            const next = rest[length] ?? null;
            const gaps = gapBefore.get(next) ?? [];
            gaps.push({ who, from: first.t, to: last.t, count: missing.length });
            gapBefore.set(next, gaps);
          }
          const rows = correlate((s) => {
            const tell = (next: Happening | null): void => {
              for (const { who, from, to, count } of gapBefore.get(next) ?? []) {
                s.gap(from, to, who === null ? null : pid(who + 1), "dropped", count);
              }
            };
            for (const one of order) {
              tell(one);
              if (!gone.has(one)) one.write(s);
            }
            tell(null);
          });
          const exact = rows.messages.filter(({ match }) => match === "exact");
          for (const { tSent, tReceived } of exact) expect(tReceived).toBe(truth.get(tSent));
          const ends = rows.messages.flatMap(({ tSent, tReceived }) =>
            [tSent, tReceived].filter((t) => t >= 0),
          );
          expect(ends.toSorted((a, b) => a - b)).toEqual(
            happenings
              .filter((one) => !gone.has(one))
              .map(({ t }) => t)
              .toSorted((a, b) => a - b),
          );
        },
      ),
      { numRuns: 250, endOnFailure: true },
    );
  });
});
