// What the shapes of the diagram mean.

import type { JSX } from "preact";

const SIGNS = [
  ["call", "call"],
  ["reply", "reply, to where the caller waits"],
  ["cast", "cast"],
  ["signal", "exit or DOWN signal"],
  ["plain", "other message"],
  ["ordered", "matched by order after a gap: likely"],
  ["one-end", "only one end was recorded"],
  ["found", "dot: its send was not recorded"],
  ["lost", "ring: never received in this recording"],
  ["wait", "bar at the receiver: it lies in the mailbox"],
  ["active", "a request at work, until its reply"],
  ["depth", "depth of the mailbox"],
  ["state", "the state changed"],
  ["crash", "crash (square: exit, dot: spawn)"],
] as const;

export function DiagramKey(): JSX.Element {
  return (
    <details class="seq-key">
      <summary class="small muted">Key</summary>
      <ul class="small" aria-label="What the shapes mean">
        {SIGNS.map(([sign, words]) => (
          <li key={sign}>
            <span class={`seq-sign ${sign}`} aria-hidden="true" />
            {words}
          </li>
        ))}
      </ul>
    </details>
  );
}
