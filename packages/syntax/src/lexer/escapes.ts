// What escapes in quoted text stand for. `\xHH` is a byte and not a character, so the exact result is
// bytes; text for people has U+FFFD where the bytes are no UTF-8.

const NAMED = new Map<string, number>([
  ["0", 0],
  ["a", 7],
  ["b", 8],
  ["d", 127],
  ["e", 27],
  ["f", 12],
  ["n", 10],
  ["r", 13],
  ["s", 32],
  ["t", 9],
  ["v", 11],
]);
const BYTE = /^x([0-9A-Fa-f]{2})/;
const SHORT_BYTE = /^x([0-9A-Fa-f])/;
const BRACED = /^[xu]\{([0-9A-Fa-f]{1,6})\}/;
const CODE_POINT = /^u([0-9A-Fa-f]{4})/;

export type EscapeProblem = { readonly offset: number; readonly length: number };

/** What `?\c` and `\c` in text stand for. */
export function escapedCharacter(character: string): number {
  return NAMED.get(character) ?? character.codePointAt(0) ?? 0;
}

/** Text with its escapes resolved; bytes that make no UTF-8 come out as U+FFFD. */
export function unescapeText(raw: string): string {
  if (!raw.includes("\\")) return raw;
  if (!raw.includes("\\x")) return unescapeInto(raw, null).join("");
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(unescapeBytes(raw));
}

/** The bytes that text with escapes stands for. */
export function unescapeBytes(raw: string): Uint8Array {
  if (!raw.includes("\\")) return Buffer.from(raw);
  const chunks = unescapeInto(raw, null).map((chunk) =>
    typeof chunk === "string" ? Buffer.from(chunk) : Uint8Array.of(chunk),
  );
  return Buffer.concat(chunks);
}

/** Escapes that stand for nothing, such as `\u{110000}`. */
export function escapeProblems(raw: string): readonly EscapeProblem[] {
  const problems: EscapeProblem[] = [];
  if (raw.includes("\\x") || raw.includes("\\u")) unescapeInto(raw, problems);
  return problems;
}

/** Pieces of text, and bytes as numbers. */
function unescapeInto(raw: string, problems: EscapeProblem[] | null): (string | number)[] {
  const chunks: (string | number)[] = [];
  let from = 0;
  for (let at = raw.indexOf("\\"); at >= 0; at = raw.indexOf("\\", from)) {
    if (at > from) chunks.push(raw.slice(from, at));
    from = at + escapeAt(raw, at, chunks, problems);
  }
  if (from < raw.length) chunks.push(raw.slice(from));
  return chunks;
}

/** Appends what the escape at `at` stands for; answers its length. */
function escapeAt(
  raw: string,
  at: number,
  chunks: (string | number)[],
  problems: EscapeProblem[] | null,
): number {
  const next = raw[at + 1];
  if (next === undefined) {
    chunks.push("\\");
    return 1;
  }
  if (next === "\n") return 2;
  if (next === "\r" && raw[at + 2] === "\n") return 3;
  if (next === "x" || next === "u") return numericEscape(raw, at, chunks, problems);
  const character = String.fromCodePoint(raw.codePointAt(at + 1) ?? 0);
  const named = NAMED.get(character);
  chunks.push(named === undefined ? character : String.fromCharCode(named));
  return 1 + character.length;
}

function numericEscape(
  raw: string,
  at: number,
  chunks: (string | number)[],
  problems: EscapeProblem[] | null,
): number {
  const rest = raw.slice(at + 1, at + 10);
  const byte = BYTE.exec(rest);
  if (byte !== null) {
    chunks.push(Number.parseInt(byte[1] ?? "0", 16));
    return 1 + byte[0].length;
  }
  const match = BRACED.exec(rest) ?? CODE_POINT.exec(rest) ?? SHORT_BYTE.exec(rest);
  const code = Number.parseInt(match?.[1] ?? "", 16);
  if (match === null || !isScalar(code)) {
    problems?.push({ offset: at, length: 1 + (match?.[0].length ?? 1) });
    chunks.push("\uFFFD");
    return 1 + (match?.[0].length ?? 1);
  }
  chunks.push(String.fromCodePoint(code));
  return 1 + match[0].length;
}

function isScalar(code: number): boolean {
  return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
}
