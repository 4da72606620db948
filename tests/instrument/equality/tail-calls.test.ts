// Instrumented tail calls stay tail calls: loops of ten million rounds in constant memory.

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outerReleases } from "../../support/beam-node.ts";
import { instrumenter, planOf } from "./instrumenting.ts";
import { LOOPS, Loops, type Loop } from "./loops.ts";

const ROUNDS = 10_000_000;
/** loops that leave the module, and such that flush in each round: fewer show as much */
const FEWER = 1_000_000;
const LONG: readonly Loop[] = ["self", "even"];
/** on the releases that are not the system's */
const OFTEN: readonly Loop[] = ["self", "even", "received"];
const TIMEOUT_MS = 400_000;

/** words, over what the plain loop's process has: a buffer of 64 events with their garbage */
const MORE_HEAP = 20_000;
/** words: 64 held calls of up to 20 words each, and the frames of the runtime itself */
const MORE_STACK = 2_000;

describe.each(outerReleases())("loops on OTP $release", ({ release, root }) => {
  let loops: Loops;

  beforeAll(async () => {
    const elixir = root === undefined ? "elixir" : join(root, "bin/elixir");
    loops = await Loops.start(elixir, instrumenter(planOf("full", 1)));
  });

  afterAll(async () => {
    await loops[Symbol.asyncDispose]();
  });

  it.each(LOOPS.filter((loop) => release === "system" || OFTEN.includes(loop)))(
    "%s does not grow",
    { timeout: TIMEOUT_MS },
    async (loop) => {
      const rounds = LONG.includes(loop) && release === "system" ? ROUNDS : FEWER;
      const plain = await loops.run(loop, rounds, "plain");
      const open = await loops.run(loop, rounds, "open");
      console.log(`OTP ${release}, ${loop}: ${JSON.stringify({ plain, open })}`);
      expect(open.samples).toBeGreaterThan(5);
      expect(open.events).toBeGreaterThan(rounds);
      expect(open.heap - plain.heap).toBeLessThan(MORE_HEAP);
      expect(open.stack - plain.stack).toBeLessThan(MORE_STACK);
    },
  );
});
