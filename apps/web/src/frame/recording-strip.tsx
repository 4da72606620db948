// A strip under the bar when a recording did not end as it was meant to: what was hit, what is kept, and what
// raises the bound. It can be put away.

import { formatDuration } from "@elixirscope/timeline";
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { Info } from "../model/cinema.ts";
import { sentence } from "../model/sentence.ts";
import { useApp } from "./app-context.ts";
import { Icon } from "./icons.tsx";

type Ending = {
  readonly title: string;
  readonly why: string;
  readonly kept: string;
  /** what makes it go on for longer the next time */
  readonly flag: string | null;
};

export function RecordingStrip(): JSX.Element | null {
  const { cinema } = useApp();
  const putAway = useSignal<string | null>(null);
  const info = cinema.info.value;
  if (info === null || cinema.live.value || putAway.value === info.manifest.id) return null;
  const ending = endingOf(info.manifest);
  if (ending === null) return null;
  return (
    <div class="recording-strip" role="status" aria-label="How the recording ended">
      <Icon name="warning" />
      <p>
        <strong>{ending.title}</strong> {ending.why} {ending.kept}
        {ending.flag !== null && (
          <>
            {" "}
            Raise it with <span class="mono">{ending.flag}</span>.
          </>
        )}
      </p>
      <button
        type="button"
        class="icon-button"
        aria-label="Put this note away"
        onClick={() => (putAway.value = info.manifest.id)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

/** Null: it ended as it was meant to. */
function endingOf({
  state,
  stopped,
  durationNs,
}: Pick<Info["manifest"], "state" | "stopped" | "durationNs">): Ending | null {
  const kept = `All ${formatDuration(durationNs)} up to then ${stopped === null ? "are" : "are kept and"} complete, but for what is hatched.`;
  const message = stopped === null ? "" : sentence(stopped.message);
  switch (stopped?.code) {
    case "user":
    case "duration":
    case "breakpoint":
    case undefined:
      break;
    case "budget":
      return { title: "Stopped by a budget.", why: message, kept, flag: flagOf(stopped.message) };
    case "disk_full":
      return { title: "Stopped: the disk is full.", why: message, kept, flag: null };
    case "target_down":
      return { title: "The target went away.", why: message, kept, flag: null };
    case "error":
      return { title: "Stopped by an error.", why: message, kept, flag: null };
  }
  if (state === "interrupted") {
    return {
      title: "Interrupted.",
      why: "The recorder ended without closing the recording.",
      kept: "Everything that had reached the disk is here; the last moments may be missing.",
      flag: null,
    };
  }
  if (state === "recording") {
    return {
      title: "Not closed.",
      why: "The recorder still runs elsewhere, or was killed.",
      kept: "Everything that had reached the disk is here.",
      flag: null,
    };
  }
  return null;
}

function flagOf(message: string): string | null {
  if (/recording has reached/.test(message)) return "--max-size";
  if (/memory|queue/.test(message)) return "--max-memory";
  if (/rate/.test(message)) return "--max-rate";
  return null;
}
