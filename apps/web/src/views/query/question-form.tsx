// A prepared question with its parameters: asked over the selected range, or the whole recording.

import { formatDuration } from "@elixirscope/timeline";
import type { QuestionFacts } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import type { QueryRun } from "./query-run.ts";

export function QuestionForm(props: {
  readonly question: QuestionFacts;
  readonly run: QueryRun;
  readonly onSql: (sql: string) => void;
}): JSX.Element {
  const { question, run, onSql } = props;
  const { cinema } = useApp();
  const values = useSignal<ReadonlyMap<string, number>>(new Map());
  const selection = cinema.selection.value;
  const ask = async (): Promise<void> => {
    const parameters = question.parameters.map(({ name, default: usual }) => ({
      name,
      value: values.peek().get(name) ?? usual,
    }));
    const range =
      selection === null ? {} : { from: Math.floor(selection.t0), to: Math.ceil(selection.t1) };
    const sql = await run.ask({ name: question.name, parameters, ...range });
    if (sql !== null) onSql(sql);
  };
  return (
    <form
      class="question-form"
      aria-label={`Question ${question.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <span class="question-about clip" title={question.about}>
        {question.about}
      </span>
      {question.parameters.map(({ name, about, default: usual }) => (
        <label key={name} class="small muted nowrap" title={about}>
          {name}{" "}
          <input
            type="number"
            value={values.value.get(name) ?? usual}
            onInput={(event) => {
              const value = Number(event.currentTarget.value);
              if (Number.isSafeInteger(value))
                values.value = new Map(values.peek()).set(name, value);
            }}
          />
        </label>
      ))}
      <span class="small muted nowrap">
        {selection === null
          ? "whole recording"
          : `selected ${formatDuration(selection.t1 - selection.t0)}`}
      </span>
      <button type="submit" class="button primary" disabled={run.answer.value.kind === "running"}>
        Ask
      </button>
    </form>
  );
}
