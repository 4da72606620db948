// Fuzzy matching: the letters of what was typed in their order, better the closer together and the nearer
// to the beginnings of words.

export type FuzzyMatch = {
  readonly score: number;
  readonly at: readonly number[];
  /** letters that neither begin a word nor follow the one before: with many it is hardly meant */
  readonly loose: number;
};

const WORD_START = 8;
const FOLLOWS = 10;
const LONGEST = 200;

/** Null: not all letters are there. Blanks only separate; an empty query matches all alike. */
export function fuzzyMatch(query: string, text: string): FuzzyMatch | null {
  const wanted = query.toLowerCase().replaceAll(" ", "").split("");
  const letters = text.slice(0, LONGEST).toLowerCase();
  let best: FuzzyMatch | null = null;
  // from each place where the first letter stands: the nearest others may follow a later one
  for (let from = 0; from <= letters.length; from += 1) {
    const found = matchFrom(wanted, letters, from);
    if (found === null) break;
    if (best === null || found.score > best.score) best = found;
    from = found.at[0] ?? letters.length;
  }
  return best;
}

function matchFrom(wanted: readonly string[], letters: string, from: number): FuzzyMatch | null {
  const at: number[] = [];
  let score = 0;
  let loose = 0;
  let next = from;
  for (const letter of wanted) {
    const follows = letters[next] === letter && at.length > 0;
    const start = follows ? next : wordStart(letter, letters, next);
    const found = start === -1 ? letters.indexOf(letter, next) : start;
    if (found === -1) return null;
    const isStart = isWordStart(letters, found);
    score += 1 + (isStart ? WORD_START : 0) + (follows ? FOLLOWS : 0);
    if (!isStart && !follows) loose += 1;
    at.push(found);
    next = found + 1;
  }
  const first = at[0] ?? 0;
  const spread = (at.at(-1) ?? 0) - first;
  return { score: score - spread * 0.2 - first * 0.05 - letters.length * 0.01, at, loose };
}

/** The next beginning of a word with this letter, if it is near. */
function wordStart(letter: string, letters: string, from: number): number {
  for (let i = from; i < letters.length; i += 1) {
    if (letters[i] === letter && isWordStart(letters, i)) return i;
  }
  return -1;
}

function isWordStart(letters: string, i: number): boolean {
  return i === 0 || /[^a-z0-9]/.test(letters[i - 1] ?? "");
}
