// Which stretches of two lists stand for each other: what is common at both ends and along a longest
// common subsequence stays, what lies between are runs to compare.

import { termKey, type Term } from "@elixirscope/etf";

/** Cells of the table for the longest common subsequence; larger lists are compared by position. */
const MAX_ALIGNMENT_CELLS = 250_000;

/** Items `from..to` of the old list stand where `newFrom..newTo` of the new one stand. */
export type Run = {
  readonly from: number;
  readonly to: number;
  readonly newFrom: number;
  readonly newTo: number;
};

/** The runs in which the lists differ; null when they are too long and too different to tell. */
export function align(before: readonly Term[], after: readonly Term[]): readonly Run[] | null {
  const old = before.map(termKey);
  const next = after.map(termKey);
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start++;
  let end = old.length;
  let newEnd = next.length;
  while (end > start && newEnd > start && old[end - 1] === next[newEnd - 1]) {
    end--;
    newEnd--;
  }
  const whole: Run = { from: start, to: end, newFrom: start, newTo: newEnd };
  if (start === end || start === newEnd) return [whole];
  const cells = (end - start) * (newEnd - start);
  if (cells > MAX_ALIGNMENT_CELLS) return end === newEnd ? [whole] : null;
  return runsBetween(whole, commonPairs(old.slice(start, end), next.slice(start, newEnd)));
}

/** Index pairs of a longest common subsequence, in order. */
function commonPairs(
  old: readonly string[],
  next: readonly string[],
): (readonly [number, number])[] {
  const width = next.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = next.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        old[i] === next[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < old.length && j < next.length;) {
    if (old[i] === next[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

function runsBetween(whole: Run, pairs: readonly (readonly [number, number])[]): readonly Run[] {
  const runs: Run[] = [];
  let from = whole.from;
  let newFrom = whole.newFrom;
  for (const [i, j] of pairs) {
    const to = whole.from + i;
    const newTo = whole.newFrom + j;
    if (from < to || newFrom < newTo) runs.push({ from, to, newFrom, newTo });
    from = to + 1;
    newFrom = newTo + 1;
  }
  if (from < whole.to || newFrom < whole.newTo) {
    runs.push({ from, to: whole.to, newFrom, newTo: whole.newTo });
  }
  return runs;
}
