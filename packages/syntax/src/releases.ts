// What differs between Elixir's releases in the tokens and the metadata they make. 1.14, 1.18 and 1.20
// are checked against those releases; what lies between is dated by Elixir's own history of changes.

import type { ElixirVersion } from "./parsed.ts";

export const NEWEST: ElixirVersion = "1.20";

/** The minor number: 14 for 1.14. */
export function releaseOf(version: ElixirVersion): number {
  return Number(version.slice(2));
}

export type Features = {
  /** `not x` and `!x` alone in a body or in parentheses are wrapped in a block */
  readonly wrapsNegation: "everywhere" | "in parentheses";
  /** `parens`, `assoc`, `format: :atom`; clauses in parentheses are a list literal */
  readonly parens: boolean;
  /** `from_brackets` and `from_interpolation` */
  readonly origins: boolean;
  /** the last expression of a body has `end_of_expression` too */
  readonly endOfLast: boolean;
  /** quoted keywords and calls have their `delimiter` */
  readonly delimiters: boolean;
  /** `not in` keeps the places of both words, `not x in y` that of `not` */
  readonly bothOfNotIn: boolean;
  /** what is in a `do` section has the place of the `do`, an empty text 1:1, `Name.{}` its `closing` */
  readonly morePlaces: boolean;
  /** newlines behind `=` are counted */
  readonly newlinesAfterMatch: boolean;
  /** `%{f 1}`: a call without parentheses is an entry of a map as it stands */
  readonly callsAsEntries: boolean;
  /** `& 1` is `&1` */
  readonly spacedCapture: boolean;
  /** `..[1]` accesses the range */
  readonly accessibleRange: boolean;
};

export function featuresOf(release: number): Features {
  return {
    wrapsNegation: release < 18 ? "everywhere" : "in parentheses",
    parens: release >= 18,
    origins: release >= 17,
    endOfLast: release >= 17,
    delimiters: release >= 18,
    bothOfNotIn: release >= 20,
    morePlaces: release >= 20,
    newlinesAfterMatch: release >= 15,
    callsAsEntries: release < 15,
    spacedCapture: release < 15,
    accessibleRange: release < 15,
  };
}
