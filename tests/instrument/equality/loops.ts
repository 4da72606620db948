// Loops on a real node, plain and instrumented: time, and how big their process was seen to get.

import { join } from "node:path";
import { atom, integer, tuple, type Term } from "@elixirscope/etf";
import { BeamSide } from "./beam-side.ts";
import { answerForms, element, field, isTagged, type Answer, type Asked } from "./campaign.ts";

export type LoopRun = {
  readonly ns: number;
  /** words: of the whole process, of its stack; the biggest of `samples` looks */
  readonly heap: number;
  readonly stack: number;
  readonly samples: number;
  readonly events: number;
};

export type LoopMode = "plain" | "open" | "muted" | "closed";

export const LOOPS = [
  "self",
  "even",
  "remote",
  "dynamic",
  "through",
  "closure",
  "branches",
  "guarded",
  "received",
] as const;
export type Loop = (typeof LOOPS)[number];

export class Loops implements AsyncDisposable {
  readonly #beam: BeamSide;

  private constructor(beam: BeamSide) {
    this.#beam = beam;
  }

  static async start(elixir: string, instrument: (asked: Asked) => Answer): Promise<Loops> {
    const script = join(import.meta.dirname, "beam/loops.exs");
    const beam = await BeamSide.start({ elixir, script, arguments: [] });
    const asked = await beam.hear();
    const skipped = answerForms(beam, asked, instrument);
    if (skipped.length > 0) throw new Error(JSON.stringify(skipped));
    return new Loops(beam);
  }

  async run(loop: Loop, iterations: number, mode: LoopMode): Promise<LoopRun> {
    this.#beam.tell(tuple(atom("run"), atom(loop), integer(iterations), atom(mode)));
    const term = await this.#beam.hear();
    if (!isTagged(term, "ran")) throw new Error("the loop did not end");
    const told = element(term, 1);
    const number = (key: string): number => numberOf(field(told, key));
    return {
      ns: number("ns"),
      heap: number("heap"),
      stack: number("stack"),
      samples: number("samples"),
      events: number("events"),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#beam[Symbol.asyncDispose]();
  }
}

function numberOf(term: Term): number {
  return term.kind === "integer" ? Number(term.value) : Number.NaN;
}
