// What the marks of a query on the timeline are, and the way to be rid of them.

import type { JSX } from "preact";
import { useApp } from "../frame/app-context.ts";
import { Icon } from "../frame/icons.tsx";

export function MarksLegend(): JSX.Element | null {
  const { cinema } = useApp();
  const marks = cinema.marks.value;
  if (marks === null) return null;
  return (
    <span class="marks-legend" role="status" title={marks.label}>
      <i class="swatch result" aria-hidden="true" />
      <span class="clip">
        {marks.count.toLocaleString("en")} marks: {marks.label}
      </span>
      <button
        type="button"
        class="icon-button small-button"
        aria-label="Clear the marks of the query"
        title="Clear the marks of the query"
        onClick={() => (cinema.marks.value = null)}
      >
        <Icon name="close" />
      </button>
    </span>
  );
}
