// The strip of versions: click or drag moves the cursor, Shift+click pins the version to compare with.

import {
  beginFrame,
  cachedMeasure,
  cellAtX,
  DARK,
  LIGHT,
  paintStrip,
  spanColours,
  stripTime,
  type Measure,
  type StripLayout,
} from "@elixirscope/timeline";
import type { StateCell, StateMoment, StateVersionView } from "@elixirscope/wire";
import { useComputed, useSignal } from "@preact/signals";
import type { JSX, TargetedPointerEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { Icon } from "../../frame/icons.tsx";
import type { Cinema } from "../../model/cinema.ts";
import { retold, timeText } from "../../model/time-text.ts";

const HEIGHT_PX = 44;
/** A version narrower than this shares its cell. */
const CELL_PX = 4;
const FONT = "11px system-ui, sans-serif";

function xOf(event: TargetedPointerEvent<HTMLElement>): number {
  return event.clientX - event.currentTarget.getBoundingClientRect().left;
}

export function VersionStrip(props: {
  readonly view: StateVersionView;
  readonly pinned: StateMoment | null;
  readonly onPin: (version: number) => void;
}): JSX.Element {
  const { view, pinned, onPin } = props;
  const { cinema, transport } = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useSignal(0);
  const hovered = useSignal(-1);
  const axis = cinema.param("state.axis");
  const by = useComputed(() => (axis.value === "version" ? "version" : "time"));
  const range = useComputed(() => {
    const whole = by.value === "version" ? cinema.bounds.value : cinema.view.value;
    return { t0: Math.floor(whole.t0), t1: Math.ceil(whole.t1) };
  });
  const loaded = useLoader("stateStrip", () => {
    const pid = cinema.pid.value;
    if (pid === null || width.value === 0) return null;
    const cells = Math.max(1, Math.floor(width.value / CELL_PX));
    return {
      subject: `${pid} ${by.value}`,
      params: { pid, ...range.value, cells, by: by.value },
    };
  });
  const cells = loaded.value?.cells ?? [];
  const layout: StripLayout = {
    cells,
    by: loaded.params?.by ?? by.value,
    range: range.value,
    widthPx: width.value,
  };
  const measure = useRef<Measure | null>(null);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => (width.value = element.clientWidth));
    observer.observe(element);
    width.value = element.clientWidth;
    return () => observer.disconnect();
  }, []);
  const { dark } = cinema.settings;
  const cursor = cinema.cursor.value?.t ?? null;
  useEffect(() => {
    const element = canvas.current;
    const surface = element?.getContext("2d") ?? null;
    if (element === null || surface === null || width.value === 0) return;
    element.width = Math.round(width.value * devicePixelRatio);
    element.height = Math.round(HEIGHT_PX * devicePixelRatio);
    beginFrame(surface, width.value, HEIGHT_PX, devicePixelRatio);
    surface.font = FONT;
    measure.current ??= cachedMeasure((text) => surface.measureText(text).width);
    paintStrip(
      surface,
      { ...layout, heightPx: HEIGHT_PX, cursor, pinned: pinned?.t ?? null, hovered: hovered.value },
      dark.value ? DARK : LIGHT,
      measure.current,
    );
  });

  const move = (event: TargetedPointerEvent<HTMLElement>): void => {
    const x = xOf(event);
    const t = Math.max(cinema.bounds.peek().t0, stripTime(layout, x));
    const cell = cells[cellAtX(layout, x)];
    const single = cell !== undefined && cell.count === 1 && event.type === "pointerdown";
    cinema.goTo(single ? { t: cell.t0, event: cell.event } : { t: Math.round(t), event: null });
  };
  const under = cells[hovered.value];
  return (
    <div class="version-strip">
      <div class="strip-box">
        <canvas
          ref={canvas}
          role="slider"
          tabIndex={0}
          aria-label="Versions of the state"
          aria-valuemin={0}
          aria-valuemax={Math.max(0, view.versions - 1)}
          aria-valuenow={view.state?.version ?? 0}
          aria-valuetext={view.state === null ? "no version yet" : `version ${view.state.version}`}
          title={under === undefined ? "Click or drag: move the cursor" : cellText(cinema, under)}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            if (event.shiftKey) {
              const cell = cells[cellAtX(layout, xOf(event))];
              if (cell !== undefined) onPin(cell.version);
              return;
            }
            event.currentTarget.setPointerCapture(event.pointerId);
            move(event);
          }}
          onPointerMove={(event) => {
            hovered.value = cellAtX(layout, xOf(event));
            if (event.currentTarget.hasPointerCapture(event.pointerId) && event.buttons === 1) {
              move(event);
            }
          }}
          onPointerLeave={() => (hovered.value = -1)}
          onKeyDown={(event) => {
            const step =
              event.key === "ArrowRight" ? "next" : event.key === "ArrowLeft" ? "previous" : null;
            if (step === null) return;
            event.preventDefault();
            event.stopPropagation();
            void transport.stepState(step);
          }}
        />
        {loaded.value?.total === 0 && (
          <p class="muted small strip-note">
            {retold(cinema, loaded.value.why ?? "No version in this range.")}
          </p>
        )}
      </div>
      <div class="strip-legend small muted">
        <div class="segmented" role="group" aria-label="Width of the versions">
          {(["time", "version"] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={by.value === one}
              title={
                one === "time"
                  ? "Each as wide as it lasted, in the stretch that the timeline shows"
                  : "All of the recording, each of the same width"
              }
              onClick={() => (axis.value = one === "time" ? "" : one)}
            >
              {one === "time" ? "By time" : "Even"}
            </button>
          ))}
        </div>
        <span class="tabular nowrap" data-strip-total>
          {(loaded.value?.total ?? 0).toLocaleString("en")} versions
          {by.value === "time" ? " in sight" : ""}
        </span>
        <Callbacks cells={cells} dark={dark.value} />
        <span class="grow" />
        <span class="clip">height: how much changed</span>
        <Missing limits={loaded.value?.limits ?? []} />
      </div>
    </div>
  );
}

/** In one line there is only room for the first. */
function Missing({ limits }: { readonly limits: readonly string[] }): JSX.Element | null {
  const { cinema } = useApp();
  const words = limits.map((limit) => retold(cinema, limit));
  const [first] = words;
  if (first === undefined) return null;
  return (
    <span class="strip-missing warning-text clip" title={words.join("\n")}>
      <Icon name="warning" />
      {first}
    </span>
  );
}

function Callbacks(props: {
  readonly cells: readonly StateCell[];
  readonly dark: boolean;
}): JSX.Element {
  const names = [...new Set(props.cells.map(({ callback }) => callback ?? ""))].toSorted();
  return (
    <>
      {names.slice(0, 6).map((name) => (
        <span key={name} class="callback-key nowrap">
          <i style={{ background: colourOf(name, props.dark) }} aria-hidden="true" />
          <span class={name === "" ? "" : "mono"}>{name === "" ? "several or none" : name}</span>
        </span>
      ))}
    </>
  );
}

function colourOf(name: string, dark: boolean): string {
  const palette = dark ? DARK : LIGHT;
  return name === "" ? palette.density : spanColours(palette, name).fill;
}

function cellText(
  cinema: Cinema,
  { count, first, version, t0, changed, changes, callback }: StateCell,
): string {
  const when = timeText(cinema, t0, 1000);
  const how = callback === null ? "" : ` · ${callback}`;
  if (count > 1) {
    return `versions ${first} to ${version} (${count}, ${changed} changed) from ${when}${how}`;
  }
  const size = changes === null ? "" : ` · ${changes} changed`;
  return `version ${version} at ${when}${how}${size}`;
}
