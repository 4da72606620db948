// Merged stacks on a canvas. A click zooms into a frame at once, with what is known; the server then sends what
// was too small to draw before. A double click goes to the longest call of the frame.

import {
  FLAME_ROW_PX,
  formatDuration,
  frameText,
  hitFlame,
  layoutFlame,
  paintFlame,
  wayTo,
} from "@elixirscope/timeline";
import type { Flame, FlameNode } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import { CanvasPane, type Point } from "./canvas-pane.tsx";
import { FlameTip, type TipAt } from "./flame-tip.tsx";
import { nextFrame } from "./frame-keys.ts";
import { FLAME_TIMES, oneOf, pathOf, pathText } from "./params.ts";
import type { ModeProps } from "./asked-range.ts";

/** A frame narrower than this share of a pixel is drawn with those beside it. */
const LEAST_PX = 0.5;
const MOST_FRAMES = 4_000;

type Hover = { readonly of: Flame; readonly node: number; readonly tip: TipAt | null };

export function FlamePane({ range }: ModeProps): JSX.Element {
  const { cinema } = useApp();
  const width = useSignal(0);
  const hover = useSignal<Hover | null>(null);
  const zoom = cinema.param("performance.zoom");
  const search = cinema.param("performance.search");
  const loaded = useLoader(
    "flame",
    () => {
      const asked = range.value;
      if (asked === null || width.value === 0) return null;
      const pid = cinema.param("performance.pid").value;
      return {
        subject: "",
        params: {
          t0: asked.t0,
          t1: asked.t1,
          time: oneOf(cinema.param("performance.time").value, FLAME_TIMES, "all"),
          path: pathOf(zoom.value),
          minShare: LEAST_PX / width.value,
          limit: MOST_FRAMES,
          ...(pid === "" ? {} : { pid }),
          ...(search.value.trim() === "" ? {} : { search: search.value }),
        },
      };
    },
    "still",
  );
  const flame = loaded.value;
  // places of nodes are those of one answer
  const over = hover.value?.of === flame ? hover.value : null;
  const path = pathOf(zoom.value);
  const target = flame === null ? null : nodeAt(flame.nodes, path);
  const layout = useMemo(
    () => layoutFlame(flame?.nodes ?? [], width.value, target),
    [flame, width.value, target],
  );
  const zoomTo = (node: number | null): void => {
    if (flame === null) return;
    const functions = wayTo(flame.nodes, node).map((i) => flame.nodes[i]?.function ?? null);
    if (functions.every((fun) => fun !== null)) zoom.value = pathText(functions);
  };
  const hitAt = (at: Point): number | null => hitFlame(layout, at)?.node ?? null;
  const goToLongest = (node: number | null): void => {
    const slowest = node === null ? null : (flame?.nodes[node]?.slowest ?? null);
    if (slowest !== null) void cinema.goToEvent(slowest);
    else
      cinema.notify(
        "The end of none of these calls was recorded: which one is longest is not known.",
      );
  };
  const onKey = (event: KeyboardEvent): void => {
    if (flame === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const on = over?.node ?? target ?? layout.boxes[0]?.node ?? null;
    if (event.key === "Escape") {
      if (path.length === 0) return;
      zoom.value = pathText(path.slice(0, -1));
    } else if (event.key === "Enter") {
      if (event.shiftKey) goToLongest(on);
      else zoomTo(on);
    } else {
      const next = nextFrame(layout, over === null ? null : on, event.key);
      if (next === null) return;
      hover.value = { of: flame, node: next, tip: null };
    }
    event.preventDefault();
  };
  const node = over === null ? undefined : flame?.nodes[over.node];
  const isEmpty = flame !== null && flame.nodes.length === 0;
  return (
    <div
      class="perf-flame"
      aria-busy={loaded.busy}
      data-flame
      data-frames={flame?.frames}
      data-total={flame?.total}
    >
      <Way flame={flame} target={target} onZoom={zoomTo} />
      <div class="perf-canvas">
        {waitingNote(loaded, "flame graph") ??
          (isEmpty && (
            <PanelNote title="No call took time here">
              Nothing that is traced was running in this stretch of time, or its ends were not
              recorded. Widen the range or choose other processes.
            </PanelNote>
          ))}
        <CanvasPane
          label="Flame graph. Arrow keys move between frames, Enter zooms in, Shift+Enter goes to the longest call, Escape zooms out."
          heightPx={layout.rows.length * FLAME_ROW_PX + 4}
          onWidth={(widthPx) => (width.value = widthPx)}
          onPoint={(point) => {
            const hit = point === null ? null : hitAt(point.at);
            if (hit === null || point === null || flame === null) hover.value = null;
            else hover.value = { of: flame, node: hit, tip: { x: point.x, y: point.y } };
          }}
          onClick={(at) => {
            const hit = hitAt(at);
            if (hit !== null) zoomTo(hit);
          }}
          onDoubleClick={(at) => goToLongest(hitAt(at))}
          onKey={onKey}
          paint={(surface, { heightPx, topPx }, palette, measure) => {
            if (flame === null) return;
            const scene = {
              nodes: flame.nodes,
              layout,
              topPx,
              heightPx,
              hover: over?.node ?? null,
              search: search.value.trim().toLowerCase(),
            };
            paintFlame(surface, scene, palette, measure);
          }}
        />
      </div>
      <FlameFoot flame={flame} node={node} />
      {flame !== null && <Limits limits={flame.limits} />}
      {node !== undefined && flame !== null && over?.tip != null && (
        <FlameTip node={node} whole={flame.total} at={over.tip} />
      )}
    </div>
  );
}

/** The node that the path leads to, as far as it is known here. */
function nodeAt(nodes: readonly FlameNode[], path: readonly number[]): number | null {
  let at: number | null = null;
  for (const fun of path) {
    const next = nodes.findIndex((node) => node.parent === at && node.function === fun);
    if (next < 0) break;
    at = next;
  }
  return at;
}

/** What is zoomed into, from the bottom of the stack. */
function Way(props: {
  readonly flame: Flame | null;
  readonly target: number | null;
  readonly onZoom: (node: number | null) => void;
}): JSX.Element | null {
  const { flame, target } = props;
  if (flame === null || target === null) return null;
  const way = wayTo(flame.nodes, target);
  return (
    <nav class="perf-way" aria-label="Zoomed into">
      <button type="button" class="inline-link" onClick={() => props.onZoom(null)}>
        All
      </button>
      {way.map((i) => (
        <span key={i}>
          <span class="muted"> › </span>
          {i === target ? (
            <b class="mono" aria-current="location">
              {flame.nodes[i]?.name}
            </b>
          ) : (
            <button type="button" class="inline-link mono" onClick={() => props.onZoom(i)}>
              {flame.nodes[i]?.name}
            </button>
          )}
        </span>
      ))}
      <span class="muted small"> Escape zooms out</span>
    </nav>
  );
}

function FlameFoot(props: {
  readonly flame: Flame | null;
  readonly node: FlameNode | undefined;
}): JSX.Element {
  const { flame, node } = props;
  if (flame === null) return <div class="perf-foot" />;
  const { found } = flame;
  return (
    <div class="perf-foot small" role="status">
      {node === undefined ? (
        <span class="muted clip">
          {flame.frames.toLocaleString("en")} frames, {formatDuration(flame.total)} in calls
        </span>
      ) : (
        <span class="clip">
          <b class="mono">{frameText(node)}</b> {formatDuration(node.total)}
          {node.function !== null && (
            <span class="muted">
              {" "}
              · self {formatDuration(node.self)} · {node.calls.toLocaleString("en")} calls
            </span>
          )}
        </span>
      )}
      <span class="grow" />
      {found !== null && (
        <span class="tabular" data-found={found.frames}>
          {found.frames.toLocaleString("en")}{" "}
          {found.frames === 1 ? "frame matches" : "frames match"}, {formatDuration(found.total)}
        </span>
      )}
      <Legend />
    </div>
  );
}

export function Legend(): JSX.Element {
  return (
    <span class="perf-legend muted" aria-label="Legend">
      <i class="swatch own" /> ran itself
      <i class="swatch called" /> called others
      <i class="swatch waited" /> waited
    </span>
  );
}
