// What a version of a state came of: the callback, and the message that it handled.

import type { StateVersionView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { openEvent } from "../../panels/go-to.ts";
import { ProcessLink } from "../../panels/moment-link.tsx";

export function StateCause({
  state: { callback, cause },
}: {
  readonly state: Pick<NonNullable<StateVersionView["state"]>, "callback" | "cause">;
}): JSX.Element {
  const { cinema } = useApp();
  const body = cause?.body ?? null;
  return (
    <span class="state-cause small clip" title={body ?? undefined}>
      {callback !== null && <span class="mono">{callback}</span>}
      {cause === null ? (
        <span class="muted"> no message is known to have caused it</span>
      ) : (
        <>
          {" ← "}
          <button
            type="button"
            class="inline-link"
            title={`Go to message ${cause.message}`}
            onClick={() => openEvent(cinema, cause.event ?? cause.message)}
          >
            {cause.kind ?? "message"} {cause.message}
          </button>
          {cause.from !== null && (
            <>
              {" from "}
              <ProcessLink pid={cause.from} />
            </>
          )}
          {body !== null && <span class="mono muted"> {body}</span>}
        </>
      )}
    </span>
  );
}
