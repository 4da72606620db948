// The answer of a query: a table, a chart, or marks on the timeline; to be taken along as SQL, CSV or a link.

import { assertNever } from "@elixirscope/base";
import { resultMarks } from "@elixirscope/timeline";
import type { QueryResult } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { PanelNote } from "../../panels/panel-note.tsx";
import { errorText } from "./error-position.ts";
import type { Answer } from "./query-run.ts";
import { ResultChart } from "./result-chart.tsx";
import { csvOf, marksOf, rowText } from "./result-data.ts";
import { ResultTable } from "./result-table.tsx";

export function Result({ answer }: { readonly answer: Answer }): JSX.Element {
  switch (answer.kind) {
    case "none":
      return (
        <PanelNote title="Nothing was asked yet">
          Write SQL or choose a query on the left; Ctrl+Enter runs it.
        </PanelNote>
      );
    case "running":
      return <PanelNote title="Running…">The page stays usable; Cancel ends it.</PanelNote>;
    case "cancelled":
      return (
        <PanelNote title="Cancelled">The query was stopped before it had an answer.</PanelNote>
      );
    case "failed":
      return (
        <p class="query-error mono" role="alert">
          {errorText(answer.message)}
        </p>
      );
    case "rows":
      return <Rows result={answer.result} limits={answer.limits} sql={answer.sql} />;
    default:
      return assertNever(answer);
  }
}

function Rows(props: {
  readonly result: QueryResult;
  readonly limits: readonly string[];
  readonly sql: string;
}): JSX.Element {
  const { result, limits } = props;
  const { cinema } = useApp();
  const show = cinema.param("query.show").value === "chart" ? "chart" : "table";
  return (
    <div class="query-result">
      <Limits limits={limits} />
      {result.rows.length === 0 ? (
        <PanelNote title="No row">Nothing in this recording fits the query.</PanelNote>
      ) : show === "chart" ? (
        <ResultChart result={result} />
      ) : (
        <ResultTable key={props.sql} result={result} />
      )}
    </div>
  );
}

/** What can be made of the rows that there are. */
export function ResultActions({
  result,
  sql,
}: {
  readonly result: QueryResult;
  readonly sql: string;
}): JSX.Element {
  const { cinema } = useApp();
  const show = cinema.param("query.show");
  const marks = useMemo(() => marksOf(result), [result]);
  const copy = (what: string, text: () => string): void =>
    void cinema.attempt(async () => {
      await navigator.clipboard.writeText(text());
      cinema.notify(`${what} copied.`);
    });
  return (
    <>
      <div class="segmented" role="group" aria-label="Show the result as">
        {(["table", "chart"] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={(show.value === "chart" ? "chart" : "table") === one}
            onClick={() => (show.value = one === "chart" ? one : "")}
          >
            {one === "table" ? "Table" : "Chart"}
          </button>
        ))}
      </div>
      <button
        type="button"
        class="button"
        disabled={marks === null || marks.length === 0}
        title={
          marks === null
            ? "A column of times, such as t or t_enter, is needed to draw the rows on the timeline"
            : "Draws each row on the timeline, in the lane of its process; a click there goes to it"
        }
        onClick={() => {
          if (marks === null) return;
          cinema.marks.value = resultMarks(labelOf(sql), marks, (row) => rowText(result, row));
          cinema.notify(`${marks.length.toLocaleString("en")} rows are marked on the timeline.`);
        }}
      >
        Mark on timeline
      </button>
      <span class="grow" />
      <span class="copy-group" role="group" aria-label="Copy">
        <span class="small muted">Copy</span>
        <button type="button" class="inline-link small" onClick={() => copy("SQL", () => sql)}>
          SQL
        </button>
        <button
          type="button"
          class="inline-link small"
          onClick={() => copy(`${result.rows.length} rows as CSV`, () => csvOf(result))}
        >
          CSV
        </button>
        <button
          type="button"
          class="inline-link small"
          onClick={() =>
            copy("Link to this query", () => {
              const { origin, pathname } = globalThis.location;
              return `${origin}${pathname}${cinema.link}`;
            })
          }
        >
          Link
        </button>
      </span>
    </>
  );
}

function labelOf(sql: string): string {
  return sql.replaceAll(/\s+/g, " ").trim().slice(0, 120);
}
