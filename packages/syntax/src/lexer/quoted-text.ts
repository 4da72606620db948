// The text of a quoted piece as Elixir keeps it with `unescape: false`: without the backslashes before
// its terminator, and without the indentation of a heredoc.

import { ESCAPED_TERMINATOR, HEREDOC_START, type QuotedText } from "./tokens.ts";

export function pieceText(
  text: string,
  record: Pick<QuotedText, "delimiter" | "indentation">,
  start: number,
  end: number,
  flags: number,
): string {
  let content = text.slice(start, end);
  if ((flags & ESCAPED_TERMINATOR) !== 0) {
    content = withoutEscapedTerminators(content, closing(record.delimiter));
  }
  if (record.indentation > 0) content = withoutIndentation(content, record.indentation);
  if ((flags & HEREDOC_START) !== 0) content = content.slice(content.startsWith("\r") ? 2 : 1);
  return content;
}

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "<": ">" };

function closing(delimiter: string): string {
  return CLOSING[delimiter] ?? delimiter;
}

/** A backslash counts with the character behind it, so `\\"` is a backslash that ends the text. */
function withoutEscapedTerminators(content: string, terminator: string): string {
  let kept = "";
  let from = 0;
  for (let at = content.indexOf("\\"); at >= 0; at = content.indexOf("\\", at)) {
    if (content.startsWith(terminator, at + 1)) {
      kept += content.slice(from, at);
      from = at + 1;
      at += 1 + terminator.length;
    } else {
      at += 2;
    }
  }
  return kept + content.slice(from);
}

/** Each line loses up to `width` blanks. */
function withoutIndentation(content: string, width: number): string {
  let trimmed = "";
  let from = 0;
  for (let at = content.indexOf("\n"); at >= 0; at = content.indexOf("\n", at + 1)) {
    trimmed += content.slice(from, at + 1);
    from = at + 1;
    const limit = from + width;
    while (from < limit && (content[from] === " " || content[from] === "\t")) from += 1;
  }
  return trimmed + content.slice(from);
}
