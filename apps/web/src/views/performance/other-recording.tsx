// The other recording as side B: a choice of those in the server's folder. A server without a folder has none.

import { formatDuration, spanOf } from "@elixirscope/timeline";
import { rangeText } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { useLoader } from "../../frame/use-loader.ts";
import { rangeOf } from "./params.ts";

export function OtherRecording(): JSX.Element | null {
  const { cinema } = useApp();
  const [chosen, range] = [cinema.param("performance.with"), cinema.param("performance.b")];
  const listed = useLoader("recordings", () => ({ subject: "", params: {} }), "still").value;
  const choose = (name: string): void => {
    chosen.value = name;
    // a stretch of this recording is none of that one
    range.value = "";
    cinema.param("performance.changed").value = "";
  };
  if (chosen.value !== "") {
    const part = rangeOf(range.value);
    return (
      <span class="side side-b" role="group" aria-label="Recording B">
        <b class="side-name">B</b>
        <span class="small clip" title={chosen.value} data-with={chosen.value}>
          {chosen.value}
        </span>
        <span class="muted small tabular" title={part === null ? undefined : rangeText(part)}>
          {part === null ? "all of it" : formatDuration(spanOf(part))}
        </span>
        <button
          type="button"
          class="icon-button"
          aria-label="Compare within this recording"
          title="Compare within this recording"
          onClick={() => choose("")}
        >
          <Icon name="close" />
        </button>
      </span>
    );
  }
  const others = (listed?.recordings ?? []).filter(
    ({ shown, state }) => !shown && state !== "corrupt" && state !== "live",
  );
  if (others.length === 0) return null;
  return (
    <select
      class="perf-select"
      aria-label="Another recording as B"
      value=""
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="">or another recording…</option>
      {others.map(({ name }) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
