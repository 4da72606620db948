// Breakpoints of a session with a live node: what stopping, marking and recording deeper mean there.

import type { Session } from "@elixirscope/capture";
import type { Hit } from "@elixirscope/query";
import { parseBreaks, startBreaks, type Breaks } from "./live-breaks.ts";
import type { OnHit } from "./on-hit.ts";

export type SessionBreakOptions = {
  readonly break?: readonly string[];
  readonly onHit?: OnHit;
  readonly json?: true;
};

/** Null without `--break`. What is typed is checked before: see `parseBreaks`. */
export function breaksOf(
  session: Session,
  options: SessionBreakOptions,
  print: (line: string) => void,
): Breaks | null {
  const { pipeline, manifest } = session;
  return startBreaks(
    {
      recording: pipeline,
      mark: async (mark) => await pipeline.mark(mark),
      stop: (reason) => void session.stop(reason),
      deepen: async (hit) => await deepen(session, hit),
    },
    {
      watches: parseBreaks(options.break ?? [], manifest.target.otpRelease),
      onHit: options.onHit ?? "mark",
      json: options.json === true,
      print,
    },
  );
}

/** From inside; where its code cannot be changed, its calls are traced, whatever the selectors said. */
async function deepen(session: Session, { mfa }: Hit): Promise<string> {
  if (mfa === null) return "a state belongs to no function: name one to record it more deeply";
  const { refused } = await session.deepen([mfa]);
  const [refusal] = refused;
  if (refusal === undefined) return `bindings and branches of ${mfa} are recorded`;
  await session.adjust({ kind: "add_functions", selectors: [mfa] });
  return `calls of ${mfa} are recorded, not what happens inside: ${refusal.message}`;
}
