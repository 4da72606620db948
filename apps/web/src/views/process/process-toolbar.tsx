// What the diagram shows, how, and how much of it: one line above it.

import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { retold } from "../../model/time-text.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { DiagramKey } from "./diagram-key.tsx";
import { messagesIn, type ProcessModel } from "./process-model.ts";
import { ProcessPicker } from "./process-picker.tsx";

export function ProcessToolbar({ model }: { readonly model: ProcessModel }): JSX.Element {
  const { cinema } = useApp();
  const value = model.view.value;
  const isShown = model.others.value === "shown";
  const hidden = value?.hidden ?? 0;
  return (
    <div class="seq-toolbar" role="toolbar" aria-label="Sequence diagram">
      <ProcessPicker model={model} />
      {model.isChosen && (
        <button
          type="button"
          class="button"
          title="Back to the selected process and those it exchanges most messages with"
          onClick={() => model.suggest()}
        >
          Suggest
        </button>
      )}
      <Choice
        name="Form"
        options={{ diagram: "Diagram", table: "Table" }}
        chosen={model.isTable.value ? "table" : "diagram"}
        onChoose={(form) => model.set("form", form === "table" ? form : "")}
      />
      {!model.isTable.value && (
        <Choice
          name="Time axis"
          options={{ time: "Even time", order: "By order" }}
          chosen={model.axis.value}
          onChoose={(axis) => model.set("axis", axis === "order" ? axis : "")}
        />
      )}
      {(hidden > 0 || isShown) && (
        <button
          type="button"
          class={isShown ? "button on" : "button"}
          aria-pressed={isShown}
          title="Messages with processes that are not in the diagram, as short arrows"
          onClick={() => model.set("others", isShown ? "" : "shown")}
        >
          {isShown ? "With others" : `+ ${hidden.toLocaleString("en")} with others`}
        </button>
      )}
      <span class="grow" />
      <Count model={model} />
      {cinema.selection.value !== null && (
        <span class="seq-selection small">
          selection only
          <button
            type="button"
            class="icon-button"
            aria-label="Clear the selection"
            title="Clear the selection"
            onClick={() => (cinema.selection.value = null)}
          >
            <Icon name="close" />
          </button>
        </span>
      )}
      {!model.isTable.value && <DiagramKey />}
      <WhatLimits limits={value?.limits ?? []} />
    </div>
  );
}

/** A sign, as the diagram needs the height; the words when asked. */
function WhatLimits({ limits }: { readonly limits: readonly string[] }): JSX.Element | null {
  const { cinema } = useApp();
  if (limits.length === 0) return null;
  const words = limits.map((limit) => retold(cinema, limit)).join("\n");
  return (
    <details class="seq-limits">
      <summary class="small" title={words}>
        <Icon name="warning" />
        {limits.length === 1 ? "1 limit" : `${limits.length} limits`}
      </summary>
      <div>
        <Limits limits={limits} />
      </div>
    </details>
  );
}

function Count({ model }: { readonly model: ProcessModel }): JSX.Element | null {
  const value = model.view.value;
  if (value === null || model.pids.value.length === 0) return null;
  const { t0, t1 } = model.range.value;
  if (value.merged.length === 0) {
    const count = messagesIn(value, { t0, t1 }).length;
    return (
      <span class="small muted seq-count" data-messages={count}>
        {count === 1 ? "1 message" : `${count.toLocaleString("en")} messages`}
      </span>
    );
  }
  const about = value.merged.reduce(
    (sum, { t, count }) => sum + (t >= t0 && t <= t1 ? count : 0),
    0,
  );
  return (
    <span
      class="small seq-count seq-merged"
      data-merged={about}
      title="More than can be drawn one by one: arrows stand for several messages of one pair, with their count. Zoom in for each."
    >
      about {about.toLocaleString("en")} messages, merged
    </span>
  );
}

function Choice<Name extends string>({
  name,
  options,
  chosen,
  onChoose,
}: {
  readonly name: string;
  readonly options: Readonly<Record<Name, string>>;
  readonly chosen: Name;
  readonly onChoose: (option: Name) => void;
}): JSX.Element {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a record with exactly these
  const names = Object.keys(options) as Name[];
  return (
    <div class="segmented" role="group" aria-label={name}>
      {names.map((option) => (
        <button
          key={option}
          type="button"
          aria-pressed={option === chosen}
          onClick={() => onChoose(option)}
        >
          {options[option]}
        </button>
      ))}
    </div>
  );
}
