// The names above the lifelines: real buttons, so that columns are reachable and ordered without a pointer.

import type { PlacedColumn } from "@elixirscope/timeline";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import type { ProcessModel } from "./process-model.ts";

export function ColumnHeads({
  columns,
  model,
}: {
  readonly columns: readonly PlacedColumn[];
  readonly model: ProcessModel;
}): JSX.Element {
  return (
    <div class="seq-heads" role="group" aria-label="Processes of the diagram">
      {columns.map((placed, i) => (
        <Head
          key={placed.column.pid}
          placed={placed}
          model={model}
          isFirst={i === 0}
          isLast={i === columns.length - 1}
        />
      ))}
    </div>
  );
}

function Head({
  placed: { column, left, width },
  model,
  isFirst,
  isLast,
}: {
  readonly placed: PlacedColumn;
  readonly model: ProcessModel;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}): JSX.Element {
  const { cinema } = useApp();
  const { pid, name } = column;
  const shown = name ?? pid;
  const isSelected = cinema.pid.value === pid;
  const depth = model.mailboxes.value?.depths.find((one) => one.pid === pid);
  const ended = column.crashed ? "crashed" : column.tExited === null ? "" : "exited";
  const fate = column.known ? ended : "not in this recording";
  const own = name === null ? "" : pid;
  const waited = depth === undefined || depth.longest < 2 ? "" : `≤ ${depth.longest}`;
  const mailbox = waited === "" ? "" : `mailbox ${waited}`;
  const facts = [shown, own, fate, mailbox, column.exitReason ?? ""];
  const rest = model.pids.value.filter((one) => one !== pid);
  return (
    <div
      class={isSelected ? "seq-head selected" : "seq-head"}
      style={{ left: `${left}px`, width: `${width}px` }}
    >
      <button
        type="button"
        class="seq-head-name"
        aria-pressed={isSelected}
        aria-label={`Select ${shown}${name === null ? "" : ` ${pid}`}`}
        title={facts.filter((line) => line !== "").join("\n")}
        onClick={() => cinema.select(pid)}
      >
        <Name text={shown} />
        <span class={column.crashed ? "seq-head-facts error" : "seq-head-facts"}>
          {own}
          {fate !== "" && <span class="clip">{fate}</span>}
          {waited !== "" && <Icon name="in" />}
          {waited}
        </span>
      </button>
      <span class="seq-head-tools">
        <button
          type="button"
          aria-label={`Move ${shown} to the left`}
          title="Move to the left"
          disabled={isFirst}
          onClick={() => model.move(pid, -1)}
        >
          <Icon name="left" />
        </button>
        <button
          type="button"
          aria-label={`Move ${shown} to the right`}
          title="Move to the right"
          disabled={isLast}
          onClick={() => model.move(pid, 1)}
        >
          <Icon name="right" />
        </button>
        <button
          type="button"
          aria-label={`Remove ${shown} from the diagram`}
          title="Remove from the diagram"
          disabled={rest.length === 0}
          onClick={() => model.choose(rest)}
        >
          <Icon name="close" />
        </button>
      </span>
    </div>
  );
}

/** Of a name without room its end stays: `Shop.…Ledger` tells more than `Shop.Payments…`. */
function Name({ text }: { readonly text: string }): JSX.Element {
  const end = text.lastIndexOf(".") + 1;
  return (
    <span class="seq-head-title">
      <span class="clip">{text.slice(0, end)}</span>
      <span class="clip">{text.slice(end)}</span>
    </span>
  );
}
