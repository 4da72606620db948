// SQL over the recording, written or chosen; its answer as a table, a chart or marks on the timeline.

import type { QuestionFacts } from "@elixirscope/wire";
import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { errorPosition } from "./error-position.ts";
import { Library } from "./library.tsx";
import "./query.css";
import { type Answer, type QueryRun, ROW_LIMITS, runOf } from "./query-run.ts";
import { QuestionForm } from "./question-form.tsx";
import { Result, ResultActions } from "./result.tsx";
import { SqlEditor } from "./sql-editor.tsx";

export function QueryView(): JSX.Element {
  const { cinema } = useApp();
  const run = runOf(cinema);
  const sql = cinema.param("query.sql");
  const question = useSignal<QuestionFacts | null>(null);
  const subject = (): string => cinema.info.value?.manifest.id ?? "";
  const schema = useLoader("schema", () => ({ subject: subject(), params: {} }), "still");
  const questions = useLoader("questions", () => ({ subject: subject(), params: {} }), "still");
  const answer = run.answer.value;
  const mistakeAt = useComputed(() => {
    const now = run.answer.value;
    return now.kind === "failed" ? errorPosition(now.sql, now.message) : null;
  });
  useEffect(() => {
    // a link shows what it shows: the rows, too
    if (run.answer.peek().kind === "none" && sql.peek() !== "") void run.run(sql.peek());
  }, []);
  const take = (text: string): void => {
    question.value = null;
    sql.value = text;
    void run.run(text);
  };
  return (
    <div class="query-view" data-query-view>
      <Library
        questions={questions.value ?? []}
        schema={schema.value}
        history={run.history}
        chosen={question.value?.name ?? null}
        onSql={take}
        onQuestion={(chosen) => (question.value = chosen)}
      />
      <div class="query-main">
        {question.value !== null && (
          <QuestionForm
            key={question.value.name}
            question={question.value}
            run={run}
            onSql={(text) => (sql.value = text)}
          />
        )}
        <SqlEditor
          sql={sql}
          schema={schema.value}
          mistakeAt={mistakeAt}
          onRun={() => void run.run(sql.peek())}
        />
        <Bar run={run} answer={answer} onRun={() => void run.run(sql.peek())} />
        <Result answer={answer} />
      </div>
    </div>
  );
}

function Bar(props: {
  readonly run: QueryRun;
  readonly answer: Answer;
  readonly onRun: () => void;
}): JSX.Element {
  const { run, answer, onRun } = props;
  const running = answer.kind === "running";
  return (
    <div class="query-bar">
      {running ? (
        <button type="button" class="button danger" onClick={() => run.cancel()}>
          Cancel
        </button>
      ) : (
        <button type="button" class="button primary" title="Ctrl+Enter" onClick={onRun}>
          Run
        </button>
      )}
      <select
        aria-label="Rows at most"
        title="Rows at most"
        value={String(run.limit.value)}
        onChange={(event) => (run.limit.value = Number(event.currentTarget.value))}
      >
        {ROW_LIMITS.map((limit) => (
          <option key={limit} value={String(limit)}>
            {limit.toLocaleString("en")} rows
          </option>
        ))}
      </select>
      <Note answer={answer} />
      {answer.kind === "rows" && <ResultActions result={answer.result} sql={answer.sql} />}
    </div>
  );
}

function Note({ answer }: { readonly answer: Answer }): JSX.Element | null {
  if (answer.kind === "rows") {
    const { rows, truncated } = answer.result;
    return (
      <span class="muted small nowrap" role="status">
        {rows.length.toLocaleString("en")} row{rows.length === 1 ? "" : "s"}
        {truncated ? ", there are more" : ""} · {Math.round(answer.ms)} ms
      </span>
    );
  }
  return answer.kind === "none" ? (
    <span class="muted small">Ctrl+Enter runs it</span>
  ) : (
    <span class="muted small" role="status">
      {answer.kind}
    </span>
  );
}
