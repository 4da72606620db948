import * as fc from "fast-check";
import { expect, it } from "vitest";
import { HappensBefore, type At, type SyncEdge } from "./happens-before.ts";

type History = { readonly pids: readonly number[]; readonly edges: readonly SyncEdge[] };

/** `pids[event]`; edges from earlier to later events of other processes, at most one into an event. */
const history: fc.Arbitrary<History> = fc
  .integer({ min: 1, max: 40 })
  .chain((processes) =>
    fc.array(
      fc.record({
        pid: fc.integer({ min: 0, max: processes - 1 }),
        cause: fc.option(fc.nat(), { freq: 2 }),
      }),
      { minLength: 1, maxLength: 60 },
    ),
  )
  .map((events) => {
    const pids = events.map(({ pid }) => pid);
    const edges = events.flatMap(({ pid, cause }, to): SyncEdge[] => {
      if (cause === null || to === 0) return [];
      const from = cause % to;
      const fromPid = pids[from] ?? pid;
      return fromPid === pid ? [] : [{ from, fromPid, to, toPid: pid }];
    });
    return { pids, edges };
  });

function reachable({ pids, edges }: History): readonly ReadonlySet<number>[] {
  const before: Set<number>[] = [];
  const latest = new Map<number, number>();
  for (const [event, pid] of pids.entries()) {
    const direct = edges.filter(({ to }) => to === event).map(({ from }) => from);
    const own = latest.get(pid);
    if (own !== undefined) direct.push(own);
    before.push(new Set([event, ...direct.flatMap((cause) => [...(before[cause] ?? [])])]));
    latest.set(pid, event);
  }
  return before;
}

it("orders exactly what can be reached through processes and edges", () => {
  fc.assert(
    fc.property(history, fc.boolean(), (told, reversed) => {
      const before = reachable(told);
      const order = new HappensBefore(reversed ? told.edges.toReversed() : told.edges);
      const all: readonly At[] = told.pids.map((pid, event) => ({ pid, event }));
      expect(order.contradictions).toBe(0);
      for (const a of all) {
        for (const b of all) {
          expect(order.isOrdered(a, b), `${a.event} → ${b.event}`).toBe(
            before[b.event]?.has(a.event) === true,
          );
        }
      }
    }),
    { numRuns: 300 },
  );
});

it("keeps thousands of processes that come, talk to one server and go", () => {
  const edges: SyncEdge[] = [];
  let event = 0;
  for (let client = 1; client <= 5_000; client++) {
    const [sent, received, answered, heard] = [++event, ++event, ++event, ++event];
    edges.push({ from: sent, fromPid: client, to: received, toPid: 0 });
    edges.push({ from: answered, fromPid: 0, to: heard, toPid: client });
  }
  const order = new HappensBefore(edges);
  expect(order.isOrdered({ pid: 1, event: 1 }, { pid: 5_000, event })).toBe(true);
  expect(order.isOrdered({ pid: 1, event: 1 }, { pid: 5_000, event: event - 3 })).toBe(false);
  expect(order.isOrdered({ pid: 5_000, event }, { pid: 1, event: 1 })).toBe(false);
});

it("takes from a server's replies only what the request knew, where the server itself is in question", () => {
  // 1 writes, then 2 reads: only the server has put one after the other
  const edges: readonly SyncEdge[] = [
    { from: 1, fromPid: 1, to: 2, toPid: 0 },
    { from: 3, fromPid: 0, to: 4, toPid: 1, answers: 2 },
    { from: 5, fromPid: 2, to: 6, toPid: 0 },
    { from: 7, fromPid: 0, to: 8, toPid: 2, answers: 6 },
    // then 2 tells 3, and 3 asks
    { from: 9, fromPid: 2, to: 10, toPid: 3 },
    { from: 11, fromPid: 3, to: 12, toPid: 0 },
    { from: 13, fromPid: 0, to: 14, toPid: 3, answers: 12 },
  ];
  const [one, two, three] = [
    { pid: 1, event: 4 },
    { pid: 2, event: 8 },
    { pid: 3, event: 14 },
  ];
  const strict = new HappensBefore(edges);
  expect(strict.isOrdered({ pid: 1, event: 1 }, two)).toBe(true);
  const free = new HappensBefore(edges, 0);
  expect(free.isOrdered({ pid: 1, event: 1 }, two)).toBe(false);
  expect(free.isOrdered(one, three)).toBe(false);
  // a message from one to the other still counts
  expect(free.isOrdered(two, three)).toBe(true);
});

it("leaves out edges that contradict the others, and counts them", () => {
  const order = new HappensBefore([
    { from: 4, fromPid: 1, to: 1, toPid: 2 },
    { from: 2, fromPid: 2, to: 3, toPid: 1 },
  ]);
  expect(order.contradictions).toBe(1);
});
