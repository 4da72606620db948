// `$name`, `$*rest` and `...` are not Elixir: before parsing, each is written as a variable of the same
// length, so that every position in the parsed pattern is a position in what the user wrote.
//
// The letter þ marks them. It is a letter that identifiers may begin with, is one UTF-16 unit long, and
// is refused in a pattern's own code.

export const MARK = "þ";
export const REST: string = MARK.repeat(3);

export type Placeholder =
  | { readonly kind: "bind"; readonly name: string }
  | { readonly kind: "rest"; readonly name: string | null };

/** The text with placeholders as variables; strings, character literals and comments stay as they are. */
export function markPlaceholders(text: string): string {
  const out: string[] = [];
  for (let at = 0; at < text.length;) {
    const skipped = opaqueEnd(text, at);
    if (skipped > at) {
      out.push(text.slice(at, skipped));
      at = skipped;
      continue;
    }
    const found = placeholderAt(text, at);
    out.push(found ?? text.charAt(at));
    at += found?.length ?? 1;
  }
  return out.join("");
}

/** Where þ stands in the pattern's own code, -1 if nowhere. */
export function reservedLetterAt(text: string): number {
  for (let at = 0; at < text.length; at += 1) {
    const skipped = opaqueEnd(text, at);
    if (skipped > at) at = skipped - 1;
    else if (text.charAt(at) === MARK) return at;
  }
  return -1;
}

/** What the identifier `name` of a marked text stands for; null for an ordinary name. */
export function placeholderOf(name: string): Placeholder | null {
  if (!name.startsWith(MARK)) return null;
  if (name === REST) return { kind: "rest", name: null };
  if (name.startsWith(MARK + MARK)) return { kind: "rest", name: name.slice(2) };
  return { kind: "bind", name: name.slice(1) };
}

function placeholderAt(text: string, at: number): string | null {
  if (text.startsWith("...", at)) return REST;
  if (text.charAt(at) !== "$") return null;
  if (/^\$\*[a-z_]/i.test(text.slice(at, at + 3))) return MARK + MARK;
  return /^\$[a-z_]/i.test(text.slice(at, at + 2)) ? MARK : null;
}

/** The end of the string, charlist, character literal or comment that begins here; `at` for none. */
function opaqueEnd(text: string, at: number): number {
  const letter = text.charAt(at);
  if (letter === "#") return endOr(text.indexOf("\n", at), text.length);
  if (letter === "?" && !/\w/.test(text.charAt(at - 1))) {
    return at + (text.charAt(at + 1) === "\\" ? 3 : 2);
  }
  if (letter !== '"' && letter !== "'") return at;
  const heredoc = letter.repeat(3);
  if (text.startsWith(heredoc, at)) {
    return endOr(text.indexOf(heredoc, at + 3), text.length - 3) + 3;
  }
  for (let end = at + 1; end < text.length; end += 1) {
    if (text.charAt(end) === "\\") end += 1;
    else if (text.charAt(end) === letter) return end + 1;
  }
  return text.length;
}

function endOr(found: number, otherwise: number): number {
  return found < 0 ? otherwise : found;
}
