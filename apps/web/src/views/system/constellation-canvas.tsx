// The canvas of the constellation with its keys, its tooltip, and its words for those who cannot see it.

import type { ConstellationHit, SizeBy } from "@elixirscope/timeline";
import type { SystemNode, SystemView } from "@elixirscope/wire";
import { useSignal, useSignalEffect, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { timeText } from "../../model/time-text.ts";
import { Sky } from "./sky.ts";
import { attachSkyGestures } from "./sky-gestures.ts";
import { edgeParamOf } from "./system-params.ts";
import { countText, labelIn, lifeText, nodeLines, rateText, sizeText } from "./system-text.ts";

/** Room that a node and its name want. */
const NODE_PX2 = 1_800;
const ROOMS = [60, 100, 200, 300, 450, 600] as const;

type Props = {
  readonly view: SystemView;
  readonly by: SizeBy;
  /** how many nodes there is room for */
  readonly room: Signal<number>;
  readonly choose: (node: SystemNode) => void;
};

type Hover = { readonly hit: ConstellationHit; readonly x: number; readonly y: number };

export function ConstellationCanvas({ view, by, room, choose }: Props): JSX.Element {
  const { cinema } = useApp();
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const sky = useSignal<Sky | null>(null);
  const hover = useSignal<Hover | null>(null);
  const choosing = useRef(choose);
  choosing.current = choose;

  useLayoutEffect(() => {
    const [at, drawing] = [host.current, canvas.current];
    if (at === null || drawing === null) return undefined;
    const made = new Sky(drawing, cinema.settings.dark);
    sky.value = made;
    const observer = new ResizeObserver(() => {
      const fit = (at.clientWidth * at.clientHeight) / NODE_PX2;
      room.value = ROOMS.findLast((one) => one <= fit) ?? ROOMS[0];
    });
    observer.observe(at);
    const edge = cinema.param("system.edge");
    const focus = (node: SystemNode): void => {
      made.focused.value = node.id;
      if (node.process !== null) cinema.select(node.process.pid);
      made.reveal(node.id);
    };
    const detach = attachSkyGestures(drawing, at, made, {
      focus,
      choose: (node) => {
        focus(node);
        choosing.current(node);
      },
      openEdge: ({ from, to }) => (edge.value = edgeParamOf({ a: from, b: to })),
      hover: (hit, x, y) => (hover.value = hit === null ? null : { hit, x, y }),
      leave: () => (made.focused.value = null),
    });
    return () => {
      detach();
      observer.disconnect();
      made.dispose();
      sky.value = null;
    };
  }, []);
  useEffect(() => sky.value?.show(view, by), [view, by, sky.value]);
  useSignalEffect(() => {
    const pid = cinema.pid.value;
    if (sky.value !== null && pid !== null) sky.value.focused.value = pid;
  });
  useSignalEffect(() => sky.value?.select(sky.value.focused.value));

  const focused = sky.value?.focused.value ?? null;
  const node = view.nodes.find(({ id }) => id === focused) ?? null;
  const ready = sky.value?.ready.value === true;
  return (
    <>
      <div
        ref={host}
        class="sky"
        tabIndex={0}
        role="application"
        aria-label="Constellation of processes"
        aria-describedby="sky-keys"
        data-system-ready={ready ? view.nodes.length : undefined}
      >
        <canvas ref={canvas} />
        <p id="sky-keys" class="visually-hidden">
          Arrow keys go from process to process, Enter opens a group, plus and minus zoom, 0 shows
          all. The table has the same facts.
        </p>
        <p class="visually-hidden" role="status">
          {node === null
            ? ""
            : `${node.label}, ${lifeText(node)}, ${node.received} messages in, ${node.sent} out`}
        </p>
      </div>
      <div class="sky-zoom" role="group" aria-label="Zoom">
        <ZoomButton name="zoomIn" label="Zoom in (+)" act={() => sky.value?.zoom(1.3)} />
        <ZoomButton name="zoomOut" label="Zoom out (-)" act={() => sky.value?.zoom(1 / 1.3)} />
        <ZoomButton name="fit" label="Show all (0)" act={() => sky.value?.fit()} />
      </div>
      <SkyTooltip hover={hover} view={view} withMailbox={by === "mailbox"} />
    </>
  );
}

function ZoomButton(props: {
  readonly name: "zoomIn" | "zoomOut" | "fit";
  readonly label: string;
  readonly act: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.label}
      title={props.label}
      onClick={props.act}
    >
      <Icon name={props.name} />
    </button>
  );
}

function SkyTooltip({
  hover,
  view,
  withMailbox,
}: {
  readonly hover: Signal<Hover | null>;
  readonly view: SystemView;
  readonly withMailbox: boolean;
}): JSX.Element | null {
  const { cinema } = useApp();
  const { value } = hover;
  if (value === null) return null;
  const tell = (t: number): string => timeText(cinema, t, 1_000);
  const lines = linesOf(value.hit, view, withMailbox, tell);
  const left = Math.min(value.x + 14, globalThis.innerWidth - 340);
  const top = Math.min(value.y + 16, globalThis.innerHeight - 24 - 19 * lines.length);
  const [first, ...rest] = lines;
  return (
    <div class="tooltip" style={{ left: `${left}px`, top: `${top}px` }} aria-hidden="true">
      <div class="mono clip">{first}</div>
      {rest.map((line) => (
        <div class="muted" key={line}>
          {line}
        </div>
      ))}
    </div>
  );
}

function linesOf(
  hit: ConstellationHit,
  view: SystemView,
  withMailbox: boolean,
  tell: (t: number) => string,
): readonly string[] {
  const spanNs = view.t1 - view.t0;
  if (hit.kind === "node") return nodeLines(hit.star.node, spanNs, withMailbox, tell);
  const { from, to, messages } = hit.edge;
  return [
    `${labelIn(view, from)} → ${labelIn(view, to)}`,
    `${countText(messages, "message")}, ${rateText(messages, spanNs)}`,
    `payload: ${sizeText(hit.edge)}`,
    "click to list them",
  ];
}
