// What can be run without writing it: examples, prepared questions with their parameters, what was run before,
// and the tables that there are.

import type { QuestionFacts, Schema } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { EXAMPLES } from "./examples.ts";
import type { QueryHistory } from "./query-history.ts";

const SHELVES = ["Queries", "Tables", "History"] as const;

export function Library(props: {
  readonly questions: readonly QuestionFacts[];
  readonly schema: Schema | null;
  readonly history: QueryHistory;
  readonly chosen: string | null;
  readonly onSql: (sql: string) => void;
  readonly onQuestion: (question: QuestionFacts) => void;
}): JSX.Element {
  const { questions, schema, history, chosen, onSql, onQuestion } = props;
  const shelf = useSignal<(typeof SHELVES)[number]>("Queries");
  return (
    <nav class="query-library" aria-label="Prepared queries">
      <div class="segmented" role="group" aria-label="What is listed">
        {SHELVES.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={shelf.value === name}
            onClick={() => (shelf.value = name)}
          >
            {name}
          </button>
        ))}
      </div>
      <div class="library-list">
        {shelf.value === "Queries" && (
          <>
            <h3>Examples</h3>
            {EXAMPLES.map(([name, sql]) => (
              <button
                key={name}
                type="button"
                class="library-item"
                title={sql}
                onClick={() => onSql(sql)}
              >
                {name}
              </button>
            ))}
            <h3>Code and run time</h3>
            {questions.map((question) => (
              <button
                key={question.name}
                type="button"
                class="library-item"
                title={question.about}
                aria-pressed={chosen === question.name}
                onClick={() => onQuestion(question)}
              >
                {question.name.replaceAll("-", " ")}
              </button>
            ))}
          </>
        )}
        {shelf.value === "Tables" && <Tables schema={schema} onSql={onSql} />}
        {shelf.value === "History" && <History history={history} onSql={onSql} />}
      </div>
    </nav>
  );
}

function Tables(props: {
  readonly schema: Schema | null;
  readonly onSql: (sql: string) => void;
}): JSX.Element {
  const { schema, onSql } = props;
  const open = useSignal<string | null>(null);
  if (schema === null) return <p class="muted small">Reading the tables…</p>;
  // the public names first; `raw`, `base` and `code` are what they are made of
  const tables = schema.tables.toSorted(
    (a, b) => Number(a.name.includes(".")) - Number(b.name.includes(".")),
  );
  return (
    <>
      {tables.map(({ name, columns, rows }) => (
        <div key={name}>
          <button
            type="button"
            class="library-item table-item"
            aria-expanded={open.value === name}
            onClick={() => (open.value = open.value === name ? null : name)}
          >
            <span class="mono clip">{name}</span>
            {rows !== null && <span class="muted small">{rows.toLocaleString("en")}</span>}
          </button>
          {open.value === name && (
            <div class="table-columns">
              {columns.map((column) => (
                <p key={column.name} class="mono small" title={`${column.name} ${column.type}`}>
                  <span>{column.name}</span> <span class="muted">{column.type.toLowerCase()}</span>
                </p>
              ))}
              <button
                type="button"
                class="inline-link small"
                onClick={() => onSql(`select * from ${name} limit 100`)}
              >
                select from it
              </button>
            </div>
          )}
        </div>
      ))}
    </>
  );
}

function History(props: {
  readonly history: QueryHistory;
  readonly onSql: (sql: string) => void;
}): JSX.Element {
  const { history, onSql } = props;
  const queries = history.queries.value;
  if (queries.length === 0) return <p class="muted small">What you run is listed here.</p>;
  return (
    <>
      {queries.map((sql) => (
        <button
          key={sql}
          type="button"
          class="library-item mono small"
          title={sql.slice(0, 2_000)}
          onClick={() => onSql(sql)}
        >
          {sql.replaceAll(/\s+/g, " ").slice(0, 120)}
        </button>
      ))}
      <button type="button" class="inline-link small" onClick={() => history.clear()}>
        Forget them
      </button>
    </>
  );
}
