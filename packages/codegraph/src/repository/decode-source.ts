// Bytes of a file as text: always some text, with diagnostics where the bytes are not what they should be.

import { isUtf8 } from "node:buffer";
import type { Diagnostic } from "@elixirscope/syntax";

export type DecodedSource = {
  readonly text: string;
  /** a byte order mark of three bytes was in front */
  readonly hasMark: boolean;
  readonly diagnostics: readonly Diagnostic[];
};

/** A byte order mark is left out; invalid bytes are read as U+FFFD. */
export function decodeSource(bytes: Uint8Array): DecodedSource {
  const text = new TextDecoder().decode(bytes);
  const diagnostics: Diagnostic[] = [];
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  if (hasMark) {
    const message = "the file begins with a byte order mark: Elixir does not compile it";
    diagnostics.push(diagnosticAt(text, 0, "warning", "byte_order_mark", message));
  }
  if (!isUtf8(bytes)) {
    const at = firstInvalid(bytes);
    const before = new TextDecoder().decode(bytes.subarray(0, at)).length;
    const hex = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, "0");
    const message = isUtf16(bytes)
      ? "the file is UTF-16, which Elixir does not read: save it as UTF-8"
      : `invalid UTF-8: byte 0x${hex} at offset ${at}; invalid bytes are read as U+FFFD`;
    diagnostics.push(diagnosticAt(text, before, "error", "invalid_utf8", message));
  }
  const mixed = firstOtherLineEnd(text);
  if (mixed !== null) {
    const message = `lines end in both \\n and \\r\\n: this one in ${mixed.end}, most in the other`;
    diagnostics.push(diagnosticAt(text, mixed.at, "warning", "mixed_line_endings", message));
  }
  return { text, hasMark, diagnostics };
}

export function diagnosticAt(
  text: string,
  offset: number,
  severity: Diagnostic["severity"],
  code: string,
  message: string,
): Diagnostic {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    line += 1;
    start = at + 1;
  }
  const end = Math.min(text.length, offset + 1);
  return { severity, code, message, line, column: offset - start + 1, start: offset, end };
}

function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function firstInvalid(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    const size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (size > 1 && !isUtf8(bytes.subarray(at, at + size))) return at;
    at += size;
  }
  return bytes.length;
}

/** The first line end of the rarer kind. */
function firstOtherLineEnd(text: string): { readonly at: number; readonly end: string } | null {
  if (!text.includes("\r\n")) return null;
  let unix = 0;
  let windows = 0;
  let firstUnix = -1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    if (text[at - 1] === "\r") {
      windows += 1;
    } else {
      if (unix === 0) firstUnix = at;
      unix += 1;
    }
  }
  if (unix === 0) return null;
  return unix < windows
    ? { at: firstUnix, end: "\\n" }
    : { at: text.indexOf("\r\n"), end: "\\r\\n" };
}
