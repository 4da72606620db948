// Bytes of a file to text. Bytes that are no UTF-8 become U+FFFD, with a diagnostic where they stand.

import type { Diagnostic } from "./parsed.ts";
import { MAX_DIAGNOSTICS, MESSAGES } from "./diagnostics.ts";
import { Source } from "./source.ts";

export type DecodedSource = {
  readonly text: string;
  /** code `invalid_utf8`, one for each run of bytes that are no UTF-8 */
  readonly diagnostics: readonly Diagnostic[];
};

export function decodeSource(bytes: Uint8Array): DecodedSource {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  // U+FFFD may also be in the file as such: then the bytes say the same as the text
  if (!text.includes("\uFFFD") || Buffer.compare(Buffer.from(text), bytes) === 0) {
    return { text, diagnostics: [] };
  }
  return { text, diagnostics: invalidBytes(bytes, text) };
}

/** Walks text and bytes together: a replacement for bytes that are not its own UTF-8 is a fault. */
function invalidBytes(bytes: Uint8Array, text: string): Diagnostic[] {
  const source = new Source(text);
  const found: Diagnostic[] = [];
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf("\uFFFD"); at >= 0; at = text.indexOf("\uFFFD", at + 1)) {
    offset += Buffer.byteLength(text.slice(from, at));
    from = at + 1;
    if (isReplacement(bytes, offset)) {
      offset += 3;
      continue;
    }
    const length = invalidLength(bytes, offset);
    const last = found.at(-1);
    if (last?.end === at) found[found.length - 1] = { ...last, end: at + 1 };
    else if (found.length < MAX_DIAGNOSTICS) found.push(fault(source, at, bytes, offset));
    offset += length;
  }
  return found;
}

function isReplacement(bytes: Uint8Array, offset: number): boolean {
  return bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
}

/** Bytes that the decoder takes for one U+FFFD: the longest beginning of a sequence. */
function invalidLength(bytes: Uint8Array, offset: number): number {
  const first = bytes[offset] ?? 0;
  const second = bytes[offset + 1] ?? 0;
  const wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || !isSecond(first, second)) return 1;
  let length = 2;
  while (length < wanted - 1 && isContinuation(bytes[offset + length] ?? 0)) length += 1;
  return length;
}

/** May `second` follow `first`? Overlong forms, surrogates and what is beyond Unicode may not. */
function isSecond(first: number, second: number): boolean {
  if (!isContinuation(second)) return false;
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xed) return second < 0xa0;
  if (first === 0xf0) return second >= 0x90;
  return first !== 0xf4 || second < 0x90;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

function fault(source: Source, at: number, bytes: Uint8Array, offset: number): Diagnostic {
  const byte = (bytes[offset] ?? 0).toString(16).padStart(2, "0");
  return {
    ...source.positionAt(at),
    severity: "error",
    code: "invalid_utf8",
    message: `${MESSAGES.invalid_utf8}: byte 0x${byte} at offset ${offset}`,
    start: at,
    end: at + 1,
  };
}
