// What things cost, in ns, where only the code is known. The first group was measured on real nodes
// (see `bench/` and the decision records); the second are assumptions of the model, good to a factor
// of three or so, which is why a plan says on what basis its estimate stands.

import { assertNever } from "@elixirscope/base";
import type { Level } from "@elixirscope/trace";

/** An event with small arguments, its share of a flush included. Measured (`bench/capture-cost.mjs`). */
const EVENT_NS = 240;
/** What waits in a process is sent when its outermost frame ends, which is where a callback ends. Measured there. */
const FLUSH_NS = 3_000;
/** A call between two windows of recording, and what is not reported of a binding or branch in it. Measured there, too. */
const LEFT_OUT_NS = 15;
const LEFT_OUT_STEP_NS = 3;
/** A `try` around a body, paid also when nothing is raised. */
const TRY_NS = 4;

/** A local call without work, and any other node of a CFG. */
export const CALL_NS = 3.4;
export const NODE_NS = 4;

/** Calls that leave the project, by the beginning of their key; the first that fits counts. */
const CALLED: readonly (readonly [prefix: string, ns: number])[] = [
  ["GenServer.call", 5_000],
  ["GenServer.", 1_000],
  [":gen_server.call", 5_000],
  [":gen_statem.call", 5_000],
  [":gen_", 1_000],
  ["Agent.", 5_000],
  ["Task.", 5_000],
  ["Supervisor.", 20_000],
  ["DynamicSupervisor.", 20_000],
  ["Process.sleep", 0],
  [":timer.sleep", 0],
  ["Process.", 500],
  ["Repo.", 500_000],
  ["Ecto.", 2_000],
  ["File.", 30_000],
  ["IO.", 10_000],
  ["Logger.", 5_000],
  ["System.cmd", 2_000_000],
  ["HTTPoison.", 5_000_000],
  ["Req.", 5_000_000],
  ["Tesla.", 5_000_000],
  [":httpc.", 5_000_000],
  ["Jason.", 10_000],
  ["Phoenix.", 20_000],
  [":crypto.", 2_000],
  [":ets.", 300],
  ["Registry.", 500],
  ["Regex.", 1_000],
  ["String.", 200],
  ["Enum.", 150],
  ["Stream.", 150],
  ["Map.", 50],
  ["Keyword.", 50],
  ["Kernel.", 4],
];

/** What one call of a function outside the project is assumed to take on the processor. */
export function externalCallNs(key: string): number {
  const short = key.replace(/^.*\.Repo\./, "Repo.");
  for (const [prefix, ns] of CALLED) if (short.startsWith(prefix)) return ns;
  return 100;
}

/** What a level adds to one such call while nothing is recorded. */
export function leftOutNs(level: Level, steps: number): number {
  return LEFT_OUT_NS + (level === "full" ? steps * LEFT_OUT_STEP_NS : 0);
}

/** What a level adds to one call that runs `steps` bindings and branches; a callback keeps its process's state. */
export function levelNs(level: Level, steps: number, keepsState: boolean): number {
  const boundaries = 2 * EVENT_NS + TRY_NS + (keepsState ? FLUSH_NS : 0);
  switch (level) {
    case "off":
      return 0;
    case "minimal":
      return keepsState ? boundaries : TRY_NS;
    case "boundaries":
      return boundaries;
    case "full":
      return boundaries + steps * EVENT_NS;
    default:
      return assertNever(level);
  }
}
