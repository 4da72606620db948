// A function's name in little room: the module is cut first, the name last.

import type { JSX } from "preact";

export function Mfa({ mfa }: { readonly mfa: string }): JSX.Element {
  const slash = mfa.lastIndexOf("/");
  const dot = mfa.lastIndexOf(".", slash < 0 ? undefined : slash);
  if (dot <= 0) return <span class="clip">{mfa}</span>;
  return (
    <span class="mfa">
      <span class="clip">{mfa.slice(0, dot)}</span>
      <span class="mfa-name clip">{mfa.slice(dot)}</span>
    </span>
  );
}
