// What limits an answer, said beside it. The same everywhere, so that people know it when they see it.

import type { JSX } from "preact";
import { Icon } from "../frame/icons.tsx";

/** Nothing when nothing is known to be missing. */
export function Limits({ limits }: { readonly limits: readonly string[] }): JSX.Element | null {
  if (limits.length === 0) return null;
  return (
    <ul class="limits small" aria-label="What limits this answer">
      {limits.map((limit) => (
        <li key={limit}>
          <Icon name="warning" />
          <span>{limit}</span>
        </li>
      ))}
    </ul>
  );
}
