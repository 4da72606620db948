// Breakpoints of a command that is recorded: a hit marks the recording or ends it, and the command goes on.

import type { RecordingObserver } from "@elixirscope/capture/run";
import { parseBreaks, startBreaks, type Breaks } from "../live-breaks.ts";

export type RunBreakOptions = { readonly onHit: "mark" | "stop"; readonly json: boolean };

/** Throws a usage error with the place of the first mistake in `conditions`. */
export function runBreaks(
  conditions: readonly string[],
  { onHit, json }: RunBreakOptions,
): RecordingObserver {
  const watches = parseBreaks(conditions);
  // the command's own output is on stdout
  const options = { watches, onHit, json, print: (line: string) => console.error(line) };
  let breaks: Breaks | null = null;
  return {
    opened: (pipeline, stop) => {
      breaks ??= startBreaks(
        {
          recording: pipeline,
          mark: async (mark) => await pipeline.mark(mark),
          stop,
          deepen: () => Promise.reject(new Error("the plan says how deeply a command is recorded")),
        },
        options,
      );
    },
    closing: async () => await breaks?.stop(),
  };
}
