// What changed between two states. Sign, word and colour say the same, so none of them is needed alone.

import type { DiffEntry } from "@elixirscope/wire";
import type { JSX } from "preact";

const SIGNS = { added: "+", removed: "−", changed: "~" } as const;

export function DiffList({
  diff,
  name = "Changes to the previous state",
}: {
  readonly diff: readonly DiffEntry[];
  readonly name?: string;
}): JSX.Element {
  return (
    <ul class="diff mono" aria-label={name}>
      {diff.map((entry) => (
        <li class={entry.kind} key={`${entry.path} ${entry.kind}`}>
          <span class="sign" aria-label={entry.kind}>
            {SIGNS[entry.kind]}
          </span>
          <span class="path">{entry.path === "" ? "state" : entry.path}</span>
          <span class="values">
            {entry.before !== null && <del>{entry.before}</del>}
            {entry.before !== null && entry.after !== null && (
              <span class="muted" aria-label="became">
                {" → "}
              </span>
            )}
            {entry.after !== null && <ins>{entry.after}</ins>}
          </span>
        </li>
      ))}
    </ul>
  );
}
