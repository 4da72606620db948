// The source of a regular expression between slashes. A backslash and what it escapes stay as they
// are; of the bare characters only slashes and what cannot be seen are written differently.

import { escapeHex, isPrintable } from "./inspect-text.ts";

const NAMED: ReadonlyMap<number, string> = new Map([
  [7, "\\a"],
  [9, "\\t"],
  [10, "\\n"],
  [11, "\\v"],
  [12, "\\f"],
  [13, "\\r"],
  [47, "\\/"],
]);

const decoder = new TextDecoder();

export function inspectRegex(source: Uint8Array, options: string): string {
  const text = decoder.decode(source);
  let out = "";
  for (let i = 0; i < text.length;) {
    const code = text.codePointAt(i) ?? 0;
    const width = code > 0xffff ? 2 : 1;
    if (code === 92 && text[i + 1] === "/") {
      out += "\\/";
      i += 2;
      continue;
    }
    out += NAMED.get(code) ?? plain(code);
    i += width;
  }
  return `~r/${out}/${options}`;
}

function plain(code: number): string {
  // in a regular expression \d, \b and \e mean something else
  const isHidden = code === 127 || code === 8 || code === 27 || !isPrintable(code);
  return isHidden ? escapeHex(code) : String.fromCodePoint(code);
}
