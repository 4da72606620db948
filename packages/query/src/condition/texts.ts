// Text of values: what `"#{value}"`, `to_string` and `inspect` come to.

import { assertNever } from "@elixirscope/base";
import { binary, inspect, type Term } from "@elixirscope/etf";
import { isCall, remoteCall, type LocalCall, type Node } from "@elixirscope/syntax";
import { hasCut } from "../cut.ts";
import type { TermStyle } from "../print.ts";
import type { Compiler } from "./compile.ts";
import { ConditionFault } from "./condition-error.ts";
import { raised, strict, UNKNOWN, type Evaluated } from "./evaluated.ts";
import type { Evaluator, Scope } from "./scope.ts";
import { cutValue } from "./value-shape.ts";

/** `"item #{name}: #{qty * price}"` */
export function interpolation(
  compiler: Compiler,
  node: LocalCall,
  scope: Scope,
  depth: number,
): Evaluator {
  const parts = node.args.map((part): Evaluator => {
    if (part.kind === "string") {
      const text = binary(part.value);
      return () => text;
    }
    const value = compiler.expression(interpolated(part, node), scope, depth + 1);
    return (env) => strict([value(env)], ([term]) => textOf(term));
  });
  return (env) =>
    strict(
      parts.map((part) => part(env)),
      (texts) =>
        binary(
          Buffer.concat(
            texts.map((text) => (text.kind === "binary" ? text.bytes : new Uint8Array())),
          ),
        ),
    );
}

/** What stands inside of `#{…}`, which the parser gives as `Kernel.to_string(…) :: binary`. */
function interpolated(part: Node, whole: Node): Node {
  const [call] = isCall(part, "::", 2) ? part.args : [];
  const value = call === undefined || call.kind !== "call" ? null : remoteCall(call);
  const [inner] = value?.args ?? [];
  const isText = call?.meta?.fromInterpolation === true && value?.name === "to_string";
  if (inner === undefined || !isText) {
    throw new ConditionFault("a condition has no bit syntax", whole);
  }
  return inner;
}

/** As the `String.Chars` of values that are no structs. */
export function textOf(term: Term | undefined): Evaluated {
  if (term === undefined) return UNKNOWN;
  const cut = cutValue(term);
  if (cut !== null) {
    const mayBeText = cut.type === null || cut.type === "binary" || cut.type === "list";
    return mayBeText ? UNKNOWN : noText();
  }
  switch (term.kind) {
    case "binary":
      return term;
    case "atom":
      return binary(term.name === "nil" ? "" : term.name);
    case "integer":
      return binary(inspect(term));
    case "float":
      return binary(floatText(term));
    case "list":
      return chardata(term);
    case "bitstring":
    case "export":
    case "fun":
    case "map":
    case "pid":
    case "port":
    case "reference":
    case "tuple":
      return noText();
    default:
      return assertNever(term);
  }
}

/** `to_string` turns to the short form where `inspect` still writes whole numbers out: from 2^53 on. */
function floatText(term: Extract<Term, { kind: "float" }>): string {
  const size = Math.abs(term.value);
  const isShort = size >= 2 ** 53 && size < 1e16;
  return isShort ? term.value.toExponential().replace("+", "") : inspect(term);
}

function noText(): Evaluated {
  return raised("Protocol.UndefinedError: String.Chars is not implemented for this value");
}

/** As `List.to_string`: characters and text, nested; without recursion. */
function chardata(list: Term): Evaluated {
  const parts: Uint8Array[] = [];
  const pending: Term[] = [list];
  for (let term = pending.pop(); term !== undefined; term = pending.pop()) {
    if (cutValue(term) !== null) return UNKNOWN;
    if (term.kind === "list") {
      // text may be the tail of an improper list, a character may not
      if (term.tail !== null) {
        if (term.tail.kind === "integer") return notChardata();
        pending.push(term.tail);
      }
      for (const item of term.items.toReversed()) pending.push(item);
    } else if (term.kind === "binary") {
      parts.push(term.bytes);
    } else {
      const character = term.kind === "integer" ? characterOf(term.value) : null;
      if (character === null) return notChardata();
      parts.push(Buffer.from(character));
    }
  }
  const bytes = Buffer.concat(parts);
  return isUtf8(bytes) ? binary(bytes) : raised("UnicodeConversionError: invalid encoding");
}

function notChardata(): Evaluated {
  return raised("ArgumentError: cannot convert the list to a string");
}

function characterOf(code: number | bigint): string | null {
  if (typeof code === "bigint" || code < 0 || code > 0x10_ff_ff) return null;
  return code >= 0xd8_00 && code <= 0xdf_ff ? null : String.fromCodePoint(code);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** `inspect(value)`; what was cut cannot be shown as it was. */
export function inspected(term: Term | undefined, style: TermStyle): Evaluated {
  if (term === undefined || hasCut(term)) return UNKNOWN;
  return binary(inspect(term, style));
}
