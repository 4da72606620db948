// The crashes of the recording to choose from, newest first.

import type { Crash, Crashes } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { timeText } from "../../model/time-text.ts";
import { askWhy } from "../../panels/go-why.tsx";

export const CRASHES_SHOWN = 100;

export function crashesTitle({ crashes, isAll }: Crashes): string {
  const count = crashes.length.toLocaleString("en");
  if (isAll) return count;
  return crashes.length === CRASHES_SHOWN ? `${count}+` : `${count} of those looked at`;
}

export function CrashList(props: {
  readonly found: Crashes;
  readonly event: number | null;
  readonly onChosen?: () => void;
}): JSX.Element {
  const { cinema } = useApp();
  const { found, event } = props;
  const choose = (crash: Crash): void => {
    askWhy(cinema, { kind: "causes", event: crash.event });
    cinema.goTo({ t: crash.t, event: crash.event, pid: crash.process.pid });
    props.onChosen?.();
  };
  return (
    <>
      <ul class="crash-list" aria-label="Crashes">
        {found.crashes.map((crash) => (
          <li key={crash.event}>
            <button
              type="button"
              aria-current={crash.event === event ? "true" : undefined}
              title={`${crash.process.name ?? ""} ${crash.process.pid}: ${crash.reason}`}
              onClick={() => choose(crash)}
            >
              <span class="tabular muted">{timeText(cinema, crash.t, 1000)}</span>
              <b class="clip">{crash.process.name ?? crash.process.pid}</b>
              <span class="mono clip">{crash.reason}</span>
            </button>
          </li>
        ))}
      </ul>
      {!found.isAll && (
        <p class="muted small crash-more">
          Older crashes are not listed: the latest {found.searched.toLocaleString("en")} ends of
          processes were looked at.
        </p>
      )}
    </>
  );
}
