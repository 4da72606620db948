// Elixir's arithmetic: integers of any size, floats that raise instead of becoming infinite.

import { float, integer, type Term } from "@elixirscope/etf";
import { raised, UNKNOWN, type Evaluated } from "./evaluated.ts";
import { cutValue } from "./value-shape.ts";

type Num = Extract<Term, { kind: "integer" | "float" }>;

const BAD = raised("ArithmeticError: bad argument in arithmetic expression");
/** Beyond this many bits the BEAM itself gives up. */
const MAX_BITS = 1_000_000;

export function arithmetic(operator: string, left: Term, right: Term): Evaluated {
  if (maybeHuge(left) || maybeHuge(right)) return UNKNOWN;
  if (!isNumber(left) || !isNumber(right)) return BAD;
  switch (operator) {
    case "+":
      return both(
        left,
        right,
        (a, b) => a + b,
        (a, b) => a + b,
      );
    case "-":
      return both(
        left,
        right,
        (a, b) => a - b,
        (a, b) => a - b,
      );
    case "*":
      return both(left, right, multiply, (a, b) => a * b);
    case "/":
      return floatOf(toFloat(left), toFloat(right), (a, b) => (b === 0 ? NaN : a / b));
    case "div":
      return integers(left, right, (a, b) => a / b);
    case "rem":
      return integers(left, right, (a, b) => a % b);
    default:
      return BAD;
  }
}

export function negate(term: Term): Evaluated {
  if (maybeHuge(term)) return UNKNOWN;
  if (term.kind === "float") return float(-term.value);
  return term.kind === "integer" ? integer(-BigInt(term.value)) : BAD;
}

export function plus(term: Term): Evaluated {
  if (maybeHuge(term)) return UNKNOWN;
  return isNumber(term) ? term : BAD;
}

export function absolute(term: Term): Evaluated {
  if (maybeHuge(term)) return UNKNOWN;
  if (term.kind === "float") return float(Math.abs(term.value));
  if (term.kind !== "integer") return argument("abs");
  return term.value < 0 ? integer(-BigInt(term.value)) : term;
}

/** `round` takes halves away from zero; `trunc` cuts. */
export function whole(name: "round" | "trunc", term: Term): Evaluated {
  if (maybeHuge(term)) return UNKNOWN;
  if (term.kind === "integer") return term;
  if (term.kind !== "float") return argument(name);
  const { value } = term;
  if (name === "trunc") return integer(BigInt(Math.trunc(value)));
  const cut = Math.trunc(value);
  const away = Math.abs(value - cut) >= 0.5 ? cut + Math.sign(value) : cut;
  return integer(BigInt(away));
}

export function argument(name: string): Evaluated {
  return raised(`ArgumentError: bad argument of ${name}`);
}

function isNumber(term: Term): term is Num {
  return term.kind === "integer" || term.kind === "float";
}

/** An integer of millions of digits is cut as bits are. */
function maybeHuge(term: Term): boolean {
  return cutValue(term)?.type === null;
}

function both(
  left: Num,
  right: Num,
  ofIntegers: (a: bigint, b: bigint) => bigint | null,
  ofFloats: (a: number, b: number) => number,
): Evaluated {
  if (left.kind === "integer" && right.kind === "integer") {
    const value = ofIntegers(BigInt(left.value), BigInt(right.value));
    return value === null ? raised("SystemLimitError: the integer is too big") : integer(value);
  }
  return floatOf(toFloat(left), toFloat(right), ofFloats);
}

function multiply(a: bigint, b: bigint): bigint | null {
  return bits(a) + bits(b) > MAX_BITS ? null : a * b;
}

/** Of a number as it is written in base 16: near enough for a limit. */
function bits(value: bigint): number {
  return Number.isSafeInteger(Number(value)) ? 53 : value.toString(16).length * 4;
}

function floatOf(
  left: number | null,
  right: number | null,
  f: (a: number, b: number) => number,
): Evaluated {
  if (left === null || right === null) return BAD;
  const value = f(left, right);
  return Number.isFinite(value) ? float(value) : BAD;
}

function toFloat(term: Num): number | null {
  const value = Number(term.value);
  return Number.isFinite(value) ? value : null;
}

function integers(left: Num, right: Num, f: (a: bigint, b: bigint) => bigint): Evaluated {
  if (left.kind !== "integer" || right.kind !== "integer" || Number(right.value) === 0) return BAD;
  return integer(f(BigInt(left.value), BigInt(right.value)));
}
