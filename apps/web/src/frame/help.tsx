// The help overlay: every key, and what the shapes mean.

import type { MarkView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useApp } from "./app-context.ts";

const KEYS: readonly (readonly [readonly string[], string])[] = [
  [["W", "S"], "zoom in and out about the pointer"],
  [["A", "D"], "move left and right"],
  [["F"], "fit the whole recording"],
  [[",", "."], "previous and next event of the selected process"],
  [["[", "]"], "previous and next state"],
  [["←", "→"], "move the cursor a little; with Shift more"],
  [["↑", "↓"], "select the process above or below"],
  [["Space"], "play and pause; follow a live recording"],
  [["1", "…", "5"], "state, calls, messages, event, query"],
  [["/"], "search"],
  [["Esc"], "clear the selection, close what is open"],
  [["?"], "this help"],
];

const POINTER: readonly (readonly [string, string])[] = [
  ["Drag in the lanes", "move in time"],
  ["Shift + drag", "select a range"],
  ["Ctrl + wheel", "zoom about the pointer"],
  ["Double click a box", "zoom to that call"],
  ["Drag the ruler", "move the cursor"],
  ["Drag in the strip", "choose what is shown"],
];

const LEGEND: readonly (readonly [MarkView["kind"], string])[] = [
  ["send", "message sent"],
  ["receive", "message received"],
  ["state", "state change"],
  ["spawn", "spawn"],
  ["exit", "exit"],
  ["exception", "exception"],
];

const SHAPES: Readonly<Record<MarkView["kind"], string>> = {
  send: "M2 11.600 8 4l6 7.600z",
  receive: "M2 4.400 8 12l6-7.600z",
  state: "m8 2.500 5.500 5.500L8 13.500 2.500 8z",
  spawn: "M8 13a5 5 0 1 0 0-10 5 5 0 0 0 0 10z",
  exit: "M3.500 3.500h9v9h-9z",
  exception: "M3 5l2-2 3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z",
  link: "M3 7h10v2H3z",
};

export function Help(): JSX.Element | null {
  const { helpOpen } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-label="Keyboard shortcuts and legend"
      // Escape: `close` follows later than the next key may
      onCancel={() => (helpOpen.value = false)}
      onClose={() => (helpOpen.value = false)}
      onClick={(event) => {
        if (event.target === event.currentTarget) helpOpen.value = false;
      }}
    >
      <div class="help-content">
        <section>
          <h2>Keyboard</h2>
          <dl>
            {KEYS.map(([keys, meaning]) => (
              <div key={meaning}>
                <dt>
                  {keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section>
          <h2>Pointer</h2>
          <dl>
            {POINTER.map(([gesture, meaning]) => (
              <div key={gesture}>
                <dt>{gesture}</dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
          <h2>Legend</h2>
          <ul class="legend">
            {LEGEND.map(([kind, meaning]) => (
              <li key={kind}>
                <svg
                  viewBox="0 0 16 16"
                  width="14"
                  height="14"
                  class={`glyph ${kind}`}
                  aria-hidden="true"
                >
                  <path d={SHAPES[kind]} />
                </svg>
                {meaning}
              </li>
            ))}
            <li>
              <span class="swatch gap" aria-hidden="true" /> hatched: not recorded
            </li>
            <li>
              <span class="swatch raised" aria-hidden="true" /> red edge: raised
            </li>
            <li>
              <span class="swatch open" aria-hidden="true" /> ragged end: end not seen
            </li>
            <li>
              <span class="swatch merged" aria-hidden="true" /> ×12: calls too short to draw apart
            </li>
          </ul>
        </section>
        <form method="dialog">
          <button type="submit" class="button">
            Close
          </button>
        </form>
      </div>
    </dialog>
  );
}
