// Floods at full speed: what the probe adds to the target's memory stays below the promise, whatever the
// collector does. The sampler runs inside the target at the highest priority, every 2 ms.
// ES_FLOODS=full runs every combination of producers, payloads and collectors (5 minutes).

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { ProbeTarget } from "./support/probe-target.ts";

const MEMORY_MB = 64;
const SWITCH_OFF_MS = 250;
const CLEAN_MS = 500;
const ALONE_MS = 700;
const RECORDED_MS = 1600;
const FULL = process.env["ES_FLOODS"] === "full";

const PAYLOADS = ["integer", "map5k", "binary1m", "deep", "map666"] as const;
const HOSTILE = ["list100k", "nested"] as const;
/** The smallest and the largest: by default only these with any number of producers and any collector. */
const FEW: ReadonlySet<string> = new Set(["integer", "binary1m"]);
type Collector = "normal" | "stalled" | "killed";
type Flood = {
  readonly what: "calls" | "messages";
  readonly producers: number;
  readonly payload: string;
  readonly collector: Collector;
};

function floods(): Flood[] {
  const all: Flood[] = [];
  for (const what of ["calls", "messages"] as const) {
    for (const collector of ["normal", "stalled", "killed"] as const) {
      for (const payload of [...PAYLOADS, ...(what === "calls" ? HOSTILE : [])]) {
        for (const producers of [1, 4, 16]) {
          const usual =
            collector === "normal"
              ? producers === 4 || FEW.has(payload)
              : producers === 4 && what === "calls" && FEW.has(payload);
          if (FULL || usual) all.push({ what, producers, payload, collector });
        }
      }
    }
  }
  return all;
}

type Outcome = {
  /** ms from the loss of the collector until nothing was traced; 0 when it was not lost */
  readonly undone: number;
  /** MB at the peak, above the flood alone */
  readonly added: number;
};

function isBeyond({ undone, added }: Outcome): boolean {
  return undone > CLEAN_MS || added > MEMORY_MB;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

describe("floods", () => {
  let target: ProbeTarget;
  const table: string[] = [];

  beforeAll(async () => {
    target = await ProbeTarget.start();
  });
  afterAll(async () => {
    console.log(`added MB (flood alone), switch-off ms, events\n${table.join("\n")}`);
    await target.end();
  });

  const calm = async (): Promise<void> => {
    target.stalled = false;
    await target.eval(`case whereis(es_flood_holder) of
        undefined -> ok;
        H -> H ! {get, self()}, receive Ps -> es_flood:stop(Ps) end
      end, timer:sleep(50).`);
  };

  const leftovers = async (): Promise<string> => {
    let left = await target.leftovers();
    for (let i = 0; i < 20 && left !== "[]"; i++) {
      await sleep(50);
      left = await target.leftovers();
    }
    return left;
  };

  afterEach(calm);

  const peak = async (): Promise<number> => Number(await target.eval("es_flood:peaks().")) / 1e6;

  const run = async ({ what, producers, payload, collector }: Flood): Promise<Outcome> => {
    await target.load();
    target.stalled = collector === "stalled";
    const base =
      Number(
        await target.eval(`
      Ps = es_flood:start(${what}, ${String(producers)}, ${payload}),
      register(es_flood_holder, spawn(fun() -> receive {get, F} -> F ! Ps end end)),
      timer:sleep(200), M = erlang:memory(total), es_flood:measure(${String(ALONE_MS)}), M.`),
      ) / 1e6;
    const alone = (await peak()) - base;
    await target.eval(`es_flood:measure(${String(RECORDED_MS)}).`);
    const started = target.eval(`es_flood_holder ! {get, self()}, Ps = receive P -> P end,
      register(es_flood_holder, spawn(fun() -> receive {get, F} -> F ! Ps end end)),
      elixir_scope_probe:start(maps:merge(${target.defaults()}, #{processes => Ps, messages => true, lifecycle => true,
        state => true, functions => [{es_flood, call, 1, default, value}]})).`);
    expect(await started).toMatch(/^\{:ok, /u);
    if (collector === "killed") {
      await target.eval(`es_flood:watch('${target.connection.localNode}').`);
      await sleep(150);
      await target.loseCollector();
    }
    const added = Math.max(0, (await peak()) - base - alone);
    const undone = collector === "killed" ? Number(await target.eval("es_flood:undone().")) : 0;
    if (collector !== "killed") {
      target.unpause();
      await target.stop();
    }
    await calm();
    const offs = target.stream
      .of("METRIC")
      .map((r) => Number(/switch_off_us: (\d+)/u.exec(r.text)?.[1] ?? 0) / 1000);
    const off = Math.max(0, ...offs);
    const events = target.stream.records.length;
    table.push(
      [
        what,
        producers,
        payload,
        collector,
        `${added.toFixed(1)} (${alone.toFixed(1)})`,
        off.toFixed(1),
        events,
      ].join("\t"),
    );
    expect(off).toBeLessThanOrEqual(SWITCH_OFF_MS);
    expect(target.failure).toBeNull();
    expect(await leftovers()).toBe("[]");
    return { undone, added };
  };

  it.each(floods())("$what of $producers × $payload, collector $collector", async (flood) => {
    const outcomes = [await run(flood)];
    // The flood's own memory swings by tens of megabytes, and another process of this machine can hold
    // up one end: after a run beyond a limit, the median of three says what is usual.
    while (outcomes.length < 3 && outcomes.some(isBeyond)) {
      await calm();
      outcomes.push(await run(flood));
    }
    expect(median(outcomes.map(({ undone }) => undone))).toBeLessThanOrEqual(CLEAN_MS);
    expect(median(outcomes.map(({ added }) => added))).toBeLessThanOrEqual(MEMORY_MB);
  });
});
