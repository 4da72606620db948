// A plan as the file that a person reads and edits: an Elixir literal, one function a line.

import type { InstrumentationPlan, PlannedFunction } from "@elixirscope/trace";

const HEAD = `# Instrumentation plan: which functions are recorded, how deeply, and why.
#
#   :off         left as it is
#   :minimal     exceptions, and the states of OTP callbacks
#   :boundaries  also arguments and results
#   :full        also each binding, branch and message sent; with detail: :lines each line too,
#                with detail: :expressions also the value of each call and operator
#
# Levels, captures, sample and budget may be changed by hand. sample is the part of the time, in short
# windows, in which calls are recorded; cost_ns is what that adds to one call, share is the function's
# part of the program's running time.
`;

export function printPlan(plan: InstrumentationPlan): string {
  const { estimate } = plan;
  const lines = [
    HEAD,
    "[",
    `  version: ${plan.version},`,
    `  strategy: :${plan.strategy},`,
    `  budget: ${plan.budget === null ? "nil" : float(plan.budget)},`,
    `  sample: ${float(plan.sample)},`,
    `  # ${basisText(plan)}`,
    `  estimate: [overhead: ${float(estimate.overhead)}, basis: :${estimate.basis}, measured_functions: ${estimate.measuredFunctions}],`,
    "  functions: [",
    ...plan.functions.map((planned, i) => functionLine(planned, i + 1 < plan.functions.length)),
    "  ]",
    "]",
    "",
  ];
  return lines.join("\n");
}

function basisText({ estimate }: InstrumentationPlan): string {
  return estimate.basis === "recording"
    ? `calls and times of ${estimate.measuredFunctions} functions are from a recording`
    : "estimated from the code alone, with assumed frequencies; --recording FILE.escope takes measured ones";
}

function functionLine(planned: PlannedFunction, more: boolean): string {
  const parts = [
    quoted(planned.function),
    `:${planned.level}`,
    `captures: [${planned.captures.map((name) => `:${name}`).join(", ")}]`,
    ...(planned.detail === "bindings" ? [] : [`detail: :${planned.detail}`]),
    `why: ${quoted(planned.why)}`,
    ...(planned.tailLoop ? ["tail_loop: true"] : []),
    `cost_ns: ${float(planned.costNs)}`,
    `share: ${float(planned.share)}`,
  ];
  return `    {${parts.join(", ")}}${more ? "," : ""}`;
}

/** Elixir wants digits on both sides of the point. */
function float(value: number): string {
  const text = Number(value.toPrecision(3)).toFixed(6).replace(/0+$/, "");
  return text.endsWith(".") ? `${text}0` : text;
}

/** Elixir refuses characters that break lines or turn text around inside a string: they are escaped. */
function quoted(text: string): string {
  const escaped = text.replaceAll(/["\\]/g, "\\$&").replaceAll("#{", "\\#{");
  const safe = escaped.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return `"${safe}"`;
}
