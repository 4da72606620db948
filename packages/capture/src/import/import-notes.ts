// What a recording that was a trace cannot tell, in words that go beside every answer about it.

import { ORDER_STEP_NS } from "./trace-records.ts";
import type { TraceSurvey } from "./trace-survey.ts";

/** Tags named at the most. */
const MOST_TAGS = 8;

export function importNotes(
  survey: TraceSurvey,
  ignored: ReadonlyMap<string, number>,
  isWrapped: boolean,
): readonly string[] {
  const { counts, clock, returning, fault } = survey;
  const notes: string[] = [];
  if (clock === "none") {
    const step = ORDER_STEP_NS / 1_000;
    notes.push(`the trace has no times: they show its order only, one message each ${step} µs`);
  }
  if (clock === "monotonic") {
    notes.push("the trace has no wall clock: when it began is told by the time of its file");
  }
  if (counts.has("receive")) {
    notes.push(
      "the trace does not say who sent what was received: equal messages were paired in order, and a sender that is missing may only not be traced",
    );
  }
  if (counts.has("call") && returning.size === 0) {
    notes.push("functions were traced without their returns: calls have no ends and no results");
  }
  if (ignored.size > 0) notes.push(`not imported: ${tagCounts(ignored)}`);
  if (isWrapped) notes.push("the trace had overwritten its oldest part");
  if (fault !== null) {
    notes.push(
      `the trace is damaged at byte ${fault.offset} of ${fault.file} (${fault.message}): what follows is missing`,
    );
  }
  return notes;
}

function tagCounts(ignored: ReadonlyMap<string, number>): string {
  const tags = [...ignored].toSorted((a, b) => b[1] - a[1]);
  const named = tags.slice(0, MOST_TAGS).map(([tag, count]) => `${count} × ${tag}`);
  return tags.length > MOST_TAGS ? `${named.join(", ")}, …` : named.join(", ");
}
