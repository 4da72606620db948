// A selector that cannot be used, with the place in its text.

export type SelectorError = {
  readonly code: "bad_selector";
  readonly message: string;
  readonly text: string;
  /** UTF-16 offsets into `text` */
  readonly start: number;
  readonly end: number;
};

/** Thrown inside the parser and the compiler; their entries turn it into a Result. */
export class SelectorFault extends Error {
  readonly start: number;
  readonly end: number;

  constructor(message: string, at: { readonly start: number; readonly end: number }) {
    super(message);
    this.start = at.start;
    this.end = at.end;
  }
}

/** Runs `body`; a fault in it becomes an error value that names its place in `text`. */
export function selectorErrorOf(text: string, thrown: unknown): SelectorError {
  if (!(thrown instanceof SelectorFault)) throw thrown;
  const { message, start, end } = thrown;
  return { code: "bad_selector", message, text, start, end };
}

/** The message, the selector and a caret line under the place. */
export function formatSelectorError(error: SelectorError): string {
  const carets = "^".repeat(Math.max(1, Math.min(error.end, error.text.length) - error.start));
  return `${error.message}\n  ${error.text}\n  ${" ".repeat(error.start)}${carets}`;
}
