// Whatever is recorded and whatever is missing: the pieces of a path lie end to end and fill the request.

import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Activity, Cause } from "./path-activity.ts";
import { walk } from "./path-walk.ts";

const REQUEST = { pid: 0, from: 100, to: 1_000, event: 1, endEvent: null };

const time = fc.integer({ min: 0, max: 1_100 });
const pid = fc.integer({ min: 0, max: 3 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(arbitrary, { nil: null });
const event = fc.integer({ min: 1, max: 60 });

const cause: fc.Arbitrary<Omit<Cause, "id">> = fc.record({
  t: time,
  kind: fc.constantFrom("receive" as const, "handle" as const),
  before: maybe(time),
  busyUntil: maybe(time),
  message: maybe(
    fc.record({
      from: maybe(pid),
      sendEvent: maybe(event),
      tSent: maybe(time),
      tReceived: maybe(time),
      exit: maybe(fc.record({ event, t: time })),
      call: maybe(fc.record({ sendEvent: event, pid, t: time })),
    }),
  ),
});

const activity: fc.Arbitrary<Activity> = fc
  .record({
    isBehaviour: fc.boolean(),
    spawned: maybe(fc.record({ t: time, parent: pid })),
    causes: fc.array(cause, { maxLength: 12 }),
  })
  .map(({ causes, ...rest }) => ({
    ...rest,
    isWhole: true,
    causes: causes
      .toSorted((a, b) => a.t - b.t)
      .map((one, i) => Object.assign(one, { id: 4 * i + 2 })),
  }));

it("fills the request with pieces that lie end to end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(activity, { minLength: 4, maxLength: 4 }), async (all) => {
      const pieces = await walk(REQUEST, (cursor) => {
        const found = all[cursor.pid];
        if (found === undefined) throw new Error("an unknown process");
        return Promise.resolve(found);
      });
      expect(pieces.every(({ from, to }) => from < to)).toBe(true);
      expect([REQUEST.from, ...pieces.map(({ to }) => to)]).toEqual([
        ...pieces.map(({ from }) => from),
        REQUEST.to,
      ]);
    }),
    { numRuns: 200 },
  );
});
