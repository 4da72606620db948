// Causes and effects as a drawing: time runs down, one lane per process, each row the event in words. The main line
// is thick; side causes are counted and folded out in place. What is folded out is in the address.

import { causeLanes, neighbourAlong } from "@elixirscope/timeline";
import { CAUSE_LIMITS, type CauseEdge, type CauseMap, type CauseNode } from "@elixirscope/wire";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { waitingNote } from "../../panels/panel-note.tsx";
import { CauseLines, laneColour } from "./cause-lines.tsx";
import { Legend } from "./cause-legend.tsx";
import { CauseRow, type RowActions } from "./cause-row.tsx";

const CAUSES = 30;
const EFFECTS = 16;
const MORE = 60;
const METRICS = { rowPx: 24, mostPx: 132, nodePx: 6 } as const;

/** What is folded out, as `c12.e40.m90.f60`: causes of 12, effects of 40, 90 steps back, 60 effects on. */
function openIn(text: string): {
  readonly causesOf: readonly number[];
  readonly effectsOf: readonly number[];
  readonly causes: number;
  readonly effects: number;
} {
  const all = (mark: string): readonly number[] =>
    [...text.matchAll(new RegExp(`${mark}(\\d{1,15})`, "g"))].map(([, n]) => Number(n));
  return {
    causesOf: all("c").slice(0, CAUSE_LIMITS.open),
    effectsOf: all("e").slice(0, CAUSE_LIMITS.open),
    causes: Math.min(CAUSE_LIMITS.causes, all("m")[0] ?? CAUSES),
    effects: Math.min(CAUSE_LIMITS.effects, all("f")[0] ?? EFFECTS),
  };
}

export function CausePicture({ event }: { readonly event: number }): JSX.Element {
  const { cinema } = useApp();
  const opened = cinema.param("causality.open");
  const loaded = useLoader(
    "causeMap",
    () => ({ subject: String(event), params: { event, ...openIn(opened.value) } }),
    "still",
  );
  const waiting = waitingNote(loaded, "causes and effects");
  if (waiting !== null || loaded.value === null) {
    return <div class="cause-picture">{waiting}</div>;
  }
  return <Picture map={loaded.value} busy={loaded.busy} />;
}

function Picture({ map, busy }: { readonly map: CauseMap; readonly busy: boolean }): JSX.Element {
  const { cinema } = useApp();
  const opened = cinema.param("causality.open");
  const list = useRef<HTMLOListElement>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const { nodes, edges } = map;
  // the cursor moves far more often than the drawing changes
  const drawn = useMemo(() => causeLanes(nodes, edges, METRICS), [map]);
  const mainEdges = useMemo(() => mainEdgesOf(map), [map]);
  const shown = openIn(opened.value);
  const cursor = cinema.cursor.value?.event ?? null;
  const current = nodes.some(({ event }) => event === cursor) ? cursor : map.event;

  useEffect(() => {
    // scrollIntoView would also scroll what the view lies in
    const at = nodes.findIndex(({ event }) => event === map.event);
    const box = scroll.current;
    if (box !== null) box.scrollTop = METRICS.rowPx * (at + 2) - box.clientHeight * 0.6;
  }, [map.event]);

  const change = (next: Partial<ReturnType<typeof openIn>>): void => {
    const { causesOf, effectsOf, causes, effects } = { ...shown, ...next };
    opened.value = [
      ...causesOf.map((id) => `c${id}`),
      ...effectsOf.map((id) => `e${id}`),
      ...(causes === CAUSES ? [] : [`m${causes}`]),
      ...(effects === EFFECTS ? [] : [`f${effects}`]),
    ].join(".");
  };
  const actions: RowActions = {
    goTo: ({ event, t, process }) => {
      // the drawing stays where it is while the cursor walks along it
      cinema.param("causality.event").value = String(map.event);
      cinema.goTo({ t, event, pid: process.pid });
    },
    ask: ({ event, t, process }) => {
      opened.value = "";
      cinema.param("causality.event").value = String(event);
      cinema.goTo({ t, event, pid: process.pid });
    },
    fold: (which, event) => {
      const now = shown[which];
      const next = now.includes(event) ? now.filter((one) => one !== event) : [...now, event];
      change({ [which]: next });
    },
  };
  const onKeyDown = (key: TargetedKeyboardEvent<HTMLOListElement>): void => {
    if (!(key.target instanceof HTMLElement)) return;
    const row = Number(key.target.closest("li")?.dataset["row"] ?? -1);
    const node = nodes[row];
    if (node === undefined || key.ctrlKey || key.metaKey || key.altKey) return;
    const to = rowAfter(key.key, row, node, map);
    if (to === null && key.key !== "+") return;
    key.preventDefault();
    if (key.key === "+")
      actions.fold(node.side === "effect" ? "effectsOf" : "causesOf", node.event);
    else list.current?.querySelector<HTMLElement>(`li[data-row="${to}"] .cause-main`)?.focus();
  };

  return (
    <section class="cause-picture" aria-label="Causes and effects" aria-busy={busy}>
      <Legend edges={edges} lanes={drawn.lanes} />
      <div ref={scroll} class="cause-scroll">
        <div class="cause-body" style={{ "--lanes": `${drawn.widthPx}px` }}>
          <CauseLines drawn={drawn} nodes={nodes} event={map.event} rowPx={METRICS.rowPx} />
          <ol
            ref={list}
            class="cause-rows"
            aria-label="Events from the root to the last effect"
            onKeyDown={onKeyDown}
          >
            {nodes.map((node, row) => (
              <CauseRow
                key={node.event}
                node={node}
                row={row}
                before={nodes[row - 1] ?? null}
                edge={mainEdges.get(node.event) ?? null}
                colour={laneColour(drawn.laneOf[row] ?? 0)}
                isHere={node.event === cursor}
                isTabStop={node.event === current}
                isOpen={{
                  causes: shown.causesOf.includes(node.event),
                  effects: shown.effectsOf.includes(node.event),
                }}
                actions={actions}
              />
            ))}
          </ol>
        </div>
        <Further map={map} shown={shown} change={change} />
        <Limits limits={map.limits} />
        <p class="cause-keys small muted">
          <kbd>↑</kbd> <kbd>↓</kbd> rows · <kbd>←</kbd> its cause · <kbd>→</kbd> its effect ·{" "}
          <kbd>Enter</kbd> moves the cursor there · <kbd>Shift</kbd>+<kbd>Enter</kbd> asks why it
          happened · <kbd>+</kbd> its other causes
        </p>
      </div>
    </section>
  );
}

