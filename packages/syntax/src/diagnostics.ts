// The stable codes of diagnostics and their words.

import type { Diagnostic, Severity } from "./parsed.ts";

export const MESSAGES = {
  unexpected_character: "unexpected character",
  invalid_character: "a character that turns or breaks lines is not allowed here; write it escaped",
  invalid_number: "invalid number",
  invalid_name: "invalid name",
  invalid_sigil: "invalid sigil: ~ takes one lower-case letter, or upper-case letters and digits",
  invalid_escape: "invalid escape",
  invalid_heredoc: "only white space may follow the opening quotes of a heredoc on their line",
  name_too_long: "an atom has at most 255 characters",
  keyword_needs_space: "a keyword must be followed by a space",
  reserved_name: "reserved name",
  version_control_marker: "a version control marker: resolve the conflict",
  interpolated_name: "the name of a function to call cannot be interpolated",
  missing_terminator: "missing terminator",
  unexpected_token: "unexpected token",
  expected_expression: "expected an expression",
  ambiguous_call:
    "parentheses are required around the arguments of a nested call with several arguments",
  keyword_not_last: "a keyword list must come last",
  unexpected_keyword: "keywords are not allowed here",
  unexpected_do: "unexpected do",
  invalid_clause: "the first clause must have ->",
  fn_without_clause: "fn needs ->",
  invalid_range_step: "// must follow a range: first..last//step",
  invalid_access: "one value or a keyword list is allowed between the brackets of an access",
  atom_alias: "an atom cannot be followed by an alias",
  too_deep: "nested too deep to be read",
  invalid_utf8: "invalid UTF-8",
} as const;

export type DiagnosticCode = keyof typeof MESSAGES;

/** More than this many say nothing new; the last one tells that there are more. */
export const MAX_DIAGNOSTICS = 1000;

export class Diagnostics {
  readonly list: Diagnostic[] = [];

  add(
    code: DiagnosticCode,
    start: number,
    end: number,
    line: number,
    column: number,
    detail = "",
    severity: Severity = "error",
  ): void {
    if (this.list.length >= MAX_DIAGNOSTICS) return;
    const message = detail === "" ? MESSAGES[code] : `${MESSAGES[code]}: ${detail}`;
    this.list.push({ severity, code, message, start, end, line, column });
  }
}
