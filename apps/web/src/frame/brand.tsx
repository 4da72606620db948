// The product's mark and name.

import type { JSX } from "preact";

export function Brand(): JSX.Element {
  return (
    <span class="brand">
      <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
        <rect class="brand-box" width="32" height="32" rx="7" />
        <path class="brand-lines" d="M7 10h9M7 16h18M7 22h12" />
        <path class="brand-cursor" d="M20 6v20" />
      </svg>
      <span class="brand-name">ElixirScope</span>
    </span>
  );
}
