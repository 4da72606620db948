// Which bytes are text, and how text is escaped between quotes.

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [7, "\\a"],
  [8, "\\b"],
  [9, "\\t"],
  [10, "\\n"],
  [11, "\\v"],
  [12, "\\f"],
  [13, "\\r"],
  [27, "\\e"],
  [127, "\\d"],
  [92, "\\\\"],
  [0xfeff, "\\uFEFF"],
]);

export function escapeText(text: string, quote: string): string {
  let out = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code === 123 && out.endsWith("#") && !out.endsWith("\\#")) out = `${out.slice(0, -1)}\\#{`;
    else out += escapeCode(code, quote);
  }
  return out;
}

/** Text of a binary when all of it (up to `limit` characters) is printable; else null. */
export function printableText(
  bytes: Uint8Array,
  limit: number,
  quote: string,
): { readonly escaped: string; readonly isCut: boolean } | null {
  let escaped = "";
  let pos = 0;
  for (let count = 0; count < limit && pos < bytes.length; count++) {
    const code = codeAt(bytes, pos);
    if (!isPrintable(code)) return null;
    pos += utf8Length(code);
    if (code === 35 && bytes[pos] === 123) {
      // counted with its brace as one character, as Elixir does
      escaped += "\\#{";
      pos++;
    } else {
      escaped += escapeCode(code, quote);
    }
  }
  return { escaped, isCut: pos < bytes.length };
}

/** Characters that Elixir takes for text in a charlist. */
export function isCharlistCode(code: number): boolean {
  return (code >= 32 && code <= 126) || (code >= 7 && code <= 13) || code === 27;
}

/** `bytes` without a character cut off at its end. */
export function withoutPartialCharacter(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes;
    if (byte < 0xc0) continue;
    let wanted = 2;
    if (byte >= 0xf0) wanted = 4;
    else if (byte >= 0xe0) wanted = 3;
    return back < wanted ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

export function isPrintable(code: number): boolean {
  if (code < 0xa0) return (code >= 32 && code <= 127) || (code >= 7 && code <= 13) || code === 27;
  if (code <= 0xffff) return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd);
  return code <= 0x10ffff;
}

function escapeCode(code: number, quote: string): string {
  const escape = ESCAPES.get(code);
  if (escape !== undefined) return escape;
  if (!isPrintable(code)) return escapeHex(code);
  const character = String.fromCodePoint(code);
  return character === quote ? `\\${quote}` : character;
}

export function escapeHex(code: number): string {
  if (code === 0) return "\\0";
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return `\\x{${hex.padStart(code <= 0xffff ? 4 : 6, "0")}}`;
}

function utf8Length(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** The code point at `pos`, or one that is never printable where the bytes are not UTF-8. */
export function codeAt(bytes: Uint8Array, pos: number): number {
  const invalid = 0xffff;
  const first = bytes[pos] ?? 0;
  if (first < 0x80) return first;
  if (first < 0xc2 || first > 0xf4) return invalid;
  let length = 2;
  if (first >= 0xf0) length = 4;
  else if (first >= 0xe0) length = 3;
  let code = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[pos + i];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return invalid;
    code = (code << 6) | (byte & 0x3f);
  }
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  // a longer form than needed is no UTF-8 either
  return isSurrogate || code > 0x10ffff || utf8Length(code) !== length ? invalid : code;
}
