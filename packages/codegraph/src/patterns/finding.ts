// A finding: something that a pattern recognised, with the reason and the place. Plain data.

import type { NodeId } from "@elixirscope/syntax";
import type { FunctionKey, SourceRange } from "../module/module-data.ts";

export type FindingSeverity = "info" | "warning" | "error";

export type FindingCategory =
  /** what the code is: an OTP behaviour, a controller, an idiom */
  | "behaviour"
  | "framework"
  | "messaging"
  | "design"
  /** what is wrong with it */
  | "anti_pattern"
  | "security"
  /** from a user's own pattern */
  | "user";

export type Finding = {
  /** stable and kebab-case: `atoms-from-input` */
  readonly rule: string;
  readonly category: FindingCategory;
  readonly severity: FindingSeverity;
  readonly title: string;
  /** why it matters here and what to do, with the names of this place */
  readonly explanation: string;
  readonly file: string;
  readonly module: string | null;
  readonly function: FunctionKey | null;
  readonly range: SourceRange;
  readonly nodeId: NodeId | null;
  /** 0 to 1: how sure the rule is */
  readonly confidence: number;
};

/** Is it something wrong, or what a user looks for, rather than what the code is? */
export function isProblem({ category }: Finding): boolean {
  return category === "anti_pattern" || category === "security" || category === "user";
}
