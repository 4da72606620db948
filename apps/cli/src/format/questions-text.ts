// Named questions as text: the list of them, and an answer as a table with its SQL and its limits.

import type { Question, QuestionView } from "@elixirscope/query";
import { formatCount } from "./units.ts";
import { styled } from "./style.ts";
import { formatTable } from "./table.ts";
import { visible } from "./visible.ts";

export function questionListText(
  questions: readonly Question[],
  stream: NodeJS.WriteStream,
): string {
  return questions
    .map(({ name, about, needs, parameters }) => {
      const needed = needs.includes("sites") ? "instrumented code" : "analysed code";
      return [
        styled(stream, "bold", name),
        `  ${about}`,
        styled(stream, "dim", `  needs ${needed}`),
        ...parameters.map(
          (one) => `  --param ${one.name}=${one.default}  ${styled(stream, "dim", one.about)}`,
        ),
      ].join("\n");
    })
    .join("\n");
}

export function questionText(
  view: QuestionView,
  shown: "with_sql" | "without_sql",
  stream: NodeJS.WriteStream,
): string {
  const { about, rows, more, limits, sql } = view;
  const count = rows.length === 1 ? "1 row" : `${formatCount(rows.length)} rows`;
  return [
    ...(shown === "with_sql" ? [styled(stream, "cyan", sql), ""] : []),
    ...(rows.length === 0 ? [] : [formatTable(view), ""]),
    styled(stream, "dim", `${about}: ${count}${more ? "; there are more (--limit)" : ""}`),
    ...limits.map((limit) => styled(stream, "dim", visible(limit))),
  ].join("\n");
}