/** By the event that it leads into: the first edge from the main line, else the last of all. */
function mainEdgesOf({ edges, nodes }: CauseMap): ReadonlyMap<number, CauseEdge> {
  const main = new Set(nodes.flatMap(({ event, isMain }) => (isMain ? [event] : [])));
  const found = new Map<number, CauseEdge>();
  for (const edge of edges) {
    const known = found.get(edge.target);
    if (known === undefined || !main.has(known.source)) found.set(edge.target, edge);
  }
  return found;
}

function rowAfter(key: string, row: number, node: CauseNode, map: CauseMap): number | null {
  const { nodes, edges } = map;
  const at = (event: number | null): number | null => {
    const found = nodes.findIndex((one) => one.event === event);
    return found === -1 ? row : found;
  };
  switch (key) {
    case "ArrowDown":
      return Math.min(nodes.length - 1, row + 1);
    case "ArrowUp":
      return Math.max(0, row - 1);
    case "ArrowLeft":
      return at(neighbourAlong(nodes, edges, node.event, "cause"));
    case "ArrowRight":
      return at(neighbourAlong(nodes, edges, node.event, "effect"));
    case "Home":
      return 0;
    case "End":
      return nodes.length - 1;
    default:
      return null;
  }
}

function Further(props: {
  readonly map: CauseMap;
  readonly shown: ReturnType<typeof openIn>;
  readonly change: (next: Partial<ReturnType<typeof openIn>>) => void;
}): JSX.Element | null {
  const { map, shown, change } = props;
  const canShowMore = shown.causes < CAUSE_LIMITS.causes;
  if (map.omitted === 0 && !map.moreEffects && !map.isLong) return null;
  return (
    <p class="cause-further small muted">
      {map.omitted > 0 && (
        <>
          {map.omitted.toLocaleString("en")} steps after the root are left out.{" "}
          {canShowMore && (
            <button
              type="button"
              class="why-button"
              onClick={() => change({ causes: Math.min(CAUSE_LIMITS.causes, shown.causes + MORE) })}
            >
              Show {Math.min(MORE, map.omitted)} more steps back
            </button>
          )}{" "}
        </>
      )}
      {map.isLong && "The line of causes goes on before the root that is shown. "}
      {map.moreEffects && (
        <>
          There are more effects.{" "}
          {shown.effects < CAUSE_LIMITS.effects && (
            <button
              type="button"
              class="why-button"
              onClick={() =>
                change({ effects: Math.min(CAUSE_LIMITS.effects, shown.effects + MORE) })
              }
            >
              Show {MORE} more effects
            </button>
          )}
        </>
      )}
    </p>
  );
}
