// The System view: the processes of a moment or a range as a constellation, or as a table of the same facts.

import { SIZES, type SizeBy } from "@elixirscope/timeline";
import { SYSTEM_LIMITS, type SystemNode, type SystemView as View } from "@elixirscope/wire";
import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import { Between } from "./between.tsx";
import { ConstellationCanvas } from "./constellation-canvas.tsx";
import { Controls } from "./controls.tsx";
import { listed, unlisted, edgeFrom } from "./system-params.ts";
import { stretchOf, windowFrom } from "./stretch.ts";
import { SystemStatus } from "./system-status.tsx";
import { SystemTable } from "./system-table.tsx";
import "./system.css";

/** While playing: real time between two questions. */
const PLAYED_NS = 100e6;

export function SystemView(): JSX.Element {
  const { cinema, playback } = useApp();
  const room = useSignal(200);
  const sizeParam = cinema.param("system.size");
  const windowParam = cinema.param("system.window");
  const openParam = cinema.param("system.open");
  const asParam = cinema.param("system.as");
  const edgeParam = cinema.param("system.edge");
  const by = useComputed<SizeBy>(() => SIZES.find((one) => one === sizeParam.value) ?? "messages");
  // of a live recording without a cursor it is the newest moment that is shown
  const instant = useComputed(() => {
    const t = cinema.cursor.value?.t ?? (cinema.live.value ? cinema.bounds.value.t1 : null);
    if (t === null || !playback.playing.value) return t;
    const step = PLAYED_NS * playback.speed.value;
    return Math.floor(t / step) * step;
  });
  const stretch = useComputed(() => {
    const bounds = cinema.bounds.value;
    const windowNs = windowFrom(windowParam.value, bounds);
    return stretchOf(cinema.selection.value, instant.value, windowNs, bounds);
  });
  const loaded = useLoader("system", () => {
    if (cinema.info.value === null) return null;
    const { t0, t1, at } = stretch.value;
    const pid = cinema.pid.value;
    const isTable = asParam.value === "table";
    return {
      subject: "",
      params: {
        t0,
        t1,
        limit: isTable ? SYSTEM_LIMITS.nodes : room.value,
        open: listed(openParam.value),
        ...(pid === null ? {} : { pid }),
        ...(by.value === "mailbox" ? { mailboxAt: at } : {}),
        ...(by.value === "reductions" ? { reductions: "on" as const } : {}),
      },
    };
  });

  const choose = (node: SystemNode): void => {
    if (node.process !== null) cinema.select(node.process.pid);
    else if (node.id.includes("|") || node.id.startsWith("app:") || node.id.startsWith("node:")) {
      const open = listed(openParam.peek());
      openParam.value = unlisted([...open.slice(1 - SYSTEM_LIMITS.open), node.id]);
    }
  };
  const waiting = waitingNote(loaded, "processes");
  const view: View | null = loaded.value;
  const edge = edgeFrom(edgeParam.value);
  return (
    <div class="system" aria-busy={loaded.busy}>
      <Controls view={view} by={by.value} />
      {waiting ??
        (view === null ? (
          <div />
        ) : (
          <>
            <SystemStatus view={view} stretch={stretch.value} by={by.value} />
            <div class="system-main">
              {view.nodes.length === 0 ? (
                <PanelNote title="No process is known of this moment">
                  None that was alive then was recorded. Move the cursor, or select a range.
                </PanelNote>
              ) : asParam.value === "table" ? (
                <SystemTable view={view} withMailbox={by.value === "mailbox"} choose={choose} />
              ) : (
                <ConstellationCanvas view={view} by={by.value} room={room} choose={choose} />
              )}
              {edge !== null && <Between key={edgeParam.value} edge={edge} view={view} />}
            </div>
          </>
        ))}
    </div>
  );
}
