// SQL over the recording. Times, pids and event ids in the answer are links into the timeline.

import type { QueryResult } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { messageOf } from "@elixirscope/base";
import { useApp } from "../frame/app-context.ts";
import { MomentLink, ProcessLink } from "./moment-link.tsx";

const LIMIT = 500;

const EXAMPLES: readonly (readonly [string, string])[] = [
  [
    "Slowest functions",
    "select module, function, count(*) as n,\n       quantile_cont(duration_ns, 0.99) as p99_ns\nfrom calls group by all order by p99_ns desc nulls last limit 20",
  ],
  [
    "Longest in a mailbox",
    "select t_received, to_pid, from_pid, kind, dwell_ns, term(body) as body\nfrom messages order by dwell_ns desc nulls last limit 20",
  ],
  [
    "What raised",
    "select t_exit, pid, module, function, term(result) as reason\nfrom calls where outcome = 'raised' order by t_exit limit 50",
  ],
  ["Gaps", "select * from gaps order by t_from"],
];

type Answer =
  | { readonly kind: "none" }
  | { readonly kind: "running" }
  | { readonly kind: "rows"; readonly result: QueryResult; readonly ms: number }
  | { readonly kind: "failed"; readonly message: string };

export function QueryPanel(): JSX.Element {
  const { cinema } = useApp();
  const sql = useSignal(EXAMPLES[0]?.[1] ?? "");
  const answer = useSignal<Answer>({ kind: "none" });
  const run = async (): Promise<void> => {
    if (answer.value.kind === "running" || sql.value.trim() === "") return;
    answer.value = { kind: "running" };
    const begun = performance.now();
    try {
      const result = await cinema.connection.request("query", { sql: sql.value, limit: LIMIT });
      answer.value = { kind: "rows", result, ms: performance.now() - begun };
    } catch (error) {
      answer.value = { kind: "failed", message: messageOf(error) };
    }
  };
  return (
    <div class="panel query" data-query-panel>
      <div class="examples" role="group" aria-label="Example queries">
        {EXAMPLES.map(([name, text]) => (
          <button key={name} type="button" class="chip" onClick={() => (sql.value = text)}>
            {name}
          </button>
        ))}
      </div>
      <textarea
        class="mono"
        aria-label="SQL query"
        spellcheck={false}
        rows={5}
        value={sql.value}
        onInput={(event) => (sql.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            void run();
          }
        }}
      />
      <div class="query-bar">
        <button
          type="button"
          class="button primary"
          disabled={answer.value.kind === "running"}
          title="Ctrl+Enter"
          onClick={() => void run()}
        >
          {answer.value.kind === "running" ? "Running…" : "Run"}
        </button>
        <AnswerNote answer={answer.value} />
      </div>
      {answer.value.kind === "failed" && (
        <p class="query-error mono" role="alert">
          {answer.value.message}
        </p>
      )}
      {answer.value.kind === "rows" && <Rows result={answer.value.result} />}
    </div>
  );
}

function AnswerNote({ answer }: { readonly answer: Answer }): JSX.Element | null {
  if (answer.kind !== "rows") return <span class="muted small">Ctrl+Enter runs it</span>;
  const { rows, truncated } = answer.result;
  return (
    <span class="muted small" role="status">
      {rows.length.toLocaleString("en")} row{rows.length === 1 ? "" : "s"}
      {truncated ? " shown, there are more" : ""} · {Math.round(answer.ms)} ms
    </span>
  );
}

function Rows({ result }: { readonly result: QueryResult }): JSX.Element {
  const names = result.columns.map(({ name }) => name);
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Result of the query">
      <table>
        <thead>
          <tr>
            {result.columns.map(({ name, type }) => (
              <th key={name} title={type} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {result.rows.map((row, i) => (
            <tr key={i}>
              {row.map((value, j) => (
                <td key={j} class={typeof value === "number" ? "number" : ""}>
                  <Cell name={names[j] ?? ""} value={value} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const TIMES: ReadonlySet<string> = new Set([
  "t",
  "t_enter",
  "t_exit",
  "t_sent",
  "t_received",
  "t_from",
  "t_to",
  "t_spawned",
  "t_exited",
]);

function Cell({ name, value }: { readonly name: string; readonly value: unknown }): JSX.Element {
  if (value === null || value === undefined) return <span class="muted">null</span>;
  if (typeof value === "number" && TIMES.has(name)) return <MomentLink t={value} />;
  if (typeof value === "string" && /^<\d+\.\d+\.\d+>$/.test(value))
    return <ProcessLink pid={value} />;
  return <span class="mono">{typeof value === "string" ? value : JSON.stringify(value)}</span>;
}
