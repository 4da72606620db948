// Operators that take two values.

import type { Term } from "@elixirscope/etf";
import { arithmetic } from "./arithmetic.ts";
import { areEqual, order } from "./compare-values.ts";
import { verdict, type Evaluated } from "./evaluated.ts";
import { binaryConcat, contains, listConcat, listDifference } from "./sequences.ts";

export type Operator = (left: Term, right: Term) => Evaluated;

const ORDER: Readonly<Record<string, (sign: number) => boolean>> = {
  "<": (sign) => sign < 0,
  ">": (sign) => sign > 0,
  "<=": (sign) => sign <= 0,
  ">=": (sign) => sign >= 0,
};

/** Null: no such operator. */
export function operatorOf(name: string, signedZero: boolean): Operator | null {
  const isOrdered = ORDER[name];
  if (isOrdered !== undefined) {
    return (a, b) => {
      const sign = order(a, b);
      return verdict(sign === null ? null : isOrdered(sign));
    };
  }
  switch (name) {
    case "==":
    case "!=":
    case "===":
    case "!==": {
      const comparing = { exact: name.length === 3, signedZero: signedZero };
      const wanted = name.startsWith("=");
      return (a, b) => {
        const equal = areEqual(a, b, comparing);
        return verdict(equal === null ? null : equal === wanted);
      };
    }
    case "+":
    case "-":
    case "*":
    case "/":
      return (a, b) => arithmetic(name, a, b);
    case "<>":
      return binaryConcat;
    case "++":
      return listConcat;
    case "--":
      return (a, b) => listDifference(a, b, signedZero);
    case "=~":
      return contains;
    default:
      return null;
  }
}
