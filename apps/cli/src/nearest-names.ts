// What the user may have meant, by edit distance (Levenshtein 1966, two rows).

const MOST = 3;

/** At most three of `names`, nearest first; none that differ in more than a third of `text`. */
export function nearestNames(text: string, names: readonly string[]): readonly string[] {
  return names
    .map((name) => ({ name, distance: distance(text, name) }))
    .filter((candidate) => candidate.distance <= Math.max(2, text.length / 3))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, MOST)
    .map(({ name }) => name);
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
