// `<>`, `++`, `--` and `=~` over recorded values.

import { binary, list, type Term } from "@elixirscope/etf";
import { argument } from "./arithmetic.ts";
import { areEqual } from "./compare-values.ts";
import { raised, UNKNOWN, verdict, type Evaluated } from "./evaluated.ts";
import { cutRest, cutValue } from "./value-shape.ts";

export function binaryConcat(left: Term, right: Term): Evaluated {
  if (left.kind === "binary" && right.kind === "binary") {
    return binary(Buffer.concat([left.bytes, right.bytes]));
  }
  return mayBe(left, "binary") && mayBe(right, "binary") ? UNKNOWN : argument("<>");
}

export function listConcat(left: Term, right: Term): Evaluated {
  if (left.kind !== "list") return mayBe(left, "list") ? UNKNOWN : argument("++");
  if (left.tail !== null) return cutRest(left.tail) === undefined ? argument("++") : UNKNOWN;
  if (cutValue(right) !== null && left.items.length > 0) return UNKNOWN;
  return list(left.items, right);
}

/** Compared pairwise up to this many comparisons; more is not worth waiting for. */
const MAX_COMPARED = 4_000_000;

/** Each element of `right` takes the first equal one out of `left`. */
export function listDifference(left: Term, right: Term, signedZero: boolean): Evaluated {
  if (!mayBe(left, "list") || !mayBe(right, "list")) return argument("--");
  if (left.kind !== "list" || right.kind !== "list") return UNKNOWN;
  for (const { tail } of [left, right]) {
    if (tail !== null) return cutRest(tail) === undefined ? argument("--") : UNKNOWN;
  }
  if (left.items.length * right.items.length > MAX_COMPARED) return UNKNOWN;
  const rest = [...left.items];
  for (const item of right.items) {
    const found = rest.map((other) => areEqual(other, item, { exact: true, signedZero }));
    const at = found.indexOf(true);
    if (found.slice(0, at < 0 ? undefined : at).includes(null)) return UNKNOWN;
    if (at >= 0) rest.splice(at, 1);
  }
  return list(rest);
}

/** `text =~ part`; regular expressions are not evaluated. */
export function contains(text: Term, part: Term): Evaluated {
  if (part.kind === "map")
    return raised("a condition matches no regular expressions: use a string");
  if (text.kind === "binary" && part.kind === "binary") {
    return verdict(bufferOf(text.bytes).includes(bufferOf(part.bytes)));
  }
  return mayBe(text, "binary") && mayBe(part, "binary") ? UNKNOWN : argument("=~");
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

function mayBe(term: Term, kind: "binary" | "list"): boolean {
  if (term.kind === kind) return true;
  const cut = cutValue(term);
  return cut !== null && (cut.type === kind || cut.type === null);
}
