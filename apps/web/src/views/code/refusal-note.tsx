// Why an expression cannot be printed, and where in it.

import type { PrintsReply } from "@elixirscope/wire";
import type { JSX } from "preact";

export type Refusal = Exclude<PrintsReply, { kind: "prints" }>;

export function RefusalNote(props: {
  readonly refusal: Refusal;
  readonly expression: string;
  readonly when: string;
}): JSX.Element {
  const { refusal } = props;
  if (refusal.kind === "unknown") {
    return (
      <p class="print-error" role="alert">
        {refusal.message}
        {refusal.nearest.length > 0 && `; near: ${refusal.nearest.join(", ")}`}
      </p>
    );
  }
  const { part, start, end, message } = refusal;
  const text = part === "when" ? props.when : props.expression;
  const width = Math.max(1, Math.min(end, text.length) - start);
  return (
    <div class="print-error" role="alert">
      {message} (column {start + 1})
      {part !== "at" && (
        <pre class="mono" aria-hidden="true">
          {text}
          {"\n"}
          {" ".repeat(start)}
          {"^".repeat(width)}
        </pre>
      )}
    </div>
  );
}
