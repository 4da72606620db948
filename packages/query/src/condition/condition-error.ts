// A condition that cannot be used, with the place in its text.

export type ConditionError = {
  readonly code: "bad_condition";
  readonly message: string;
  readonly text: string;
  /** 1-based */
  readonly line: number;
  readonly column: number;
  /** UTF-16 offsets into `text` */
  readonly start: number;
  readonly end: number;
};

/** Thrown inside the compiler; its entry turns it into a Result. */
export class ConditionFault extends Error {
  readonly start: number;
  readonly end: number;

  constructor(message: string, at: { readonly start: number; readonly end: number }) {
    super(message);
    this.start = at.start;
    this.end = at.end;
  }
}

export function conditionError(
  text: string,
  message: string,
  { start, end }: { readonly start: number; readonly end: number },
): ConditionError {
  const before = text.slice(0, start).split("\n");
  const column = (before.at(-1) ?? "").length + 1;
  return { code: "bad_condition", message, text, line: before.length, column, start, end };
}

/** The message with its place, the line of the condition, and carets under it. */
export function formatConditionError({
  message,
  text,
  line,
  column,
  start,
  end,
}: ConditionError): string {
  const written = text.split("\n")[line - 1] ?? "";
  const width = Math.max(1, Math.min(end - start, written.length - column + 1));
  return `${line}:${column}: ${message}\n  ${written}\n  ${" ".repeat(column - 1)}${"^".repeat(width)}`;
}
