// Links inside the recording: to an instant, to another process.

import type { ComponentChildren, JSX } from "preact";
import { useApp } from "../frame/app-context.ts";
import { timeText } from "../model/time-text.ts";

export function MomentLink(props: {
  readonly t: number;
  readonly event?: number | null;
  readonly pid?: string | null;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const { cinema } = useApp();
  const { t, event = null, pid = null } = props;
  return (
    <button
      type="button"
      class="inline-link tabular"
      title="Move the cursor there"
      onClick={(click) => {
        click.stopPropagation();
        cinema.goTo({ t, event, pid });
      }}
    >
      {props.children ?? timeText(cinema, t, 1000)}
    </button>
  );
}

export function ProcessLink({ pid }: { readonly pid: string | null }): JSX.Element {
  const { cinema } = useApp();
  if (pid === null) return <span class="muted">not recorded</span>;
  if (pid === cinema.pid.value) return <span class="mono">{pid}</span>;
  return (
    <button
      type="button"
      class="inline-link mono"
      title="Select this process"
      onClick={(click) => {
        click.stopPropagation();
        cinema.select(pid);
      }}
    >
      {pid}
    </button>
  );
}
