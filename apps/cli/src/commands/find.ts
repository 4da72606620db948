// `elixirscope find`: breakpoints and watchpoints over a recording.

import {
  find as findHits,
  formatConditionError,
  parseWatch,
  type FindAnswer,
  type FindOptions as SearchOptions,
  type FindResult,
  type Source,
} from "@elixirscope/query";
import { UsageError } from "../exit-codes.ts";
import { hitSummary, hitText } from "../format/hit-text.ts";
import { Progress } from "../format/progress.ts";
import { Interrupt } from "../interrupt.ts";
import { withRecording } from "../opened-recording.ts";

export type FindOptions = {
  readonly when?: string;
  readonly limit: number;
  readonly from?: number;
  readonly to?: number;
  readonly first?: true;
  readonly last?: true;
  readonly json?: true;
};

/** What takes less is not worth a bar. */
const SHOW_AFTER_MS = 1_000;

export async function find(name: string, options: FindOptions): Promise<void> {
  using interrupt = new Interrupt();
  await withRecording(name, interrupt.signal, async (source) => {
    using progress = new Progress();
    const startedAt = performance.now();
    const answer = await answerOf(source, options, {
      limit: options.first === true || options.last === true ? 1 : options.limit,
      last: options.last === true,
      signal: interrupt.signal,
      ...(options.from === undefined ? {} : { from: options.from }),
      ...(options.to === undefined ? {} : { to: options.to }),
      progress: (done, total) => {
        if (performance.now() - startedAt > SHOW_AFTER_MS) {
          progress.show("searching", Math.round((100 * done) / total), 100);
        }
      },
    });
    progress.clear();
    if (!answer.ok) {
      const { message, nearest } = answer.missing;
      throw new UsageError(
        nearest.length === 0 ? message : `${message}; nearest: ${nearest.join(", ")}`,
      );
    }
    print(answer.result, options);
  });
}

async function answerOf(
  source: Source,
  options: FindOptions,
  search: SearchOptions,
): Promise<FindAnswer> {
  if (options.when === undefined) {
    throw new UsageError("say what to find: --when 'Shop.Cart.add/3: qty < 0'");
  }
  const watch = parseWatch(options.when, source.manifest.target.otpRelease);
  if (!watch.ok) throw new UsageError(formatConditionError(watch.error));
  return await findHits(source, watch.value, search);
}

function print(result: FindResult, { json }: FindOptions): void {
  if (json === true) {
    console.log(JSON.stringify(result, null, 1));
    return;
  }
  for (const hit of result.hits) console.log(hitText(hit, process.stdout));
  for (const line of hitSummary(result)) console.error(line);
}
