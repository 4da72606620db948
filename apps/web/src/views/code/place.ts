// The place that is asked about: a line of the source, or a function of which only calls were recorded.

import type { SourceView } from "@elixirscope/wire";

export type CodePlace = {
  /** as a watch names it */
  readonly at: string;
  readonly line: number | null;
  readonly title: string;
  /** nothing that happens there is recorded */
  readonly isRecorded: boolean;
};

/** `written` as the address has it: a number, or a function as `Shop.Cart.add/3`. */
export function placeOf(source: SourceView, written: string): CodePlace | null {
  if (written === "") return null;
  if (!/^\d+$/.test(written)) {
    return { at: written, line: null, title: shortName(written), isRecorded: true };
  }
  const line = Number(written);
  const known = source.lines.find((one) => one.line === line);
  const at =
    known?.kind === "calls" && known.function !== null ? known.function : `${source.name}:${line}`;
  return { at, line, title: `Line ${line}`, isRecorded: known !== undefined };
}

/** `Shop.Cart.add/3` is `add/3` where its module is known. */
function shortName(mfa: string): string {
  return mfa.replace(/^.*\.(?=[^.]+$)/, "");
}
