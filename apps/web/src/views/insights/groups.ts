// The groups of findings in the order in which they are shown, and what each says when there is none.

import type { AnalysisName } from "@elixirscope/wire";

export type Group = {
  readonly analysis: AnalysisName;
  readonly title: string;
  /** where there is little room */
  readonly short: string;
  readonly hint: string;
  /** said when it was looked for and not found */
  readonly none: string;
};

export const GROUPS: readonly Group[] = [
  {
    analysis: "crashFindings",
    title: "Crashes",
    short: "Crashes",
    hint: "Processes that ended for another reason than being done",
    none: "No process crashed.",
  },
  {
    analysis: "raceFindings",
    title: "Races",
    short: "Races",
    hint: "Accesses that nothing but timing puts in order",
    none: "No race was found in what was recorded.",
  },
  {
    analysis: "deadlockFindings",
    title: "Deadlocks and timeouts",
    short: "Deadlocks",
    hint: "Synchronous calls that waited for each other, or were not answered",
    none: "No deadlock, and no call without an answer.",
  },
  {
    analysis: "queueFindings",
    title: "Mailboxes",
    short: "Mailboxes",
    hint: "Processes that others wait for: messages pile up",
    none: "No mailbox piled up.",
  },
  {
    analysis: "slowFindings",
    title: "Slow functions",
    short: "Slow functions",
    hint: "Where running time goes, and which arguments make a call slow",
    none: "No function stands out by its running time or by an argument that makes it slow.",
  },
  {
    analysis: "clauseFindings",
    title: "Clauses never chosen",
    short: "Clauses",
    hint: "Clauses that nothing took although their function ran",
    none: "Every clause that was looked at was chosen at least once.",
  },
  {
    analysis: "lossFindings",
    title: "What is missing",
    short: "What is missing",
    hint: "Loss, cuts and what the recording's plan left out",
    none: "Nothing is missing that the plan asked for.",
  },
];
