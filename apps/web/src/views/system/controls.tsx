// Above the constellation: what the size of a node says, how long a moment is, drawing or table.

import { formatDuration, SIZES, type SizeBy } from "@elixirscope/timeline";
import type { SystemView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { listed, unlisted } from "./system-params.ts";
import { WINDOWS, windowFrom } from "./stretch.ts";

const SIZE_WORDS: Readonly<Record<SizeBy, { readonly label: string; readonly title: string }>> = {
  messages: { label: "Messages", title: "The more messages in and out, the larger" },
  mailbox: { label: "Mailbox", title: "The more messages wait at the cursor, the larger" },
  reductions: { label: "Reductions", title: "The more reductions a second, the larger" },
};

export function Controls({
  view,
  by,
}: {
  readonly view: SystemView | null;
  readonly by: SizeBy;
}): JSX.Element {
  const { cinema } = useApp();
  const size = cinema.param("system.size");
  const as = cinema.param("system.as");
  const chosenWindow = cinema.param("system.window");
  const open = cinema.param("system.open");
  const isTable = as.value === "table";
  return (
    <div class="system-bar">
      {!isTable && <span class="muted small">Size</span>}
      {!isTable && (
        <div class="segmented" role="group" aria-label="Size of the nodes">
          {SIZES.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === by}
              title={SIZE_WORDS[name].title}
              onClick={() => (size.value = name === "messages" ? "" : name)}
            >
              {SIZE_WORDS[name].label}
            </button>
          ))}
        </div>
      )}
      {isTable && (
        <label class="small muted system-check">
          <input
            type="checkbox"
            checked={by === "mailbox"}
            onChange={({ currentTarget }) => (size.value = currentTarget.checked ? "mailbox" : "")}
          />
          Mailboxes
        </label>
      )}
      {cinema.selection.value === null && cinema.cursor.value !== null && (
        <select
          class="system-window"
          aria-label="Messages of how long before the cursor"
          title="Messages of how long before the cursor"
          value={String(windowFrom(chosenWindow.value, cinema.bounds.value))}
          onChange={({ currentTarget }) => (chosenWindow.value = currentTarget.value)}
        >
          {WINDOWS.map((ns) => (
            <option key={ns} value={String(ns)}>
              {formatDuration(ns)} before
            </option>
          ))}
        </select>
      )}
      <div class="system-chips">
        {(view?.open ?? []).map(({ id, label }) => (
          <button
            key={id}
            type="button"
            class="chip"
            title={`Draw ${label} as one node again`}
            aria-label={`Draw ${label} as one node again`}
            onClick={() =>
              (open.value = unlisted(listed(open.value).filter((other) => other !== id)))
            }
          >
            <span class="clip">{label}</span>
            <Icon name="close" />
          </button>
        ))}
      </div>
      <div class="segmented" role="group" aria-label="Drawing or table">
        <button type="button" aria-pressed={!isTable} onClick={() => (as.value = "")}>
          Drawing
        </button>
        <button type="button" aria-pressed={isTable} onClick={() => (as.value = "table")}>
          Table
        </button>
      </div>
    </div>
  );
}
