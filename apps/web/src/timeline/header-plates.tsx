// The name plates left of the lanes: real buttons, so that lanes are reachable and named without a pointer.

import type { JSX } from "preact";
import { useApp } from "../frame/app-context.ts";
import type { HeaderRow } from "./lane-rows.ts";

export function HeaderPlates({
  pinned = false,
}: {
  readonly pinned?: boolean;
}): JSX.Element | null {
  const { stage } = useApp();
  const made = stage.value;
  if (made === null) return null;
  if (!pinned) {
    return (
      <>
        {made.rows.value.map((row) => (
          <Plate key={row.index} row={row} />
        ))}
      </>
    );
  }
  return made.pinned.value === null ? null : <Plate row={made.pinned.value} pinned />;
}

function Plate({
  row,
  pinned = false,
}: {
  readonly row: HeaderRow;
  readonly pinned?: boolean;
}): JSX.Element {
  const { cinema, stage } = useApp();
  const place = { top: `${row.top}px`, height: `${row.height}px` };
  const { lane } = row;
  if (lane === null) return <div class="plate waiting" style={place} aria-hidden="true" />;
  const selected = cinema.pid.value === lane.pid;
  const hovered = stage.value?.hovered.value === row.index;
  const states = [
    selected ? "selected" : "",
    hovered ? "hovered" : "",
    pinned ? "pinned" : "",
    row.firstOfGroup ? "first" : "",
    lane.tExited === null ? "" : "exited",
  ];
  return (
    <button
      type="button"
      class={`plate ${states.join(" ")}`}
      style={place}
      aria-pressed={selected}
      aria-label={`Process ${lane.name ?? ""} ${lane.pid}${lane.tExited === null ? "" : ", exited"}`}
      title={`${lane.name ?? lane.pid}\n${lane.pid} · ${lane.group}`}
      onClick={() => cinema.select(lane.pid)}
    >
      <span class="plate-name clip">{lane.name ?? lane.pid}</span>{" "}
      <span class="plate-facts clip">
        {lane.name === null ? "" : `${lane.pid} `}
        {/* not a part of the button's name: drawn by the style */}
        <span class="plate-group" data-text={lane.group} />
        {lane.truncated === true && (
          <span class="plate-group" data-text=" · partly" title="Zoom in for all of it" />
        )}
      </span>
    </button>
  );
}
