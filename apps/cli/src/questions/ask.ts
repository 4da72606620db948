// A question from the command line: opens the recording, answers, prints the answer as text or as JSON, and
// ends at Ctrl-C. What takes more than a moment shows its progress.

import type { Source } from "@elixirscope/query";
import { Progress } from "../format/progress.ts";
import { Interrupt } from "../interrupt.ts";
import { withRecording } from "../opened-recording.ts";

export type Asking = {
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
};

/** `text` is for people, may have several lines; JSON is the answer as it is. */
export async function ask<T>(
  recording: string,
  isJson: boolean,
  look: (source: Source, asking: Asking) => Promise<T>,
  text: (answer: T, stream: NodeJS.WriteStream) => string,
): Promise<void> {
  using interrupt = new Interrupt();
  await withRecording(recording, interrupt.signal, async (source) => {
    using progress = new Progress();
    const answer = await look(source, {
      signal: interrupt.signal,
      progress: progress.late("searching"),
    });
    progress.clear();
    console.log(isJson ? JSON.stringify(answer, null, 1) : text(answer, process.stdout));
  });
}
