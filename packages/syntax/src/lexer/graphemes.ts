// Where the grapheme cluster at an offset ends. Elixir counts columns in graphemes inside quotes, so this
// runs on every character of text that is not Latin: the segmenter is asked only where one could join.

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Longer clusters than this are cut; nothing legible is longer. */
const LONGEST = 128;
/** Letters of the scripts of India, which since Unicode 15.1 join the letter before a virama. */
const INDIC_LETTER = /[\u0904-\u0dff](?<=\p{Lo})/u;

/**
 * The end (in UTF-16 units) of the grapheme cluster that begins at `at`; `at` is inside the text.
 * `conjuncts`: as the Unicode tables of Erlang/OTP 28 and later have it.
 */
export function graphemeEnd(text: string, at: number, conjuncts: boolean): number {
  const code = text.charCodeAt(at);
  const next = text.charCodeAt(at + 1);
  if (Number.isNaN(next) || (standsAlone(code) && standsAlone(next))) return at + 1;
  const [first] = segmenter.segment(text.slice(at, at + LONGEST));
  const cluster = first?.segment ?? " ";
  if (conjuncts || code < 0x904 || code > 0xdff) return at + cluster.length;
  const joined = cluster.slice(1).search(INDIC_LETTER);
  return at + (joined < 0 ? cluster.length : joined + 1);
}

/** In a range of characters that neither join the one before nor are joined by one of such a range. */
function standsAlone(code: number): boolean {
  if (code < 0x300) return code !== 0x0d && code !== 0xa9 && code !== 0xad && code !== 0xae;
  if (code < 0x483) return code >= 0x370;
  return (
    (code >= 0x2010 && code <= 0x2027) ||
    (code >= 0x2500 && code <= 0x257f) ||
    (code >= 0x3041 && code <= 0x3096) ||
    (code >= 0x30a1 && code <= 0x30fa) ||
    (code >= 0x4e00 && code <= 0x9fff)
  );
}
