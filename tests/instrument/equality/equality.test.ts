// Instrumented code does what the plain code does: generated programs run both ways on real nodes, while
// recording and with the gate closed, and everything that can be seen from outside is compared.
//
// ELIXIRSCOPE_EQUALITY_PROGRAMS is the number of programs (default 30), ELIXIRSCOPE_EQUALITY_SEED the first.

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outerReleases } from "../../support/beam-node.ts";
import { BeamSide } from "./beam-side.ts";
import { compare, runsOf, type Check, type Outcome } from "./campaign.ts";
import { program, type Program } from "./generate/program.ts";
import { instrumenter, LEVELS_IN_TURN, planOf, type Levels } from "./instrumenting.ts";
import { shrink } from "./shrink.ts";

const PROGRAMS = Number(process.env["ELIXIRSCOPE_EQUALITY_PROGRAMS"] ?? 30);
const FIRST_SEED = Number(process.env["ELIXIRSCOPE_EQUALITY_SEED"] ?? 1);
const RUNS_OF_FUNCTION = 6;
/** questions to the node while a failing program is made smaller */
const SHRINKING = 150;

describe.each(outerReleases())("instrumented programs on OTP $release", ({ release, root }) => {
  const total = { programs: 0, refused: 0, runs: 0, events: 0, checked: 0, values: 0 };
  const differences: string[] = [];
  const lies: string[] = [];
  let beam: BeamSide;

  beforeAll(async () => {
    beam = await BeamSide.start({
      elixir: root === undefined ? "elixir" : join(root, "bin/elixir"),
      script: join(import.meta.dirname, "beam/server.exs"),
      arguments: [],
    });
    await beam.hear();
    // the system's release carries most, the others their own programs
    const programs = Math.ceil(PROGRAMS * (release === "system" ? 1 : 0.12));
    const first = FIRST_SEED + (release === "system" ? 0 : Number(release) * 1_000_000);
    for (let seed = first; seed < first + programs; seed += 1) await check(program(seed));
    console.log(`OTP ${release}, seeds from ${String(first)}: ${JSON.stringify(total)}`);
  }, 600_000);

  afterAll(async () => {
    await beam[Symbol.asyncDispose]();
  });

  async function check(made: Program): Promise<void> {
    const levels = LEVELS_IN_TURN[made.seed % LEVELS_IN_TURN.length] ?? "full";
    const outcome = await ask(made, made.source, levels);
    total.programs += 1;
    if ("refused" in outcome) total.refused += 1;
    else if ("failed" in outcome) differences.push(`seed ${String(made.seed)}: ${outcome.failed}`);
    else {
      total.runs += outcome.runs;
      total.events += outcome.events;
      total.checked += outcome.checked;
      total.values += outcome.values;
      lies.push(...outcome.lies.map((lie) => `seed ${String(made.seed)}: ${lie}`));
      if (outcome.differences.length > 0) differences.push(await explained(made, levels, outcome));
    }
  }

  async function ask(made: Program, source: string, levels: Levels): Promise<Outcome> {
    return await compare(beam, source, runsOf(made, RUNS_OF_FUNCTION), {
      optimise: made.seed % 4 === 0,
      checks: checksOf(made.seed, levels),
      instrument: instrumenter(planOf(levels, made.seed)),
    });
  }

  /** The first ones with the smallest program that still differs, the others by their seed. */
  async function explained(
    made: Program,
    levels: Levels,
    outcome: { readonly differences: readonly string[] },
  ): Promise<string> {
    const head = `seed ${String(made.seed)}, ${levels}: ${outcome.differences.slice(0, 3).join("\n")}`;
    if (differences.length > 2) return head;
    const fails = async (source: string): Promise<boolean> => {
      const smaller = await ask(made, source, levels);
      return "differences" in smaller && smaller.differences.length > 0;
    };
    return `${head}\n${await shrink(made.source, fails, SHRINKING)}`;
  }

  it("are compiled and run", () => {
    expect(total.refused).toBeLessThan(2 + total.programs * 0.05);
    expect(total.runs).toBeGreaterThan(total.programs * 10);
    expect(total.events).toBeGreaterThan(total.programs * 50);
  });

  it("give the same results, failures, stack traces, messages and effects", () => {
    expect(differences.join("\n\n")).toBe("");
  });

  it("are recorded as they happened", () => {
    expect(total.checked).toBeGreaterThan(total.programs * 5);
    expect(total.values).toBeGreaterThan(total.programs * 0.3);
    expect(lies.slice(0, 5).join("\n\n")).toBe("");
  });
});

function checksOf(seed: number, levels: Levels): readonly Check[] {
  const others: readonly (readonly Check[])[] = [["closed"], ["muted"], []];
  const compared: readonly Check[] = ["open", ...(others[seed % others.length] ?? [])];
  return levels === "mixed" || levels === "minimal" ? compared : [...compared, "truth"];
}
