// Why a state is missing, or may not be the newest: "not recorded" and "did not happen" in words.

import type { StateView } from "@elixirscope/wire";
import { gapText } from "./limits.ts";
import { timeText } from "./names.ts";
import type { ProcessFacts } from "./process-facts.ts";
import type { Source } from "./sql.ts";

export async function whyNone(
  source: Source,
  pid: number,
  t: number,
  next: StateView["next"],
  life: ProcessFacts,
): Promise<string> {
  if (!source.manifest.plan.state)
    return "this recording was made without states (the plan has state off)";
  if (life.spawned !== null && life.spawned > t) {
    return `the process did not exist yet: it was spawned at ${timeText(life.spawned)}`;
  }
  const gaps = await gapReasons(source, pid, life.spawned ?? 0, t);
  const missing = gaps === null ? null : `something is missing before this instant: ${gaps}`;
  if (next !== null) {
    return (
      sentence([`the first state of this process was recorded at ${timeText(next.t)}`, missing]) ??
      ""
    );
  }
  const reason =
    life.behaviour === null
      ? "no state was recorded: the process is no OTP process, or is not among the traced ones"
      : `no state of this ${life.behaviour} was recorded: it is not among the traced processes, or ran no callback`;
  return sentence([reason, missing]) ?? reason;
}

/** What is missing of this process between two instants, as `dropped (12 events)`; null when nothing is. */
export async function gapReasons(
  source: Source,
  pid: number,
  from: number,
  to: number,
): Promise<string | null> {
  return await gapText(source, { pids: [pid], from, to });
}

export function sentence(parts: readonly (string | null)[]): string | null {
  const said = parts.filter((part) => part !== null);
  return said.length === 0 ? null : said.join("; ");
}
