// How processes ended, in words; each reason is read once.

import { payloadsOf } from "../payloads.ts";
import { printTerm, styleOf } from "../print.ts";
import type { Source } from "../sql.ts";
import type { Life, Lives } from "./lives.ts";

/** Of more that ended it is not told which of them crashed. */
const MAX_REASONS = 20_000;

export type Ends = {
  readonly reasonOf: (life: Life) => string | null;
  readonly isCut: boolean;
};

export async function endsOf(source: Source, lives: Lives, dead: readonly Life[]): Promise<Ends> {
  const refs = dead.flatMap(({ exitReason }) => (exitReason === null ? [] : [exitReason]));
  const unread = refs.filter((ref) => !lives.reasons.has(ref)).toSorted((a, b) => a - b);
  const style = styleOf(source.manifest);
  const payloads = await payloadsOf(source, unread.slice(0, MAX_REASONS));
  for (const [ref, bytes] of payloads) lives.reasons.set(ref, printTerm(bytes, "line", style));
  return {
    reasonOf: ({ exitReason }) =>
      exitReason === null ? null : (lives.reasons.get(exitReason) ?? null),
    isCut: unread.length > MAX_REASONS,
  };
}

/** By something else than its own will or its supervisor's. */
export function isCrash(reason: string | null): boolean {
  return reason !== null && !/^(:normal$|:shutdown$|\{:shutdown, )/.test(reason);
}
