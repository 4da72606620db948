// The attributes of a tag, from behind its name to its `>`.

import type { Attribute, AttributeValue, MarkupProblem } from "./markup-token.ts";

export type ReadAttributes = {
  readonly attributes: readonly Attribute[];
  readonly selfClosing: boolean;
  /** behind the `>` */
  readonly end: number;
};

const SPACE = /\s*/y;
const NAME = /[^\s=/>{}"'<]+/y;

export function readAttributes(
  text: string,
  start: number,
  end: number,
  problems: MarkupProblem[],
): ReadAttributes {
  const attributes: Attribute[] = [];
  let at = start;
  while (at < end) {
    at = match(SPACE, text, at) ?? at;
    if (at >= end) break;
    if (text[at] === ">") return { attributes, selfClosing: false, end: at + 1 };
    if (text.startsWith("/>", at)) return { attributes, selfClosing: true, end: at + 2 };
    if (text[at] === "<" && text[at + 1] !== "%") break;
    const read = attribute(text, at, end);
    if (read.attribute !== null) attributes.push(read.attribute);
    else {
      const message = `\`${text[at] ?? ""}\` is no attribute`;
      problems.push({ start: at, end: at + 1, code: "invalid_attribute", message });
    }
    at = read.end;
  }
  problems.push({
    start: start - 1,
    end: start,
    code: "unclosed_tag",
    message: "a tag without `>`",
  });
  return { attributes, selfClosing: false, end: Math.min(at, end) };
}

type ReadAttribute = { readonly attribute: Attribute | null; readonly end: number };

function attribute(text: string, at: number, end: number): ReadAttribute {
  if (text[at] === "{") {
    const value = braced(text, at, end);
    const nameRange = { start: at, end: at };
    return value === null
      ? { attribute: null, end: at + 1 }
      : { attribute: { name: "", nameRange, value: value.value }, end: value.end };
  }
  const code = text.startsWith("<%", at) ? text.indexOf("%>", at) : -1;
  if (code >= 0 && code < end) {
    const range = { start: at + (text[at + 2] === "=" ? 3 : 2), end: code };
    const nameRange = { start: at, end: at };
    return {
      attribute: { name: "", nameRange, value: { kind: "expression", range } },
      end: code + 2,
    };
  }
  const nameEnd = match(NAME, text, at);
  if (nameEnd === null || nameEnd > end) return { attribute: null, end: at + 1 };
  const name = text.slice(at, nameEnd);
  const nameRange = { start: at, end: nameEnd };
  const equals = match(SPACE, text, nameEnd) ?? nameEnd;
  if (text[equals] !== "=" || equals >= end) {
    return { attribute: { name, nameRange, value: { kind: "none" } }, end: nameEnd };
  }
  const read = attributeValue(text, match(SPACE, text, equals + 1) ?? equals + 1, end);
  return { attribute: { name, nameRange, value: read.value }, end: read.end };
}

type ReadValue = { readonly value: AttributeValue; readonly end: number };

function attributeValue(text: string, at: number, end: number): ReadValue {
  const quote = text[at];
  if (quote === '"' || quote === "'") {
    const close = text.indexOf(quote, at + 1);
    const stop = close < 0 || close > end ? end : close;
    return {
      value: { kind: "text", range: { start: at + 1, end: stop } },
      end: Math.min(stop + 1, end),
    };
  }
  const expression = quote === "{" ? braced(text, at, end) : null;
  if (expression !== null) return expression;
  const bare = match(NAME, text, at);
  if (bare === null || bare > end) return { value: { kind: "none" }, end: at };
  return { value: { kind: "text", range: { start: at, end: bare } }, end: bare };
}

function braced(text: string, at: number, end: number): ReadValue | null {
  const close = closingBrace(text, at + 1, end);
  if (close === null) return null;
  return { value: { kind: "expression", range: { start: at + 1, end: close } }, end: close + 1 };
}

function match(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/** The `}` that balances, with `\{` and `\}` skipped; null when there is none before `end`. */
export function closingBrace(text: string, from: number, end: number): number | null {
  let depth = 0;
  for (let at = from; at < end; at += 1) {
    const char = text[at];
    if (char === "\\") at += 1;
    else if (char === "{") depth += 1;
    else if (char === "}") {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return null;
}
