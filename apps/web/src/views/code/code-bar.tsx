// Which file and function, over which time lines are counted, and back to following the cursor.

import type { SourceView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { retold } from "../../model/time-text.ts";
import { FileList, FunctionList } from "./file-picker.tsx";
import { Popover } from "./popover.tsx";

export function CodeBar(props: {
  readonly name: string;
  readonly source: SourceView | null;
  readonly limits: readonly string[];
  readonly open: (file: string, line?: string) => void;
}): JSX.Element {
  const { cinema } = useApp();
  const { name, source, open, limits } = props;
  const counts = cinema.param("code.counts");
  const isSelection = counts.value === "selection" && cinema.selection.value !== null;
  const isPinned = cinema.param("code.file").value !== "";
  return (
    <div class="code-bar">
      <Popover label="File" text={source?.name ?? name}>
        {(close) => (
          <FileList
            focused
            chosen={source?.name ?? null}
            choose={(chosen) => {
              open(chosen);
              close();
            }}
          />
        )}
      </Popover>
      {source !== null && source.functions.length > 0 && (
        <Popover label="Functions" text={`${source.functions.length} functions`}>
          {(close) => (
            <FunctionList
              source={source}
              choose={({ mfa, line }) => {
                open(source.name, source.text === null || line === null ? mfa : String(line));
                close();
              }}
            />
          )}
        </Popover>
      )}
      {isPinned && (
        <button
          type="button"
          class="button small"
          title="Show the code that the selected process runs at the cursor, wherever that goes"
          onClick={() => open("")}
        >
          Follow the cursor
        </button>
      )}
      <span class="grow" />
      {limits.length > 0 && (
        <span
          class="code-limits"
          title={retold(cinema, limits.join("\n"))}
          aria-label={retold(cinema, limits.join("; "))}
          role="img"
        >
          <Icon name="warning" />
        </span>
      )}
      <span class="muted small legend-note">
        <b>0</b> did not run · <b>blank</b> not recorded
      </span>
      <div class="segmented" role="group" aria-label="Executions are counted over">
        <button
          type="button"
          aria-pressed={!isSelection}
          onClick={() => (counts.value = "")}
          title="Count executions over the whole recording"
        >
          Whole
        </button>
        <button
          type="button"
          aria-pressed={isSelection}
          disabled={cinema.selection.value === null}
          title={
            cinema.selection.value === null
              ? "Select a range in the timeline first (Shift and drag)"
              : "Count executions over the selected range"
          }
          onClick={() => (counts.value = "selection")}
        >
          Selection
        </button>
      </div>
    </div>
  );
}
