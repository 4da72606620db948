// What limits an answer, said beside it. The same everywhere, so that people know it when they see it.

import type { JSX } from "preact";
import { useApp } from "../frame/app-context.ts";
import { Icon } from "../frame/icons.tsx";
import { retold } from "../model/time-text.ts";

/** Nothing when nothing is known to be missing. */
export function Limits({ limits }: { readonly limits: readonly string[] }): JSX.Element | null {
  const { cinema } = useApp();
  if (limits.length === 0) return null;
  return (
    <ul class="limits small" aria-label="What limits this answer">
      {limits.map((limit) => (
        <li key={limit}>
          <Icon name="warning" />
          <span>{retold(cinema, limit)}</span>
        </li>
      ))}
    </ul>
  );
}
