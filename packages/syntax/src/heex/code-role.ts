// What a `<% … %>` is to the tags around it: whether a block begins, goes on or ends with it.

export type CodeRole =
  /** `if x do`, `form_for @c, fn f ->` */
  | "start"
  /** `else`, `{:ok, x} ->` */
  | "middle"
  /** `end`, `end) |> f()` */
  | "end"
  | "whole";

const COMMENT = /(^|\s)#[^\n"]*$/;

export function codeRole(code: string): CodeRole {
  const text = code.replace(COMMENT, "").trim();
  if (/^end\b(?!\s*:)/.test(text)) return "end";
  if (/^(?:else|after|rescue|catch)$/.test(text)) return "middle";
  if (/(?:^|[^\w.:@])do$/.test(text)) return "start";
  if (!text.endsWith("->")) return "whole";
  const fn = text.search(/\bfn\b(?![\s\S]*\bfn\b)/);
  return fn >= 0 && !/\bend\b/.test(text.slice(fn)) ? "start" : "middle";
}
